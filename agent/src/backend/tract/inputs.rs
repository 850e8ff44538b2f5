//! The inputs of a model: their shapes are fixed, and they are filled.

use tract_onnx::prelude::{DatumType, InferenceFact, InferenceModel, IntoTValue, TDim, TValue, TVec, Tensor};
use tract_onnx::tract_hir::infer::{Factoid, GenericFactoid};

use crate::backend::random_input::random_floats;
use crate::backend::tract::{one_line, unsupported};
use crate::backend::{BackendError, LoadOptions};

/// Fixes the shape of every input in the model, and makes a value for each; also gives the batch:
/// the first dimension of the first input.
pub(crate) fn fix_and_fill(
    model: &mut InferenceModel,
    options: &LoadOptions,
) -> Result<(TVec<TValue>, u32), BackendError> {
    let declared = declared_inputs(model)?;
    let batch = batch_of(declared.first().ok_or(BackendError::NoInput)?, options.batch)?;
    let mut values = TVec::new();
    for (index, input) in declared.iter().enumerate() {
        let shape = input.fixed_shape(&batch)?;
        let element = input.element()?;
        let fact = InferenceFact::dt_shape(element, &shape);
        model.set_input_fact(index, fact).map_err(|error| unsupported(one_line(&error)))?;
        let seed = options.input_seed.wrapping_add(index as u64);
        values.push(filled_tensor(element, &shape, seed).map_err(|error| unsupported(one_line(&error)))?.into_tvalue());
    }
    Ok((values, batch.size))
}

/// An input as the file declares it.
struct Declared {
    name: String,
    fact: InferenceFact,
}

/// The size of the batch, and the name that the file has for it where it is free.
struct Batch {
    size: u32,
    symbol: Option<TDim>,
}

fn declared_inputs(model: &InferenceModel) -> Result<Vec<Declared>, BackendError> {
    let outlets = model.inputs.iter();
    outlets
        .map(|&outlet| {
            let fact = model.outlet_fact(outlet).map_err(|error| unsupported(one_line(&error)))?.clone();
            let name = model.nodes().get(outlet.node).map_or_else(String::new, |node| node.name.clone());
            Ok(Declared { name, fact })
        })
        .collect()
}

fn batch_of(first: &Declared, asked: Option<u32>) -> Result<Batch, BackendError> {
    let free = |symbol| Ok(Batch { size: asked.unwrap_or(1), symbol });
    match first.fact.shape.dims().next() {
        None | Some(GenericFactoid::Any) => free(None),
        Some(GenericFactoid::Only(dimension)) => match dimension.to_i64() {
            Err(_) => free(Some(dimension.clone())),
            Ok(fixed) => {
                let fixed = u64::try_from(fixed).unwrap_or_default();
                let size = u32::try_from(fixed).map_err(|_| first.shape_error())?;
                match asked {
                    Some(asked) if asked != size => {
                        Err(BackendError::Batch { input: first.name.clone(), fixed, asked })
                    }
                    _ => Ok(Batch { size, symbol: None }),
                }
            }
        },
    }
}

impl Declared {
    /// The shape with the batch in place of a free first dimension, and of every dimension that the
    /// file calls by the same name.
    fn fixed_shape(&self, batch: &Batch) -> Result<Vec<usize>, BackendError> {
        if self.fact.shape.is_open() {
            return Err(self.shape_error());
        }
        let dimensions = self.fact.shape.dims().enumerate().map(|(index, dimension)| match dimension {
            GenericFactoid::Any => (index == 0).then_some(batch.size as usize),
            GenericFactoid::Only(dimension) => match dimension.to_i64() {
                Ok(fixed) => usize::try_from(fixed).ok().filter(|&fixed| fixed > 0),
                Err(_) => (index == 0 || batch.symbol.as_ref() == Some(dimension)).then_some(batch.size as usize),
            },
        });
        let shape: Vec<usize> = dimensions.collect::<Option<_>>().ok_or_else(|| self.shape_error())?;
        // A size that overflows is no size.
        shape.iter().try_fold(8, |bytes: usize, &size| bytes.checked_mul(size)).ok_or_else(|| self.shape_error())?;
        Ok(shape)
    }

    fn element(&self) -> Result<DatumType, BackendError> {
        match self.fact.datum_type.concretize() {
            Some(element @ (DatumType::F16 | DatumType::F32 | DatumType::F64 | DatumType::I32 | DatumType::I64)) => {
                Ok(element)
            }
            other => {
                let element = other.map_or_else(|| "unknown".to_owned(), |element| format!("{element:?}"));
                Err(BackendError::InputElement { input: self.name.clone(), element })
            }
        }
    }

    fn shape_error(&self) -> BackendError {
        let dimension = |dimension: &GenericFactoid<TDim>| match dimension {
            GenericFactoid::Any => "?".to_owned(),
            GenericFactoid::Only(dimension) => dimension.to_string(),
        };
        let mut shape: Vec<String> = self.fact.shape.dims().map(dimension).collect();
        if self.fact.shape.is_open() {
            shape.push("..".to_owned());
        }
        BackendError::InputShape { input: self.name.clone(), shape: format!("[{}]", shape.join(", ")) }
    }
}

/// Pseudo-random numbers, or zeros where the element is an integer: integers are places in a table
/// (tokens of a vocabulary, say), and whatever the table's size, it has a place 0.
fn filled_tensor(element: DatumType, shape: &[usize], seed: u64) -> Result<Tensor, tract_onnx::prelude::TractError> {
    if element.is_integer() {
        return Tensor::zero_dt(element, shape);
    }
    let floats = random_floats(seed, shape.iter().product());
    Ok(Tensor::from_shape(shape, &floats)?.cast_to_dt(element)?.into_owned())
}
