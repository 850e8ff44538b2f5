//! The demonstration's coordinator and agent: real processes of this program, started again when they die.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use tenshot_transport::TransportError;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::time::{sleep, timeout};

use crate::client::{Client, ClientError};
use crate::{Exit, Failure, FailureContext};
use tenshot_coordinator::domain::Role;
use tenshot_coordinator::service::TokenFiles;

/// A process that ends by itself sooner than this after its start cannot run; starting it again would not help.
const SHORTEST_LIFE: Duration = Duration::from_secs(2);

/// Deaths that are made good, so that a process that always crashes does not do so for ever.
const MOST_DEATHS: u32 = 20;

/// How long a process that was asked to end is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// A coordinator and an agent on this machine.
pub(super) struct Lab {
    folder: PathBuf,
    address: String,
    client: Client,
    coordinator: Process,
    agent: Process,
    deaths: u32,
    /// The name that the agent enrols under.
    pub(super) device: String,
}

impl Lab {
    /// Starts both, and waits until the agent has enrolled.
    pub(super) async fn start(folder: &Path) -> Result<Self, Failure> {
        let (coordinator, address) = start_coordinator(folder, "127.0.0.1:0").await?;
        let operator = TokenFiles::of(folder).read(Role::Operator).or_exit(Exit::Machine)?;
        let client = Client::new(address.parse().or_exit(Exit::Unexpected)?, &operator)?;
        let device = rustix::system::uname().nodename().to_string_lossy().into_owned();
        let agent = start_agent(folder, &address, &device)?;
        let mut lab = Self { folder: folder.to_owned(), address, client, coordinator, agent, deaths: 0, device };
        while !lab.client.devices().await?.iter().any(|device| device.name == lab.device && device.online) {
            tokio::select! {
                died = lab.any_death() => lab.revive(died).await?,
                () = sleep(Duration::from_millis(20)) => {}
            }
        }
        Ok(lab)
    }

    /// Asks the coordinator, and starts again whatever dies meanwhile.
    pub(super) async fn ask<T>(
        &mut self,
        question: impl AsyncFn(&Client) -> Result<T, ClientError>,
    ) -> Result<T, Failure> {
        loop {
            let client = self.client.clone();
            let died = tokio::select! {
                answer = question(&client) => match answer {
                    // Its death is noticed a moment after its connections are cut.
                    Err(ClientError(TransportError::Unreachable { .. })) => self.any_death().await,
                    answer => return Ok(answer?),
                },
                died = self.any_death() => died,
            };
            self.revive(died).await?;
        }
    }

    /// Lets both end in peace.
    pub(super) async fn stop(self) {
        self.agent.stop().await;
        self.coordinator.stop().await;
    }

    async fn any_death(&mut self) -> Which {
        tokio::select! {
            _ = self.coordinator.child.wait() => Which::Coordinator,
            _ = self.agent.child.wait() => Which::Agent,
        }
    }

    async fn revive(&mut self, which: Which) -> Result<(), Failure> {
        self.deaths += 1;
        if self.deaths > MOST_DEATHS {
            return Err(Failure::machine(format_args!("coordinator and agent died {MOST_DEATHS} times: giving up")));
        }
        match which {
            Which::Coordinator => {
                self.coordinator.mourn("the coordinator")?;
                let listen = self.address.trim_start_matches("http://").to_owned();
                (self.coordinator, _) = start_coordinator(&self.folder, &listen).await?;
            }
            Which::Agent => {
                self.agent.mourn("the agent")?;
                self.agent = start_agent(&self.folder, &self.address, &self.device)?;
            }
        }
        Ok(())
    }
}

enum Which {
    Coordinator,
    Agent,
}

struct Process {
    child: Child,
    // Its end is the sign to stop, also where this program is killed.
    stdin: Option<ChildStdin>,
    started: Instant,
}

impl Process {
    fn start(arguments: &[&std::ffi::OsStr], stdout: Stdio) -> Result<Self, Failure> {
        let program = std::env::current_exe().or_fail(Exit::Machine, "cannot find this program's own file")?;
        let mut child = Command::new(&program)
            .args(arguments)
            // What they do is shown by the progress bar.
            .env("TENSHOT_LOG", std::env::var_os("TENSHOT_LOG").unwrap_or_else(|| "warn".into()))
            .stdin(Stdio::piped())
            .stdout(stdout)
            .kill_on_drop(true)
            .spawn()
            .or_fail(Exit::Machine, format_args!("cannot start {}", program.display()))?;
        Ok(Self { stdin: child.stdin.take(), child, started: Instant::now() })
    }

    /// Says that it died; fails where it cannot have run at all.
    fn mourn(&mut self, name: &str) -> Result<(), Failure> {
        let status = self.child.try_wait().ok().flatten();
        // `exit status: 5` or `signal: 9 (SIGKILL)`.
        let how = status.map_or_else(|| "without a word".to_owned(), |status| status.to_string());
        let by_itself = status.is_some_and(|status| status.code().is_some());
        if by_itself && self.started.elapsed() < SHORTEST_LIFE {
            return Err(Failure::machine(format_args!("{name} ended at once, {how}: its message stands above")));
        }
        eprintln!("{name} ended, {how}; starting it again");
        Ok(())
    }

    async fn stop(mut self) {
        drop(self.stdin.take());
        if timeout(PATIENCE, self.child.wait()).await.is_err() {
            let _ = self.child.kill().await;
        }
    }
}

async fn start_coordinator(folder: &Path, listen: &str) -> Result<(Process, String), Failure> {
    let arguments = [
        "serve".as_ref(),
        "--data-dir".as_ref(),
        folder.as_os_str(),
        "--listen".as_ref(),
        listen.as_ref(),
        "--quiet".as_ref(),
        "--exit-with-stdin".as_ref(),
    ];
    let mut process = Process::start(&arguments, Stdio::piped())?;
    let mut line = String::new();
    if let Some(stdout) = process.child.stdout.take() {
        BufReader::new(stdout).read_line(&mut line).await.or_fail(Exit::Machine, "cannot hear the coordinator")?;
    }
    match line.trim().strip_prefix("listening on ") {
        Some(address) => Ok((process, address.to_owned())),
        None => Err(Failure::machine("the coordinator did not start: its message stands above")),
    }
}

fn start_agent(folder: &Path, address: &str, name: &str) -> Result<Process, Failure> {
    let token_file = TokenFiles::of(folder).path(Role::Agent);
    let state_folder = folder.join("agent");
    let arguments = [
        "agent".as_ref(),
        "run".as_ref(),
        "--coordinator".as_ref(),
        address.as_ref(),
        "--token-file".as_ref(),
        token_file.as_os_str(),
        "--state-dir".as_ref(),
        state_folder.as_os_str(),
        "--name".as_ref(),
        name.as_ref(),
        "--exit-with-stdin".as_ref(),
    ];
    Process::start(&arguments, Stdio::null())
}
