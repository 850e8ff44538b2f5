//! One evaluation for all methods: ten measurements of a device, and how well the rest of its
//! latencies is predicted from them.
//!
//! A method is trained on the source devices' latencies of the pool's training architectures
//! alone. A target gives its reference measurements and nothing more. Queries are the pool's
//! query range, none removed but a run's own references.

mod leave_out;
pub mod paper;
mod reference_choice;
mod report;
mod run;
mod settings;
mod sweep;
#[cfg(test)]
mod tests;
mod training;

pub use leave_out::{LeaveOut, UnknownLeaveOut};
pub use reference_choice::{ReferenceChoice, UnknownReferences};
pub use report::{DeviceReport, QueryPrediction, Report, Scores};
pub use run::{Progress, Stage, run};
pub use settings::{Evaluation, EvaluationError};
pub use sweep::{Sweep, run_leaving_out, run_pool_sizes};
