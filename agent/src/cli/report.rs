//! A measurement as people read it.

use std::fmt::Write;

use tenshot_measurement::Measurement;

/// A small table, a line each; ends with the verdict and the reasons against it.
pub(crate) fn report(measurement: &Measurement) -> String {
    let statistics = &measurement.latency_ms;
    let (samples, trimmed) = (measurement.samples_ns.len(), statistics.trimmed_runs);
    let [low, high] = statistics.ci95;
    let mut text = format!("model       {}\nsetting     {}\n\n", measurement.model_sha256, setting(measurement));
    let mut line = |name: &str, value: f64, remark: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name:<11} {value:>10.3} ms  {remark}");
    };
    line("latency", statistics.trimmed_mean, &format!("mean of {samples} runs, {trimmed} removed at each end"));
    line("interval", low, &format!("to {high:.3} ms, with 95% confidence"));
    line("median", statistics.median, &format!("median absolute deviation {:.3} ms", statistics.mad));
    line("mean", statistics.mean, &format!("coefficient of variation {:.1}%", statistics.cv * 100.0));
    line("smallest", statistics.min, "");
    line("largest", statistics.max, "");
    if let Some(p90) = statistics.p90 {
        line("p90", p90, "90th percentile");
    }
    line("cold start", measurement.cold_start_ms, &format!("first of {} warm-up runs", measurement.warmup_runs));
    line("loading", measurement.load_ms, "");
    text.push('\n');
    if measurement.verdict.trusted {
        text.push_str("verdict     trusted\n");
    } else {
        for (index, reason) in measurement.verdict.reasons.iter().enumerate() {
            let _ = writeln!(
                text,
                "{:<11} {reason}",
                if index == 0 { "verdict     suspect:" } else { "                    " }
            );
        }
    }
    text.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

fn setting(measurement: &Measurement) -> String {
    let backend = &measurement.backend;
    let threads =
        if measurement.threads == 1 { "1 thread".to_owned() } else { format!("{} threads", measurement.threads) };
    let bound = match &measurement.cpu_set {
        None => String::new(),
        Some(processors) => {
            let list: Vec<String> = processors.iter().map(ToString::to_string).collect();
            format!(" on processors {}", list.join(", "))
        }
    };
    let (batch, preset) = (measurement.batch, &measurement.settings.preset);
    let (name, version, provider) = (&backend.name, &backend.version, &backend.execution_provider);
    format!("{name} {version} ({provider}), {threads}{bound}, batch {batch}, protocol {preset}")
}

#[cfg(test)]
mod tests {
    use tenshot_measurement::{
        Backend, Environment, Measurement, ModelHash, Reading, Reason, Settings, Statistics, TimedScope, Verdict,
    };

    use super::report;

    /// Fifty samples of 10 ms, give or take 1%.
    fn calm() -> Measurement {
        let samples_ns: Vec<u64> = (0..50).map(|i| 9_900_000 + i * 37 % 50 * 4_000).collect();
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

    #[test]
    fn a_trusted_measurement() {
        insta::assert_snapshot!(report(&calm()), @r"
        model       9372c470eeadd5ecd9c3c74c2b3cb633f8e2f2fad799250a0f70d652b6b825e4
        setting     fake 1 (cpu), 1 thread, batch 1, protocol help

        latency          9.998 ms  mean of 50 runs, 5 removed at each end
        interval         9.980 ms  to 10.016 ms, with 95% confidence
        median           9.998 ms  median absolute deviation 0.050 ms
        mean             9.998 ms  coefficient of variation 0.6%
        smallest         9.900 ms
        largest         10.096 ms
        p90             10.076 ms  90th percentile
        cold start       1.000 ms  first of 10 warm-up runs
        loading          1.000 ms

        verdict     trusted
        ");
    }

    #[test]
    fn a_suspect_measurement_says_why() {
        let mut measurement = calm();
        measurement.threads = 2;
        measurement.cpu_set = Some(vec![0, 1]);
        measurement.verdict = Verdict::from(vec![Reason::Throttled, Reason::TooFewSamples { samples: 3, needed: 10 }]);
        insta::assert_snapshot!(report(&measurement), @r"
        model       9372c470eeadd5ecd9c3c74c2b3cb633f8e2f2fad799250a0f70d652b6b825e4
        setting     fake 1 (cpu), 2 threads on processors 0, 1, batch 1, protocol help

        latency          9.998 ms  mean of 50 runs, 5 removed at each end
        interval         9.980 ms  to 10.016 ms, with 95% confidence
        median           9.998 ms  median absolute deviation 0.050 ms
        mean             9.998 ms  coefficient of variation 0.6%
        smallest         9.900 ms
        largest         10.096 ms
        p90             10.076 ms  90th percentile
        cold start       1.000 ms  first of 10 warm-up runs
        loading          1.000 ms

        verdict     suspect: the board throttled
                             3 samples, 10 needed
        ");
    }
}
