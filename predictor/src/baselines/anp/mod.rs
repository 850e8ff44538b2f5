//! `anp`: an attentive neural process, meta-trained on source devices.

mod attention;
mod joined_matrices;
mod learner;
mod method;
mod neural_process;
mod settings;
#[cfg(test)]
mod tests;
mod train;

pub(crate) use method::AdaptedAnp;
pub use method::{Anp, AnpFacts};
pub use settings::AnpSettings;
