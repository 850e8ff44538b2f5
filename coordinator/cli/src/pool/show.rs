//! `tenshot pool show`: devices, counts and ranges.

use std::collections::BTreeMap;

use serde::Serialize;
use tenshot_onnx_models::Space;
use tenshot_predictor::pool::{Platform, Pool, PoolDevice, Provenance, Ranges};

use super::PoolFile;
use crate::{Failure, output};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tenshot pool show fbnet.pool")]
pub(super) struct Args {
    #[command(flatten)]
    pool: PoolFile,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Shown<'a> {
    space: Space,
    architectures_per_device: usize,
    shared_architectures: bool,
    ranges: &'a Ranges,
    provenance: &'a Provenance,
    devices: Vec<ShownDevice<'a>>,
}

#[derive(Serialize)]
struct ShownDevice<'a> {
    name: &'a str,
    model: &'a str,
    platform: &'a Platform,
    facts: &'a BTreeMap<String, String>,
    architectures: usize,
    least_ms: f64,
    median_ms: f64,
    greatest_ms: f64,
}

impl<'a> ShownDevice<'a> {
    fn of(device: &'a PoolDevice) -> Self {
        let mut sorted = device.latencies_ms.clone();
        sorted.sort_by(f64::total_cmp);
        let at = |place: usize| sorted.get(place).copied().unwrap_or(f64::NAN);
        let middle = sorted.len() / 2;
        Self {
            name: &device.name,
            model: &device.model,
            platform: &device.platform,
            facts: &device.facts,
            architectures: sorted.len(),
            least_ms: at(0),
            median_ms: if sorted.len().is_multiple_of(2) {
                (at(middle.saturating_sub(1)) + at(middle)) / 2.0
            } else {
                at(middle)
            },
            greatest_ms: at(sorted.len().saturating_sub(1)),
        }
    }

    fn row(&self) -> [String; 7] {
        let ms = |value: f64| format!("{value:.3}");
        let facts: Vec<String> = self.facts.iter().map(|(key, value)| format!("{key} {value}")).collect();
        [
            self.name.to_owned(),
            self.model.to_owned(),
            platform(self.platform).to_owned(),
            ms(self.least_ms),
            ms(self.median_ms),
            ms(self.greatest_ms),
            facts.join(", "),
        ]
    }
}

fn platform(platform: &Platform) -> &str {
    match platform {
        Platform::Gpu => "gpu",
        Platform::ServerCpu => "server-cpu",
        Platform::Phone => "phone",
        Platform::Other(name) => name,
    }
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let pool = args.pool.read()?;
    let devices = pool.devices().iter().map(ShownDevice::of).collect();
    let shown = Shown {
        space: pool.space(),
        architectures_per_device: pool.architectures_per_device(),
        shared_architectures: pool.is_shared(),
        ranges: pool.ranges(),
        provenance: pool.provenance(),
        devices,
    };
    if args.json { output::json(&shown) } else { print(&pool, &shown) }
}

fn print(pool: &Pool, shown: &Shown<'_>) -> Result<(), Failure> {
    let rows = shown.devices.iter().map(ShownDevice::row);
    output::table(&["DEVICE", "MODEL", "PLATFORM", "LEAST MS", "MEDIAN MS", "GREATEST MS", "FACTS"], rows)?;
    let Ranges { training, queries, references } = pool.ranges();
    let each = if pool.is_shared() { "the same for all" } else { "others for each" };
    output::line(&format!(
        "\n{}: {} devices, {} architectures, {each}; {} to train on, {} to test on, {} of the paper's references",
        shown.space,
        shown.devices.len(),
        shown.architectures_per_device,
        training.len(),
        queries.len(),
        references.len(),
    ))?;
    let Provenance { source, files, approximate } = pool.provenance();
    if !source.is_empty() {
        let count = files.len();
        output::line(&format!("from {source} ({count} {})", if count == 1 { "file" } else { "files" }))?;
    }
    match approximate {
        Some(why) => output::line(&format!("approximate: {why}")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_lies_between_the_middle_two() {
        let of = |latencies: &[f64]| ShownDevice::of(&PoolDevice::named("a", latencies.to_vec())).median_ms;
        assert_eq!((of(&[3.0, 1.0, 2.0]), of(&[4.0, 1.0, 3.0, 2.0])), (2.0, 2.5));
    }
}
