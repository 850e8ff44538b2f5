//! Tensors put together, cut apart, and looked up in.

use crate::graph::{Arithmetic, Shape};
use crate::import::Fault;
use crate::import::call::{Call, Outcome, axes, axis, checked};
use crate::import::pick::{flat, pick};
use crate::import::tensor::{Tensor, saturated};

pub(super) fn concatenate(call: &Call<'_>) -> Result<Outcome, Fault> {
    let first = call.input(0)?;
    let axis = call.axis(1, first.shape.len())?;
    let mut shape = first.shape.clone();
    let mut known = first.known.as_ref().map(|known| known.to_vec());
    for input in call.inputs.iter().skip(1).flatten() {
        let agrees = |(place, (one, other)): (usize, (&usize, &usize))| place == axis || one == other;
        let fits = input.shape.len() == shape.len() && shape.iter().zip(&input.shape).enumerate().all(agrees);
        let (Some(total), Some(&size), true) = (shape.get_mut(axis), input.shape.get(axis), fits) else {
            return Err(Fault::Disagree(first.shape.clone(), input.shape.clone()));
        };
        *total += size;
        shape = checked(shape)?;
        // Elements are one behind the other along the first axis alone.
        known = known.zip(input.known.as_ref()).filter(|_| axis == 0).map(|(mut known, more)| {
            known.extend(more.iter());
            known
        });
    }
    let integers = call.inputs.iter().flatten().all(|input| input.integers);
    Ok(Outcome::one(Tensor { shape, integers, known: None }.with_known(known), Arithmetic::Move))
}

pub(super) fn split(call: &Call<'_>) -> Result<Outcome, Fault> {
    let input = call.input(0)?;
    let axis = call.axis(0, input.shape.len())?;
    let size = input.shape.get(axis).copied().unwrap_or(1);
    let fault = || Fault::Setting("split");
    let parts: Vec<usize> = match call.setting("split", 1)? {
        Some(given) => given.iter().map(|&part| usize::try_from(part).ok()).collect::<Option<_>>().ok_or_else(fault)?,
        None => {
            let count = call.node.output.len().max(1);
            let part = size.div_ceil(count);
            (0..count).map(|place| part.min(size.saturating_sub(place * part))).collect()
        }
    };
    if parts.iter().try_fold(0_usize, |sum, &part| sum.checked_add(part)) != Some(size) {
        return Err(fault());
    }
    let mut start = 0;
    let outputs = parts.into_iter().map(|part| {
        let shape = with(&input.shape, axis, part);
        let first = start;
        start += part;
        let place = |index: &[usize]| Some(flat(&input.shape, shifted(index, axis, first)));
        let known = input.known.as_deref().and_then(|known| pick(known, &shape, place));
        Some(Tensor { shape, integers: input.integers, known: None }.with_known(known))
    });
    Ok(Outcome { outputs: outputs.collect(), arithmetic: Arithmetic::Copy })
}

fn shifted(index: &[usize], axis: usize, by: usize) -> impl Iterator<Item = usize> {
    index.iter().enumerate().map(move |(place, &position)| if place == axis { position + by } else { position })
}

fn with(shape: &[usize], axis: usize, size: usize) -> Shape {
    shape.iter().enumerate().map(|(place, &old)| if place == axis { size } else { old }).collect()
}

/// Along one axis: from where, by which step, and how many.
struct Range {
    start: i64,
    step: i64,
    count: usize,
}

impl Range {
    /// Ends may lie far outside; before the start they count from the end.
    fn of(size: usize, start: i64, end: i64, step: i64) -> Result<Self, Fault> {
        let size = i64::try_from(size).map_err(|_| Fault::TooLarge)?;
        let from_start = |place: i64| if place < 0 { place.saturating_add(size) } else { place };
        let (least, most) = if step > 0 { (0, size) } else { (-1, size - 1) };
        let (first, last) = (from_start(start).clamp(least.max(0), most.max(0)), from_start(end).clamp(least, most));
        let reach = if step > 0 { last - first } else { first - last };
        let stride = usize::try_from(step.unsigned_abs()).map_err(|_| Fault::TooLarge)?;
        let count = usize::try_from(reach).unwrap_or(0);
        let count = if stride == 0 { return Err(Fault::Setting("steps")) } else { count.div_ceil(stride) };
        Ok(Self { start: first, step, count })
    }

    fn place(&self, position: usize) -> Option<usize> {
        let steps = i64::try_from(position).ok()?.checked_mul(self.step)?;
        usize::try_from(self.start.checked_add(steps)?).ok()
    }
}

