//! `tenshot-agent bench`: one measurement, without a coordinator.

use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;

use clap::{Args, value_parser};
use tenshot_kit::{Exit, Failure, FailureContext};
use tenshot_measurement::{FailureKind, Limits, Measurement, MeasurementFailure, Outcome, Settings, SettingsError};
use tenshot_protocol::v1;
use tokio::runtime;

use crate::backend::{self, RuntimeChoice};
use crate::cli::report::report;
use crate::worker::{self, Host, Job};

const EXAMPLES: &str = "\
Examples:
  tenshot-agent bench model.onnx
  tenshot-agent bench model.onnx --threads 4 --cpus 0,1,2,3 --json
  tenshot-agent bench model.onnx --warm-up-ms 500 --runs 200 --trim 0.25

A suspect measurement is a measurement: it is printed with the reasons against it, and the exit
code is 0.";

/// Measure the latency of one ONNX model
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct BenchArgs {
    /// The model's file
    model: PathBuf,
    #[command(flatten)]
    runtime: RuntimeArgs,
    /// Threads that the backend may use
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = value_parser!(u32).range(1..=1024))]
    threads: u32,
    /// Processors to bind to, such as 0,1 [default: not bound]
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    cpus: Option<Vec<u32>>,
    /// Images per inference [default: as the model was built, 1 where it leaves the batch free]
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..))]
    batch: Option<u32>,
    #[command(flatten)]
    protocol: ProtocolArgs,
    /// End the measurement after so many seconds
    #[arg(long, value_name = "S", default_value_t = 600, value_parser = value_parser!(u64).range(1..=86_400))]
    time_limit_s: u64,
    /// End the measurement where it needs more memory than so many MiB
    #[arg(long, value_name = "MIB", default_value_t = 2048, value_parser = value_parser!(u64).range(1..=1 << 30))]
    memory_limit_mib: u64,
    /// The folder that proc and sys are read below
    #[arg(long, value_name = "DIR", default_value = "/")]
    sysfs_root: PathBuf,
    /// Print the whole measurement as JSON, every sample included
    #[arg(long)]
    json: bool,
}

/// What runs the model, and how it is set up.
#[derive(Debug, Args)]
struct RuntimeArgs {
    /// What runs the model
    #[arg(long, default_value = "tract")]
    backend: String,
    /// Where the backend computes
    #[arg(long, default_value = "cpu")]
    execution_provider: String,
    /// An option of the execution provider; can be given several times
    #[arg(long, value_name = "NAME=VALUE", value_parser = provider_option)]
    provider_option: Vec<(String, String)>,
    /// The backend's shared library, where it is loaded from one
    #[arg(long, value_name = "FILE")]
    library: Option<PathBuf>,
}

impl RuntimeArgs {
    fn choice(self) -> RuntimeChoice {
        RuntimeChoice {
            backend: self.backend,
            execution_provider: self.execution_provider,
            provider_options: self.provider_option.into_iter().collect(),
            library: self.library,
        }
    }
}

fn provider_option(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected NAME=VALUE".to_owned()),
    }
}

/// A preset, and what is to differ from it.
#[derive(Debug, Args)]
struct ProtocolArgs {
    /// Measuring protocol: `help` discards 10 runs, times 50, and averages what is left when the
    /// lowest and highest 10% are removed
    #[arg(long, value_name = "NAME", default_value = "help")]
    preset: String,
    /// Runs to discard before timing, at least
    #[arg(long, value_name = "N")]
    warm_up_runs: Option<u32>,
    /// Time to run before timing, at least
    #[arg(long, value_name = "MS")]
    warm_up_ms: Option<u64>,
    /// Runs to time, at least
    #[arg(long, value_name = "N")]
    runs: Option<u32>,
    /// Runs to time, at most [default: as --runs; without a bound where --min-ms is given]
    #[arg(long, value_name = "N")]
    max_runs: Option<u32>,
    /// Length of the timed phase, at least
    #[arg(long, value_name = "MS")]
    min_ms: Option<u64>,
    /// Length of the timed phase, at most; counts only when --runs is reached
    #[arg(long, value_name = "MS")]
    max_ms: Option<u64>,
    /// Share of the samples to remove at each end, 0 to below 0.5
    #[arg(long, value_name = "SHARE")]
    trim: Option<f64>,
}

impl ProtocolArgs {
    fn settings(&self) -> Result<Settings, SettingsError> {
        let preset = Settings::preset(&self.preset)?;
        let min_runs = self.runs.unwrap_or(preset.timed_min_runs);
        let max_runs = match (self.max_runs, self.min_ms, self.runs) {
            (Some(max_runs), _, _) => max_runs,
            (None, Some(_), _) => Settings::MOST_RUNS,
            (None, None, Some(runs)) => runs,
            (None, None, None) => preset.timed_max_runs,
        };
        let settings = Settings {
            preset: self.preset.clone(),
            warm_up_min_runs: self.warm_up_runs.unwrap_or(preset.warm_up_min_runs),
            warm_up_min_ms: self.warm_up_ms.unwrap_or(preset.warm_up_min_ms),
            timed_min_runs: min_runs,
            timed_max_runs: max_runs,
            timed_min_ms: self.min_ms.unwrap_or(preset.timed_min_ms),
            timed_max_ms: self.max_ms.unwrap_or(preset.timed_max_ms),
            trim_fraction: self.trim.unwrap_or(preset.trim_fraction),
        };
        settings.check()?;
        Ok(if settings == preset { preset } else { Settings { preset: "custom".to_owned(), ..settings } })
    }
}

