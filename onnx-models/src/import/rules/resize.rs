//! Tensors made larger or smaller along their dimensions.

use crate::graph::{Arithmetic, Shape};
use crate::import::Fault;
use crate::import::call::{Call, Outcome, axes, broadcast, checked};
use crate::import::pick::{broadcast_place, flat, pick};
use crate::import::tensor::{Tensor, float, saturated};

pub(super) fn pad(call: &Call<'_>) -> Result<Outcome, Fault> {
    let shape = call.shape(0)?;
    // Version 1 had another name for it.
    let given = if call.has("paddings") { call.setting("paddings", 1)? } else { call.setting("pads", 1)? };
    let pads = given.ok_or(Fault::MissingInput(1))?;
    let padded = match call.optional(3) {
        Some(given) => axes(&given.known_integers().ok_or(Fault::DependsOnData)?, shape.len())?,
        None => (0..shape.len()).collect(),
    };
    let fault = || Fault::Setting("pads");
    if pads.len() != 2 * padded.len() {
        return Err(fault());
    }
    let (begins, ends) = pads.split_at(padded.len());
    let mut output = shape.to_vec();
    for ((axis, &begin), &end) in padded.into_iter().zip(begins).zip(ends) {
        let size = output.get_mut(axis).ok_or_else(fault)?;
        let grown = i64::try_from(*size).ok().and_then(|size| size.checked_add(begin)?.checked_add(end));
        *size = grown.and_then(|grown| usize::try_from(grown).ok()).ok_or_else(fault)?;
    }
    Ok(Outcome::one(Tensor::new(checked(output)?), Arithmetic::Move))
}

pub(super) fn expand(call: &Call<'_>) -> Result<Outcome, Fault> {
    let input = call.input(0)?;
    let sizes = call.input(1)?.known_integers().ok_or(Fault::DependsOnData)?;
    let to = sizes.iter().map(|&size| usize::try_from(size).ok()).collect::<Option<Shape>>();
    let shape = broadcast(&input.shape, &checked(to.ok_or(Fault::Setting("shape"))?)?)?;
    let known = input.known.as_deref();
    let known = known.and_then(|known| pick(known, &shape, |index| Some(broadcast_place(&input.shape, index))));
    Ok(Outcome::one(Tensor { shape, integers: input.integers, known: None }.with_known(known), Arithmetic::Move))
}

pub(super) fn tile(call: &Call<'_>) -> Result<Outcome, Fault> {
    let input = call.input(0)?;
    let repeats = call.input(1)?.known_integers().ok_or(Fault::DependsOnData)?;
    if repeats.len() != input.shape.len() {
        return Err(Fault::Setting("repeats"));
    }
    let size = |(&size, &times): (&usize, &i64)| usize::try_from(times).ok().and_then(|times| size.checked_mul(times));
    let shape = input.shape.iter().zip(&repeats).map(size).collect::<Option<Shape>>();
    let shape = checked(shape.ok_or(Fault::Setting("repeats"))?)?;
    let place = |index: &[usize]| {
        let places = index.iter().zip(&input.shape).map(|(&position, &size)| position.checked_rem(size));
        Some(flat(&input.shape, places.collect::<Option<Vec<_>>>()?))
    };
    let known = input.known.as_deref().and_then(|known| pick(known, &shape, place));
    Ok(Outcome::one(Tensor { shape, integers: input.integers, known: None }.with_known(known), Arithmetic::Move))
}

/// Interpolation, by factors or to sizes.
pub(super) fn resize(call: &Call<'_>) -> Result<Outcome, Fault> {
    let shape = call.shape(0)?;
    let resized = match call.ints("axes") {
        Some(given) => axes(given, shape.len())?,
        None => (0..shape.len()).collect(),
    };
    let sizes = match call.optional(3) {
        Some(sizes) if sizes.elements() > 0 => sizes.known_integers().ok_or(Fault::DependsOnData)?,
        _ => scaled(call, shape, &resized)?,
    };
    if sizes.len() != resized.len() {
        return Err(Fault::Setting("sizes"));
    }
    let mut output = shape.to_vec();
    for (axis, size) in resized.into_iter().zip(sizes) {
        let place = output.get_mut(axis).ok_or(Fault::Setting("sizes"))?;
        *place = usize::try_from(size).map_err(|_| Fault::Setting("sizes"))?;
    }
    Ok(Outcome::one(Tensor::new(checked(output)?), Arithmetic::Elementwise))
}

fn scaled(call: &Call<'_>, shape: &[usize], resized: &[usize]) -> Result<Vec<i64>, Fault> {
    let place = if call.opset < 11 || call.node.op_type == "Upsample" { 1 } else { 2 };
    let scales = match call.floats("scales") {
        Some(scales) => scales,
        None => call.input(place)?.known.as_ref().ok_or(Fault::DependsOnData)?.to_vec(),
    };
    if scales.len() != resized.len() {
        return Err(Fault::Setting("scales"));
    }
    let size = |axis: usize| shape.get(axis).and_then(|&size| i64::try_from(size).ok()).map(float);
    let sizes = resized.iter().zip(scales).map(|(&axis, scale)| Some(saturated((size(axis)? * scale).floor())));
    sizes.collect::<Option<_>>().ok_or(Fault::Setting("scales"))
}
