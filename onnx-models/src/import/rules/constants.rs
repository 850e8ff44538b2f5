//! Tensors that follow from shapes and attributes alone.

use crate::graph::Arithmetic;
use crate::import::Fault;
use crate::import::call::{Call, Outcome, checked};
use crate::import::tensor::{MOST_KNOWN, Tensor, float, saturated};

pub(super) fn shape(call: &Call<'_>) -> Result<Outcome, Fault> {
    let shape = call.shape(0)?;
    let rank = i64::try_from(shape.len()).unwrap_or(i64::MAX);
    let clamped = |name: &str, default: i64| {
        let place = call.int(name).unwrap_or(default);
        let from_start = if place < 0 { place.saturating_add(rank) } else { place };
        usize::try_from(from_start.clamp(0, rank)).unwrap_or(0)
    };
    let (start, end) = (clamped("start", 0), clamped("end", rank));
    Ok(constant_row(shape.get(start..end).unwrap_or_default()))
}

fn constant_row(values: &[usize]) -> Outcome {
    Outcome::one(Tensor::row(values), Arithmetic::Rename)
}

pub(super) fn size(call: &Call<'_>) -> Result<Outcome, Fault> {
    let row = Tensor::row(&[call.input(0)?.elements()]);
    Ok(Outcome::one(Tensor { shape: Vec::new(), ..row }, Arithmetic::Rename))
}

pub(super) fn constant(call: &Call<'_>) -> Result<Outcome, Fault> {
    let scalar = |value| vec![value];
    let tensor = if let Some(tensor) = call.tensor("value") {
        tensor.ok_or(Fault::Setting("value"))?
    } else if let Some(value) = call.int("value_int") {
        Tensor::integers(Vec::new()).with_known(Some(scalar(float(value))))
    } else if let Some(values) = call.ints("value_ints") {
        Tensor::integers(vec![values.len()]).with_known(Some(values.iter().map(|&value| float(value)).collect()))
    } else if let Some(values) = call.floats("value_floats") {
        Tensor::new(vec![values.len()]).with_known(Some(values))
    } else if let Some(value) = call.float("value_float") {
        Tensor::new(Vec::new()).with_known(Some(scalar(value)))
    } else {
        return Err(Fault::DependsOnData);
    };
    Ok(Outcome::one(tensor, Arithmetic::Rename))
}

pub(super) fn constant_of_shape(call: &Call<'_>) -> Result<Outcome, Fault> {
    let sizes = call.input(0)?.known_integers().ok_or(Fault::DependsOnData)?;
    let shape = sizes.iter().map(|&size| usize::try_from(size).ok()).collect::<Option<_>>();
    let shape = checked(shape.ok_or(Fault::Setting("shape"))?)?;
    let (integers, fill) = match call.tensor("value") {
        Some(value) => {
            let value = value.ok_or(Fault::Setting("value"))?;
            (value.integers, value.known.and_then(|known| known.first().copied()))
        }
        None => (false, Some(0.0)),
    };
    let output = Tensor { shape, integers, known: None };
    let known = fill.filter(|_| output.elements() <= MOST_KNOWN).map(|fill| vec![fill; output.elements()]);
    Ok(Outcome::one(output.with_known(known), Arithmetic::Rename))
}

pub(super) fn range(call: &Call<'_>) -> Result<Outcome, Fault> {
    let number = |input: usize| {
        let known = call.input(input)?.known.as_ref().and_then(|known| known.first().copied());
        known.ok_or(Fault::DependsOnData)
    };
    let (start, limit, step) = (number(0)?, number(1)?, number(2)?);
    let count = ((limit - start) / step).ceil();
    if !count.is_finite() {
        return Err(Fault::Setting("delta"));
    }
    let count = usize::try_from(saturated(count)).unwrap_or(0);
    let output = Tensor { shape: checked(vec![count])?, integers: call.input(0)?.integers, known: None };
    let known = (count <= MOST_KNOWN).then(|| (0..count).map(|place| start + step * place as f64).collect());
    Ok(Outcome::one(output.with_known(known), Arithmetic::Rename))
}
