//! What the end-to-end tests share: the real binaries, and a lab made of them.

mod binaries;
mod deadline;
mod lab;
mod run;

pub use binaries::{binary, folder_of_binaries};
pub use deadline::until;
pub use lab::{Lab, Process};
pub use run::{Ran, tenshot, tenshot_agent};
