//! `tenshot predict`: latencies of architectures, by a coordinator, by a predictor's file, or by
//! profiles.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use tenshot_onnx_models::{Architecture, BuildOptions, Space};
use tenshot_predictor::methods::{AdaptedMethod, Layerwise, ProfiledNetwork};
use tenshot_predictor::{Adapted, Prediction};
use tenshot_protocol::v2::{PredictRequest, PredictedLatency};

use super::connection::Connection;
use super::{Exit, Failure, FailureContext, output, runtime};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tenshot predict --predictor board.safetensors 9930 \
                        '|nor_conv_3x3~0|+|none~0|skip_connect~1|+|avg_pool_3x3~0|nor_conv_1x1~1|skip_connect~2|'\n  \
                        tenshot predict --device board --data-dir lab 0 1 2\n  \
                        tenshot predict --profiles profiles.json 0 1 2")]
pub(crate) struct Args {
    /// Architectures: cell strings, or the benchmark's indices.
    #[arg(required = true, value_name = "ARCH")]
    architectures: Vec<String>,
    /// A predictor's file, as `tenshot adapt` and `tenshot predictors pull` write it; no coordinator is asked.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["device", "version", "backend", "batch", "threads"])]
    predictor: Option<PathBuf>,
    /// Per-node profiles of networks, a JSON array: a latency is the sum of its blocks'. The
    /// networks are of their space's first form, and have every block of it (`tenshot models
    /// blocks --covering`); no coordinator is asked.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["predictor", "device", "version", "backend", "batch", "threads"])]
    profiles: Option<PathBuf>,
    /// The device; may be left out where there is only one.
    #[arg(long)]
    device: Option<String>,
    /// The search space.
    #[arg(long, default_value = "nasbench201")]
    space: String,
    /// The predictor's version; otherwise the newest.
    #[arg(long)]
    version: Option<u32>,
    /// The inference backend; may be left out where there is only one.
    #[arg(long)]
    backend: Option<String>,
    /// The batch size; may be left out where there is only one.
    #[arg(long)]
    batch: Option<u32>,
    /// The number of threads; may be left out where there is only one.
    #[arg(long)]
    threads: Option<u32>,
    #[command(flatten)]
    connection: Connection,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Args {
    /// The architectures, of the space that was named.
    fn parsed(&self) -> Result<Vec<Architecture>, Failure> {
        let space: Space = self.space.parse().or_exit(Exit::Input)?;
        self.architectures.iter().map(|text| space.parse(text).or_exit(Exit::Input)).collect()
    }
}

pub(crate) fn run(args: Args) -> Result<(), Failure> {
    let predictions = match (&args.predictor, &args.profiles) {
        (Some(path), _) => by_file(path, &args)?,
        (None, Some(path)) => by_profiles(path, &args)?,
        (None, None) => runtime::block_on(by_coordinator(&args))?,
    };
    if args.json {
        return output::json(&predictions);
    }
    let row = |prediction: &PredictedLatency| {
        let interval =
            prediction.interval_90_ms.map_or_else(String::new, |[low, high]| format!("{low:.3} to {high:.3}"));
        [prediction.architecture.clone(), format!("{:.3}", prediction.mean_ms), interval]
    };
    output::table(&["ARCHITECTURE", "MS", "90% INTERVAL"], predictions.iter().map(row))
}

fn by_file(path: &Path, args: &Args) -> Result<Vec<PredictedLatency>, Failure> {
    let adapted = Adapted::read(path).or_exit(Exit::Input)?;
    let architectures = args.parsed()?;
    let predictions = adapted.predict(&architectures).or_exit(Exit::Input)?;
    Ok(listed(&architectures, &predictions))
}

fn by_profiles(path: &Path, args: &Args) -> Result<Vec<PredictedLatency>, Failure> {
    let doing = || format!("cannot use {}", path.display());
    let file = File::open(path).or_fail(Exit::Input, doing())?;
    let profiles: Vec<ProfiledNetwork> = serde_json::from_reader(BufReader::new(file)).or_fail(Exit::Input, doing())?;
    let table = Layerwise::from_profiles(&profiles, &BuildOptions::default()).or_fail(Exit::Input, doing())?;
    let architectures = args.parsed()?;
    let space = table.blocks_ms().space();
    if let Some(foreign) = architectures.iter().map(Architecture::space).find(|found| *found != space) {
        return Err(Failure::input(format_args!("the profiles are of space {space}, not {foreign}")));
    }
    eprintln!("latencies of blocks {}", table.origin());
    Ok(listed(&architectures, &table.predict(&architectures)))
}

/// Predictions as the coordinator would list them.
fn listed(architectures: &[Architecture], predictions: &[Prediction]) -> Vec<PredictedLatency> {
    let one = |(architecture, prediction): (&Architecture, &Prediction)| PredictedLatency {
        architecture: architecture.to_string(),
        mean_ms: prediction.mean_ms,
        interval_90_ms: prediction.interval_ms.map(|interval| [interval.low, interval.high]),
    };
    architectures.iter().zip(predictions).map(one).collect()
}

async fn by_coordinator(args: &Args) -> Result<Vec<PredictedLatency>, Failure> {
    let client = args.connection.client()?;
    let device = match &args.device {
        Some(device) => device.clone(),
        None => match client.devices().await?.as_slice() {
            [only] => only.name.clone(),
            several => {
                return Err(Failure::new(
                    Exit::Usage,
                    format!("there are {} devices: say which with --device", several.len()),
                ));
            }
        },
    };
    let request = PredictRequest {
        device,
        space: args.space.clone(),
        architectures: args.architectures.clone(),
        backend: args.backend.clone(),
        execution_provider: None,
        threads: args.threads,
        batch: args.batch,
        metric: None,
        version: args.version,
    };
    Ok(client.predict(&request).await?.predictions)
}
