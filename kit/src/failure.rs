//! How a command fails: one line for people, and an exit code for scripts.

use std::error::Error;
use std::fmt::Display;
use std::process::ExitCode;

use crate::Exit;

/// Why a command ended without success.
#[derive(Debug)]
pub struct Failure {
    /// What scripts see.
    pub exit: Exit,
    /// What people see: one line that names what is wrong and what would be right.
    pub message: String,
}

impl Failure {
    /// A failure with this exit code.
    pub fn new(exit: Exit, message: impl Display) -> Self {
        Self { exit, message: message.to_string() }
    }

    /// Something that was given is wrong.
    pub fn input(message: impl Display) -> Self {
        Self::new(Exit::Input, message)
    }

    /// The coordinator cannot be reached, or refused.
    pub fn coordinator(message: impl Display) -> Self {
        Self::new(Exit::Coordinator, message)
    }

    /// The machine refused.
    pub fn machine(message: impl Display) -> Self {
        Self::new(Exit::Machine, message)
    }

    /// The result is incomplete.
    pub fn incomplete(message: impl Display) -> Self {
        Self::new(Exit::Incomplete, message)
    }

    /// A defect.
    pub fn unexpected(message: impl Display) -> Self {
        Self::new(Exit::Unexpected, message)
    }

    /// Prints the line to stderr behind the program's name, and gives the exit code.
    pub fn report(&self, program: &str) -> ExitCode {
        eprintln!("{program}: {}", self.message);
        ExitCode::from(self.exit as u8)
    }
}

/// Turns a library's error, with its causes, into a failure of the command.
pub trait FailureContext<T> {
    /// Fails with `exit` and the message `{error}: {cause}`.
    ///
    /// # Errors
    /// Where `self` is an error.
    fn or_exit(self, exit: Exit) -> Result<T, Failure>;

    /// Fails with `exit` and the message `{doing}: {error}: {cause}`.
    ///
    /// # Errors
    /// Where `self` is an error.
    fn or_fail(self, exit: Exit, doing: impl Display) -> Result<T, Failure>;
}

impl<T, E: Error> FailureContext<T> for Result<T, E> {
    fn or_exit(self, exit: Exit) -> Result<T, Failure> {
        self.map_err(|error| Failure::new(exit, chain(&error)))
    }

    fn or_fail(self, exit: Exit, doing: impl Display) -> Result<T, Failure> {
        self.map_err(|error| Failure::new(exit, format!("{doing}: {}", chain(&error))))
    }
}

/// An error and its causes in one line. A cause that is in the line already is not said twice.
fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !line.contains(&text) {
            line = format!("{line}: {text}");
        }
        cause = error.source();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::FailureContext;
    use crate::Exit;

    #[test]
    fn the_line_says_what_was_being_done() {
        let missing = std::io::Error::other("no such file");
        let failure = Err::<(), _>(missing).or_fail(Exit::Input, "failed to read ten.csv").unwrap_err();
        assert_eq!(failure.message, "failed to read ten.csv: no such file");
        assert_eq!(failure.exit, Exit::Input);
    }

    #[test]
    fn every_cause_is_said_once() {
        #[derive(Debug, thiserror::Error)]
        enum Trouble {
            #[error("ten.csv")]
            Silent { source: std::io::Error },
            #[error("ten.csv: {source}")]
            Saying { source: std::io::Error },
        }
        let cause = || std::io::Error::other("no such file");
        for trouble in [Trouble::Silent { source: cause() }, Trouble::Saying { source: cause() }] {
            assert_eq!(Err::<(), _>(trouble).or_exit(Exit::Input).unwrap_err().message, "ten.csv: no such file");
        }
    }
}
