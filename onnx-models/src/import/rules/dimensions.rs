//! The same elements under other dimensions.

use crate::graph::{Arithmetic, Shape};
use crate::import::Fault;
use crate::import::call::{Call, Outcome, axes, checked};
use crate::import::pick::{flat, pick};
use crate::import::tensor::{Tensor, elements};

/// The input's elements in their order.
fn under(call: &Call<'_>, shape: Shape) -> Result<Outcome, Fault> {
    let input = call.input(0)?;
    let output = Tensor { shape: checked(shape)?, ..input.clone() };
    if output.elements() != input.elements() {
        return Err(Fault::Disagree(input.shape.clone(), output.shape));
    }
    Ok(Outcome::one(output, Arithmetic::Rename))
}

/// Dropout does nothing at inference; its mask is all ones.
pub(super) fn rename(call: &Call<'_>) -> Result<Outcome, Fault> {
    let input = call.input(0)?;
    let mask = Tensor::integers(input.shape.clone());
    Ok(Outcome { outputs: vec![Some(input.clone()), Some(mask)], arithmetic: Arithmetic::Rename })
}

pub(super) fn reshape(call: &Call<'_>) -> Result<Outcome, Fault> {
    let given = call.setting("shape", 1)?.ok_or(Fault::MissingInput(1))?;
    let (input, keeps_zero) = (call.shape(0)?, call.flag("allowzero", false));
    let fault = || Fault::Setting("shape");
    let mut shape = Vec::with_capacity(given.len());
    let mut open = None;
    for (place, &size) in given.iter().enumerate() {
        match size {
            0 if !keeps_zero => shape.push(input.get(place).copied().ok_or_else(fault)?),
            -1 if open.is_none() => {
                open = Some(place);
                shape.push(1);
            }
            _ => shape.push(usize::try_from(size).map_err(|_| fault())?),
        }
    }
    let shape = checked(shape)?;
    let rest = elements(&shape);
    let filled = |(place, size): (usize, usize)| match open {
        Some(open) if open == place => elements(input).checked_div(rest).unwrap_or(0),
        _ => size,
    };
    under(call, shape.into_iter().enumerate().map(filled).collect())
}

pub(super) fn flatten(call: &Call<'_>) -> Result<Outcome, Fault> {
    let shape = call.shape(0)?;
    let rank = i64::try_from(shape.len()).unwrap_or(i64::MAX);
    let given = call.int("axis").unwrap_or(1);
    let from_start = if given < 0 { given.saturating_add(rank) } else { given };
    let split = usize::try_from(from_start).ok().and_then(|place| shape.split_at_checked(place));
    let (rows, columns) = split.ok_or(Fault::Axis { axis: given, rank: shape.len() })?;
    under(call, vec![elements(rows), elements(columns)])
}

pub(super) fn squeeze(call: &Call<'_>) -> Result<Outcome, Fault> {
    let shape = call.shape(0)?;
    let given = call.setting("axes", 1)?;
    let removed = given.as_ref().map(|given| axes(given, shape.len())).transpose()?;
    let removes = |axis: usize, size: usize| removed.as_ref().map_or(size == 1, |removed| removed.contains(&axis));
    under(call, shape.iter().enumerate().filter(|&(axis, &size)| !removes(axis, size)).map(|(_, &size)| size).collect())
}

pub(super) fn unsqueeze(call: &Call<'_>) -> Result<Outcome, Fault> {
    let given = call.setting("axes", 1)?.ok_or(Fault::MissingInput(1))?;
    let shape = call.shape(0)?;
    let mut inserted = axes(&given, shape.len() + given.len())?;
    inserted.sort_unstable();
    let mut output = shape.to_vec();
    for axis in inserted {
        if axis > output.len() {
            return Err(Fault::Setting("axes"));
        }
        output.insert(axis, 1);
    }
    under(call, output)
}

pub(super) fn transpose(call: &Call<'_>) -> Result<Outcome, Fault> {
    let input = call.input(0)?;
    let rank = input.shape.len();
    let order = match call.ints("perm") {
        Some(given) => axes(given, rank)?,
        None => (0..rank).rev().collect(),
    };
    let mut sorted = order.clone();
    sorted.sort_unstable();
    if !sorted.into_iter().eq(0..rank) {
        return Err(Fault::Setting("perm"));
    }
    let shape: Shape = order.iter().filter_map(|&axis| input.shape.get(axis).copied()).collect();
    let place = |index: &[usize]| {
        let mut of_input = vec![0; rank];
        order.iter().zip(index).for_each(|(&axis, &position)| of_input[axis] = position);
        Some(flat(&input.shape, of_input))
    };
    let known = input.known.as_deref().and_then(|known| pick(known, &shape, place));
    let output = Tensor { shape, integers: input.integers, known: None };
    Ok(Outcome::one(output.with_known(known), Arithmetic::Move))
}

pub(super) fn depth_to_space(call: &Call<'_>) -> Result<Outcome, Fault> {
    let (block, [batch, channels, height, width]) = (call.count("blocksize")?, *image(call)?);
    if channels % (block * block) != 0 {
        return Err(Fault::Setting("blocksize"));
    }
    moved(call, vec![batch, channels / (block * block), height * block, width * block])
}

pub(super) fn space_to_depth(call: &Call<'_>) -> Result<Outcome, Fault> {
    let (block, [batch, channels, height, width]) = (call.count("blocksize")?, *image(call)?);
    if height % block != 0 || width % block != 0 {
        return Err(Fault::Setting("blocksize"));
    }
    moved(call, vec![batch, channels * block * block, height / block, width / block])
}

fn moved(call: &Call<'_>, shape: Shape) -> Result<Outcome, Fault> {
    Ok(Outcome { arithmetic: Arithmetic::Move, ..under(call, shape)? })
}

fn image<'a>(call: &'a Call<'_>) -> Result<&'a [usize; 4], Fault> {
    let shape = call.shape(0)?;
    let fault = || Fault::Shape { input: 0, shape: shape.to_vec(), expected: "4 dimensions" };
    shape.try_into().map_err(|_| fault())
}
