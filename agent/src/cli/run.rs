//! `tenshot-agent run`: the agent as a service.

use std::path::{Path, PathBuf};

use clap::Args;
use tenshot_kit::{Exit, Failure, FailureContext, Token, start_logging};
use tenshot_transport::CoordinatorUrl;

use crate::board;
use crate::service::{self, Configuration, ServiceError};
use crate::worker::Host;

const EXAMPLES: &str = "\
Examples:
  TENSHOT_TOKEN=… tenshot-agent run --coordinator http://lab:7311
  tenshot-agent run --coordinator http://lab:7311 --token-file /etc/tenshot/token --name raspi4-07

Log lines go to stderr; TENSHOT_LOG=debug shows more of them.
SIGTERM and SIGINT end the agent at once; a measurement under way is made anew later, and results
that are not yet acknowledged are kept in the state folder and sent after the next start.";

/// Measure what a coordinator asks for, until stopped
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct RunArgs {
    /// Where the coordinator is, such as http://lab:7311
    #[arg(long, value_name = "URL")]
    coordinator: String,
    /// The agent's token
    #[arg(long, value_name = "TOKEN", env = "TENSHOT_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// A file that holds the agent's token; goes before TENSHOT_TOKEN
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// The board's name in the lab; the same name is the same device [default: the host's name]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Where results and models are kept between starts [default: ~/.local/state/tenshot-agent]
    #[arg(long, value_name = "DIR")]
    state_dir: Option<PathBuf>,
    /// Size of the model cache, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 512, value_parser = clap::value_parser!(u64).range(1..=1 << 30))]
    cache_mib: u64,
    /// The folder that proc and sys are read below
    #[arg(long, value_name = "DIR", default_value = "/")]
    sysfs_root: PathBuf,
    /// End when standard input ends: for a parent that may be killed
    #[arg(long, hide = true)]
    exit_with_stdin: bool,
}

/// Runs the agent until it is stopped.
pub(crate) fn run(args: RunArgs, host: Host) -> Result<(), Failure> {
    let configuration = args.configuration(host)?;
    start_logging("info");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .or_fail(Exit::Machine, "failed to start the agent")?;
    let ended = runtime.block_on(service::run(configuration));
    // A name look-up may still run on a thread of its own; nothing waits for it.
    runtime.shutdown_background();
    ended.map_err(|error| {
        let exit = match &error {
            ServiceError::Refused(_) => Exit::Coordinator,
            ServiceError::StateFolder(_)
            | ServiceError::Link(_)
            | ServiceError::Signals(_)
            | ServiceError::Randomness(_) => Exit::Machine,
            ServiceError::Defect(_) => Exit::Unexpected,
        };
        Failure::new(exit, error)
    })
}

impl RunArgs {
    fn configuration(self, host: Host) -> Result<Configuration, Failure> {
        let coordinator: CoordinatorUrl = self.coordinator.parse().map_err(Failure::input)?;
        let token = token(self.token.as_deref(), self.token_file.as_deref())?;
        let state_folder = match self.state_dir {
            Some(folder) => folder,
            None => default_state_folder(std::env::var_os("XDG_STATE_HOME"), std::env::var_os("HOME"))?,
        };
        Ok(Configuration {
            coordinator,
            token,
            name: name(self.name)?,
            facts: board::facts(&self.sysfs_root),
            backends: crate::backend::BUILT_IN.available(),
            state_folder,
            cache_bytes: self.cache_mib << 20,
            sysfs_root: self.sysfs_root,
            host,
            exit_with_stdin: self.exit_with_stdin,
        })
    }
}

/// The file goes first: the other may have come from the environment.
fn token(given: Option<&str>, file: Option<&Path>) -> Result<Token, Failure> {
    match (file, given) {
        (Some(file), _) => Token::read(file).map_err(Failure::input),
        (None, Some(token)) => token.parse().map_err(Failure::input),
        (None, None) => {
            Err(Failure::input("no token: give --token, --token-file or the environment variable TENSHOT_TOKEN"))
        }
    }
}

fn name(given: Option<String>) -> Result<String, Failure> {
    let name = given.unwrap_or_else(|| rustix::system::uname().nodename().to_string_lossy().into_owned());
    let name = name.trim();
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err(Failure::input("the board's name is empty or not printable: give another with --name"));
    }
    Ok(name.to_owned())
}

fn default_state_folder(
    state_home: Option<std::ffi::OsString>,
    home: Option<std::ffi::OsString>,
) -> Result<PathBuf, Failure> {
    let absolute = |path: std::ffi::OsString| Some(PathBuf::from(path)).filter(|path| path.is_absolute());
    state_home
        .and_then(absolute)
        .or_else(|| Some(home.and_then(absolute)?.join(".local/state")))
        .map(|folder| folder.join("tenshot-agent"))
        .ok_or_else(|| Failure::input("no folder for the agent's state, as HOME is not set: give one with --state-dir"))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use clap::Parser;

    use super::{RunArgs, default_state_folder, name, token};
    use tenshot_kit::{Exit, Failure};

    use crate::worker::Host;

    #[derive(Debug, Parser)]
    struct Command {
        #[command(flatten)]
        run: RunArgs,
    }

    fn configure(arguments: &[&str]) -> Result<(), Failure> {
        let all = ["run", "--state-dir", "/nowhere"].iter().chain(arguments);
        let host = Host { program: "tenshot-agent".into(), arguments: Vec::new() };
        Command::try_parse_from(all).unwrap().run.configuration(host).map(drop)
    }

    #[test]
    fn a_wrong_address_or_token_is_wrong_input() {
        for (arguments, message) in [
            (
                ["--coordinator", "lab:1", "--token", "t"],
                "`lab:1` is not the address of a coordinator: expected http://HOST:PORT",
            ),
            (
                ["--coordinator", "http://lab:1", "--token", "two words"],
                "the token is empty, or holds characters that no token has: expected printable ASCII without spaces",
            ),
            (
                ["--coordinator", "http://lab:1", "--token-file", "/no/such/file"],
                "cannot read the token file /no/such/file: No such file or directory (os error 2)",
            ),
        ] {
            let failure = configure(&arguments).unwrap_err();
            assert_eq!((failure.exit, failure.message.as_str()), (Exit::Input, message));
        }
    }

    #[test]
    fn the_token_file_goes_first() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), "from a file\n").unwrap();
        assert!(token(Some("token"), Some(file.path())).is_err());
        fs::write(file.path(), "from-a-file\n").unwrap();
        assert!(token(Some("two words"), Some(file.path())).is_ok());
        assert!(token(None, None).unwrap_err().message.starts_with("no token: give --token"));
    }

    #[test]
    fn a_board_has_a_name() {
        assert!(!name(None).unwrap().is_empty());
        assert_eq!(name(Some(" raspi4-07 ".to_owned())).unwrap(), "raspi4-07");
        assert!(name(Some(" ".to_owned())).is_err());
    }

    #[test]
    fn the_state_folder_follows_the_desktop_rules() {
        let folder =
            |state: Option<&str>, home: Option<&str>| default_state_folder(state.map(Into::into), home.map(Into::into));
        assert_eq!(folder(Some("/s"), Some("/h")).unwrap(), Path::new("/s/tenshot-agent"));
        assert_eq!(folder(Some("relative"), Some("/h")).unwrap(), Path::new("/h/.local/state/tenshot-agent"));
        assert_eq!(folder(None, None).unwrap_err().exit, Exit::Input);
    }
}
