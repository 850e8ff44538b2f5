//! `help` as a method: trained, and adapted to a device.

use std::collections::HashMap;
use std::sync::Arc;

use tenshot_onnx_models::{Architecture, Space};

use super::buffer::Buffer;
use super::encode::{encode, sizes};
use super::model::{Model, Parameters};
use super::network::Network;
use super::scale::Scale;
use super::training::{Settings, Training, Validation};
use super::training_pool::{TrainingPool, TrainingPoolError};
use crate::methods::line::Line;
use crate::methods::{AdaptError, AdaptedMethod, MethodName, TrainedMethod, check_space};
use crate::pool::{Pool, PoolDevice};
use crate::prediction::Prediction;
use crate::support::Support;

/// So many architectures are predicted at once: their states fit the cache.
const BLOCK: usize = 1000;

/// The paper's method after meta-training, for one ordered reference set. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Help(Arc<Stored>);

#[derive(Debug)]
struct Stored {
    /// `help`, or one of the methods that it becomes with parts switched off.
    name: MethodName,
    space: Space,
    model: Model,
    parameters: Parameters,
    references: Vec<Architecture>,
    /// The mean hardware embedding of the devices that it was trained on.
    mean_embedding: Vec<f32>,
}

/// Which architectures and devices of a pool train `help`.
#[derive(Debug, Clone, Copy)]
pub struct Course<'a> {
    /// The pool.
    pub pool: &'a Pool,
    /// Devices to train on.
    pub devices: &'a [&'a PoolDevice],
    /// Devices that choose the best of the trained; may be none.
    pub validation: &'a [&'a PoolDevice],
    /// Places of the references in the pool, in their order.
    pub references: &'a [usize],
}

/// Why `help` could not be trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum HelpError {
    #[error("space {space} has no encoding for `help` yet")]
    Space { space: Space },
    #[error(transparent)]
    Pool(#[from] TrainingPoolError),
}

impl Course<'_> {
    /// What training sees of it.
    ///
    /// # Errors
    ///
    /// A space without encoding, no devices, or one without hardware embedding.
    pub fn training_pool(&self) -> Result<TrainingPool, HelpError> {
        let Self { pool, devices, validation, references } = *self;
        let space = pool.space();
        let encoded = encode(space, pool.architectures()).ok_or(HelpError::Space { space })?;
        let training = pool.ranges().training.clone();
        Ok(TrainingPool::new(&encoded, training, references, &latencies_of(devices), &latencies_of(validation))?)
    }

    /// Trains to the end; `progress` is told of every validation.
    ///
    /// # Errors
    ///
    /// A pool that cannot be trained on with these settings.
    pub fn train(&self, settings: Settings, progress: &dyn Fn(&Validation)) -> Result<Help, HelpError> {
        let space = self.pool.space();
        let mut sizes = sizes(space).ok_or(HelpError::Space { space })?;
        sizes.references = self.references.len();
        let mut training = Training::new(sizes, settings);
        let pool = self.training_pool()?;
        while !training.is_done() {
            let seen = training.curve().len();
            training.step(&pool);
            training.curve().iter().skip(seen).for_each(progress);
        }
        Ok(self.finish(&training, &pool))
    }

    /// The method of a training.
    pub fn finish(&self, training: &Training, pool: &TrainingPool) -> Help {
        let architectures = self.pool.architectures();
        Help(Arc::new(Stored {
            name: training.settings.parts.method(),
            space: self.pool.space(),
            model: training.model().clone(),
            parameters: training.best().clone(),
            references: self.references.iter().map(|&one| architectures[one]).collect(),
            mean_embedding: pool.mean_embedding(),
        }))
    }
}

fn latencies_of<'a>(devices: &[&'a PoolDevice]) -> Vec<&'a [f64]> {
    devices.iter().map(|device| device.latencies_ms.as_slice()).collect()
}

impl Help {
    /// The references, in the order of the hardware embedding.
    pub fn references(&self) -> &[Architecture] {
        &self.0.references
    }

