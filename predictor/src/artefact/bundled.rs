//! The predictors that come with the program.

use tenshot_onnx_models::Space;

use super::{ArtefactError, Trained};

/// Each is trained by `tenshot meta-train --space SPACE --data DIR --train all --seed 0` on all
/// published devices.
static NASBENCH201: &[u8] = include_bytes!("../../bundled/nasbench201.safetensors");
static FBNET: &[u8] = include_bytes!("../../bundled/fbnet.safetensors");
static MOBILENETV3: &[u8] = include_bytes!("../../bundled/mobilenetv3.safetensors");
static HAT: &[u8] = include_bytes!("../../bundled/hat.safetensors");

/// The bundled predictor of a space.
///
/// # Errors
///
/// A space that none is bundled for.
pub fn bundled(space: Space) -> Result<Trained, ArtefactError> {
    let bytes = match space {
        Space::NasBench201 => NASBENCH201,
        Space::FbNet => FBNET,
        Space::MobileNetV3 => MOBILENETV3,
        Space::Hat => HAT,
    };
    Trained::from_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::{Support, SupportMeasurement};

    #[test]
    fn every_bundled_predictor_is_read_and_adapts() {
        for &space in Space::ALL {
            let trained = bundled(space).unwrap();
            assert_eq!(trained.space(), space);
            let architectures = crate::design(&trained, 10, 0);
            assert_eq!(architectures.len(), 10, "{space}");
            let costs = trained.method().expected_cost(&architectures);
            let measured =
                architectures.iter().zip(costs).map(|(one, cost)| SupportMeasurement::new(*one, 20.0 * cost));
            let adapted = trained.adapt(&Support::new(measured.collect()).unwrap()).unwrap();
            let new = space.sample(1, 50).unwrap();
            let predictions = adapted.predict(&new).unwrap();
            assert_eq!(adapted.means_ms(&new).unwrap(), predictions.iter().map(|one| one.mean_ms).collect::<Vec<_>>());
            for (one, cost) in predictions.iter().zip(trained.method().expected_cost(&new)) {
                assert!((one.mean_ms / cost - 20.0).abs() < 3.0, "{space}: {one:?} {cost}");
            }
        }
    }

    #[test]
    fn bundled_predictors_take_little_room() {
        let bytes: usize = [NASBENCH201, FBNET, MOBILENETV3, HAT].iter().map(|file| file.len()).sum();
        assert!(bytes < 12_000_000, "{bytes}");
    }
}
