//! The forms of each space.

use super::{Form, SpaceNetworks};
use crate::spaces::Space;
use crate::with_space;

impl Space {
    /// The form that architectures are built in where none is asked for.
    #[must_use]
    pub const fn default_form(self) -> Form {
        with_space!(self, S => <S as SpaceNetworks>::DEFAULT_FORM)
    }

    /// The form that published latencies are of, and that campaigns measure: the default form, but
    /// for HAT the whole translation.
    #[must_use]
    pub const fn latency_form(self) -> Form {
        with_space!(self, S => <S as SpaceNetworks>::LATENCY_FORM)
    }

    /// The forms that architectures of this space can be built in.
    #[must_use]
    pub const fn forms(self) -> &'static [Form] {
        with_space!(self, S => <S as SpaceNetworks>::FORMS)
    }
}
