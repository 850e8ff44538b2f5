//! HAT's published latencies: one CSV file per device and task, each of Transformers of its own.
//!
//! A row holds averages over layers, so that many Transformers fit it; it stands for the one of
//! [`row::Row::transformers`], and pools of these files are marked approximate. Latencies are the
//! sum of the encoder's and the decoder's mean.

mod row;

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use tenshot_onnx_models::{Architecture, Space};

pub use self::row::HatRowError;
use self::row::Row;
use super::{Platform, Pool, PoolDevice, PoolError, Provenance, Ranges, SourceFile};
use crate::random::Random;

/// Why HAT's files could not be read.
#[derive(Debug, thiserror::Error)]
pub enum HatFilesError {
    /// A file or folder that cannot be read.
    #[error("{} could not be read; HAT's latencies are CSV files, in a folder that is called hat/ or given itself", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A folder without CSV files.
    #[error("{} holds no CSV files, such as HAT's wmt14ende_gpu_titanxp.csv; give their folder, or one that has it as hat/", path.display())]
    NoFiles {
        /// The file or folder.
        path: PathBuf,
    },
    /// A file that is no CSV table with the columns of HAT.
    #[error("{} is not a table of HAT", path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: csv::Error,
    },
    /// A row that stands for no Transformer.
    #[error("{}, row {row}", path.display())]
    Row {
        /// The file.
        path: PathBuf,
        /// Which row, counted from one.
        row: usize,
        /// What is wrong with it.
        source: HatRowError,
    },
    /// Latencies that are no pool.
    #[error("{} does not hold a pool", path.display())]
    Pool {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it.
        source: PoolError,
    },
}

const APPROXIMATE: &str = "the files give averages over layers; each row stands for a network with exactly these \
                           averages, whose layers are as alike as they can be";

/// Rows drift with time: they are put in a random order, the same for every file.
const ORDER_SEED: u64 = 0;

/// Reads the files in `hat/` below `data`, or in `data` itself.
pub(super) fn read(data: &Path) -> Result<Pool, HatFilesError> {
    let below = data.join("hat");
    let folder = if below.is_dir() { below } else { data.to_owned() };
    let (devices, files): (Vec<PoolDevice>, _) =
        csv_files(&folder)?.iter().map(|path| read_device(path)).collect::<Result<Vec<_>, _>>()?.into_iter().unzip();
    let count = devices.first().map_or(0, |device| device.latencies_ms.len());
    // 1,500 of the published 2,000.
    let ranges = Ranges { training: 0..count * 3 / 4, queries: count * 3 / 4..count, references: Vec::new() };
    let pool = Pool::new(Space::Hat, Vec::new(), devices, ranges)
        .map_err(|source| HatFilesError::Pool { path: folder, source })?;
    let approximate = Some(APPROXIMATE.to_owned());
    Ok(pool.with_provenance(Provenance { source: "HAT's latency files".to_owned(), files, approximate }))
}

/// The CSV files in `folder`, ordered by name.
fn csv_files(folder: &Path) -> Result<Vec<PathBuf>, HatFilesError> {
    let unreadable = |source| HatFilesError::Read { path: folder.into(), source };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "csv") {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        return Err(HatFilesError::NoFiles { path: folder.into() });
    }
    paths.sort();
    Ok(paths)
}

fn read_device(path: &Path) -> Result<(PoolDevice, SourceFile), HatFilesError> {
    let bytes = std::fs::read(path).map_err(|source| HatFilesError::Read { path: path.into(), source })?;
    let table = |source| HatFilesError::Table { path: path.into(), source };
    let rows: Vec<Row> =
        csv::Reader::from_reader(&bytes[..]).into_deserialize().collect::<Result<_, _>>().map_err(table)?;
    let mut measured = measurements(&rows).map_err(|(row, source)| {
        // The first row is the one below the column names.
        HatFilesError::Row { path: path.into(), row: row + 1, source }
    })?;
    measured = Random::stream(ORDER_SEED, &[]).choose(&measured, measured.len());
    let (architectures, latencies_ms) = measured.into_iter().unzip();
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let file = SourceFile::new(&path.file_name().unwrap_or_default().to_string_lossy(), &bytes);
    Ok((PoolDevice { own_architectures: Some(architectures), ..named(&name, latencies_ms) }, file))
}

/// Every row's Transformer and latency, or the place of a row that has none.
///
/// Rows with the same averages were different networks: the second stands for the second of its
/// Transformers.
fn measurements(rows: &[Row]) -> Result<Vec<(Architecture, f64)>, (usize, HatRowError)> {
    let mut seen = HashSet::new();
    let mut measured = Vec::with_capacity(rows.len());
    for (place, row) in rows.iter().enumerate() {
        let transformers = row.transformers().map_err(|error| (place, error))?;
        let unseen = transformers.iter().find(|one| seen.insert(**one)).or(transformers.first());
        measured.extend(unseen.map(|one| (Architecture::Hat(*one), row.latency_ms())));
    }
    Ok(measured)
}

