//! Every space fulfils every duty.

use std::collections::HashSet;

use tenshot_onnx_models::{BuildOptions, CostTable, all_blocks, with_space};

use super::*;
use crate::artefact::{ArtefactError, Trained, bundled};
use crate::encoding::{columns, decode, encode, interacting};
use crate::network::EncoderKind;
use crate::pool::{Pool, PoolDevice, Ranges};
use crate::support::{Support, SupportMeasurement};

/// Architectures of a made-up training pool.
const ARCHITECTURES: usize = 60;

#[test]
fn every_space_is_whole() {
    for &space in Space::ALL {
        encodings_are_whole(space);
        networks_read_every_architecture(space);
        settings_are_possible(space);
        published_pools_are_possible(space);
        blocks_are_known(space);
        a_predictor_is_bundled_or_missed_by_name(space);
        bayes_learns(space);
    }
}

fn encodings_are_whole(space: Space) {
    let columns = columns(space);
    let names: HashSet<_> = columns.iter().map(|column| &column.name).collect();
    assert_eq!(names.len(), columns.len(), "{space}: names tell columns apart");
    let own = space.sample(7, ARCHITECTURES).unwrap();
    for architecture in own {
        let integers = encode(&architecture);
        assert_eq!(integers.len(), columns.len(), "{space}");
        assert_eq!(decode(space, &integers), Some(architecture), "{integers:?}");
    }
    let sets = interacting(space);
    assert!(!sets.is_empty() && sets.iter().flatten().all(|&column| column < columns.len()), "{space}");
    let used: HashSet<_> = sets.iter().flatten().collect();
    let varying = columns.iter().enumerate().filter(|(_, column)| column.allowed.len() > 1);
    assert!(varying.into_iter().all(|(place, _)| used.contains(&place)), "{space}: every column counts");
}

fn networks_read_every_architecture(space: Space) {
    let sizes = with_space!(space, S => S::NETWORK_SIZES);
    let own = space.sample(3, 20).unwrap();
    let input = network_input(space, &own).unwrap();
    assert_eq!((input.count(), input.features.columns()), (20, sizes.features), "{space}");
    let is_flat = sizes.encoder == EncoderKind::Flat;
    assert_eq!(input.sums.len(), if is_flat { 0 } else { sizes.encoder.layers() }, "{space}");
    if is_flat {
        let bits = |row| input.features.row(row).iter().map(|one| one.to_bits()).collect::<Vec<u32>>();
        assert_eq!((0..20).map(bits).collect::<HashSet<_>>().len(), 20, "{space}: features tell networks apart");
    }
    for &other in Space::ALL.iter().filter(|&&other| other != space) {
        assert_eq!(network_input(space, &other.sample(1, 1).unwrap()), None, "{other} is not {space}");
    }
    assert!(own.iter().any(does_work), "{space}");
}

fn settings_are_possible(space: Space) {
    let PriorSettings { shares, means, simulated_weight, one_hots } = with_space!(space, S => S::BAYES);
    assert!(shares.iter().all(|&(low, high)| 0.0 < low && low <= high), "{space}: {shares:?}");
    assert!((1..=3).contains(&means) && simulated_weight >= 0.0, "{space}");
    let by_block = with_space!(space, S => S::MODELLED_BY) == ModelledBy::Block;
    assert!(by_block || !one_hots, "{space}: one-hots are those of blocks");
    assert!(with_space!(space, S => S::EPISODES) > 0, "{space}");
}

fn published_pools_are_possible(space: Space) {
    if let Some(Published::Help(folder)) = with_space!(space, S => S::PUBLISHED) {
        assert!(!folder.training.is_empty() && !folder.queries.is_empty(), "{space}");
        assert!(folder.training.end <= folder.queries.start, "{space}: nothing is trained on and tested");
        assert!(folder.queries.end as u128 <= space.size(), "{space}");
    }
    let empty = tempfile::tempdir().unwrap();
    let error = Pool::read(empty.path(), space).unwrap_err().to_string();
    let says_where = if with_space!(space, S => S::PUBLISHED).is_some() { "TMP" } else { space.name() };
    assert!(error.replace(empty.path().to_str().unwrap(), "TMP").contains(says_where), "{space}: {error}");
    for split in with_space!(space, S => S::PAPER_SPLITS) {
        assert_eq!(split.space, space, "{}", split.name);
        assert!(!split.train.is_empty() && !split.test.is_empty(), "{}", split.name);
    }
    let benchmarks = with_space!(space, S => S::BENCHMARKS);
    assert!(benchmarks.iter().enumerate().all(|(place, one)| !benchmarks[..place].contains(one)), "{space}");
}

fn blocks_are_known(space: Space) {
    let features = with_space!(space, S => S::block_features);
    for block in all_blocks(space, space.latency_form()) {
        let known = features(&block);
        assert!(!known.is_empty(), "{block}");
        assert!(known.iter().all(|(name, value)| !name.is_empty() && value.is_finite()), "{block}: {known:?}");
    }
}

fn a_predictor_is_bundled_or_missed_by_name(space: Space) {
    match (with_space!(space, S => S::BUNDLED), bundled(space)) {
        (Some(_), Ok(trained)) => assert_eq!(trained.space(), space),
        (None, Err(ArtefactError::NotBundled { space: missed })) => assert_eq!(missed, space),
        (_, found) => unreachable!("{space}: {found:?}"),
    }
}

/// Three made-up devices that are about as fast as multiply-accumulates are many: `bayes` learns
/// them, keeps what it learned, knows a fourth one, and is exported.
fn bayes_learns(space: Space) {
    let options = BuildOptions { form: Some(space.latency_form()), ..BuildOptions::default() };
    let costs = CostTable::new(space, &options).unwrap();
    let own = space.sample(11, ARCHITECTURES).unwrap();
    let gmacs = |one: &Architecture| costs.cost(one).macs as f64 / 1e9;
    let device =
        |name, power: f64| PoolDevice::named(name, own.iter().map(|one| 1.0 + gmacs(one).powf(power)).collect());
    let devices = vec![device("a", 0.8), device("b", 1.0), device("c", 1.2)];
    let pool = Pool::new(space, own.clone(), devices, Ranges::usual(space, &own)).unwrap();
    let trained = Trained::train(&pool, &pool.devices().iter().collect::<Vec<_>>(), 0).unwrap();
    let trained = Trained::from_bytes(&trained.to_bytes().unwrap()).unwrap();
    let measured = crate::design(&trained, 10, 0);
    let latency_ms = |one: &Architecture| 2.0 * (1.0 + gmacs(one).powf(0.9));
    let measured = measured.iter().map(|one| SupportMeasurement::new(*one, latency_ms(one))).collect();
    let adapted = trained.adapt(&Support::new(measured).unwrap()).unwrap();
    let off = |(one, mean_ms): (&Architecture, f64)| (mean_ms / latency_ms(one) - 1.0).abs();
    let off: f64 = own.iter().zip(adapted.means_ms(&own).unwrap()).map(off).sum::<f64>() / own.len() as f64;
    assert!(off < 0.1, "{space}: off by {off}");
    assert!(!adapted.to_onnx().unwrap().is_empty(), "{space}");
}
