//! What a measurement is: how it is made, its statistics, its verdict, and what it belongs to.
//!
//! Agent and coordinator share these types and rules, so that both judge alike. Everything here is
//! pure: no clock, no I/O, no runtime. What goes over the wire is `tenshot-protocol`'s, which
//! converts from and to these types; what lies on a disk names its own format.
//!
//! | module | what |
//! |---|---|
//! | `settings`, `limits` | the measuring protocol, its presets, and what a measuring process may use |
//! | `statistics`, `confidence` | trimmed mean, percentiles, bootstrap interval of the samples |
//! | `verdict`, [`judge`](fn@judge) | whether a measurement can be trusted: the reasons against it, and rules with their bounds |
//! | `measurement`, `outcome`, `board` | the record, why there may be none, and the board's conditions |
//! | `assignment`, `identity`, `target` | which measurement is to be made, for what, under which lease |

mod assignment;
mod board;
mod confidence;
mod identity;
pub mod judge;
mod limits;
mod measurement;
mod model_hash;
mod outcome;
mod reading;
mod settings;
mod statistics;
mod target;
mod verdict;

pub use assignment::{Assignment, Holding, ResultStatus};
pub use board::{BoardFacts, Conditions, Environment, Temperature};
pub use confidence::trimmed_mean_interval;
pub use identity::{AttemptNumber, CampaignId, DeviceId, Fence, PredictorId, SessionId, TaskId};
pub use judge::judge;
pub use limits::Limits;
pub use measurement::{Backend, Measurement, TimedScope};
pub use model_hash::{ModelHash, ModelHashError};
pub use outcome::{AttemptResult, FailureKind, MeasurementFailure, Outcome};
pub use reading::Reading;
pub use settings::{Settings, SettingsError};
pub use statistics::{LatencyStatistics, Statistics, percentile};
pub use target::{Metric, Target};
pub use verdict::{Reason, Verdict};
