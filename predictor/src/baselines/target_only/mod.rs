//! `scratch` and `brp-nas`: networks that are trained on the target's measurements alone.

mod method;
mod regressor;
mod supervised_training;
#[cfg(test)]
mod tests;

pub use method::TargetOnly;
