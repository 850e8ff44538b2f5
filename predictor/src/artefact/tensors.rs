//! Tensors of a file by name, written and read.

use std::collections::HashMap;

use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};

use super::ArtefactError;
use crate::network::NamedTensor;

/// Tensors before they are written.
#[derive(Debug, Default)]
pub(crate) struct TensorFile(Vec<OwnedTensor>);

#[derive(Debug)]
struct OwnedTensor {
    name: String,
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl TensorFile {
    pub(crate) fn add_f32(&mut self, name: &str, shape: &[usize], values: &[f32]) {
        self.add(name, Dtype::F32, shape, bytes_of(values, |value| value.to_le_bytes()));
    }

    pub(crate) fn add_f64(&mut self, name: &str, shape: &[usize], values: &[f64]) {
        self.add(name, Dtype::F64, shape, bytes_of(values, |value| value.to_le_bytes()));
    }

    pub(crate) fn add_u32(&mut self, name: &str, values: &[usize]) {
        self.add(name, Dtype::U32, &[values.len()], bytes_of(values, |&value| (value as u32).to_le_bytes()));
    }

    pub(crate) fn add_text(&mut self, name: &str, text: String) {
        self.add(name, Dtype::U8, &[text.len()], text.into_bytes());
    }

    /// The tensors of a network.
    pub(crate) fn add_network(&mut self, tensors: &[NamedTensor<'_>]) {
        tensors.iter().for_each(|tensor| self.add_f32(&tensor.name, &tensor.shape, tensor.values));
    }

    fn add(&mut self, name: &str, dtype: Dtype, shape: &[usize], bytes: Vec<u8>) {
        self.0.push(OwnedTensor { name: name.to_owned(), dtype, shape: shape.to_vec(), bytes });
    }

    /// The file, with one entry of metadata.
    pub(super) fn to_bytes(&self, name: &str, text: String) -> Result<Vec<u8>, ArtefactError> {
        let mut views = Vec::with_capacity(self.0.len());
        for OwnedTensor { name, dtype, shape, bytes } in &self.0 {
            let view = TensorView::new(*dtype, shape.clone(), bytes).map_err(ArtefactError::broken)?;
            views.push((name.as_str(), view));
        }
        // A map of one entry has one order, so that the bytes are always the same.
        serialize(views, Some(HashMap::from([(name.to_owned(), text)]))).map_err(ArtefactError::broken)
    }
}

/// The tensors of a file that is read.
#[derive(Debug)]
pub(crate) struct StoredTensors<'a>(pub(super) SafeTensors<'a>);

impl<'a> StoredTensors<'a> {
    /// All of them, for networks, which read theirs by layer.
    pub(crate) fn all(&self) -> &SafeTensors<'a> {
        &self.0
    }

    pub(crate) fn f32s(&self, name: &str) -> Result<Vec<f32>, ArtefactError> {
        self.numbers(name, Dtype::F32, f32::from_le_bytes)
    }

    pub(crate) fn f64s(&self, name: &str) -> Result<Vec<f64>, ArtefactError> {
        self.numbers(name, Dtype::F64, f64::from_le_bytes)
    }

    pub(crate) fn u32s(&self, name: &str) -> Result<Vec<usize>, ArtefactError> {
        self.numbers(name, Dtype::U32, |bytes| u32::from_le_bytes(bytes) as usize)
    }

    pub(crate) fn text(&self, name: &str) -> Result<String, ArtefactError> {
        String::from_utf8(self.numbers(name, Dtype::U8, u8::from_le_bytes)?).map_err(ArtefactError::broken)
    }

    fn numbers<T, const N: usize>(
        &self,
        name: &str,
        dtype: Dtype,
        number: impl Fn([u8; N]) -> T,
    ) -> Result<Vec<T>, ArtefactError> {
        let tensor = self.0.tensor(name).map_err(ArtefactError::broken)?;
        if tensor.dtype() != dtype {
            return Err(ArtefactError::broken(format!("tensor {name} is {:?}, not {dtype:?}", tensor.dtype())));
        }
        Ok(tensor.data().as_chunks::<N>().0.iter().map(|bytes| number(*bytes)).collect())
    }
}

fn bytes_of<T, const N: usize>(values: &[T], bytes: impl Fn(&T) -> [u8; N]) -> Vec<u8> {
    values.iter().flat_map(bytes).collect()
}