    fn adapt_to(&self, support: &Support) -> Result<AdaptedHelp, AdaptError> {
        check_space(support, self.0.space)?;
        let latencies_ms = support.latencies_ms();
        let of: HashMap<Architecture, f64> = support.architectures().into_iter().zip(latencies_ms.clone()).collect();
        let at_reference = |reference: &Architecture| {
            let missing = || AdaptError::MissingReference { architecture: reference.to_string() };
            of.get(reference).copied().ok_or_else(missing)
        };
        let at_references: Vec<f64> = self.0.references.iter().map(at_reference).collect::<Result<_, _>>()?;
        let scale = Scale::of(&at_references).ok_or(AdaptError::NoEmbedding)?;
        let embedding = scale.scaled(&at_references);
        let mut adapted = self.adapted(&support.architectures(), &scale.scaled(&latencies_ms), embedding);
        let predicted = adapted.scaled(&support.architectures());
        adapted.line = Line::through(&predicted, &latencies_ms);
        Ok(adapted)
    }

    fn adapted(&self, support: &[Architecture], targets: &[f32], embedding: Vec<f32>) -> AdaptedHelp {
        let Stored { space, model, parameters, .. } = &*self.0;
        let adapted = encode(*space, support).map(|encoded| model.adapt(parameters, &embedding, (&encoded, targets)));
        let parameters = adapted.unwrap_or_else(|| parameters.network.as_slice().into());
        AdaptedHelp { trained: self.clone(), parameters, embedding, line: Line::IDENTITY }
    }
}

impl TrainedMethod for Help {
    fn name(&self) -> MethodName {
        self.0.name
    }

    fn space(&self) -> Space {
        self.0.space
    }

    fn adapt(&self, support: &Support) -> Result<Box<dyn AdaptedMethod>, AdaptError> {
        Ok(Box::new(self.adapt_to(support)?))
    }

    /// For a device whose hardware embedding is the mean of those trained on.
    fn expected_cost(&self, architectures: &[Architecture]) -> Vec<f64> {
        let embedding = self.0.mean_embedding.clone();
        self.adapted(&self.0.references, &embedding.clone(), embedding).scaled(architectures)
    }
}

/// `help` that knows a device.
#[derive(Debug, Clone)]
pub struct AdaptedHelp {
    trained: Help,
    /// The network's, with z worked in, after the inner steps.
    parameters: Buffer,
    embedding: Vec<f32>,
    /// From scaled latencies to milliseconds, as the measurements have it.
    line: Line,
}

impl AdaptedHelp {
    /// Predicted latencies as the network scales them; not a number for those of another space.
    fn scaled(&self, architectures: &[Architecture]) -> Vec<f64> {
        let Stored { space, model, .. } = &*self.trained.0;
        let is_own = |one: &Architecture| one.space() == *space;
        let own: Vec<Architecture> = architectures.iter().copied().filter(is_own).collect();
        let of_block = |block: &[Architecture]| {
            let encoded = encode(*space, block)?;
            let forward = Network::new(&model.shape, &encoded, &self.embedding).forward(&self.parameters);
            Some(forward.predictions().to_vec())
        };
        let predictions: Vec<f32> = own.chunks(BLOCK).filter_map(of_block).flatten().collect();
        let mut predictions = predictions.into_iter().map(f64::from);
        let or_nan = |one| if is_own(one) { predictions.next().unwrap_or(f64::NAN) } else { f64::NAN };
        architectures.iter().map(or_nan).collect()
    }
}

impl AdaptedMethod for AdaptedHelp {
    fn predict(&self, architectures: &[Architecture]) -> Vec<Prediction> {
        let prediction = |mean_ms| Prediction { mean_ms, interval_ms: None };
        self.means_ms(architectures).into_iter().map(prediction).collect()
    }

    fn means_ms(&self, architectures: &[Architecture]) -> Vec<f64> {
        self.scaled(architectures).into_iter().map(|scaled| self.line.at(scaled)).collect()
    }
}
