//! How good predicted latencies are: rank correlation, relative error, interval coverage.

mod interval;
mod kendall;
mod relative_error;
mod spearman;
mod statistic;

pub use interval::{coverage_90, width_90};
pub use kendall::kendall;
pub use relative_error::{mape, within};
pub(crate) use spearman::pearson;
pub use spearman::{ranks, spearman};
pub use statistic::Statistic;
