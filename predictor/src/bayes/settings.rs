//! What the prior of each space is made of.

use tenshot_onnx_models::Space;

use super::features::GROUPS;

/// Log-uniform bounds of a variance, in units of the typical variance.
type Bounds = (f64, f64);

/// A group that a space does not have.
const NONE: Bounds = (1.0, 1.0);

/// What differs from space to space.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// Bounds of the share of each group of features.
    pub(crate) shares: [Bounds; GROUPS],
    /// How many kinds of mean templates choose from, of [`SIMULATED_SHARES`](super::features::SIMULATED_SHARES).
    pub(crate) means: usize,
    /// What simulated targets weigh in all when templates are weighed.
    pub(crate) simulated_weight: f64,
}

impl Settings {
    pub(crate) const fn of(space: Space) -> Self {
        let (sources, constant) = ((0.01, 2.0), (0.003, 0.3));
        let (simulated, counts, one_hots) = ((0.003, 2.0), (1e-4, 1.0), (3e-4, 0.3));
        match space {
            // Operations as written, and live ones.
            Space::NasBench201 => Self { shares: [sources, counts, counts, constant], means: 2, simulated_weight: 0.2 },
            Space::FbNet => Self { shares: [sources, simulated, one_hots, constant], means: 3, simulated_weight: 0.5 },
            Space::MobileNetV3 | Space::Hat => {
                Self { shares: [sources, simulated, NONE, constant], means: 2, simulated_weight: 0.2 }
            }
        }
    }
}
