//! `anp`: an attentive neural process, meta-trained on source devices.

mod attention;
mod joined_matrices;
mod method;
mod neural_process;
mod settings;
mod tasks;
#[cfg(test)]
mod tests;
mod training;

pub use method::{Anp, AnpFacts};
pub use settings::AnpSettings;
