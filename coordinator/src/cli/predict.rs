//! `tenshot predict`: latencies of architectures, by a coordinator or by a predictor's file.

use std::path::PathBuf;

use tenshot_onnx_models::Space;
use tenshot_predictor::Adapted;
use tenshot_protocol::v1::{PredictRequest, PredictedLatency};

use super::connection::Connection;
use super::{Exit, Failure, FailureContext, output, runtime};
use crate::service::predicted_latency;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tenshot predict --predictor board.safetensors 9930 \
                        '|nor_conv_3x3~0|+|none~0|skip_connect~1|+|avg_pool_3x3~0|nor_conv_1x1~1|skip_connect~2|'\n  \
                        tenshot predict --device board --data-dir lab 0 1 2")]
pub(crate) struct Args {
    /// Architectures: cell strings, or the benchmark's indices.
    #[arg(required = true, value_name = "ARCH")]
    architectures: Vec<String>,
    /// A predictor's file, as `tenshot adapt` and `tenshot predictors pull` write it; no coordinator is asked.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["device", "version", "backend", "batch", "threads"])]
    predictor: Option<PathBuf>,
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

pub(crate) fn run(args: Args) -> Result<(), Failure> {
    let predictions = match &args.predictor {
        Some(path) => by_file(path, &args)?,
        None => runtime::block_on(by_coordinator(&args))?,
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

fn by_file(path: &std::path::Path, args: &Args) -> Result<Vec<PredictedLatency>, Failure> {
    let adapted = Adapted::read(path).or_exit(Exit::Input)?;
    let space: Space = args.space.parse().or_exit(Exit::Input)?;
    let parse = |text: &String| space.parse(text).or_exit(Exit::Input);
    let architectures = args.architectures.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
    let predictions = adapted.predict(&architectures).or_exit(Exit::Input)?;
    Ok(architectures.iter().zip(&predictions).map(predicted_latency).collect())
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
