//! Operators in the words of ONNX.

use super::onnx::AttributeProto;
use super::weights::EPSILON;
use super::{Convolution, Graph, Operator};

/// The oldest operator set that has all operators of a graph.
pub(super) fn opset_version(graph: &Graph) -> i64 {
    let since = |operator: &Operator| match operator {
        Operator::LayerNormalization => 17,
        Operator::HardSwish => 14,
        _ => 13,
    };
    graph.nodes().iter().map(|node| since(&node.operator)).max().unwrap_or(13)
}

/// ONNX's name for an operator that is built; nothing for a table, which is stored and not computed.
pub(super) const fn op_type(operator: &Operator) -> Option<&'static str> {
    Some(match operator {
        Operator::Convolution(_) => "Conv",
        Operator::Linear { .. } | Operator::Projection => "Gemm",
        // Imported operators are read, never written.
        Operator::Table { .. } | Operator::Imported(_) => return None,
        Operator::Lookup => "Gather",
        Operator::MatrixProduct => "MatMul",
        Operator::BatchNormalization => "BatchNormalization",
        Operator::LayerNormalization => "LayerNormalization",
        Operator::Relu => "Relu",
        Operator::HardSwish => "HardSwish",
        Operator::HardSigmoid => "HardSigmoid",
        Operator::Softmax => "Softmax",
        Operator::Add => "Add",
        Operator::Multiply | Operator::MultiplyBy(_) => "Mul",
        Operator::AveragePool { .. } => "AveragePool",
        Operator::GlobalAveragePool => "GlobalAveragePool",
        Operator::Flatten => "Flatten",
        Operator::Reshape(_) => "Reshape",
        Operator::Transpose(_) => "Transpose",
        Operator::Concatenate { .. } => "Concat",
        Operator::Slice { .. } => "Slice",
    })
}

/// The attributes that differ from ONNX's defaults, or that readers expect.
pub(super) fn attributes(operator: &Operator) -> Vec<AttributeProto> {
    let square = |name, size| AttributeProto::ints(name, &[size; 2]);
    let sides = |padding| AttributeProto::ints("pads", &[padding; 4]);
    match *operator {
        Operator::Convolution(Convolution { kernel, stride, padding, groups, .. }) => vec![
            square("kernel_shape", kernel),
            square("strides", stride),
            sides(padding),
            AttributeProto::int("group", groups),
        ],
        Operator::Linear { .. } | Operator::Projection => vec![AttributeProto::int("transB", 1)],
        Operator::BatchNormalization => vec![AttributeProto::float("epsilon", EPSILON)],
        Operator::LayerNormalization => {
            vec![AttributeProto::float("epsilon", EPSILON), AttributeProto::signed_int("axis", -1)]
        }
        // ONNX's own defaults are those of another paper: a slope of 0.2.
        Operator::HardSigmoid => vec![AttributeProto::float("alpha", 1.0 / 6.0), AttributeProto::float("beta", 0.5)],
        Operator::Softmax => vec![AttributeProto::signed_int("axis", -1)],
        Operator::AveragePool { kernel, stride, padding } => vec![
            square("kernel_shape", kernel),
            square("strides", stride),
            sides(padding),
            AttributeProto::int("count_include_pad", 0),
        ],
        Operator::Flatten => vec![AttributeProto::int("axis", 1)],
        Operator::Transpose(ref order) => vec![AttributeProto::ints("perm", order)],
        Operator::Concatenate { axis } => vec![AttributeProto::int("axis", axis)],
        _ => Vec::new(),
    }
}
