//! Operators that work element by element, or leave the shape as it is.

use std::rc::Rc;

use crate::graph::{Arithmetic, Shape};
use crate::import::Fault;
use crate::import::call::{Call, Outcome, broadcast};
use crate::import::pick::{broadcast_place, pick};
use crate::import::tensor::{Tensor, is_integer};

/// One tensor in, and one of its shape out; other inputs are settings or weights.
#[rustfmt::skip]
pub(super) const SAME_SHAPE: &[&str] = &[
    // Activations.
    "Celu", "Clip", "Elu", "Gelu", "HardSigmoid", "HardSwish", "Hardmax", "LeakyRelu", "LogSoftmax", "Mish", "Relu",
    "Selu", "Shrink", "Sigmoid", "Softmax", "Softplus", "Softsign", "Swish", "Tanh", "ThresholdedRelu",
    // Normalisations.
    "BatchNormalization", "GroupNormalization", "InstanceNormalization", "LRN", "LayerNormalization",
    "LpNormalization", "MeanVarianceNormalization", "RMSNormalization",
    // Functions of a number.
    "Abs", "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "BitwiseNot", "Cast", "CastLike", "Ceil", "Cos", "Cosh",
    "CumSum", "DequantizeLinear", "Erf", "Exp", "Floor", "IsInf", "IsNaN", "Log", "Neg", "Not", "QuantizeLinear",
    "Reciprocal", "Round", "Sign", "Sin", "Sinh", "Sqrt", "Tan", "Trilu",
];

/// Any number of tensors in, all broadcast to one shape.
#[rustfmt::skip]
pub(super) const BROADCAST: &[&str] = &[
    "Add", "And", "BitShift", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "Div", "Equal", "Greater", "GreaterOrEqual",
    "Less", "LessOrEqual", "Max", "Mean", "Min", "Mod", "Mul", "Or", "PRelu", "Pow", "Sub", "Sum", "Where", "Xor",
];

pub(super) fn same(call: &Call<'_>) -> Result<Outcome, Fault> {
    let input = call.input(0)?;
    let operator = call.node.op_type.as_str();
    let integers = match operator {
        "Cast" => call.int("to").and_then(|to| i32::try_from(to).ok()).is_some_and(is_integer),
        "IsInf" | "IsNaN" => true,
        _ => input.integers,
    };
    let function: Option<fn(f64) -> f64> = match operator {
        "Cast" if integers => Some(f64::trunc),
        "Cast" => Some(|x| x),
        "Abs" => Some(f64::abs),
        "Ceil" => Some(f64::ceil),
        "Exp" => Some(f64::exp),
        "Floor" => Some(f64::floor),
        "Neg" => Some(|x| -x),
        "Not" => Some(|x| f64::from(x == 0.0)),
        "Reciprocal" => Some(f64::recip),
        "Round" => Some(f64::round_ties_even),
        "Sqrt" => Some(f64::sqrt),
        _ => None,
    };
    let fold = |function: fn(f64) -> f64| Some(input.known.as_ref()?.iter().map(|&value| function(value)).collect());
    let output = Tensor { shape: input.shape.clone(), integers, known: None };
    Ok(Outcome::one(output.with_known(function.and_then(fold)), Arithmetic::Elementwise))
}

pub(super) fn broadcasting(call: &Call<'_>) -> Result<Outcome, Fault> {
    let operator = call.node.op_type.as_str();
    let first = call.input(0)?;
    // Before version 7, the second input was laid along an axis of the first.
    let shape = if call.opset < 7 || operator == "PRelu" {
        first.shape.clone()
    } else {
        let inputs = call.inputs.iter().flatten().map(|input| &input.shape);
        inputs.skip(1).try_fold(first.shape.clone(), |shape, input| broadcast(&shape, input))?
    };
    let compares = matches!(operator, "Equal" | "Greater" | "GreaterOrEqual" | "Less" | "LessOrEqual");
    let integers = compares || call.inputs.iter().flatten().all(|input| input.integers);
    let output = Tensor { shape, integers, known: None };
    let known = fold(call, operator, &output.shape, integers);
    Ok(Outcome::one(output.with_known(known), Arithmetic::Elementwise))
}

fn fold(call: &Call<'_>, operator: &str, shape: &Shape, integers: bool) -> Option<Vec<f64>> {
    let inputs: Vec<(&Shape, &Rc<[f64]>)> = call
        .inputs
        .iter()
        .map(|input| Some((&input.as_ref()?.shape, input.as_ref()?.known.as_ref()?)))
        .collect::<Option<_>>()?;
    let spread = |&(from, known): &(&Shape, &Rc<[f64]>)| pick(known, shape, |index| Some(broadcast_place(from, index)));
    let spread: Vec<Vec<f64>> = inputs.iter().map(spread).collect::<Option<_>>()?;
    if let ("Where", [condition, yes, no]) = (operator, spread.as_slice()) {
        let choose = |((&condition, &yes), &no): ((&f64, &f64), &f64)| if condition == 0.0 { no } else { yes };
        return Some(condition.iter().zip(yes).zip(no).map(choose).collect());
    }
    let function: fn(f64, f64) -> f64 = match operator {
        "Add" | "Sum" => |x, y| x + y,
        "Sub" => |x, y| x - y,
        "Mul" => |x, y| x * y,
        "Div" if integers => |x, y| (x / y).trunc(),
        "Div" => |x, y| x / y,
        "Mod" => |x, y| x - y * (x / y).floor(),
        "Pow" => f64::powf,
        "Max" => f64::max,
        "Min" => f64::min,
        "And" => |x, y| f64::from(x != 0.0 && y != 0.0),
        "Or" => |x, y| f64::from(x != 0.0 || y != 0.0),
        "Equal" => |x, y| f64::from(x == y),
        "Greater" => |x, y| f64::from(x > y),
        "GreaterOrEqual" => |x, y| f64::from(x >= y),
        "Less" => |x, y| f64::from(x < y),
        "LessOrEqual" => |x, y| f64::from(x <= y),
        _ => return None,
    };
    let combine = |left: Vec<f64>, right: Vec<f64>| left.into_iter().zip(right).map(|(x, y)| function(x, y)).collect();
    spread.into_iter().reduce(combine)
}
