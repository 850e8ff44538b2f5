//! How the inputs of a model are filled, whatever runs the model: free dimensions get a size, floats
//! pseudo-random numbers, integers zeros.

use crate::backend::random_input::random_floats;
use crate::backend::{BackendError, LoadOptions};

/// An input as the model's file declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredInput {
    /// Its name in the file.
    pub name: String,
    /// The type of its elements.
    pub element: ElementType,
    /// Its dimensions; none where the file does not say how many there are.
    pub shape: Option<Vec<Dimension>>,
}

/// One dimension of an input, as the file declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dimension {
    /// Of this size.
    Fixed(i64),
    /// Of a free size that the file has a name for.
    Named(String),
    /// Of a free size without a name.
    Free,
}

/// The type of an input's elements, as the file declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ElementType {
    /// A type that an input can be filled with.
    Number(NumberType),
    /// Any other, in the runtime's words.
    Other(String),
}

/// The types that inputs are filled with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberType {
    /// 16-bit floats.
    F16,
    /// 32-bit floats.
    F32,
    /// 64-bit floats.
    F64,
    /// 32-bit integers.
    I32,
    /// 64-bit integers.
    I64,
}

/// Sizes and values of all inputs of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputPlan {
    /// Images per inference: the first dimension of the first input.
    pub batch: u32,
    /// The inputs, in the order in which they were declared.
    pub inputs: Vec<PlannedInput>,
}

/// An input of known size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedInput {
    /// Its name in the file.
    pub name: String,
    /// The type of its elements.
    pub element: NumberType,
    /// The size of each dimension, at least 1.
    pub shape: Vec<usize>,
    seed: u64,
}

/// What an input holds, one value per element, the last dimension running fastest.
#[derive(Debug, Clone, PartialEq)]
pub enum InputValues {
    /// Pseudo-random numbers between -1 and 1, to be converted where the element is no 32-bit float.
    Floats(Vec<f32>),
    /// Zeros. Integers are places in a table (tokens of a vocabulary, say), and whatever the table's
    /// size, it has a place 0.
    Zeros,
}

/// The size of the batch, and the name that the file has for it where it is free.
struct Batch<'a> {
    size: u32,
    name: Option<&'a str>,
}

impl InputPlan {
    /// How these inputs are filled.
    ///
    /// The first dimension is the batch. Where it is free it gets the batch that is asked for, and so
    /// does every dimension that the file calls by the same name.
    ///
    /// # Errors
    /// Where there is no input, a dimension other than the batch is free, the batch is fixed and
    /// another one was asked for, or an element is neither a float nor a 32- or 64-bit integer.
    pub fn new(declared: &[DeclaredInput], options: &LoadOptions) -> Result<Self, BackendError> {
        let batch = declared.first().ok_or(BackendError::NoInput)?.batch(options.batch)?;
        let inputs = declared.iter().zip(options.input_seed..).map(|(input, seed)| {
            let shape = input.fixed_shape(&batch)?;
            Ok(PlannedInput { name: input.name.clone(), element: input.number()?, shape, seed })
        });
        Ok(Self { batch: batch.size, inputs: inputs.collect::<Result<_, BackendError>>()? })
    }
}

impl PlannedInput {
    /// The values of its elements: the same for the same seed, in every runtime.
    #[must_use]
    pub fn values(&self) -> InputValues {
        match self.element {
            NumberType::F16 | NumberType::F32 | NumberType::F64 => {
                InputValues::Floats(random_floats(self.seed, self.shape.iter().product()))
            }
            NumberType::I32 | NumberType::I64 => InputValues::Zeros,
        }
    }
}

