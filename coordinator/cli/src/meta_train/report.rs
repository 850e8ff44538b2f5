//! The report of a training, for people.

use std::path::Path;

use tenshot_onnx_models::Architecture;
use tenshot_predictor::help::reference_latencies;
use tenshot_predictor::pool::{Pool, PoolDevice};
use tenshot_predictor::{Adapted, Certificate, Support, SupportMeasurement, Trained};

use crate::{Exit, Failure, FailureContext, output};
use tenshot_coordinator::domain::UnixMillis;
use tenshot_coordinator::report::{DeviceScore, TrainingReport};

/// Writes the page of a predictor that was trained on some of the pool's devices in so many seconds.
pub(super) fn write(file: &Path, trained: &Trained, pool: &Pool, seconds: f64) -> Result<(), Failure> {
    let report = TrainingReport {
        header: trained.header().clone(),
        source: pool.provenance().source.clone(),
        validation: validation(trained, pool)?,
        seconds,
        created_at_unix_ms: UnixMillis::now().as_u64(),
    };
    output::file(file, report.to_html().as_bytes())
}

/// Every validation device, known by its references' latencies alone; none where devices share no
/// architectures, so that nobody measured the references there.
fn validation(trained: &Trained, pool: &Pool) -> Result<Vec<DeviceScore>, Failure> {
    let Some(help) = trained.header().help.as_ref().filter(|_| pool.is_shared()) else { return Ok(Vec::new()) };
    let devices = pool.select(&help.validation).or_exit(Exit::Unexpected)?;
    let latencies_ms = reference_latencies(pool, &devices, &help.references).or_exit(Exit::Unexpected)?;
    let score = |(device, latencies_ms): (&&PoolDevice, Vec<f64>)| {
        let support = help.references.iter().zip(latencies_ms).map(|(one, ms)| SupportMeasurement::new(*one, ms));
        let adapted = trained.adapt(&Support::new(support.collect())?)?;
        Ok(DeviceScore { device: device.name.clone(), certificate: certificate(&adapted, pool, device)? })
    };
    let scores: Result<_, tenshot_predictor::Error> = devices.iter().zip(latencies_ms).map(score).collect();
    scores.or_exit(Exit::Unexpected)
}

/// On the pool's query architectures, or all where it has none, but for those that were adapted from.
fn certificate(adapted: &Adapted, pool: &Pool, device: &PoolDevice) -> Result<Certificate, tenshot_predictor::Error> {
    let measured = pool.architectures_of(device).iter().copied().zip(device.latencies_ms.iter().copied());
    let queries = &pool.ranges().queries;
    let asked = measured.enumerate().filter(|(place, _)| queries.is_empty() || queries.contains(place));
    let seen = adapted.support().architectures();
    let (asked, latencies_ms): (Vec<Architecture>, Vec<f64>) =
        asked.map(|(_, one)| one).filter(|(one, _)| !seen.contains(one)).unzip();
    Ok(Certificate::of(&adapted.predict(&asked)?, &latencies_ms)?)
}
