//! Templates: candidate settings of the prior, drawn once; which of them fit is learned.

use std::array::from_fn;

use super::features::{GROUPS, MEANS};
use super::lanes::{LANES, Lanes};
use crate::random::Random;

/// How many templates there are.
pub(crate) const TEMPLATES: usize = 400;

/// Bounds of the log-uniform share of each group: sources, operations as written, live
/// operations, constant.
const SHARES: [(f64, f64); GROUPS] = [(0.01, 2.0), (1e-4, 1.0), (1e-4, 1.0), (0.003, 0.3)];

/// Bounds of the log-uniform noise.
const NOISE: (f64, f64) = (1e-5, 1.0);

/// One setting of the prior. Variances are in units of the typical variance.
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

/// The templates that `seed` draws; those with one kind of mean stand together.
pub(crate) fn draw(seed: u64) -> Vec<Template> {
    let mut random = Random::stream(seed, &[TEMPLATE_STREAM]);
    let mut template = |mean| Template {
        shares: SHARES.map(|(low, high)| random.log_uniform(low, high)),
        noise: random.log_uniform(NOISE.0, NOISE.1),
        mean,
    };
    (0..TEMPLATES).map(|position| template(position * MEANS / TEMPLATES)).collect()
}

const TEMPLATE_STREAM: u64 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_never_mix_means() {
        let templates = draw(0);
        let (blocks, rest) = templates.as_chunks::<LANES>();
        assert!(rest.is_empty());
        assert!(blocks.iter().all(|block| block.iter().all(|one| one.mean == block[0].mean)));
        assert_eq!(templates.iter().filter(|template| template.mean == 0).count(), TEMPLATES / MEANS);
    }

    #[test]
    fn draws_stay_within_their_bounds_and_reach_them() {
        let templates = draw(3);
        for (group, (low, high)) in SHARES.into_iter().enumerate() {
            let shares = || templates.iter().map(|template| template.shares[group]);
            assert!(shares().all(|share| (low..high).contains(&share)));
            assert!(shares().any(|share| share < low * (high / low).powf(0.1)));
            assert!(shares().any(|share| share > low * (high / low).powf(0.9)));
        }
    }
}
