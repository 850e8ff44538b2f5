//! Rules without I/O: how a campaign becomes tasks, what follows an attempt, what an embedding is.

pub mod attempts;
pub mod campaign;
pub mod device;
pub mod embedding;
pub mod predictor;
pub mod progress;
mod role;
pub mod task;
mod time;

pub use role::{Role, UnknownRole};
pub use time::UnixMillis;