/// Measures once, and prints the measurement.
pub(crate) fn bench(args: BenchArgs, host: &Host) -> Result<(), Failure> {
    let (json, model) = (args.json, args.model.clone());
    let job = args.job()?;
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .or_fail(Exit::Machine, "failed to start the measurement")?;
    match runtime.block_on(worker::measure(host, &job)) {
        Outcome::Measured(measurement) => print(*measurement, json),
        Outcome::Failed(failure) => {
            Err(Failure::new(exit_code(&failure), format!("{}: {failure}{}", model.display(), advice(&failure))))
        }
    }
}

impl BenchArgs {
    fn job(self) -> Result<Job, Failure> {
        let runtime = self.runtime.choice();
        backend::BUILT_IN.open(&runtime).map_err(Failure::input)?;
        let settings = self.protocol.settings().map_err(|error| Failure::new(Exit::Usage, error))?;
        Ok(Job {
            model: self.model,
            sha256: None,
            runtime,
            threads: self.threads,
            batch: self.batch,
            cpu_set: self.cpus,
            settings,
            limits: Limits { time_ms: self.time_limit_s * 1_000, memory_bytes: self.memory_limit_mib << 20 },
            sysfs_root: self.sysfs_root,
        })
    }
}

fn exit_code(failure: &MeasurementFailure) -> Exit {
    match failure.kind {
        FailureKind::ModelUnreadable | FailureKind::InputUnsupported => Exit::Input,
        FailureKind::BackendError | FailureKind::Crashed | FailureKind::TimeLimit | FailureKind::MemoryLimit => {
            Exit::Incomplete
        }
        FailureKind::Board => Exit::Machine,
    }
}

fn advice(failure: &MeasurementFailure) -> &'static str {
    match failure.kind {
        FailureKind::TimeLimit => " (--time-limit-s allows more)",
        FailureKind::MemoryLimit => " (--memory-limit-mib allows more)",
        _ => "",
    }
}

fn print(measurement: Measurement, json: bool) -> Result<(), Failure> {
    let text = if json {
        serde_json::to_string(&v1::Measurement::from(measurement)).or_fail(Exit::Unexpected, "failed to write JSON")?
            + "\n"
    } else {
        report(&measurement)
    };
    let mut output = io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        // Whoever reads has read enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.or_fail(Exit::Machine, "failed to write the measurement"),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use tenshot_measurement::Settings;

    use super::BenchArgs;

    #[derive(Debug, Parser)]
    struct Cli {
        #[command(flatten)]
        args: BenchArgs,
    }

    fn settings(arguments: &str) -> Result<Settings, String> {
        let words = ["bench", "model.onnx"].into_iter().chain(arguments.split_whitespace());
        let args = Cli::try_parse_from(words).unwrap().args;
        args.job().map(|job| job.settings).map_err(|failure| failure.message)
    }

    #[test]
    fn what_is_not_said_is_the_presets() {
        assert_eq!(settings(""), Ok(Settings::help()));
        assert_eq!(settings("--runs 50 --trim 0.1"), Ok(Settings::help()));
    }

    #[test]
    fn what_differs_from_the_preset_is_custom() {
        let fewer = Settings { preset: "custom".into(), timed_min_runs: 20, timed_max_runs: 20, ..Settings::help() };
        assert_eq!(settings("--runs 20"), Ok(fewer));
        let long = settings("--min-ms 1000").unwrap();
        assert_eq!((long.timed_min_ms, long.timed_max_runs), (1_000, Settings::MOST_RUNS));
        let bounded = settings("--min-ms 1000 --max-runs 70").unwrap();
        assert_eq!(bounded.timed_max_runs, 70);
    }

    #[test]
    fn what_cannot_be_followed_is_refused() {
        insta::assert_snapshot!(settings("--preset best").unwrap_err(), @"unknown preset `best`: this version knows help");
        insta::assert_snapshot!(settings("--trim 0.5").unwrap_err(), @"trim_fraction is 0.5: expected at least 0 and below 0.5");
        insta::assert_snapshot!(settings("--trim NaN").unwrap_err(), @"trim_fraction is NaN: expected at least 0 and below 0.5");
        insta::assert_snapshot!(settings("--max-runs 20").unwrap_err(), @"timed runs has a minimum of 50 above its maximum of 20");
        insta::assert_snapshot!(settings("--backend ort").unwrap_err(), @"unknown backend `ort`: this build has tract");
        insta::assert_snapshot!(settings("--provider-option depth=3").unwrap_err(), @"execution provider `cpu` of tract has no option `depth`: its options are none");
        insta::assert_snapshot!(settings("--library /opt/lib.so").unwrap_err(), @"tract is part of this program and takes no library, not /opt/lib.so: leave it out");
    }
}
