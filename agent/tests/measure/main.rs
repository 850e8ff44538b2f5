//! Measuring over the real binary: the command line, and the measuring process.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod bench;
mod worker;

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tenshot_agent::backend::RuntimeChoice;
use tenshot_agent::worker::{Host, Job};
use tenshot_measurement::{Limits, Settings};
use tenshot_onnx_models::{BuildOptions, Space, build};

const PROGRAM: &str = env!("CARGO_BIN_EXE_tenshot-agent");

/// A folder with a small network in it.
struct Workbench {
    folder: TempDir,
}

impl Workbench {
    fn new() -> Self {
        let workbench = Self { folder: tempfile::tempdir().unwrap() };
        // Nothing but pooling and skips within its cells: quick, even without optimisation.
        let cell = "|skip_connect~0|+|none~0|skip_connect~1|+|none~0|none~1|avg_pool_3x3~2|";
        let model = build(&Space::NasBench201.parse(cell).unwrap(), &BuildOptions::default()).unwrap();
        std::fs::write(workbench.model(), model.bytes).unwrap();
        workbench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn model(&self) -> PathBuf {
        self.path("model.onnx")
    }

    fn write(&self, name: &str, content: &[u8]) -> PathBuf {
        std::fs::write(self.path(name), content).unwrap();
        self.path(name)
    }

    /// A short measurement of the network, without sensors.
    fn job(&self) -> Job {
        Job {
            model: self.model(),
            sha256: None,
            runtime: RuntimeChoice::new("tract", "cpu"),
            threads: 1,
            batch: None,
            cpu_set: None,
            settings: Settings { warm_up_min_runs: 1, timed_min_runs: 3, timed_max_runs: 3, ..Settings::help() },
            limits: Limits::default(),
            sysfs_root: self.path("no-sensors"),
        }
    }
}

fn agent() -> Host {
    Host { program: PROGRAM.into(), arguments: vec![Host::SUBCOMMAND.into()] }
}

/// A measuring process that does something else.
fn shell(script: &str) -> Host {
    Host { program: Path::new("/bin/sh").to_owned(), arguments: vec!["-c".into(), script.into()] }
}
