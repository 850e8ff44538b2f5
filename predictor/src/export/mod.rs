//! Adapted predictors as ONNX files.
//!
//! | file | what |
//! |---|---|
//! | `reading` | from integers to rows of tables, in every file |
//! | `sums` | those tables: functions that add up over a network's parts |
//! | `mixture`, `quantile` | what `bayes` makes of its columns |
//! | `network` | what `help` makes of its features |
//! | `metadata` | what a file says of itself |
//!
//! A space that is modelled cell by cell is its table of predictions, whatever the method.

mod integer_input;
mod metadata;
mod mixture;
mod network;
mod quantile;
mod sums;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use tenshot_onnx_models::computation::{Computation, Number, Tensor};
use tenshot_onnx_models::{Architecture, Space, with_space};

use crate::artefact::{Adapted, PlainComputation, PlainPredictor};
use crate::methods::MethodName;
use crate::prediction::Prediction;
use crate::spaces::{ModelledBy, PredictorSpace};
use integer_input::Reading;
use sums::Sums;

/// The output with the mean.
const MEAN: &str = "mean_ms";
/// The output with both ends of the interval.
const INTERVAL: &str = "interval_ms";

/// Why a predictor cannot be exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// The method cannot be told in tables over the columns of the space's encoding.
    #[error(
        "{method} cannot be exported for {space}; bayes, help, meta-sgd, maml and layerwise can, and for nasbench201 anp"
    )]
    Method {
        /// The method.
        method: MethodName,
        /// The space.
        space: Space,
    },
    /// Numbers that 32-bit tables cannot hold.
    #[error("the predictions for {space} do not fit into 32-bit tables; check the measurements it was adapted from")]
    Numbers {
        /// The space.
        space: Space,
    },
}

/// What a computation gives: batch x 1, and batch x 2 where the method has intervals.
struct Predicted {
    mean_ms: Tensor,
    interval_ms: Option<Tensor>,
}

impl Adapted {
    /// The predictor as an ONNX file, for runtimes from operator set 13 on.
    ///
    /// Its input `architecture`, int64 \[batch, columns\], is what [`encode`](crate::encoding::encode)
    /// gives. Its outputs are float32: `mean_ms` \[batch\] and, where the method has intervals,
    /// `interval_ms` \[batch, 2\] with the ends of the 90% interval. Both are NaN where the integers
    /// are no architecture. The batch is free. The same predictor gives the same bytes.
    ///
    /// # Errors
    /// A method that reads architectures in a way that cannot be exported: `anp`, but where
    /// latencies are modelled cell by cell. Predictions too large or too small for 32 bits.
    pub fn to_onnx(&self) -> Result<Vec<u8>, ExportError> {
        let mut computation = Computation::default();
        let reading = Reading::new(&mut computation, self.space());
        let (method, space) = (self.trained_header().method, self.space());
        let predicted = match with_space!(space, S => S::MODELLED_BY) {
            ModelledBy::Cell => self.listed(&mut computation, &reading),
            ModelledBy::Block => {
                let plain = self.plain().ok_or(ExportError::Method { method, space })?;
                predicted(&plain, space, &mut computation, &reading)
            }
        };
        let predicted = predicted.ok_or(ExportError::Numbers { space })?;
        let mean_ms = reading.where_valid(&mut computation, predicted.mean_ms);
        let mean_ms = integer_input::reshape(&mut computation, mean_ms, &[]);
        computation.output(MEAN, mean_ms, Number::Float, &[]);
        if let Some(interval_ms) = predicted.interval_ms {
            let interval_ms = reading.where_valid(&mut computation, interval_ms);
            computation.output(INTERVAL, interval_ms, Number::Float, &[2]);
        }
        let metadata = metadata::of(self, predicted.interval_ms.is_some());
        Ok(computation.to_bytes(env!("CARGO_PKG_NAME"), &metadata))
    }

    /// A table of the whole space.
    fn listed(&self, computation: &mut Computation, reading: &Reading) -> Option<Predicted> {
        let all: Vec<Architecture> = self.space().enumerate()?.collect();
        let predictions = self.predict(&all).ok()?;
        let numbers = |prediction: &Prediction| {
            let interval = prediction.interval_ms.map_or(vec![], |interval| vec![interval.low, interval.high]);
            [vec![prediction.mean_ms], interval].concat()
        };
        let rows: Vec<Vec<f64>> = predictions.iter().map(numbers).collect();
        let width = rows.first()?.len();
        let of: HashMap<&Architecture, &Vec<f64>> = all.iter().zip(&rows).collect();
        let sums = Sums::of(self.space(), width, |one| of.get(one).map(|&row| row.clone()))?;
        let row = reading.sums(computation, &sums, Number::Float);
        let mut part = |places: &[i64]| {
            let places = computation.integers(&[places.len()], places);
            computation.node("Gather", &[row, places], &[("axis", 1)])
        };
        Some(Predicted { mean_ms: part(&[0]), interval_ms: (width > 1).then(|| part(&[1, 2])) })
    }
}

/// `None` where what the method reads does not add up over an architecture's parts.
fn predicted(
    plain: &PlainPredictor<'_>,
    space: Space,
    computation: &mut Computation,
    reading: &Reading,
) -> Option<Predicted> {
    let sums = Sums::of(space, plain.width, &plain.inputs)?;
    Some(match &plain.computation {
        PlainComputation::Mixture(form) => {
            let raw = reading.sums(computation, &sums, Number::Double);
            mixture::predict(computation, form, raw)
        }
        PlainComputation::Networks(form) => {
            let features = reading.sums(computation, &sums, Number::Float);
            network::predict(computation, form, features)
        }
        PlainComputation::Latency => {
            let latency_ms = reading.sums(computation, &sums, Number::Float);
            // No latency is negative, whatever rounding leaves.
            Predicted { mean_ms: computation.node("Relu", &[latency_ms], &[]), interval_ms: None }
        }
    })
}
