//! Networks to compare with: `scratch` and `brp-nas` learn from the target's measurements alone,
//! `anp` from source devices too.

mod adapted_network;
mod anp;
mod standardisation;
mod target_only;
#[cfg(test)]
mod tests;

pub(crate) use anp::AdaptedAnp;
pub use anp::{Anp, AnpFacts, AnpSettings};
pub use target_only::TargetOnly;
