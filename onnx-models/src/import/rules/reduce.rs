//! Sums, means and largest elements over dimensions.

use crate::graph::{Arithmetic, Shape};
use crate::import::Fault;
use crate::import::call::{Call, Outcome, axes};
use crate::import::tensor::Tensor;

pub(super) fn reduce(call: &Call<'_>) -> Result<Outcome, Fault> {
    let input = call.input(0)?;
    let rank = input.shape.len();
    let given = call.setting("axes", 1)?.filter(|axes| !axes.is_empty());
    let reduced = match given {
        Some(given) => axes(&given, rank)?,
        None if call.flag("noop_with_empty_axes", false) => Vec::new(),
        None => (0..rank).collect(),
    };
    let shape = without(&input.shape, &reduced, call.flag("keepdims", true));
    // The mean over height and width is what networks pool with in the end.
    let pools = rank > 3 && reduced.len() + 2 == rank && reduced.iter().all(|&axis| axis > 1);
    let arithmetic = match input.shape.get(2..) {
        Some(space) if pools => Arithmetic::Pool { window: space.to_vec() },
        _ => Arithmetic::Reduction,
    };
    let output = Tensor { shape, integers: input.integers, known: None };
    let known = call.node.op_type.as_str();
    let fold = |known_elements: &[f64]| match known {
        "ReduceProd" => Some(vec![known_elements.iter().product()]),
        "ReduceSum" => Some(vec![known_elements.iter().sum()]),
        "ReduceMax" => known_elements.iter().copied().reduce(f64::max).map(|largest| vec![largest]),
        "ReduceMin" => known_elements.iter().copied().reduce(f64::min).map(|least| vec![least]),
        _ => None,
    };
    let known = input.known.as_deref().filter(|_| output.elements() == 1).and_then(fold);
    Ok(Outcome::one(output.with_known(known), arithmetic))
}

/// The place of the largest or smallest element.
pub(super) fn place(call: &Call<'_>) -> Result<Outcome, Fault> {
    let shape = call.shape(0)?;
    let reduced = [call.axis(0, shape.len())?];
    let output = Tensor::integers(without(shape, &reduced, call.flag("keepdims", true)));
    Ok(Outcome::one(output, Arithmetic::Reduction))
}

/// The largest elements and their places.
pub(super) fn top(call: &Call<'_>) -> Result<Outcome, Fault> {
    let mut shape = call.shape(0)?.to_vec();
    let axis = call.axis(-1, shape.len())?;
    let given = match call.int("k") {
        Some(count) => Some(count),
        None => call.input(1)?.known_integers().ok_or(Fault::DependsOnData)?.first().copied(),
    };
    let count = given.and_then(|count| usize::try_from(count).ok());
    if let Some(size) = shape.get_mut(axis) {
        *size = count.filter(|count| count <= size).ok_or(Fault::Setting("k"))?;
    }
    let places = Tensor::integers(shape.clone());
    Ok(Outcome { outputs: vec![Some(Tensor::new(shape)), Some(places)], arithmetic: Arithmetic::Reduction })
}

fn without(shape: &[usize], reduced: &[usize], keep: bool) -> Shape {
    let sizes = shape.iter().enumerate();
    if keep {
        sizes.map(|(axis, &size)| if reduced.contains(&axis) { 1 } else { size }).collect()
    } else {
        sizes.filter(|(axis, _)| !reduced.contains(axis)).map(|(_, &size)| size).collect()
    }
}
