//! The largest networks within a latency: all 15,625 cells of NAS-Bench-201, by a device's predictor.
//!
//! Means of all cells come first, which is a matter of milliseconds; intervals of the best alone.
//!
//! ```sh
//! cargo run --release -p tenshot-predictor --example search -- [BUDGET_MS]
//! ```

use std::error::Error;

use tenshot_onnx_models::{BuildOptions, CostTable};
use tenshot_predictor::{Adapted, Architecture, Prediction, Space, Support, SupportMeasurement, bundled, design};

/// How many networks are found.
const FINALISTS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let budget_ms = std::env::args().nth(1).map_or(Ok(9.5), |text| text.parse())?;
    let adapted = board()?;
    for found in search(&adapted, budget_ms)? {
        let high = found.prediction.interval_ms.map_or(f64::NAN, |interval| interval.high);
        let sure = if high <= budget_ms { "" } else { ": may be above the budget, measure it" };
        let (architecture, macs, mean_ms) = (found.architecture, found.macs / 1_000_000, found.prediction.mean_ms);
        println!("{macs} M multiply-accumulates, {mean_ms:.2} ms, at most {high:.2} ms{sure}\n  {architecture}");
    }
    Ok(())
}

/// A predictor of a device. The references are those that tell most of a new device; here their
/// latencies are made up, 1 ms and 0.08 ms for a million multiply-accumulates.
fn board() -> Result<Adapted, Box<dyn Error>> {
    let trained = bundled(Space::NasBench201)?;
    let costs = CostTable::new(Space::NasBench201, &BuildOptions::default())?;
    let measure = |one: Architecture| SupportMeasurement::new(one, 1.0 + 0.08 * costs.cost(&one).macs as f64 / 1e6);
    let measured = design(&trained, 10, 0).into_iter().map(measure).collect();
    Ok(trained.adapt(&Support::new(measured)?)?)
}

/// A network that the search found.
#[derive(Debug)]
struct Found {
    architecture: Architecture,
    macs: u64,
    prediction: Prediction,
}

/// The networks with most multiply-accumulates among those of at most the budget's latency.
fn search(adapted: &Adapted, budget_ms: f64) -> Result<Vec<Found>, Box<dyn Error>> {
    let all: Vec<Architecture> = adapted.space().enumerate().ok_or("the space is too large to list")?.collect();
    let costs = CostTable::new(adapted.space(), &BuildOptions::default())?;
    let means_ms = adapted.means_ms(&all)?;
    let within = all.into_iter().zip(means_ms).filter(|(_, mean_ms)| *mean_ms <= budget_ms);
    let mut by_size: Vec<(u64, Architecture)> = within.map(|(one, _)| (costs.cost(&one).macs, one)).collect();
    by_size.sort_by(|a, b| b.cmp(a));
    by_size.truncate(FINALISTS);
    let finalists: Vec<Architecture> = by_size.iter().map(|(_, one)| *one).collect();
    let predictions = adapted.predict(&finalists)?;
    let found = |((macs, architecture), prediction)| Found { architecture, macs, prediction };
    Ok(by_size.into_iter().zip(predictions).map(found).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_within_the_budget_come_first() {
        let adapted = board().unwrap();
        let found = search(&adapted, 9.5).unwrap();
        assert_eq!(found.len(), FINALISTS);
        assert!(found.iter().all(|one| one.prediction.mean_ms <= 9.5), "{found:?}");
        assert!(found.windows(2).all(|pair| pair[0].macs >= pair[1].macs), "{found:?}");
        // The made-up board takes 9.5 ms for 106 million.
        assert!((80_000_000..130_000_000).contains(&found[0].macs), "{found:?}");
        assert!(search(&adapted, 0.0).unwrap().is_empty());
    }
}
