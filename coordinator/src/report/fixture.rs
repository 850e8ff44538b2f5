//! A made-up report for tests: invented networks on an invented board, no measurement behind any number.

use tenshot_measurement::Reading;
use tenshot_measurement::{BoardFacts, Metric, Target};

use super::{
    CampaignReport, MeasuredModel, PoolDevice, ProbeResult, Progress, Report, ReportedPredictor, Scores, Seconds,
};
use crate::domain::UnixMillis;
use crate::domain::campaign::CampaignState;

/// Numbers from 0 to 1 without a pattern that shows; the same for the same seed.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f64 / f64::from(1 << 24)
    }

    /// About -1 to 1, mostly near 0.
    fn bell(&mut self) -> f64 {
        (0..4).map(|_| self.next()).sum::<f64>() / 2.0 - 1.0
    }
}

/// An invented measurement of about this latency.
pub(crate) fn made_up_model(seed: u64, latency_ms: f64) -> MeasuredModel {
    let mut noise = Noise(seed * 7_919 + 13);
    let mut sample = |_| {
        let disturbance = if noise.next() > 0.95 { noise.next() * 0.2 } else { 0.0 };
        (latency_ms * 1e6 * (1.0 + noise.bell() * 0.015 + disturbance)) as u64
    };
    let samples_ns: Vec<u64> = (0..50).map(&mut sample).collect();
    let operations = ["none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3"];
    let mut operation = |from: u32| format!("{}~{from}", operations[(noise.next() * 4.999) as usize]);
    let architecture = format!(
        "|{}|+|{}|{}|+|{}|{}|{}|",
        operation(0),
        operation(0),
        operation(1),
        operation(0),
        operation(1),
        operation(2)
    );
    MeasuredModel {
        architecture,
        latency_ms: latency_ms * 1.002,
        ci95_ms: [latency_ms * 0.998, latency_ms * 1.006],
        samples_ns,
        trimmed_runs: 5,
        attempts: 1,
        reasons: Vec::new(),
    }
}

fn made_up_probes() -> Vec<ProbeResult> {
    let mut noise = Noise(99);
    let probe = |index: u32| {
        let latency_ms = 3.1 * 1.072_f64.powi(i32::try_from(index).unwrap());
        let predicted_ms = latency_ms * (1.0 + noise.bell() * 0.32);
        ProbeResult {
            measured: made_up_model(u64::from(index) + 100, latency_ms),
            predicted_ms,
            interval_90_ms: Some([predicted_ms / 1.17, predicted_ms * 1.17]),
        }
    };
    let mut probes: Vec<ProbeResult> = (0..30).map(probe).collect();
    let drifting = &mut probes[11].measured;
    for (index, sample) in drifting.samples_ns.iter_mut().enumerate() {
        *sample = (*sample as f64 * (1.0 + index as f64 * 0.0013)) as u64;
    }
    drifting.attempts = 3;
    drifting.reasons = vec![
        "latency drifted by 6.1% (bound 5.0%)".to_owned(),
        "other programs used 0.41 processors (bound 0.10)".to_owned(),
    ];
    probes
}

fn made_up_pool() -> Vec<PoolDevice> {
    let mut noise = Noise(5);
    let device = |index: u32| PoolDevice {
        device: format!("made_up_{}_{}", ["gpu", "cpu", "phone", "board"][index as usize % 4], index + 1),
        correlation: 0.985 - f64::from(index).powf(1.4) * 0.0035,
        relative_latency: 10_f64.powf(noise.next() * 2.6 - 1.3),
    };
    (0..27).map(device).collect()
}

/// Scores of these probes, but for an invented rank correlation.
fn scores(probes: &[ProbeResult]) -> Scores {
    let count = probes.len() as f64;
    let error_ms = |probe: &ProbeResult| (probe.predicted_ms - probe.measured.latency_ms).abs();
    Scores {
        spearman: 0.9631,
        mape: probes.iter().map(|probe| probe.relative_error().abs()).sum::<f64>() / count,
        mean_error_ms: probes.iter().map(error_ms).sum::<f64>() / count,
        coverage_90: Some(probes.iter().filter(|probe| probe.covered() == Some(true)).count() as f64 / count),
    }
}

/// An invented campaign on an invented board.
pub(crate) fn made_up_report() -> Report {
    let latencies_ms = [14.2, 5.3, 9.8, 17.9, 21.4, 11.6, 7.7, 16.1, 4.1, 12.9];
    let board = BoardFacts {
        cpu_model: Reading::Known("Made-up Processor 9000".to_owned()),
        board_model: Reading::Unknown,
        architecture: "aarch64".to_owned(),
        operating_system: "Linux 6.12.1".to_owned(),
        cpu_count: 4,
        memory_bytes: Reading::Known(8 << 30),
    };
    let probes = made_up_probes();
    Report {
        target: Target {
            device: "made-up-board".to_owned(),
            backend: "tract".to_owned(),
            execution_provider: "cpu".to_owned(),
            threads: 1,
            batch: 1,
            metric: Metric::Latency,
        },
        facts: Some(board),
        space: "nasbench201".to_owned(),
        progress: Progress {
            state: CampaignState::Complete,
            tasks: 40,
            ended: 40,
            references: 10,
            problem: None,
            unmeasured: Vec::new(),
        },
        predictor: Some(ReportedPredictor { method: "bayes".to_owned(), version: 1 }),
        backend_version: "0.23.0".to_owned(),
        references: (0..).zip(latencies_ms).map(|(seed, latency_ms)| made_up_model(seed, latency_ms)).collect(),
        embedding: latencies_ms.map(|latency_ms| (latency_ms - 4.1) / (21.4 - 4.1)).into(),
        scores: Some(scores(&probes)),
        probes,
        unpredicted: Vec::new(),
        pool: made_up_pool(),
        seconds: Seconds {
            measuring_references: 10.4,
            measuring: 41.3,
            adapting: Some(0.000_213),
            overhead_share: 0.031,
            total: 58.7,
            for_900_samples: 929.0,
        },
    }
}

/// An invented campaign on these targets.
pub(crate) fn made_up_campaign(targets: Vec<Report>) -> CampaignReport {
    CampaignReport { name: "made-up".to_owned(), created: UnixMillis(1_767_225_600_000), targets }
}
