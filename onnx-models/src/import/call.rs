//! A node with what is known of its inputs: what rules work on.

use super::Fault;
use super::tensor::{Tensor, within_limit};
use crate::graph::{Arithmetic, AttributeProto, NodeProto, Shape};

/// The largest setting, so that sums and products of sizes and settings cannot overflow.
const MOST: i64 = 1 << 20;

pub(super) struct Call<'a> {
    pub(super) node: &'a NodeProto,
    pub(super) opset: i64,
    pub(super) inputs: Vec<Option<Tensor>>,
}

/// What a rule finds out.
pub(super) struct Outcome {
    /// The outputs in their order; nothing for one whose shape depends on data.
    pub(super) outputs: Vec<Option<Tensor>>,
    pub(super) arithmetic: Arithmetic,
}

impl Outcome {
    pub(super) fn one(output: Tensor, arithmetic: Arithmetic) -> Self {
        Self { outputs: vec![Some(output)], arithmetic }
    }
}

impl Call<'_> {
    fn attribute(&self, name: &str) -> Option<&AttributeProto> {
        self.node.attribute.iter().find(|attribute| attribute.name == name)
    }

    pub(super) fn int(&self, name: &str) -> Option<i64> {
        self.attribute(name).map(|attribute| attribute.i.unwrap_or_default())
    }

    pub(super) fn flag(&self, name: &str, default: bool) -> bool {
        self.int(name).map_or(default, |value| value != 0)
    }

    pub(super) fn text(&self, name: &str) -> &str {
        let text = self.attribute(name).and_then(|attribute| attribute.s.as_deref());
        text.and_then(|text| str::from_utf8(text).ok()).unwrap_or_default()
    }

    pub(super) fn float(&self, name: &str) -> Option<f64> {
        self.attribute(name).map(|attribute| f64::from(attribute.f.unwrap_or_default()))
    }

    pub(super) fn floats(&self, name: &str) -> Option<Vec<f64>> {
        self.attribute(name).map(|attribute| attribute.floats.iter().map(|&value| f64::from(value)).collect())
    }

    pub(super) fn tensor(&self, name: &str) -> Option<Option<Tensor>> {
        self.attribute(name).and_then(|attribute| attribute.t.as_ref()).map(Tensor::stored)
    }

    pub(super) fn ints(&self, name: &str) -> Option<&[i64]> {
        self.attribute(name).map(|attribute| attribute.ints.as_slice())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.attribute(name).is_some()
    }

    pub(super) fn optional(&self, input: usize) -> Option<&Tensor> {
        self.inputs.get(input).and_then(Option::as_ref)
    }

    pub(super) fn input(&self, input: usize) -> Result<&Tensor, Fault> {
        self.optional(input).ok_or(Fault::MissingInput(input))
    }

    pub(super) fn shape(&self, input: usize) -> Result<&[usize], Fault> {
        self.input(input).map(|tensor| tensor.shape.as_slice())
    }

    /// A setting that older versions of an operator have as an attribute, and newer ones as an
    /// input.
    pub(super) fn setting(&self, attribute: &str, input: usize) -> Result<Option<Vec<i64>>, Fault> {
        match (self.ints(attribute), self.optional(input)) {
            (Some(values), _) => Ok(Some(values.to_vec())),
            (None, Some(tensor)) => tensor.known_integers().ok_or(Fault::DependsOnData).map(Some),
            (None, None) => Ok(None),
        }
    }

    /// A list of `length` sizes, all within `least` and a million.
    pub(super) fn sizes(
        &self,
        name: &'static str,
        length: usize,
        least: i64,
        default: usize,
    ) -> Result<Vec<usize>, Fault> {
        let Some(values) = self.ints(name) else { return Ok(vec![default; length]) };
        let size = |&value: &i64| usize::try_from(value).ok().filter(|_| (least..=MOST).contains(&value));
        let sizes: Option<Vec<usize>> = values.iter().map(size).collect();
        sizes.filter(|sizes| sizes.len() == length).ok_or(Fault::Setting(name))
    }

    /// A count of at least one.
    pub(super) fn count(&self, name: &'static str) -> Result<usize, Fault> {
        let value = self.int(name).unwrap_or(1);
        usize::try_from(value).ok().filter(|_| (1..=MOST).contains(&value)).ok_or(Fault::Setting(name))
    }

    /// The axis that an attribute names.
    pub(super) fn axis(&self, default: i64, rank: usize) -> Result<usize, Fault> {
        axis(self.int("axis").unwrap_or(default), rank)
    }
}

/// An axis that may be counted from the end.
pub(super) fn axis(axis: i64, rank: usize) -> Result<usize, Fault> {
    let from_start =
        if axis < 0 { i64::try_from(rank).ok().and_then(|rank| rank.checked_add(axis)) } else { Some(axis) };
    let place = from_start.and_then(|place| usize::try_from(place).ok()).filter(|&place| place < rank);
    place.ok_or(Fault::Axis { axis, rank })
}

pub(super) fn axes(axes_given: &[i64], rank: usize) -> Result<Vec<usize>, Fault> {
    axes_given.iter().map(|&given| axis(given, rank)).collect()
}

/// A shape that can be counted.
pub(super) fn checked(shape: Shape) -> Result<Shape, Fault> {
    within_limit(shape).ok_or(Fault::TooLarge)
}

/// The shape that two shapes are broadcast to.
pub(super) fn broadcast(left: &[usize], right: &[usize]) -> Result<Shape, Fault> {
    let rank = left.len().max(right.len());
    let size = |shape: &[usize], place: usize| {
        (place + shape.len()).checked_sub(rank).and_then(|place| shape.get(place)).copied().unwrap_or(1)
    };
    let shape = (0..rank).map(|place| match (size(left, place), size(right, place)) {
        (one, other) if one == other => Some(one),
        (1, other) => Some(other),
        (one, 1) => Some(one),
        _ => None,
    });
    let shape = shape.collect::<Option<_>>().ok_or_else(|| Fault::Disagree(left.to_vec(), right.to_vec()))?;
    checked(shape)
}
