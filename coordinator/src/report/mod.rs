//! A campaign's outcome as one self-contained HTML page.

mod content;

pub use content::{MeasuredModel, PoolDevice, ProbeResult, Report, Scores, Seconds};
