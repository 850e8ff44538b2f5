//! Windows that slide over space.

use crate::graph::Arithmetic;
use crate::import::Fault;
use crate::import::call::{Call, Outcome, checked};
use crate::import::tensor::{Tensor, within_limit};

/// The largest size of a window in one dimension.
const MOST: usize = 1 << 20;

/// A window and how it slides, one number for every spatial dimension.
pub(super) struct Window {
    pub(super) kernel: Vec<usize>,
    strides: Vec<usize>,
    dilations: Vec<usize>,
    begins: Vec<usize>,
    ends: Vec<usize>,
    same: bool,
    ceil: bool,
}

/// Whether every size is from 1 to a million, and the window can be counted.
pub(super) fn kernel_within_limit(kernel: &[usize]) -> bool {
    kernel.iter().all(|size| (1..=MOST).contains(size)) && within_limit(kernel.to_vec()).is_some()
}

impl Window {
    pub(super) fn of(call: &Call<'_>, kernel: Vec<usize>) -> Result<Self, Fault> {
        let rank = kernel.len();
        let (same, valid) = match call.text("auto_pad") {
            "SAME_UPPER" | "SAME_LOWER" => (true, false),
            "VALID" => (false, true),
            _ => (false, false),
        };
        let mut begins = if valid { vec![0; 2 * rank] } else { call.sizes("pads", 2 * rank, 0, 0)? };
        let ends = begins.split_off(rank);
        Ok(Self {
            strides: call.sizes("strides", rank, 1, 1)?,
            dilations: call.sizes("dilations", rank, 1, 1)?,
            begins,
            ends,
            same,
            ceil: call.flag("ceil_mode", false),
            kernel,
        })
    }

    /// What one dimension shrinks to.
    pub(super) fn output_size(&self, place: usize, size: usize) -> Result<usize, Fault> {
        let Extent { span, stride, begin, end } = self.along(place)?;
        if self.same {
            return Ok(size.div_ceil(stride));
        }
        let too_short = || Fault::Setting("kernel_shape");
        let steps = (size + begin + end).checked_sub(span).ok_or_else(too_short)?;
        if !self.ceil {
            return Ok(steps / stride + 1);
        }
        let windows = steps.div_ceil(stride) + 1;
        // A window that would begin behind the input and its first padding is left out.
        let is_outside = (windows - 1) * stride >= size + begin;
        Ok(windows - usize::from(is_outside))
    }

    /// What one dimension grows to.
    pub(super) fn transposed_size(&self, place: usize, size: usize, padding: usize) -> Result<usize, Fault> {
        let Extent { span, stride, begin, end } = self.along(place)?;
        if self.same {
            return size.checked_mul(stride).ok_or(Fault::TooLarge);
        }
        let last = size.checked_sub(1).ok_or(Fault::Setting("pads"))?;
        let grown = last.checked_mul(stride).ok_or(Fault::TooLarge)? + padding + span;
        grown.checked_sub(begin + end).ok_or(Fault::Setting("pads"))
    }

    /// The window along one axis.
    fn along(&self, place: usize) -> Result<Extent, Fault> {
        let of = |sizes: &[usize]| sizes.get(place).copied().ok_or(Fault::Setting("kernel_shape"));
        let span = of(&self.dilations)? * of(&self.kernel)?.saturating_sub(1) + 1;
        Ok(Extent { span, stride: of(&self.strides)?, begin: of(&self.begins)?, end: of(&self.ends)? })
    }
}

/// A window along one axis.
struct Extent {
    /// From its first element to its last, dilation included.
    span: usize,
    stride: usize,
    /// Padding before the axis.
    begin: usize,
    /// Padding behind it.
    end: usize,
}

pub(super) fn pool(call: &Call<'_>) -> Result<Outcome, Fault> {
    let Image { batch, channels, space } = image(call)?;
    let kernel = call.sizes("kernel_shape", space.len(), 1, 0)?;
    if !kernel_within_limit(&kernel) {
        return Err(Fault::Setting("kernel_shape"));
    }
    let window = Window::of(call, kernel)?;
    let sizes = space.iter().enumerate().map(|(place, &size)| window.output_size(place, size));
    let shape = [Ok(batch), Ok(channels)].into_iter().chain(sizes).collect::<Result<_, _>>()?;
    let output = Tensor::new(checked(shape)?);
    let places = Tensor::integers(output.shape.clone());
    Ok(Outcome { outputs: vec![Some(output), Some(places)], arithmetic: Arithmetic::Pool { window: window.kernel } })
}

pub(super) fn global_pool(call: &Call<'_>) -> Result<Outcome, Fault> {
    let Image { batch, channels, space } = image(call)?;
    let shape = [batch, channels].into_iter().chain(space.iter().map(|_| 1)).collect();
    Ok(Outcome::one(Tensor::new(shape), Arithmetic::Pool { window: space.to_vec() }))
}

/// What is pooled: `[batch, channels, space…]`.
struct Image<'a> {
    batch: usize,
    channels: usize,
    space: &'a [usize],
}

fn image<'a>(call: &'a Call<'_>) -> Result<Image<'a>, Fault> {
    match call.shape(0)? {
        &[batch, channels, ref space @ ..] if !space.is_empty() => Ok(Image { batch, channels, space }),
        other => Err(Fault::Shape { input: 0, shape: other.to_vec(), expected: "at least 3 dimensions" }),
    }
}
