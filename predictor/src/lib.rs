//! Latency predictors that adapt to a device from ten measurements.
//!
//! A predictor is trained once for a search space, on many devices. A new device measures about
//! ten architectures; the predictor adapts to them in a fraction of a millisecond, and tells the
//! latency of every other architecture of the space, with a 90% interval. Trained predictors for
//! all of [`Space::ALL`] are built in. This crate needs no runtime, no database and no network:
//! latencies go in, predictions come out.
//!
//! # From ten measurements to predictions
//!
//! ```
//! use tenshot_predictor::{ReferenceSet, Space, Support, SupportMeasurement, bundled};
//!
//! // What the board took for the paper's ten references, in their order, in milliseconds.
//! let measured_ms = [14.2, 9.8, 21.7, 4.9, 18.3, 12.0, 7.1, 16.4, 10.9, 25.6];
//! let references = ReferenceSet::paper(Space::NasBench201)?.architectures;
//! let pairs = references.into_iter().zip(measured_ms);
//! let support = Support::new(pairs.map(|(one, ms)| SupportMeasurement::new(one, ms)).collect())?;
//!
//! let adapted = bundled(Space::NasBench201)?.adapt(&support)?;
//! let cell = Space::NasBench201.parse("|nor_conv_3x3~0|+|none~0|skip_connect~1|+|none~0|none~1|avg_pool_3x3~2|")?;
//! let prediction = adapted.predict(&[cell])?[0];
//! let interval = prediction.interval_ms.expect("the bundled predictors have intervals");
//! assert!(interval.low < prediction.mean_ms && prediction.mean_ms < interval.high);
//!
//! // Means alone are far faster: all 15,625 cells in milliseconds.
//! let all: Vec<_> = Space::NasBench201.enumerate().expect("it can be listed").collect();
//! let fastest_ms = adapted.means_ms(&all)?.into_iter().fold(f64::INFINITY, f64::min);
//! assert!(fastest_ms < 14.2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Which ten is free, where the method is `bayes`, as of all bundled predictors: three are enough,
//! more are better, and [`design`] names those that tell most. An adapted predictor is kept by
//! [`Adapted::write`], as one file that [`Adapted::read`] takes up again.
//!
//! # Measurements from a table
//!
//! As a spreadsheet or a benchmark writes it; the first fault is named with its line and column.
//!
//! ```
//! use tenshot_predictor::{Space, Support};
//!
//! let table = "architecture,latency_ms\n11982,14.2\n431,9.8\n55,21.7\n";
//! assert_eq!(Support::from_csv(table.as_bytes(), Space::NasBench201)?.latencies_ms(), [14.2, 9.8, 21.7]);
//! let fault = Support::from_csv("architecture,latency_ms\n9,4.9\n55,-1\n".as_bytes(), Space::NasBench201);
//! assert_eq!(fault.unwrap_err().to_string(), "line 3, column `latency_ms`: -1 ms cannot be; latencies are positive numbers");
//! # Ok::<(), tenshot_predictor::Error>(())
//! ```
//!
//! # Devices of one's own: train and evaluate
//!
//! A [`Pool`](pool::Pool) is measured latencies of many devices: published ones
//! ([`Pool::read`](pool::Pool::read)), a CSV table ([`Pool::import`](pool::Pool::import)), or made
//! in the program. [`Trained::train`] trains `bayes` on it, [`help::Help::train`] the paper's method,
//! and [`evaluation`] tells how good any of the [`methods`] is on a device that was never seen.
//!
//! ```
//! use tenshot_predictor::evaluation::{Evaluation, run};
//! use tenshot_predictor::methods::MethodName;
//! use tenshot_predictor::pool::{Pool, PoolDevice, Ranges};
//! use tenshot_predictor::{Space, bundled};
//!
//! let cells = Space::NasBench201.sample(1, 120)?;
//! // Made-up devices; here measured latencies would stand, in the order of the cells.
//! let costs = bundled(Space::NasBench201)?.method().expected_cost(&cells);
//! let device = |name, power: f64| PoolDevice::named(name, costs.iter().map(|cost| 1.0 + 9.0 * cost.powf(power)).collect());
//! let devices = vec![device("server", 0.8), device("phone", 1.0), device("board", 1.3)];
//! let ranges = Ranges::usual(Space::NasBench201, &cells);
//! let pool = Pool::new(Space::NasBench201, cells, devices, ranges)?;
//!
//! let evaluation = Evaluation {
//!     train: vec!["server".into(), "phone".into()],
//!     test: vec!["board".into()],
//!     repeats: 3,
//!     ..Evaluation::new(MethodName::Nearest)
//! };
//! let reports = run(&pool, &evaluation, &|_| ())?; // one for each number of shots
//! assert!(reports[0].mean.spearman.mean > 0.9);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The main types
//!
//! | type | what |
//! |---|---|
//! | [`Space`], [`Architecture`] | a search space, and one network of it; [`Space::parse`] reads the published notations |
//! | [`Support`] | measurements of one device, checked |
//! | [`Trained`], [`bundled`] | what was learned from a pool; a file |
//! | [`Adapted`] | a trained predictor that knows a device; a file that holds all that predicting needs |
//! | [`Prediction`], [`Interval`] | a latency, and where nine of ten measurements should fall |
//! | [`Certificate`] | how well predictions agree with measurements that were kept apart ([`probes`]) |
//! | [`device_similarities`] | which known devices a new one is like |
//! | [`Pool`](pool::Pool), [`Evaluation`](evaluation::Evaluation) | latencies to train on; how good a method is |
//! | [`TrainedMethod`](methods::TrainedMethod), [`AdaptedMethod`](methods::AdaptedMethod) | what all methods have in common |
//!
//! # Units, promises, features
//!
//! - Latencies are milliseconds, in names that end in `_ms`. Rates (`mape`, `coverage_90`) are
//!   fractions, not percent.
//! - The same input and seed give the same bytes on any number of threads. Training and evaluation
//!   use rayon's global pool; adapting and predicting use the caller's thread.
//! - Nothing panics on bad input. Every error turns into [`Error`] by `?`, and names what is
//!   wrong. Code in pickles is never run, but one made to do harm, of a million nested lists, can
//!   exhaust the stack: read those that you trust.
//! - Types are `Send` and `Sync`; [`Trained`] and [`Adapted`] are cheap to clone.
//! - There are no optional features. The bundled predictors are part of the library.
//!
//! The folder `examples` has whole programs: `adapt`, `search`, `own_pool` and `timing`.

pub mod artefact;
pub mod baselines;
pub mod bayes;
mod block_columns;
mod certificate;
mod device_similarity;
pub mod embedding;
pub mod encoding;
mod error;
pub mod evaluation;
mod export;
pub mod help;
pub mod meta_training;
pub mod methods;
pub mod metrics;
mod network;
pub mod pool;
mod prediction;
mod probes;
mod random;
pub mod sources;
mod spaces;
pub mod support;
#[cfg(test)]
mod synthetic;
mod train_error;

pub use artefact::{Adapted, Trained, bundled, design};
pub use certificate::{Certificate, CertificateError};
pub use device_similarity::{DeviceSimilarity, device_similarities};
pub use error::Error;
pub use export::ExportError;
pub use network::CheckpointError;
pub use prediction::{Interval, Prediction};
pub use probes::probes;
pub use support::{Support, SupportMeasurement};
pub use tenshot_onnx_models::{Architecture, ArchitectureError, ReferenceSet, Space};
pub use train_error::TrainError;

/// The README's program is one of the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
