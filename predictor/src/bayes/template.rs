//! Templates: candidate hyperparameters of the prior, drawn once; how much each of them weighs is
//! learned.

use std::array::from_fn;

use super::features::GROUPS;
use super::lanes::{LANES, Lanes};
use crate::random::Random;
use crate::spaces::PriorSettings;

/// How many templates there are.
pub(crate) const TEMPLATES: usize = 400;

/// Bounds of the log-uniform noise.
const NOISE: (f64, f64) = (1e-5, 1.0);

/// One choice of the prior's hyperparameters. Variances are in units of the typical variance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Template {
    /// Variance of each group.
    pub(crate) shares: [f64; GROUPS],
    /// Variance of the noise.
    pub(crate) noise: f64,
    /// Which kind of mean.
    pub(crate) mean: usize,
}

/// [`LANES`] templates with one kind of mean, worked on together.
#[derive(Debug, Clone)]
pub(crate) struct TemplateBlock {
    pub(crate) shares: [Lanes; GROUPS],
    pub(crate) noise: Lanes,
    pub(crate) mean: usize,
}

impl TemplateBlock {
    pub(crate) fn of(templates: &[Template; LANES]) -> Self {
        Self {
            shares: from_fn(|group| Lanes(from_fn(|lane| templates[lane].shares[group]))),
            noise: Lanes(from_fn(|lane| templates[lane].noise)),
            mean: templates[0].mean,
        }
    }
}

/// The templates that `seed` draws; those with one kind of mean stand together, and fill blocks.
pub(crate) fn draw(settings: &PriorSettings, seed: u64) -> Vec<Template> {
    let mut random = Random::stream(seed, &[TEMPLATE_STREAM]);
    let mut template = |mean| Template {
        shares: settings.shares.map(|(low, high)| random.log_uniform(low, high)),
        noise: random.log_uniform(NOISE.0, NOISE.1),
        mean,
    };
    let mean = |position: usize| position / LANES * settings.means / (TEMPLATES / LANES);
    (0..TEMPLATES).map(|position| template(mean(position))).collect()
}

const TEMPLATE_STREAM: u64 = 1;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spaces::PredictorSpace;
    use tenshot_onnx_models::{Space, with_space};

    #[test]
    fn blocks_never_mix_means_and_means_are_about_as_frequent() {
        for space in [Space::NasBench201, Space::FbNet] {
            let settings = with_space!(space, S => S::BAYES);
            let templates = draw(&settings, 0);
            let (blocks, rest) = templates.as_chunks::<LANES>();
            assert!(rest.is_empty());
            assert!(blocks.iter().all(|block| block.iter().all(|one| one.mean == block[0].mean)));
            for mean in 0..settings.means {
                let count = templates.iter().filter(|template| template.mean == mean).count();
                assert!(count.abs_diff(TEMPLATES / settings.means) <= LANES, "{mean}: {count}");
            }
        }
    }

    #[test]
    fn draws_stay_within_their_bounds_and_reach_them() {
        let settings = with_space!(Space::FbNet, S => S::BAYES);
        let templates = draw(&settings, 3);
        for (group, (low, high)) in settings.shares.into_iter().enumerate() {
            let shares = || templates.iter().map(|template| template.shares[group]);
            assert!(shares().all(|share| (low..high).contains(&share)));
            assert!(shares().any(|share| share < low * (high / low).powf(0.1)));
            assert!(shares().any(|share| share > low * (high / low).powf(0.9)));
        }
    }
}
