//! A pool from a table of one's own: how good predictors on it are, and a predictor trained on it.
//!
//! The table has a column `architecture`, and one of latencies in milliseconds for each device.
//!
//! ```sh
//! cargo run --release -p tenshot-predictor --example own_pool -- [POOL.csv SPACE TRAINED.safetensors]
//! ```

use std::error::Error;
use std::path::{Path, PathBuf};

use tenshot_onnx_models::{BuildOptions, CostTable};
use tenshot_predictor::evaluation::{Evaluation, LeaveOut, Report, run_leaving_out};
use tenshot_predictor::methods::MethodName;
use tenshot_predictor::pool::{Pool, PoolDevice, Source};
use tenshot_predictor::{Space, Trained};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (table, space, out) = match arguments.as_slice() {
        [table, space, out] => (PathBuf::from(table), space.parse()?, PathBuf::from(out)),
        [] => {
            let folder = std::env::temp_dir();
            let table = folder.join("tenshot-own-pool.csv");
            std::fs::write(&table, made_up_table()?)?;
            (table, Space::NasBench201, folder.join("tenshot-own-pool.safetensors"))
        }
        _ => return Err("give a table, its space and the file to write, or nothing".into()),
    };
    let pool = Pool::import(Source::Csv, &table, space)?;
    for method in [MethodName::Bayes, MethodName::Nearest, MethodName::Flops] {
        let report = evaluate(&pool, method)?;
        for one in &report.devices {
            println!("{method:8} on {:8} Spearman {:.3}", one.device, one.scores.spearman.mean);
        }
    }
    train(&pool, &out)?;
    println!("trained on all {} devices: {}", pool.devices().len(), out.display());
    Ok(())
}

/// Every device in turn as one that gives ten measurements, with predictors of all the others.
fn evaluate(pool: &Pool, method: MethodName) -> Result<Report, Box<dyn Error>> {
    let evaluation = Evaluation { repeats: 2, ..Evaluation::new(method) };
    let reports = run_leaving_out(pool, &evaluation, LeaveOut::Device, &|_| ())?;
    reports.into_iter().next().ok_or_else(|| "there is no report".into())
}

/// Trains on all devices; the file is what [`Trained::read`] and `tenshot adapt --predictor` read.
fn train(pool: &Pool, out: &Path) -> Result<(), Box<dyn Error>> {
    let devices: Vec<&PoolDevice> = pool.devices().iter().collect();
    Ok(Trained::train(pool, &devices, 0)?.write(out)?)
}

/// Four made-up devices, which differ in what they take for arithmetic, for memory and at least.
fn made_up_table() -> Result<String, Box<dyn Error>> {
    let devices =
        [("server", 0.02, 0.3, 1.5), ("board", 0.25, 0.6, 2.0), ("phone", 0.1, 0.9, 4.0), ("toy", 0.6, 0.2, 9.0)];
    let costs = CostTable::new(Space::NasBench201, &BuildOptions::default())?;
    let names: Vec<&str> = devices.iter().map(|(name, ..)| *name).collect();
    let mut table = format!("# unit: ms\narchitecture,{}\n", names.join(","));
    for cell in Space::NasBench201.sample(0, 120)? {
        let cost = costs.cost(&cell);
        let latency = |&(_, ms_per_million_macs, ms_per_mb, least_ms): &(&str, f64, f64, f64)| {
            let ms = least_ms + ms_per_million_macs * cost.macs as f64 / 1e6 + ms_per_mb * cost.bytes as f64 / 1e6;
            format!("{ms:.3}")
        };
        let latencies: Vec<String> = devices.iter().map(latency).collect();
        table += &format!("{cell},{}\n", latencies.join(","));
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool() -> Pool {
        let folder = tempfile::tempdir().unwrap();
        let table = folder.path().join("pool.csv");
        std::fs::write(&table, made_up_table().unwrap()).unwrap();
        Pool::import(Source::Csv, &table, Space::NasBench201).unwrap()
    }

    #[test]
    fn predictors_order_the_networks_of_a_device_that_they_never_saw() {
        let report = evaluate(&pool(), MethodName::Layerwise).unwrap();
        let names: Vec<&str> = report.devices.iter().map(|one| one.device.as_str()).collect();
        assert_eq!(names, ["server", "board", "phone", "toy"]);
        assert!(report.mean.spearman.mean > 0.9, "{:?}", report.mean);
    }

    #[test]
    fn what_was_trained_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("trained.safetensors");
        train(&pool(), &file).unwrap();
        assert_eq!(Trained::read(&file).unwrap().header().pool.len(), 4);
    }
}
