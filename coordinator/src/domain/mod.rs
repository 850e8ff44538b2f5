//! Rules without I/O: how a campaign becomes tasks, what follows an attempt, what an embedding is.

pub mod attempts;
pub mod campaign;
pub mod embedding;
mod role;
mod time;

pub use role::{Role, UnknownRole};
pub use time::UnixMillis;
