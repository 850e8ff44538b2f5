//! `bayes` in files: the columns of its sources with its prior; adapted, with its posterior.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenshot_onnx_models::{Architecture, with_space};

use super::super::stored_method::{
    PlainComputation, PlainPredictor, StoredAdaptation, StoredAdapted, StoredKind, StoredMethod, TrainedParts, Training,
};
use super::super::tensors::{StoredTensors, TensorFile};
use super::super::{ArtefactError, BayesSettings, TrainedHeader};
use crate::bayes::{AdaptedBayes, Bayes, OtherColumns, Stored, StoredBeside, StoredPosterior};
use crate::block_columns::{BlockColumns, BlockNumbers};
use crate::methods::{AdaptError, MethodName};
use crate::pool::{Pool, PoolDevice};
use crate::sources::{Relative, SourceTable};
use crate::spaces::{ModelledBy, PredictorSpace};
use crate::support::Support;
use crate::train_error::TrainError;

pub(super) static KIND: StoredKind = StoredKind {
    names: &[MethodName::Bayes],
    training: Training {
        options: &[],
        plan: |_, _| None,
        train: |_, request, _| train(request.split.pool, request.split.devices, request.seed),
    },
    read_trained,
    read_adapted,
};

/// Trains on some of a pool's devices.
///
/// # Errors
/// No devices, or too few training architectures.
pub(in crate::artefact) fn train(pool: &Pool, devices: &[&PoolDevice], seed: u64) -> Result<TrainedParts, TrainError> {
    let sources = SourceTable::fit(pool, devices)?;
    let (bayes, source_scores) = Bayes::train(pool, &sources, seed)?;
    let simulated_variance = bayes.store().simulated_variance;
    let header = TrainedHeader {
        pool: sources.facts().to_vec(),
        training_architectures: pool.ranges().training.len(),
        source_scores,
        bayes: Some(BayesSettings { interval_factor: bayes.interval_factor(), simulated_variance }),
        ..TrainedHeader::new(pool.space(), MethodName::Bayes, seed)
    };
    Ok(TrainedParts { header, method: Arc::new(bayes) })
}

/// The names of a tensor by block, and of the constants that belong to it.
const SOURCES: [&str; 2] = ["source_blocks", "source_constants"];
const SIMULATED: [&str; 2] = ["simulated_blocks", "simulated_constants"];

/// What stands in the header of an adapted file.
#[derive(Debug, Serialize, Deserialize)]
struct Numbers {
    interval_factor: f64,
    typical_variance: f64,
    quantisation_ms2: f64,
}

fn misfit() -> ArtefactError {
    ArtefactError::broken("its tensors do not fit its header")
}

fn add_block_columns(file: &mut TensorFile, [values, constants]: [&str; 2], columns: &BlockColumns) {
    let width = columns.width();
    file.add_f32(values, &[columns.numbers().count(), width], columns.values());
    file.add_f32(constants, &[width], columns.constants());
}

fn add_columns(file: &mut TensorFile, sources: &SourceTable, other: &OtherColumns) {
    match sources.all() {
        Relative::Enumerated(relative) => {
            let count = sources.count();
            file.add_f32("relative_latency", &[relative.len() / count, count], relative);
        }
        Relative::Blocks(columns) => add_block_columns(file, SOURCES, columns),
    }
    match other {
        OtherColumns::Cells { simulated_mean } => {
            file.add_f32("simulated_mean", &[simulated_mean.len()], simulated_mean);
        }
        OtherColumns::Blocks { simulated } => add_block_columns(file, SIMULATED, simulated),
    }
}

fn read_columns(
    header: &TrainedHeader,
    tensors: &StoredTensors<'_>,
) -> Result<(SourceTable, OtherColumns), ArtefactError> {
    let space = header.space;
    let (relative, other) = match with_space!(space, S => S::MODELLED_BY) {
        ModelledBy::Cell => {
            let relative = Relative::Enumerated(Arc::new(tensors.f32s("relative_latency")?));
            (relative, OtherColumns::Cells { simulated_mean: tensors.f32s("simulated_mean")? })
        }
        ModelledBy::Block => {
            let blocks = BlockNumbers::of(space);
            let columns = |[values, constants]: [&str; 2]| {
                let (values, constants) = (tensors.f32s(values)?, tensors.f32s(constants)?);
                BlockColumns::new(blocks.clone(), values, constants).ok_or_else(misfit)
            };
            let simulated = columns(SIMULATED)?;
            (Relative::Blocks(Arc::new(columns(SOURCES)?)), OtherColumns::Blocks { simulated })
        }
    };
    let sources = SourceTable::from_parts(space, header.pool.clone(), relative).ok_or_else(misfit)?;
    Ok((sources, other))
}

