//! The network kit: matrices, layers and their derivatives, Adam, parameters as files, and the form
//! in which networks read architectures. [`help`](crate::help) and the
//! [`baselines`](crate::baselines) are built from it; it knows no space, method, device or pool.

mod adam;
mod buffer;
mod checkpoint;
mod dense;
mod encoded;
mod initial;
mod layer;
mod matrix;
mod row_sums;
mod sequential;
mod sizes;
mod squared_error;
mod vectorized;

pub(crate) use adam::Adam;
pub(crate) use buffer::Buffer;
pub(crate) use checkpoint::{NamedTensor, named_layers, read_layers, read_tensor, tensor_file};
#[cfg(test)]
pub(crate) use dense::ParameterSlice;
pub(crate) use dense::{Dense, Layout};
pub(crate) use initial::draw_initial;
pub(crate) use layer::{Activations, Direction, InputTangents, Layer};
pub(crate) use sequential::{Backward, BackwardTrace, ForwardTrace, Sequential, output_of};
pub(crate) use squared_error::squared_error;
pub(crate) use vectorized::{add, vectorized};

pub use checkpoint::CheckpointError;

pub(crate) use encoded::{Encoded, Topology};
pub(crate) use matrix::Matrix;
#[cfg(test)]
pub(crate) use row_sums::RowSums;
pub(crate) use sizes::{EncoderKind, Sizes};
