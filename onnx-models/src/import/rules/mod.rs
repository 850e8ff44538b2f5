//! What operators give for what they take.

mod constants;
mod convolution;
mod dimensions;
mod elementwise;
mod matrix;
mod pieces;
mod reduce;
mod resize;
mod window;

use super::Fault;
use super::call::{Call, Outcome};

/// What a node gives; nothing for an operator that is not known here.
pub(super) fn infer(call: &Call<'_>) -> Option<Result<Outcome, Fault>> {
    match call.node.domain.as_str() {
        "" | "ai.onnx" => of_onnx(call),
        // ONNX Runtime's own, where they are what ONNX's are.
        "com.microsoft" => match call.node.op_type.as_str() {
            "FusedConv" => Some(convolution::forward(call, 1)),
            "FusedGemm" => Some(matrix::gemm(call)),
            "FusedMatMul" if !call.flag("transA", false) && !call.flag("transB", false) => {
                Some(matrix::product(call, 1))
            }
            "FastGelu" | "QuickGelu" | "BiasGelu" | "Gelu" => Some(elementwise::same(call)),
            "DequantizeLinear" | "QuantizeLinear" => Some(elementwise::same(call)),
            _ => None,
        },
        _ => None,
    }
}

fn of_onnx(call: &Call<'_>) -> Option<Result<Outcome, Fault>> {
    let operator = call.node.op_type.as_str();
    Some(match operator {
        "Conv" | "ConvInteger" => convolution::forward(call, 1),
        "QLinearConv" => convolution::forward(call, 3),
        "ConvTranspose" => convolution::transposed(call),
        "Gemm" => matrix::gemm(call),
        "MatMul" | "MatMulInteger" => matrix::product(call, 1),
        "QLinearMatMul" => matrix::product(call, 3),
        "Einsum" => matrix::einsum(call),
        "LSTM" => matrix::recurrent(call, 4),
        "GRU" => matrix::recurrent(call, 3),
        "RNN" => matrix::recurrent(call, 1),
        "AveragePool" | "MaxPool" | "LpPool" => window::pool(call),
        "GlobalAveragePool" | "GlobalMaxPool" | "GlobalLpPool" => window::global_pool(call),
        "ArgMax" | "ArgMin" => reduce::place(call),
        "TopK" => reduce::top(call),
        "Identity" | "Dropout" => dimensions::rename(call),
        "Reshape" => dimensions::reshape(call),
        "Flatten" => dimensions::flatten(call),
        "Squeeze" => dimensions::squeeze(call),
        "Unsqueeze" => dimensions::unsqueeze(call),
        "Transpose" => dimensions::transpose(call),
        "DepthToSpace" => dimensions::depth_to_space(call),
        "SpaceToDepth" => dimensions::space_to_depth(call),
        "Shape" => constants::shape(call),
        "Size" => constants::size(call),
        "Constant" => constants::constant(call),
        "ConstantOfShape" => constants::constant_of_shape(call),
        "Range" => constants::range(call),
        "Concat" => pieces::concatenate(call),
        "Split" => pieces::split(call),
        "Slice" => pieces::slice(call),
        "Gather" => pieces::gather(call),
        "GatherElements" => pieces::gather_elements(call),
        "GatherND" => pieces::gather_by_prefix(call),
        "Scatter" | "ScatterElements" | "ScatterND" => pieces::scatter(call),
        "OneHot" => pieces::one_hot(call),
        "Pad" => resize::pad(call),
        "Expand" => resize::expand(call),
        "Tile" => resize::tile(call),
        "Resize" | "Upsample" => resize::resize(call),
        _ if operator.starts_with("Reduce") => reduce::reduce(call),
        _ if elementwise::SAME_SHAPE.contains(&operator) => elementwise::same(call),
        _ if elementwise::BROADCAST.contains(&operator) => elementwise::broadcasting(call),
        _ => return None,
    })
}
