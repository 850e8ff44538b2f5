//! Products of matrices.

use std::collections::BTreeMap;

use crate::graph::{Arithmetic, Shape};
use crate::import::Fault;
use crate::import::call::{Call, Outcome, broadcast, checked};
use crate::import::tensor::Tensor;

fn outcome(shape: Shape, depth: usize) -> Result<Outcome, Fault> {
    Ok(Outcome::one(Tensor::new(checked(shape)?), Arithmetic::Product { depth }))
}

/// A matrix times a matrix, either transposed, plus what may be broadcast.
pub(super) fn gemm(call: &Call<'_>) -> Result<Outcome, Fault> {
    let matrix = |input: usize, transposed: &str| match *call.shape(input)? {
        [rows, columns] if call.flag(transposed, false) => Ok((columns, rows)),
        [rows, columns] => Ok((rows, columns)),
        ref other => Err(Fault::Shape { input, shape: other.to_vec(), expected: "2 dimensions" }),
    };
    let ((rows, depth), (of_second, columns)) = (matrix(0, "transA")?, matrix(1, "transB")?);
    if depth != of_second {
        return Err(Fault::Disagree(call.shape(0)?.to_vec(), call.shape(1)?.to_vec()));
    }
    outcome(vec![rows, columns], depth)
}

/// Two stacks of matrices; a vector is a row before, a column behind.
pub(super) fn product(call: &Call<'_>, second: usize) -> Result<Outcome, Fault> {
    let (left, right) = (call.shape(0)?, call.shape(second)?);
    let disagree = || Fault::Disagree(left.to_vec(), right.to_vec());
    let (left_stack, rows, depth) = match left {
        [] => return Err(disagree()),
        &[depth] => (&[] as &[usize], None, depth),
        &[ref stack @ .., rows, depth] => (stack, Some(rows), depth),
    };
    let (right_stack, of_right, columns) = match right {
        [] => return Err(disagree()),
        &[depth] => (&[] as &[usize], depth, None),
        &[ref stack @ .., depth, columns] => (stack, depth, Some(columns)),
    };
    if depth != of_right {
        return Err(disagree());
    }
    let stack = broadcast(left_stack, right_stack)?;
    outcome(stack.into_iter().chain(rows).chain(columns).collect(), depth)
}

/// Products and sums over the letters of an equation; an ellipsis is not read.
pub(super) fn einsum(call: &Call<'_>) -> Result<Outcome, Fault> {
    let equation: String = call.text("equation").chars().filter(|letter| !letter.is_whitespace()).collect();
    let fault = || Fault::Setting("equation");
    if equation.contains('.') {
        return Err(Fault::DependsOnData);
    }
    let (terms, given) = equation.split_once("->").map_or((equation.as_str(), None), |(terms, to)| (terms, Some(to)));
    let mut sizes = BTreeMap::new();
    let mut letters = Vec::new();
    for (input, term) in terms.split(',').enumerate() {
        let shape = call.shape(input)?;
        if term.chars().count() != shape.len() {
            return Err(fault());
        }
        for (letter, &size) in term.chars().zip(shape) {
            letters.push(letter);
            let known = sizes.entry(letter).or_insert(size);
            *known = size.max(*known);
        }
    }
    let once = |letter: &char| letters.iter().filter(|other| *other == letter).count() == 1;
    let written = given.map_or_else(|| sizes.keys().copied().filter(once).collect(), str::to_owned);
    let shape = written.chars().map(|letter| sizes.get(&letter).copied()).collect::<Option<_>>().ok_or_else(fault)?;
    let summed = sizes.iter().filter(|(letter, _)| !written.contains(**letter)).map(|(_, &size)| size).collect();
    outcome(shape, checked(summed)?.iter().product())
}

/// A recurrent layer with so many gates: every step multiplies the input and the state.
pub(super) fn recurrent(call: &Call<'_>, gates: usize) -> Result<Outcome, Fault> {
    let batch_first = call.int("layout") == Some(1);
    let (&[first, second, features], &[directions, _, hidden]) = (call.shape(0)?, call.shape(2)?) else {
        return Err(Fault::Disagree(call.shape(0)?.to_vec(), call.shape(2)?.to_vec()));
    };
    let (shape, state) = if batch_first {
        (vec![first, second, directions, hidden], vec![first, directions, hidden])
    } else {
        (vec![first, directions, second, hidden], vec![directions, second, hidden])
    };
    let [output, state] = [checked(shape)?, checked(state)?].map(|shape| Some(Tensor::new(shape)));
    let depth = features.checked_add(hidden).and_then(|depth| depth.checked_mul(gates)).ok_or(Fault::TooLarge)?;
    Ok(Outcome { outputs: vec![output, state.clone(), state], arithmetic: Arithmetic::Product { depth } })
}
