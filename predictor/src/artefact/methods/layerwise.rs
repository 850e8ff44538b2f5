//! `layerwise` in files: trained, it knows its space alone; adapted, the latency of every block.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenshot_onnx_models::{Architecture, Space};

use super::super::stored_method::{
    PlainComputation, PlainPredictor, StoredAdaptation, StoredAdapted, StoredKind, StoredMethod, TrainedParts, Training,
};
use super::super::tensors::{StoredTensors, TensorFile};
use super::super::{ArtefactError, TrainedHeader};
use crate::methods::{AdaptError, AdaptedMethod, LayerTable, LayerTimes, Layerwise, MethodName, TrainedMethod};
use crate::support::Support;

pub(super) static KIND: StoredKind = StoredKind {
    names: &[MethodName::Layerwise],
    training: Training {
        options: &[],
        plan: |_, _| None,
        train: |_, request, _| Ok(parts(request.split.pool.space())),
    },
    read_trained,
    read_adapted,
};

/// The method for a space, before a target is measured.
pub(in crate::artefact) fn parts(space: Space) -> TrainedParts {
    let header = TrainedHeader::new(space, MethodName::Layerwise, 0);
    TrainedParts { header, method: Arc::new(Layerwise::new(space)) }
}

const BLOCKS: &str = "posterior.blocks_ms";

/// What stands in the header of an adapted file.
#[derive(Debug, Serialize, Deserialize)]
struct Numbers {
    rest_ms: f64,
    origin: LayerTimes,
}

fn read_trained(header: &TrainedHeader, _tensors: &StoredTensors<'_>) -> Result<Arc<dyn StoredMethod>, ArtefactError> {
    Ok(Arc::new(Layerwise::new(header.space)))
}

fn read_adapted(stored: &StoredAdaptation<'_>) -> Result<Arc<dyn StoredAdapted>, ArtefactError> {
    let Numbers { rest_ms, origin } = stored.numbers()?;
    let table = LayerTable::of_blocks(stored.trained.space, &stored.tensors.f64s(BLOCKS)?, rest_ms, origin);
    Ok(Arc::new(table.ok_or_else(|| ArtefactError::broken("it has not one latency for each block of its space"))?))
}

impl StoredMethod for Layerwise {
    fn adapt_stored(&self, support: &Support) -> Result<Arc<dyn StoredAdapted>, AdaptError> {
        Ok(Arc::new(self.adapt_to(support)?))
    }

    /// Random ones, as it knows nothing of devices that would tell which are better.
    fn design(&self, count: usize, seed: u64) -> Vec<Architecture> {
        self.space().sample(seed, count).unwrap_or_default()
    }

    fn write(&self, _file: &mut TensorFile) {}
}

impl StoredAdapted for LayerTable {
    fn write(&self, file: &mut TensorFile) -> Result<Value, ArtefactError> {
        let blocks_ms = self.in_order_of_blocks();
        file.add_f64(BLOCKS, &[blocks_ms.len()], &blocks_ms);
        serde_json::to_value(Numbers { rest_ms: self.rest_ms(), origin: self.origin() }).map_err(ArtefactError::broken)
    }

    fn plain(&self) -> Option<PlainPredictor<'_>> {
        let inputs = |one: &Architecture| Some(self.means_ms(&[*one]));
        Some(PlainPredictor { inputs: Box::new(inputs), width: 1, computation: PlainComputation::Latency })
    }
}
