//! How a network is built from an architecture.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Context, Form, Sentence, SpaceNetworks};
use crate::graph::BatchNorm;
use crate::spaces::Space;
use crate::with_space;

/// How a network is built from an architecture.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BuildOptions {
    /// The form; the space's default where there is none.
    pub form: Option<Form>,
    /// Images or sentences per run, 1 to [`BuildOptions::MAXIMUM_BATCH`].
    pub batch: usize,
    /// Classes of the classifier, 1 to [`BuildOptions::MAXIMUM_CLASSES`]; the form's own where
    /// it is nothing.
    pub classes: Option<usize>,
    /// Batch normalisation folded or kept.
    pub batch_norm: BatchNorm,
    /// What a Transformer translates.
    pub sentence: Sentence,
    /// The seed of the weights.
    pub seed: u64,
}

impl BuildOptions {
    /// The largest batch that a network is built for.
    pub const MAXIMUM_BATCH: usize = 65_536;

    /// The most classes that a classifier is built for.
    pub const MAXIMUM_CLASSES: usize = 100_000;

    /// The form that an architecture of a space becomes.
    ///
    /// # Errors
    /// When the form is none of the space's.
    pub fn form_of(&self, space: Space) -> Result<Form, BuildError> {
        let form = self.form.unwrap_or(space.default_form());
        if space.forms().contains(&form) { Ok(form) } else { Err(BuildError::Form { form, space }) }
    }

    /// The options as a space understands them: checked, and every default filled in.
    pub(crate) fn context(&self, space: Space) -> Result<Context, BuildError> {
        let form = self.form_of(space)?;
        if !(1..=Self::MAXIMUM_BATCH).contains(&self.batch) {
            return Err(BuildError::Batch { batch: self.batch });
        }
        let classes = self.classes.unwrap_or_else(|| with_space!(space, S => S::default_classes(form)));
        if !(1..=Self::MAXIMUM_CLASSES).contains(&classes) {
            return Err(BuildError::Classes { classes });
        }
        self.sentence.check()?;
        Ok(Context { form, batch: self.batch, classes, batch_norm: self.batch_norm, sentence: self.sentence })
    }
}

impl Default for BuildOptions {
    /// One image or sentence in the space's default form, batch normalisation folded, seed 0.
    fn default() -> Self {
        Self {
            form: None,
            batch: 1,
            classes: None,
            batch_norm: BatchNorm::Folded,
            sentence: Sentence::default(),
            seed: 0,
        }
    }
}

impl Context {
    /// One image or sentence in the space's default form.
    pub(crate) fn default_of(space: Space) -> Self {
        let form = space.default_form();
        Self {
            form,
            batch: 1,
            classes: with_space!(space, S => S::default_classes(form)),
            batch_norm: BatchNorm::Folded,
            sentence: Sentence::default(),
        }
    }
}

impl Sentence {
    fn check(&self) -> Result<(), BuildError> {
        let check = |what, value, maximum| {
            let fits = (1..=maximum).contains(&value);
            if fits { Ok(()) } else { Err(BuildError::Sentence { what, value, maximum }) }
        };
        check("source length", self.source_length, Self::MAXIMUM_LENGTH)?;
        check("target length", self.target_length, Self::MAXIMUM_LENGTH)?;
        check("beam", self.beam, Self::MAXIMUM_BEAM)?;
        check("vocabulary", self.vocabulary.unwrap_or(1), Self::MAXIMUM_VOCABULARY)
    }
}

/// An option that no network can be built with.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The form belongs to another space.
    #[error("form {form} is none of {space}'s, expected {}", names(space.forms()))]
    Form {
        /// The form as it was given.
        form: Form,
        /// The space of the architecture.
        space: Space,
    },
    /// No image, or too many.
    #[error("batch {batch} is out of range, expected 1 to {}", BuildOptions::MAXIMUM_BATCH)]
    Batch {
        /// The batch as it was given.
        batch: usize,
    },
    /// No class, or too many.
    #[error("{classes} classes are out of range, expected 1 to {}", BuildOptions::MAXIMUM_CLASSES)]
    Classes {
        /// The number of classes as it was given.
        classes: usize,
    },
    /// A length, beam or vocabulary that is zero or too large.
    #[error("{what} {value} is out of range, expected 1 to {maximum}")]
    Sentence {
        /// Which setting.
        what: &'static str,
        /// The value as it was given.
        value: usize,
        /// The largest that is possible.
        maximum: usize,
    },
}

fn names(forms: &[Form]) -> String {
    let names: Vec<_> = forms.iter().map(|form| form.name()).collect();
    names.join(" or ")
}
