//! Commands that run to their end.

use std::ffi::OsStr;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use crate::{binary, deadline};

/// How a command ended, and what it printed.
#[derive(Debug)]
pub struct Ran {
    /// Exit code; none where a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Ran {
    /// Runs a command without input to its end; one that hangs is ended, with all that it started.
    ///
    /// # Panics
    /// Where it cannot be started.
    #[must_use]
    pub fn of(command: &mut Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let output = match command.spawn().and_then(deadline::output) {
            Ok(output) => output,
            Err(error) => panic_with(&format!("cannot run {command:?}: {error}")),
        };
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Standard output of a command that has to succeed.
    ///
    /// # Panics
    /// Where it did not.
    #[must_use]
    pub fn success(self) -> String {
        if self.code != Some(0) {
            panic_with(&format!("{self:#?}"));
        }
        self.stdout
    }

    /// Standard output of a command that has to succeed and print JSON.
    ///
    /// # Panics
    /// Where it did not.
    #[must_use]
    pub fn json(self) -> serde_json::Value {
        let stdout = self.success();
        match serde_json::from_str(&stdout) {
            Ok(value) => value,
            Err(error) => panic_with(&format!("{error} in {stdout}")),
        }
    }
}

/// `tenshot` with these arguments, ready to run.
pub fn tenshot<Argument: AsRef<OsStr>>(arguments: impl IntoIterator<Item = Argument>) -> Command {
    clean("tenshot", arguments)
}

/// `tenshot-agent` with these arguments, ready to run.
pub fn tenshot_agent<Argument: AsRef<OsStr>>(arguments: impl IntoIterator<Item = Argument>) -> Command {
    clean("tenshot-agent", arguments)
}

/// A command that the environment of whoever runs the tests does not touch.
fn clean<Argument: AsRef<OsStr>>(name: &str, arguments: impl IntoIterator<Item = Argument>) -> Command {
    let mut command = Command::new(binary(name));
    command.args(arguments);
    for variable in ["TENSHOT_COORDINATOR", "TENSHOT_TOKEN", "TENSHOT_DATA_DIR", "TENSHOT_LOG"] {
        command.env_remove(variable);
    }
    command
}

#[expect(clippy::panic, reason = "a test has no other way to fail")]
pub(crate) fn panic_with(why: &str) -> ! {
    panic!("{why}")
}
