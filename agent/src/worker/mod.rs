//! A measurement in a process of its own, within limits of time and memory.
//!
//! The parent writes the [`Job`] to the child's standard input, one line of JSON, and keeps it
//! open: its end tells the child that the parent is gone. The child writes the outcome to its
//! standard output as JSON, in the form in which results are sent, and what it has to say to people to its standard error.

mod child;
mod child_exit;
mod in_process;
mod job;
mod parent;

pub use child::run as run_child;
pub use job::{Host, Job};
pub use parent::measure;
