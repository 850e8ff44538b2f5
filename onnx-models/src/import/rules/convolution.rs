//! Convolutions of any number of dimensions.

use super::window::{Window, kernel_within_limit};
use crate::graph::Arithmetic;
use crate::import::Fault;
use crate::import::call::{Call, Outcome, checked};
use crate::import::tensor::Tensor;

/// Input batch x channels x space, weights outputs x channels of a group x window.
pub(super) fn forward(call: &Call<'_>, weights: usize) -> Result<Outcome, Fault> {
    let (input, groups) = (call.shape(0)?, call.count("group")?);
    let Weights { first: outputs, second: per_group, kernel } = weight_shape(call, weights)?;
    let &[batch, channels, ref space @ ..] = input else { return Err(too_few(0, input)) };
    let fits = space.len() == kernel.len() && per_group.checked_mul(groups) == Some(channels);
    if !fits || outputs % groups != 0 {
        return Err(Fault::Disagree(input.to_vec(), call.shape(weights)?.to_vec()));
    }
    let window = Window::of(call, kernel.to_vec())?;
    let sizes = space.iter().enumerate().map(|(place, &size)| window.output_size(place, size));
    let shape = [Ok(batch), Ok(outputs)].into_iter().chain(sizes).collect::<Result<_, _>>()?;
    let arithmetic = Arithmetic::Convolution { window: window.kernel, groups };
    Ok(Outcome::one(Tensor::new(checked(shape)?), arithmetic))
}

/// Input batch x channels x space, weights channels x outputs of a group x window.
pub(super) fn transposed(call: &Call<'_>) -> Result<Outcome, Fault> {
    let (input, groups) = (call.shape(0)?, call.count("group")?);
    let Weights { first: channels, second: per_group, kernel } = weight_shape(call, 1)?;
    let &[batch, of_input, ref space @ ..] = input else { return Err(too_few(0, input)) };
    if space.len() != kernel.len() || channels != of_input || channels % groups != 0 {
        return Err(Fault::Disagree(input.to_vec(), call.shape(1)?.to_vec()));
    }
    let window = Window::of(call, kernel.to_vec())?;
    let padding = call.sizes("output_padding", space.len(), 0, 0)?;
    let sizes = if call.has("output_shape") {
        call.sizes("output_shape", space.len(), 0, 0)?
    } else {
        let sizes = space.iter().zip(padding).enumerate();
        sizes.map(|(place, (&size, padding))| window.transposed_size(place, size, padding)).collect::<Result<_, _>>()?
    };
    let outputs = per_group.checked_mul(groups).ok_or(Fault::TooLarge)?;
    let shape = [batch, outputs].into_iter().chain(sizes).collect();
    let arithmetic = Arithmetic::TransposedConvolution { window: window.kernel, groups };
    Ok(Outcome::one(Tensor::new(checked(shape)?), arithmetic))
}

/// The shape of a convolution's weights. ONNX puts the outputs first, of a transposed one the inputs; the other
/// channels, of one group, are second.
struct Weights<'a> {
    first: usize,
    second: usize,
    kernel: &'a [usize],
}

fn weight_shape<'a>(call: &'a Call<'_>, input: usize) -> Result<Weights<'a>, Fault> {
    match call.shape(input)? {
        &[first, second, ref kernel @ ..] if !kernel.is_empty() && kernel_within_limit(kernel) => {
            Ok(Weights { first, second, kernel })
        }
        other => Err(too_few(input, other)),
    }
}

fn too_few(input: usize, shape: &[usize]) -> Fault {
    Fault::Shape { input, shape: shape.to_vec(), expected: "at least 3 dimensions, none of a window 0" }
}
