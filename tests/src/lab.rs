//! A coordinator and an agent as processes of their own, in a folder of their own.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::run::panic_with;
use crate::{Ran, tenshot, tenshot_agent, until};

/// A process that ends with the test.
#[derive(Debug)]
pub struct Process {
    child: Child,
    // Held open: its end is the sign to stop.
    _stdin: Option<ChildStdin>,
}

impl Process {
    /// Starts a command.
    ///
    /// # Panics
    /// Where it cannot be started.
    #[must_use]
    pub fn start(command: &mut Command) -> Self {
        match command.stdin(Stdio::piped()).spawn() {
            Ok(mut child) => Self { _stdin: child.stdin.take(), child },
            Err(error) => panic_with(&format!("cannot start {command:?}: {error}")),
        }
    }

    /// `kill -9`, and waits for the end.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// SIGTERM, and the exit code.
    #[must_use]
    pub fn terminate(&mut self) -> Option<i32> {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw)?;
        kill_process(pid, Signal::TERM).ok()?;
        self.child.wait().ok()?.code()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A coordinator and its folder; agents are started as needed.
#[derive(Debug)]
pub struct Lab {
    folder: tempfile::TempDir,
    coordinator: Option<Process>,
    /// Where the coordinator listens.
    pub address: String,
}

impl Lab {
    /// Starts a coordinator in a fresh folder.
    ///
    /// # Panics
    /// Where it does not start.
    #[must_use]
    pub fn start() -> Self {
        let folder = match tempfile::tempdir() {
            Ok(folder) => folder,
            Err(error) => panic_with(&error.to_string()),
        };
        let (coordinator, address) = serve(folder.path(), "127.0.0.1:0");
        Self { folder, coordinator: Some(coordinator), address }
    }

    /// The folder of everything.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// `kill -9` on the coordinator.
    pub fn kill_coordinator(&mut self) {
        self.coordinator = None;
    }

    /// Starts the coordinator again at the same address.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn restart_coordinator(&mut self) {
        self.kill_coordinator();
        let listen = self.address.trim_start_matches("http://").to_owned();
        self.coordinator = Some(serve(self.folder.path(), &listen).0);
    }

    /// Starts an agent of this name.
    #[must_use]
    pub fn agent(&self, name: &str) -> Process {
        let state = self.folder.path().join(format!("agent-{name}"));
        let token = self.folder.path().join("lab/tokens/agent");
        let arguments = ["run", "--coordinator", &self.address, "--name", name, "--exit-with-stdin", "--state-dir"];
        Process::start(tenshot_agent(arguments).arg(state).arg("--token-file").arg(token))
    }

    /// Runs a `tenshot` command as this lab's operator.
    #[must_use]
    pub fn tenshot(&self, arguments: &[&str]) -> Ran {
        let mut command = tenshot(arguments);
        command
            .env("TENSHOT_COORDINATOR", &self.address)
            .env("TENSHOT_DATA_DIR", self.folder.path().join("lab"))
            .current_dir(self.folder.path());
        Ran::of(&mut command)
    }

    /// Waits until a device has enrolled: a campaign on it can be created.
    ///
    /// # Panics
    /// Where the campaign is refused for another reason.
    #[must_use]
    pub fn create_campaign(&self, arguments: &[&str]) -> Value {
        let arguments: Vec<&str> = ["campaign", "create", "--json"].iter().chain(arguments).copied().collect();
        until("a device to enrol", || {
            let ran = self.tenshot(&arguments);
            (ran.code == Some(0) || !ran.stderr.contains("0 enrolled")).then(|| ran.json())
        })
    }
}

fn serve(folder: &Path, listen: &str) -> (Process, String) {
    let mut command = tenshot(["serve", "--listen", listen, "--exit-with-stdin", "--quiet", "--data-dir"]);
    let mut process = Process::start(command.arg(folder.join("lab")).stdout(Stdio::piped()));
    let mut line = String::new();
    if let Some(stdout) = process.child.stdout.take() {
        let _ = BufReader::new(stdout).read_line(&mut line);
    }
    match line.trim().strip_prefix("listening on ") {
        Some(address) => (process, address.to_owned()),
        None => panic_with(&format!("the coordinator did not start: `{line}`")),
    }
}