pub(super) fn slice(call: &Call<'_>) -> Result<Outcome, Fault> {
    let input = call.input(0)?;
    let rank = input.shape.len();
    let starts = call.setting("starts", 1)?.ok_or(Fault::MissingInput(1))?;
    let ends = call.setting("ends", 2)?.ok_or(Fault::MissingInput(2))?;
    let sliced = match call.setting("axes", 3)? {
        Some(given) => axes(&given, rank)?,
        None => (0..starts.len()).collect(),
    };
    let steps = call.setting("steps", 4)?.unwrap_or_else(|| vec![1; starts.len()]);
    if [ends.len(), sliced.len(), steps.len()] != [starts.len(); 3] {
        return Err(Fault::Setting("starts"));
    }
    let whole = |&size: &usize| Range { start: 0, step: 1, count: size };
    let mut ranges: Vec<Range> = input.shape.iter().map(whole).collect();
    for (place, axis) in sliced.into_iter().enumerate() {
        if let (Some(range), Some(&size)) = (ranges.get_mut(axis), input.shape.get(axis)) {
            *range = Range::of(size, starts[place], ends[place], steps[place])?;
        }
    }
    let shape: Shape = ranges.iter().map(|range| range.count).collect();
    let place = |index: &[usize]| {
        let places: Vec<usize> = ranges.iter().zip(index).map(|(range, &at)| range.place(at)).collect::<Option<_>>()?;
        Some(flat(&input.shape, places))
    };
    let known = input.known.as_deref().and_then(|known| pick(known, &shape, place));
    let output = Tensor { shape, integers: input.integers, known: None };
    Ok(Outcome::one(output.with_known(known), Arithmetic::Copy))
}

pub(super) fn gather(call: &Call<'_>) -> Result<Outcome, Fault> {
    let (input, places) = (call.input(0)?, call.input(1)?);
    let axis = call.axis(0, input.shape.len())?;
    let (before, size, behind) = (&input.shape[..axis], input.shape[axis], &input.shape[axis + 1..]);
    let shape = checked([before, &places.shape, behind].concat())?;
    let looked_up = |index: &[usize]| {
        let (leading, rest) = index.split_at_checked(axis)?;
        let (at, trailing) = rest.split_at_checked(places.shape.len())?;
        let found = saturated(*places.known.as_ref()?.get(flat(&places.shape, at.iter().copied()))?);
        let found = self::axis(found, size).ok()?;
        Some(flat(&input.shape, leading.iter().copied().chain([found]).chain(trailing.iter().copied())))
    };
    let known = input.known.as_deref().and_then(|known| pick(known, &shape, looked_up));
    let output = Tensor { shape, integers: input.integers, known: None };
    Ok(Outcome::one(output.with_known(known), Arithmetic::Copy))
}

pub(super) fn gather_elements(call: &Call<'_>) -> Result<Outcome, Fault> {
    let output = Tensor { shape: call.shape(1)?.to_vec(), integers: call.input(0)?.integers, known: None };
    Ok(Outcome::one(output, Arithmetic::Copy))
}

/// The last dimension of the places are prefixes of places in the data.
pub(super) fn gather_by_prefix(call: &Call<'_>) -> Result<Outcome, Fault> {
    let (data, places) = (call.input(0)?, call.shape(1)?);
    let batch = usize::try_from(call.int("batch_dims").unwrap_or(0)).map_err(|_| Fault::Setting("batch_dims"))?;
    let disagree = || Fault::Disagree(data.shape.clone(), places.to_vec());
    let (&prefix, leading) = places.split_last().ok_or_else(disagree)?;
    let rest = batch.checked_add(prefix).and_then(|used| data.shape.get(used..)).ok_or_else(disagree)?;
    let output = Tensor { shape: checked([leading, rest].concat())?, integers: data.integers, known: None };
    Ok(Outcome::one(output, Arithmetic::Copy))
}

pub(super) fn scatter(call: &Call<'_>) -> Result<Outcome, Fault> {
    let data = call.input(0)?;
    Ok(Outcome::one(Tensor { known: None, ..data.clone() }, Arithmetic::Move))
}

pub(super) fn one_hot(call: &Call<'_>) -> Result<Outcome, Fault> {
    let mut shape = call.shape(0)?.to_vec();
    let axis = call.axis(-1, shape.len() + 1)?;
    let depth = call.input(1)?.known_integers().ok_or(Fault::DependsOnData)?.first().copied();
    shape.insert(axis, depth.and_then(|depth| usize::try_from(depth).ok()).ok_or(Fault::Setting("depth"))?);
    Ok(Outcome::one(Tensor::new(checked(shape)?), Arithmetic::Move))
}