/// The device of a file called `<task>_<gpu|cpu>_<model>`; another name is a device of its own.
fn named(name: &str, latencies_ms: Vec<f64>) -> PoolDevice {
    let parts: Vec<&str> = name.splitn(3, '_').collect();
    let (task, model, platform) = match parts[..] {
        [task, "gpu", model] => (task, model, Platform::Gpu),
        [task, "cpu", "xeon"] => (task, "xeon", Platform::ServerCpu),
        [task, "cpu", model] => (task, model, Platform::Other(model.to_owned())),
        _ => return PoolDevice::named(name, latencies_ms),
    };
    let facts = BTreeMap::from([("task".to_owned(), task.to_owned())]);
    PoolDevice { facts, ..PoolDevice::new(name, model, platform, latencies_ms) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "encoder_embed_dim,encoder_layer_num,encoder_ffn_embed_dim_avg,\
        encoder_self_attention_heads_avg,decoder_embed_dim,decoder_layer_num,decoder_ffn_embed_dim_avg,\
        decoder_self_attention_heads_avg,decoder_ende_attention_heads_avg,decoder_arbitrary_ende_attn_avg,\
        latency_mean_encoder,latency_mean_decoder,latency_std_encoder,latency_std_decoder\n";

    /// The same averages thrice, and a larger one.
    fn table() -> String {
        let small = "512,6,1024,4,640,2,1536,3,6,1.5,2.5,40,0.1,0.1\n";
        format!("{HEADER}{small}{small}{small}640,6,3072,8,640,6,3072,8,8,3,8,160,0.1,0.1\n")
    }

    fn folder(table: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("hat")).unwrap();
        for name in ["wmt14ende_gpu_titanxp", "wmt14ende_cpu_raspberrypi"] {
            std::fs::write(folder.path().join("hat").join(format!("{name}.csv")), table).unwrap();
        }
        folder
    }

    #[test]
    fn every_row_is_a_transformer_of_its_own() {
        let pool = read(folder(&table()).path()).unwrap();
        let device = pool.device("wmt14ende_gpu_titanxp").unwrap();
        assert_eq!((device.model.as_str(), &device.platform), ("titanxp", &Platform::Gpu));
        assert_eq!(device.facts["task"], "wmt14ende");
        assert_eq!(pool.architectures_of(device).iter().collect::<HashSet<_>>().len(), 4);
        assert_eq!(device.latencies_ms.iter().sum::<f64>(), 3.0 * 42.5 + 168.0);
        assert_eq!(pool.devices()[0].latencies_ms, device.latencies_ms, "one order for all files");
        assert!(pool.provenance().approximate.is_some());
    }

    #[test]
    fn broken_tables_are_refused_by_file_and_row() {
        let refused = |table: &str| {
            let folder = folder(table);
            let error = read(folder.path()).unwrap_err();
            let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            format!("{error}: {cause}").replace(folder.path().to_str().unwrap(), "TMP")
        };
        insta::assert_snapshot!(refused(&table().replace("decoder_layer_num", "layers")), @"TMP/hat/wmt14ende_cpu_raspberrypi.csv is not a table of HAT: CSV deserialize error: record 1 (line: 2, byte: 326): missing field `decoder_layer_num`");
        insta::assert_snapshot!(refused(&table().replace("160", "fast")), @"TMP/hat/wmt14ende_cpu_raspberrypi.csv is not a table of HAT: CSV deserialize error: record 4 (line: 5, byte: 478): field 11: invalid float literal");
        insta::assert_snapshot!(refused(&table().replace(",3072,8,640", ",3071,8,640")), @"TMP/hat/wmt14ende_cpu_raspberrypi.csv, row 4: column `encoder_ffn_embed_dim_avg`: no 6 layers of 512, 1024, 2048, 3072 have 3071 on average");
        insta::assert_snapshot!(refused(&table().replace("640,6,3072", "700,6,3072")), @"TMP/hat/wmt14ende_cpu_raspberrypi.csv, row 4: `encoder-embed-dim-subtransformer` is 700, expected 512 or 640");
        insta::assert_snapshot!(refused(&table().replace("640,6,3072,8,8", "640,7,3072,8,8")), @"TMP/hat/wmt14ende_cpu_raspberrypi.csv, row 4: column `decoder_layer_num`: 7 layers, expected 1 to 6");
        insta::assert_snapshot!(refused(&table().replace("8,160", "-8,-160")), @"TMP/hat does not hold a pool: device `wmt14ende_cpu_raspberrypi` has a latency of -168 ms for architecture 1; latencies are positive numbers");
        insta::assert_snapshot!(refused(HEADER), @"TMP/hat does not hold a pool: the pool has no architectures");
    }

    #[test]
    fn a_folder_without_tables_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let refused = |path: &Path| read(path).unwrap_err().to_string().replace(folder.path().to_str().unwrap(), "TMP");
        insta::assert_snapshot!(refused(folder.path()), @"TMP holds no CSV files, such as HAT's wmt14ende_gpu_titanxp.csv; give their folder, or one that has it as hat/");
        insta::assert_snapshot!(refused(&folder.path().join("nowhere")), @"TMP/nowhere could not be read; HAT's latencies are CSV files, in a folder that is called hat/ or given itself");
    }

    #[test]
    fn the_published_files_are_read() {
        let Some(shared) = std::env::var_os("TENSHOT_SHARED") else {
            eprintln!("skipped: TENSHOT_SHARED is not set");
            return;
        };
        let pool = read(&Path::new(&shared).join("data")).unwrap();
        assert_eq!((pool.devices().len(), pool.architectures_per_device()), (8, 2_000));
        assert_eq!((pool.ranges().training.len(), pool.ranges().queries.len()), (1_500, 500));
    }
}
