//! The predictors that come with the program.

use tenshot_onnx_models::Space;

use super::{ArtefactError, Trained};
use crate::error::Error;

/// Trained by `tenshot meta-train --space nasbench201 --data DIR --train all --seed 0` on all 27
/// published devices.
static NASBENCH201: &[u8] = include_bytes!("../../bundled/nasbench201.safetensors");

/// The bundled predictor of a space.
///
/// # Errors
///
/// A space that none is bundled for.
pub fn bundled(space: Space) -> Result<Trained, Error> {
    match space {
        Space::NasBench201 => Trained::from_bytes(NASBENCH201),
        _ => Err(ArtefactError::NotBundled { space }.into()),
    }
}
