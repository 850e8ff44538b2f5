//! Where commands that train and evaluate find their device pool.

use std::path::{Path, PathBuf};

use tenshot_onnx_models::Space;
use tenshot_predictor::pool::{PaperSplit, Pool};

use super::{Exit, Failure, FailureContext};

/// A device pool.
#[derive(Debug, clap::Args)]
pub(crate) struct PoolData {
    /// The folder published with HELP (it holds nasbench201/, fbnet/, ofa/, and may hold hat/ with HAT's
    /// CSV files), a folder with it as help/ and HAT's as hat/, or a file that `tenshot import` wrote.
    #[arg(long, value_name = "DIR|FILE")]
    data: PathBuf,
    /// The search space; that of the file, or nasbench201 of a folder, where it is left out.
    #[arg(long)]
    space: Option<Space>,
}

impl PoolData {
    /// Reads the pool: of a folder, that of the space `usual` where no other was asked for.
    pub(crate) fn read(&self, usual: Space) -> Result<Pool, Failure> {
        match self.space {
            None if self.data.is_dir() => read_pool(&self.data, Some(usual)),
            space => read_pool(&self.data, space),
        }
    }
}

/// Reads a pool, of a space where one was asked for.
pub(crate) fn read_pool(path: &Path, space: Option<Space>) -> Result<Pool, Failure> {
    match space {
        None if !path.is_dir() => Pool::open(path).or_exit(Exit::Input),
        space => Pool::read(path, space.unwrap_or(Space::NasBench201)).or_exit(Exit::Input),
    }
}

/// The names in a list between commas; all devices of the pool where the list is `all`.
pub(crate) fn device_names(pool: &Pool, list: &[String]) -> Vec<String> {
    if list == ["all"] {
        return pool.devices().iter().map(|device| device.name.clone()).collect();
    }
    list.to_vec()
}

/// The devices that choose the best of what was meta-trained: those asked for, or the paper's as far
/// as they are in the pool and not in use. A device that is in use would choose for itself.
pub(crate) fn validation_names(
    pool: &Pool,
    asked: Option<Vec<String>>,
    in_use: &[&String],
) -> Result<Vec<String>, Failure> {
    if let Some(twice) = asked.iter().flatten().find(|name| in_use.contains(name)) {
        let message = format_args!("device `{twice}` of --valid is also trained or tested on; leave it out of one");
        return Err(Failure::input(message));
    }
    let is_free = |name: &String| pool.device(name).is_ok() && !in_use.contains(&name);
    let papers = PaperSplit::of(pool.space()).map_or(&[][..], |split| split.validation);
    Ok(asked.unwrap_or_else(|| papers.iter().copied().map(str::to_owned).filter(is_free).collect()))
}

/// Fails early where a file could not be written in the end.
pub(crate) fn check_folder_of(file: &Path) -> Result<(), Failure> {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
            Err(Failure::input(format_args!("there is no folder {} to write {} in", folder.display(), file.display())))
        }
        _ => Ok(()),
    }
}
