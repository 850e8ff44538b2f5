//! The predictors that come with the program.

use tenshot_onnx_models::{Space, with_space};

use super::{ArtefactError, Trained};
use crate::spaces::PredictorSpace;

/// The bundled predictor of a space.
///
/// Each is trained by `tenshot meta-train --space SPACE --data DIR --train all --seed 0` on all
/// published devices.
///
/// # Errors
/// A space that none is bundled for.
pub fn bundled(space: Space) -> Result<Trained, ArtefactError> {
    read(space, with_space!(space, S => S::BUNDLED))
}

fn read(space: Space, bytes: Option<&[u8]>) -> Result<Trained, ArtefactError> {
    Trained::from_bytes(bytes.ok_or(ArtefactError::NotBundled { space })?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::{Support, SupportMeasurement};

    #[test]
    fn every_bundled_predictor_is_read_and_adapts() {
        for &space in Space::ALL.iter().filter(|&&space| with_space!(space, S => S::BUNDLED).is_some()) {
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
    fn a_space_without_a_predictor_is_named() {
        let error = read(Space::FbNet, None).unwrap_err();
        insta::assert_snapshot!(error, @"no predictor is bundled for space fbnet; give a trained one");
    }

    #[test]
    fn bundled_predictors_take_little_room() {
        let files = Space::ALL.iter().filter_map(|&space| with_space!(space, S => S::BUNDLED));
        let bytes: usize = files.map(<[u8]>::len).sum();
        assert!((1..12_000_000).contains(&bytes), "{bytes}");
    }
}