fn read_trained(header: &TrainedHeader, tensors: &StoredTensors<'_>) -> Result<Arc<dyn StoredMethod>, ArtefactError> {
    let BayesSettings { interval_factor, simulated_variance } = header.bayes.ok_or_else(ArtefactError::no_settings)?;
    let (sources, other) = read_columns(header, tensors)?;
    let beside = match other {
        OtherColumns::Cells { simulated_mean } => {
            StoredBeside::Cells { simulated_mean, training: tensors.u32s("training")? }
        }
        OtherColumns::Blocks { simulated } => {
            let moments = tensors.f64s("column_moments")?;
            let moments = moments.as_chunks::<2>().0.iter().map(|&[mean, variance]| (mean, variance)).collect();
            let text = tensors.text("training_architectures")?;
            let training = text.lines().map(|line| header.space.parse(line).map_err(ArtefactError::broken));
            StoredBeside::Blocks { simulated, moments, training: training.collect::<Result<_, _>>()? }
        }
    };
    let template_weights = tensors.f32s("template_weights")?;
    let stored = Stored { beside, simulated_variance, template_weights, seed: header.seed, interval_factor };
    Ok(Arc::new(Bayes::restore(sources, stored).ok_or_else(misfit)?))
}

fn read_adapted(stored: &StoredAdaptation<'_>) -> Result<Arc<dyn StoredAdapted>, ArtefactError> {
    let Numbers { interval_factor, typical_variance, quantisation_ms2 } = stored.numbers()?;
    let tensors = stored.tensors;
    let (sources, other) = read_columns(stored.trained, tensors)?;
    let posterior = StoredPosterior {
        interval_factor,
        typical_variance,
        quantisation_ms2,
        outliers: stored.adaptation.outliers.clone(),
        deviations: tensors.f64s("posterior.deviations")?,
        references: tensors.f64s("posterior.references")?,
        mean_ms: tensors.f64s("posterior.mean_ms")?,
        outlier_components: tensors.f64s("posterior.outliers")?,
        template_means: tensors.u32s("posterior.template_means")?,
        templates: tensors.f64s("posterior.templates")?,
        inverse_factors: tensors.f64s("posterior.inverse_factors")?,
        solutions: tensors.f64s("posterior.solutions")?,
    };
    Ok(Arc::new(AdaptedBayes::restore(sources, other, posterior).ok_or_else(misfit)?))
}

impl StoredMethod for Bayes {
    fn adapt_stored(&self, support: &Support) -> Result<Arc<dyn StoredAdapted>, AdaptError> {
        Ok(Arc::new(self.adapt_to(support)?))
    }

    fn design(&self, count: usize, seed: u64) -> Vec<Architecture> {
        Self::design(self, count, seed)
    }

    fn sources(&self) -> Option<&SourceTable> {
        Some(Self::sources(self))
    }

    fn write(&self, file: &mut TensorFile) {
        let stored = self.store();
        add_columns(file, self.sources(), self.other_columns());
        match &stored.beside {
            StoredBeside::Cells { training, .. } => file.add_u32("training", training),
            StoredBeside::Blocks { moments, training, .. } => {
                let flat: Vec<f64> = moments.iter().flat_map(|&(mean, variance)| [mean, variance]).collect();
                file.add_f64("column_moments", &[moments.len(), 2], &flat);
                let lines: Vec<String> = training.iter().map(ToString::to_string).collect();
                file.add_text("training_architectures", lines.join("\n"));
            }
        }
        file.add_f32("template_weights", &[stored.template_weights.len()], &stored.template_weights);
    }
}

impl StoredAdapted for AdaptedBayes {
    fn outliers(&self) -> &[usize] {
        Self::outliers(self)
    }

    fn sources(&self) -> Option<&SourceTable> {
        Some(Self::sources(self))
    }

    fn write(&self, file: &mut TensorFile) -> Result<Value, ArtefactError> {
        add_columns(file, self.sources(), self.other_columns());
        let posterior = self.store();
        let templates = posterior.template_means.len();
        let mut add = |name: &str, rows: usize, values: &[f64]| {
            file.add_f64(name, &[rows, values.len() / rows.max(1)], values);
        };
        add("posterior.deviations", posterior.deviations.len() / 2, &posterior.deviations);
        add("posterior.references", self.references(), &posterior.references);
        add("posterior.mean_ms", 1, &posterior.mean_ms);
        add("posterior.outliers", posterior.outlier_components.len() / 3, &posterior.outlier_components);
        add("posterior.templates", templates, &posterior.templates);
        add("posterior.inverse_factors", templates, &posterior.inverse_factors);
        add("posterior.solutions", templates, &posterior.solutions);
        file.add_u32("posterior.template_means", &posterior.template_means);
        let StoredPosterior { interval_factor, typical_variance, quantisation_ms2, .. } = posterior;
        let numbers = Numbers { interval_factor, typical_variance, quantisation_ms2 };
        serde_json::to_value(numbers).map_err(ArtefactError::broken)
    }

    fn plain(&self) -> Option<PlainPredictor<'_>> {
        let form = self.form();
        Some(PlainPredictor {
            inputs: Box::new(|one| self.raw(one)),
            width: form.mean_ms.weights.len(),
            computation: PlainComputation::Mixture(form),
        })
    }
}
