//! The command line, shared by `tenshot-agent` and `tenshot agent`.

mod failure;

pub use failure::{Exit, Failure, FailureContext};
