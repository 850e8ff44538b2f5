//! Shapes that a file declares, with its open dimensions settled.

use std::collections::HashMap;

use super::tensor::within_limit;
use super::{ImportError, ImportOptions};
use crate::graph::{DimensionProto, Shape, ValueInfoProto};

/// The sizes of open dimensions.
pub(super) struct Sizes<'a> {
    options: &'a ImportOptions,
    /// By the file's names for them.
    symbols: HashMap<&'a str, usize>,
}

impl<'a> Sizes<'a> {
    pub(super) fn new(options: &'a ImportOptions) -> Self {
        Self { options, symbols: HashMap::new() }
    }

    /// Gives the names of open first dimensions of inputs the batch's size.
    pub(super) fn note_batches(&mut self, inputs: &'a [ValueInfoProto]) {
        let first = inputs.iter().filter_map(|info| dimensions(info)?.first());
        let open = first.filter(|dimension| fixed(dimension).is_none());
        for symbol in open.filter_map(symbol) {
            self.symbols.insert(symbol, self.options.sizes.get(symbol).copied().unwrap_or(self.options.batch));
        }
    }

    /// The shape of an input. Its open dimensions give their names their sizes.
    pub(super) fn input_shape(&mut self, info: &'a ValueInfoProto) -> Result<Shape, ImportError> {
        let dimensions = dimensions(info).ok_or_else(|| ImportError::NotATensor { input: info.name.clone() })?;
        let sizes = dimensions.iter().enumerate();
        let shape =
            sizes.map(|(place, dimension)| self.input_size(&info.name, place, dimension)).collect::<Result<_, _>>()?;
        within_limit(shape).ok_or_else(|| ImportError::Tensor(info.name.clone()))
    }

    fn input_size(&mut self, input: &str, place: usize, dimension: &'a DimensionProto) -> Result<usize, ImportError> {
        if let Some(size) = fixed(dimension) {
            return Ok(size);
        }
        let symbol = symbol(dimension);
        let given = |key: &str| self.options.sizes.get(key).copied();
        let batch = (place == 0).then_some(self.options.batch);
        let size = given(&format!("{input}.{place}")).or_else(|| symbol.and_then(given));
        let size = size.or(batch).or_else(|| self.symbols.get(symbol?).copied());
        let open =
            || ImportError::OpenDimension { input: input.into(), dimension: place, symbol: symbol.map(Into::into) };
        let size = size.ok_or_else(open)?;
        if let Some(symbol) = symbol {
            self.symbols.entry(symbol).or_insert(size);
        }
        Ok(size)
    }

    /// The shape that the file notes for any other tensor; nothing where a dimension stays open.
    pub(super) fn declared_shape(&self, info: &ValueInfoProto) -> Option<Shape> {
        let size = |dimension: &DimensionProto| {
            fixed(dimension).or_else(|| self.symbols.get(dimension.dim_param.as_deref()?).copied())
        };
        within_limit(dimensions(info)?.iter().map(size).collect::<Option<_>>()?)
    }
}

fn dimensions(info: &ValueInfoProto) -> Option<&[DimensionProto]> {
    let tensor = info.r#type.as_ref()?.tensor_type.as_ref()?;
    Some(&tensor.shape.as_ref()?.dim)
}

/// The file's name for an open dimension. A question mark is what exporters call all of them.
fn symbol(dimension: &DimensionProto) -> Option<&str> {
    dimension.dim_param.as_deref().filter(|symbol| !matches!(*symbol, "" | "?"))
}

/// Exporters write an open dimension without a value, or as one below 1.
fn fixed(dimension: &DimensionProto) -> Option<usize> {
    usize::try_from(dimension.dim_value?).ok().filter(|&size| size > 0)
}
