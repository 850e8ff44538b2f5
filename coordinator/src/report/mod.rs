//! A campaign's outcome as one self-contained HTML page.

mod chart;
mod content;
#[cfg(test)]
pub(crate) mod fixture;
mod html;
mod number;

pub(crate) use chart::heat_map;
pub use content::{MeasuredModel, PoolDevice, ProbeResult, Report, Scores, Seconds};