impl DeclaredInput {
    fn batch(&self, asked: Option<u32>) -> Result<Batch<'_>, BackendError> {
        let free = |name| Batch { size: asked.unwrap_or(1), name };
        let fixed = match self.shape.as_ref().and_then(|shape| shape.first()) {
            None | Some(Dimension::Free) => return Ok(free(None)),
            Some(Dimension::Named(name)) => return Ok(free(Some(name))),
            Some(&Dimension::Fixed(fixed)) => fixed,
        };
        let size = u32::try_from(fixed).ok().filter(|&size| size > 0).ok_or_else(|| self.shape_error())?;
        match asked {
            Some(asked) if asked != size => {
                Err(BackendError::Batch { input: self.name.clone(), fixed: u64::from(size), asked })
            }
            _ => Ok(Batch { size, name: None }),
        }
    }

    fn fixed_shape(&self, batch: &Batch<'_>) -> Result<Vec<usize>, BackendError> {
        let dimensions = self.shape.as_ref().ok_or_else(|| self.shape_error())?.iter().enumerate();
        let sizes = dimensions.map(|(index, dimension)| match dimension {
            Dimension::Fixed(fixed) => usize::try_from(*fixed).ok().filter(|&fixed| fixed > 0),
            Dimension::Named(name) => (index == 0 || batch.name == Some(name)).then_some(batch.size as usize),
            Dimension::Free => (index == 0).then_some(batch.size as usize),
        });
        let shape: Vec<usize> = sizes.collect::<Option<_>>().ok_or_else(|| self.shape_error())?;
        // A size that overflows is no size.
        let bytes = shape.iter().try_fold(8, |bytes: usize, &size| bytes.checked_mul(size));
        bytes.map(|_| shape).ok_or_else(|| self.shape_error())
    }

    fn number(&self) -> Result<NumberType, BackendError> {
        match &self.element {
            ElementType::Number(number) => Ok(*number),
            ElementType::Other(element) => {
                Err(BackendError::InputElement { input: self.name.clone(), element: element.clone() })
            }
        }
    }

    fn shape_error(&self) -> BackendError {
        let dimension = |dimension: &Dimension| match dimension {
            Dimension::Fixed(size) => size.to_string(),
            Dimension::Named(name) => name.clone(),
            Dimension::Free => "?".to_owned(),
        };
        let shape = match &self.shape {
            Some(shape) => shape.iter().map(dimension).collect::<Vec<_>>().join(", "),
            None => "..".to_owned(),
        };
        BackendError::InputShape { input: self.name.clone(), shape: format!("[{shape}]") }
    }
}

#[cfg(test)]
mod tests {
    use super::{DeclaredInput, Dimension, ElementType, InputPlan, InputValues, NumberType};
    use crate::backend::{BackendError, LoadOptions};

    fn input(element: NumberType, shape: &[Dimension]) -> DeclaredInput {
        DeclaredInput { name: "image".to_owned(), element: ElementType::Number(element), shape: Some(shape.to_vec()) }
    }

    fn plan(declared: &[DeclaredInput], batch: Option<u32>) -> Result<InputPlan, BackendError> {
        InputPlan::new(declared, &LoadOptions { threads: 1, batch, input_seed: 5 })
    }

    fn named(name: &str) -> Dimension {
        Dimension::Named(name.to_owned())
    }

    #[test]
    fn every_dimension_of_the_batchs_name_is_the_batch() {
        let image = input(NumberType::F32, &[named("n"), Dimension::Fixed(3), named("n")]);
        let mask = input(NumberType::I64, &[Dimension::Free, named("n")]);
        let plan = plan(&[image, mask], Some(4)).unwrap();
        assert_eq!(plan.batch, 4);
        assert_eq!(plan.inputs[0].shape, [4, 3, 4]);
        assert_eq!(plan.inputs[1].shape, [4, 4]);
    }

    #[test]
    fn floats_differ_between_inputs_and_integers_are_zeros() {
        let pair = input(NumberType::F16, &[Dimension::Fixed(2)]);
        let plan = plan(&[pair.clone(), pair, input(NumberType::I32, &[])], None).unwrap();
        let values: Vec<InputValues> = plan.inputs.iter().map(super::PlannedInput::values).collect();
        assert!(matches!(&values[0], InputValues::Floats(floats) if floats.len() == 2));
        assert_ne!(values[0], values[1]);
        assert_eq!(values[2], InputValues::Zeros);
    }

    #[test]
    fn what_cannot_be_filled_is_named() {
        let message = |declared: &[DeclaredInput], batch| plan(declared, batch).unwrap_err().to_string();
        assert_eq!(plan(&[], None), Err(BackendError::NoInput));
        let of = |shape: &[Dimension]| [input(NumberType::F32, shape)];
        insta::assert_snapshot!(message(&of(&[named("n"), named("w"), Dimension::Free]), None), @"input `image` has the shape [n, w, ?]: every dimension but the first must be fixed in the model");
        insta::assert_snapshot!(message(&of(&[Dimension::Fixed(0)]), None), @"input `image` has the shape [0]: every dimension but the first must be fixed in the model");
        insta::assert_snapshot!(message(&of(&[Dimension::Fixed(2)]), Some(3)), @"input `image` has a fixed batch of 2, not 3: build the model with batch 3");
        let unknown = DeclaredInput { shape: None, ..input(NumberType::F32, &[]) };
        insta::assert_snapshot!(message(&[unknown], None), @"input `image` has the shape [..]: every dimension but the first must be fixed in the model");
        let text = DeclaredInput { element: ElementType::Other("String".to_owned()), ..input(NumberType::F32, &[]) };
        insta::assert_snapshot!(message(&[text], None), @"input `image` is of type String: only inputs of floats or of 32- and 64-bit integers can be filled");
    }
}
