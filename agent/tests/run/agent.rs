//! The real agent as a process.

use std::path::Path;
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, ChildStdin, Command};

pub(crate) struct Agent {
    child: Child,
    /// Lines of its log.
    log: Lines<BufReader<ChildStderr>>,
    /// Open as long as the agent is to live.
    stdin: Option<ChildStdin>,
}

impl Agent {
    pub(crate) fn start(url: &str, token: &str, state: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tenshot-agent"))
            .args(["run", "--coordinator", url, "--name", "board", "--exit-with-stdin", "--state-dir"])
            .arg(state)
            .env("TENSHOT_TOKEN", token)
            .env_remove("TENSHOT_LOG")
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let log = BufReader::new(child.stderr.take().unwrap()).lines();
        let stdin = child.stdin.take();
        Self { child, log, stdin }
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let process = i32::try_from(self.child.id().unwrap()).unwrap();
        kill_process(Pid::from_raw(process).unwrap(), signal).unwrap();
    }

    pub(crate) fn close_stdin(&mut self) {
        self.stdin = None;
    }

    /// Waits for something that happens while the agent lives.
    pub(crate) async fn while_alive<T>(&mut self, something: impl Future<Output = T>) -> T {
        tokio::select! {
            biased;
            happened = something => happened,
            ended = self.child.wait() => {
                let mut rest = String::new();
                self.log.get_mut().read_to_string(&mut rest).await.unwrap();
                panic!("the agent ended with {ended:?}: {rest}");
            }
        }
    }

    /// The next line of the log that contains `text`.
    pub(crate) async fn logs(&mut self, text: &str) -> String {
        loop {
            let line = self.log.next_line().await.unwrap();
            let line = line.unwrap_or_else(|| panic!("the agent ended without saying `{text}`"));
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Waits for the end: exit code, none after a signal, and the rest of the log.
    pub(crate) async fn ended(mut self) -> (Option<i32>, String) {
        let mut rest = String::new();
        self.log.get_mut().read_to_string(&mut rest).await.unwrap();
        (self.child.wait().await.unwrap().code(), rest)
    }
}
