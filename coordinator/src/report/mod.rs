//! A campaign's outcome, and a training's, as one self-contained HTML page; pictures as files of their own.

mod chart;
mod content;
#[cfg(test)]
pub(crate) mod fixture;
mod gather;
mod html;
mod labels;
mod number;
mod outcome;
mod training;

pub use chart::heat_map;
pub use chart::{
    AxisName, DevicePredictions, Guide, LineChart, Point, PredictedPoint, Series, Spacing, lines_file,
    predicted_by_device,
};
pub use content::{
    CampaignReport, MeasuredModel, PoolDevice, ProbeResult, Progress, Report, ReportedPredictor, Scores, Seconds,
    Unmeasured,
};
pub use gather::ReadRecord;
pub use training::{DeviceScore, TrainingReport};
