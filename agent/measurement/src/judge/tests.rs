//! Each rule by a record that just passes and one that just fails.

use super::judge;
use crate::{
    Backend, Conditions, Environment, Measurement, ModelHash, Reading, Settings, Statistics, TimedScope, Verdict,
};

/// A measurement of these samples on a board without sensors.
fn measurement(samples_ns: Vec<u64>) -> Measurement {
    let settings = Settings::help();
    Measurement {
        model_sha256: ModelHash::of(b"model"),
        backend: Backend { name: "fake".into(), version: "1".into(), execution_provider: "cpu".into() },
        threads: 1,
        batch: 1,
        cpu_set: None,
        timed: TimedScope::InferenceInMemory,
        started_at_unix_ms: 0,
        load_ms: 1.0,
        cold_start_ms: 1.0,
        warmup_runs: 10,
        warmup_ms: 10.0,
        latency_ms: Statistics::of(&samples_ns, settings.trim_fraction).unwrap().summary(),
        settings,
        samples_ns,
        clock_resolution_ns: 30,
        peak_memory_bytes: Reading::Unknown,
        environment: Environment::default(),
        verdict: Verdict::from(vec![]),
    }
}

/// Fifty samples of 10 ms, give or take 1%.
pub(crate) fn calm() -> Measurement {
    measurement((0..50).map(|i| 9_900_000 + i * 37 % 50 * 4_000).collect())
}

fn reasons(measurement: &Measurement) -> Vec<String> {
    let verdict = judge(measurement);
    assert_eq!(verdict.trusted, verdict.reasons.is_empty());
    verdict.reasons.iter().map(ToString::to_string).collect()
}

fn with_frequencies(before: &[u64], after: &[u64], cpu_set: Option<Vec<u32>>) -> Measurement {
    let conditions = |khz: &[u64]| Conditions { frequency_khz: Reading::Known(khz.to_vec()), ..Conditions::default() };
    let environment =
        Environment { before: conditions(before), after: conditions(after), other_load: Reading::Unknown };
    Measurement { environment, cpu_set, ..calm() }
}

#[test]
fn a_calm_measurement_without_sensors_is_trusted() {
    assert_eq!(reasons(&calm()), [""; 0]);
}

#[test]
fn samples_may_not_be_too_few() {
    assert_eq!(reasons(&measurement(vec![10_000_000; 10])), [""; 0]);
    assert_eq!(reasons(&measurement(vec![10_000_000; 9])), ["9 samples, 10 needed"]);
}

#[test]
fn one_inference_may_not_take_too_few_ticks() {
    let coarse = |clock_resolution_ns| Measurement { clock_resolution_ns, ..measurement(vec![1_000_000; 50]) };
    assert_eq!(reasons(&coarse(10_000)), [""; 0]);
    assert_eq!(reasons(&coarse(10_001)), ["the clock ticks every 10001 ns, one inference takes 1000000 ns"]);
}

#[test]
fn the_samples_may_not_drift() {
    let step = |last| measurement([vec![10_000_000; 30], vec![last; 20]].concat());
    assert_eq!(reasons(&step(10_499_999)), [""; 0]);
    assert_eq!(reasons(&step(10_500_001)), ["latency drifted by 5.0% (bound 5.0%)"]);
    assert_eq!(reasons(&step(9_000_000)), ["latency drifted by -10.0% (bound 5.0%)"]);
}

#[test]
fn noise_is_no_drift() {
    // Alternates by 8% around a level that rises by 6%, within what such noise does to the medians.
    let noisy = |level: u64| (0..25).map(move |i| level - level / 12 + i % 5 * level / 24);
    assert_eq!(reasons(&measurement(noisy(10_000_000).chain(noisy(10_600_000)).collect())), [""; 0]);
}

#[test]
fn the_samples_may_not_spread_too_widely() {
    // Two levels in turn, at a distance of 2 cv from each other.
    let levels = |distance: u64| measurement((0..50).map(|i| 10_000_000 + i % 2 * distance).collect());
    assert_eq!(reasons(&levels(2_150_000)), [""; 0]);
    assert_eq!(reasons(&levels(2_250_000)), ["samples spread by 10.2% (bound 10.0%)"]);
}

#[test]
fn outliers_that_trimming_removes_do_no_harm() {
    let outliers = |count| measurement((0..50).map(|i| if i % 10 < count { 30_000_000 } else { 10_000_000 }).collect());
    assert_eq!(reasons(&outliers(1)), [""; 0]);
    assert_eq!(reasons(&outliers(2)).len(), 1);
}

#[test]
fn the_frequency_may_not_move() {
    assert_eq!(reasons(&with_frequencies(&[1_000_000], &[1_099_999], Some(vec![0]))), [""; 0]);
    let moved = with_frequencies(&[2_000_000, 1_000_000], &[2_000_000, 800_000], Some(vec![0, 1]));
    assert_eq!(reasons(&moved), ["processor frequency moved by -20.0% (bound 10.0%)"]);
}

#[test]
fn idle_processors_do_not_count_where_the_process_was_not_bound() {
    assert_eq!(reasons(&with_frequencies(&[2_000_000, 1_000_000], &[2_000_000, 400_000], None)), [""; 0]);
    assert_eq!(reasons(&with_frequencies(&[2_000_000, 1_000_000], &[1_000_000, 1_000_000], None)).len(), 1);
}

#[test]
fn throttling_is_seen_by_its_count() {
    let throttled = |after| {
        let count = |count| Conditions { throttle_count: Reading::Known(count), ..Conditions::default() };
        let environment = Environment { before: count(7), after: count(after), other_load: Reading::Unknown };
        Measurement { environment, ..calm() }
    };
    assert_eq!(reasons(&throttled(7)), [""; 0]);
    assert_eq!(reasons(&throttled(8)), ["the board throttled"]);
}

#[test]
fn other_programs_may_not_use_the_processors() {
    let loaded = |others| {
        let environment = Environment { other_load: Reading::Known(others), ..Environment::default() };
        Measurement { environment, ..calm() }
    };
    assert_eq!(reasons(&loaded(0.33)), [""; 0]);
    assert_eq!(reasons(&loaded(0.34)), ["other programs used 0.34 processors (bound 0.33)"]);
}
