//! One evaluation for all methods: ten measurements of a device, and how well the rest of its
//! latencies is predicted from them.
//!
//! A method is trained on the source devices' latencies of the pool's training architectures
//! alone. A target gives its reference measurements and nothing more. Queries are the pool's
//! query range, none removed but a run's own references.

mod reference_choice;
mod report;
mod run;
#[cfg(test)]
mod tests;
mod trained;

pub use reference_choice::ReferenceChoice;
pub use report::{DeviceReport, Report, Scores};
pub use run::{Evaluation, EvaluationError, Progress, Stage, run};

/// The paper's split of the published NAS-Bench-201 pool: devices to train on.
pub const PAPER_TRAIN: [&str; 9] = [
    "1080ti_1",
    "1080ti_32",
    "1080ti_256",
    "silver_4114",
    "silver_4210r",
    "samsung_a50",
    "pixel3",
    "essential_ph_1",
    "samsung_s7",
];

/// The paper's split of the published NAS-Bench-201 pool: devices that choose among what was trained.
pub const PAPER_VALIDATION: [&str; 4] = ["titanx_1", "titanx_32", "titanx_256", "gold_6240"];

/// The paper's split of the published NAS-Bench-201 pool: devices to test on.
pub const PAPER_TEST: [&str; 6] = ["titan_rtx_256", "gold_6226", "fpga", "pixel2", "raspi4", "eyeriss"];
