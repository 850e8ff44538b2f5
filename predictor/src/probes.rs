//! Probes: architectures to be measured but never adapted from, to see what a predictor is worth.

use std::collections::HashSet;

use tenshot_onnx_models::Architecture;

use crate::artefact::Trained;
use crate::random::Random;
use crate::spaces::does_work;

const STREAM: u64 = 9;

/// Of a space too large to list, probes are chosen from this many random architectures.
const SAMPLE: usize = 5_000;

/// A probe is drawn from this many architectures of nearly the wanted latency.
const CHOICE: usize = 16;

/// Up to `count` different architectures that do work, spread evenly over expected latency, in
/// ascending order of it; none of `exclude`. The same seed gives the same probes.
pub fn probes(trained: &Trained, count: usize, exclude: &[Architecture], seed: u64) -> Vec<Architecture> {
    let exclude: HashSet<&Architecture> = exclude.iter().collect();
    let space = trained.space();
    let all: Vec<Architecture> = match space.enumerate() {
        Some(all) => all.collect(),
        None => space.sample(seed, SAMPLE).unwrap_or_default(),
    };
    let candidates: Vec<Architecture> =
        all.into_iter().filter(|one| does_work(one) && !exclude.contains(one)).collect();
    let costs = trained.method().expected_cost(&candidates);
    let mut by_cost: Vec<(f64, Architecture)> = costs.into_iter().zip(candidates).collect();
    by_cost.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let (Some(first), Some(last)) = (by_cost.first(), by_cost.last()) else {
        return Vec::new();
    };
    let (low, high) = (first.0, last.0);
    let mut random = Random::stream(seed, &[STREAM]);
    let mut chosen = Vec::with_capacity(count);
    for number in 0..count {
        let wanted = low + (high - low) * (number as f64 + 0.5) / count as f64;
        let place = by_cost.partition_point(|(cost, _)| *cost < wanted);
        let start = place.saturating_sub(CHOICE / 2).min(by_cost.len().saturating_sub(CHOICE));
        let window: Vec<usize> = (start..by_cost.len().min(start + CHOICE)).collect();
        if let Some(&one) = random.choose(&window, 1).first() {
            chosen.push(by_cost.remove(one));
        }
    }
    chosen.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    chosen.into_iter().map(|(_, architecture)| architecture).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic;
    use tenshot_onnx_models::Space;

    #[test]
    fn probes_spread_over_latency_and_avoid_what_is_excluded() {
        let trained = synthetic::trained();
        let exclude = Space::NasBench201.sample(2, 5_000).unwrap();
        let chosen = probes(&trained, 30, &exclude, 1);
        assert_eq!(chosen, probes(&trained, 30, &exclude, 1));
        assert_ne!(chosen, probes(&trained, 30, &exclude, 2));
        assert!(chosen.iter().all(|one| !exclude.contains(one) && !one.as_cell().unwrap().is_dead()));
        assert_eq!(chosen.iter().collect::<HashSet<_>>().len(), 30);
        let costs = trained.method().expected_cost(&chosen);
        let range = costs[29] - costs[0];
        let widest = costs.windows(2).map(|pair| pair[1] - pair[0]).fold(0.0, f64::max);
        assert!(widest < range / 8.0, "{costs:?}");
    }

    #[test]
    fn there_are_no_more_probes_than_architectures() {
        let trained = synthetic::trained();
        let all: Vec<Architecture> = Space::NasBench201.enumerate().unwrap().collect();
        assert_eq!(probes(&trained, 10, &all, 0), []);
        assert_eq!(probes(&trained, 0, &[], 0), []);
    }
}
