//! The inputs of a model in tract: declared to the plan, and filled as it says.

use tract_onnx::prelude::{DatumType, InferenceFact, InferenceModel, IntoTValue, TValue, TVec, Tensor, TractResult};
use tract_onnx::tract_hir::infer::{Factoid, GenericFactoid};

use crate::backend::tract::{one_line, unsupported};
use crate::backend::{
    BackendError, DeclaredInput, Dimension, ElementType, InputPlan, InputValues, LoadOptions, NumberType, PlannedInput,
};

/// Fixes the shape of every input in the model, and makes a value for each; also gives the batch.
pub(crate) fn fix_and_fill(
    model: &mut InferenceModel,
    options: &LoadOptions,
) -> Result<(TVec<TValue>, u32), BackendError> {
    let declared = declared_inputs(model).map_err(|error| unsupported(one_line(&error)))?;
    let plan = InputPlan::new(&declared, options)?;
    let values = fill(model, &plan).map_err(|error| unsupported(one_line(&error)))?;
    Ok((values, plan.batch))
}

fn declared_inputs(model: &InferenceModel) -> TractResult<Vec<DeclaredInput>> {
    let outlets = model.inputs.iter();
    outlets
        .map(|&outlet| {
            let name = model.nodes().get(outlet.node).map_or_else(String::new, |node| node.name.clone());
            let fact = model.outlet_fact(outlet)?;
            Ok(DeclaredInput { name, element: element(fact), shape: shape(fact) })
        })
        .collect()
}

fn element(fact: &InferenceFact) -> ElementType {
    match fact.datum_type.concretize() {
        Some(DatumType::F16) => ElementType::Number(NumberType::F16),
        Some(DatumType::F32) => ElementType::Number(NumberType::F32),
        Some(DatumType::F64) => ElementType::Number(NumberType::F64),
        Some(DatumType::I32) => ElementType::Number(NumberType::I32),
        Some(DatumType::I64) => ElementType::Number(NumberType::I64),
        Some(other) => ElementType::Other(format!("{other:?}")),
        None => ElementType::Other("unknown".to_owned()),
    }
}

fn shape(fact: &InferenceFact) -> Option<Vec<Dimension>> {
    let dimensions = fact.shape.dims().map(|dimension| match dimension {
        GenericFactoid::Any => Dimension::Free,
        GenericFactoid::Only(dimension) => {
            dimension.to_i64().map_or_else(|_| Dimension::Named(dimension.to_string()), Dimension::Fixed)
        }
    });
    (!fact.shape.is_open()).then(|| dimensions.collect())
}

fn fill(model: &mut InferenceModel, plan: &InputPlan) -> TractResult<TVec<TValue>> {
    let inputs = plan.inputs.iter().enumerate();
    inputs
        .map(|(index, input)| {
            model.set_input_fact(index, InferenceFact::dt_shape(datum_type(input.element), &input.shape))?;
            Ok(tensor(input)?.into_tvalue())
        })
        .collect()
}

fn tensor(input: &PlannedInput) -> TractResult<Tensor> {
    let element = datum_type(input.element);
    match input.values() {
        InputValues::Floats(floats) => Ok(Tensor::from_shape(&input.shape, &floats)?.cast_to_dt(element)?.into_owned()),
        InputValues::Zeros => Tensor::zero_dt(element, &input.shape),
    }
}

fn datum_type(element: NumberType) -> DatumType {
    match element {
        NumberType::F16 => DatumType::F16,
        NumberType::F32 => DatumType::F32,
        NumberType::F64 => DatumType::F64,
        NumberType::I32 => DatumType::I32,
        NumberType::I64 => DatumType::I64,
    }
}
