//! Which coordinator a command speaks to, and as whom.

use std::path::PathBuf;

use clap::Args;
use tenshot_kit::Token;

use super::{Exit, Failure, FailureContext};
use crate::client::{Client, ClientError};
use tenshot_coordinator::domain::Role;
use tenshot_coordinator::service::TokenFiles;

/// Where a coordinator listens that was not told otherwise.
pub(crate) const DEFAULT_LISTEN: &str = "127.0.0.1:7311";

/// The coordinator, and the token to show it.
#[derive(Debug, Args)]
pub(crate) struct Connection {
    /// The coordinator's address.
    #[arg(long, env = "TENSHOT_COORDINATOR", value_name = "URL", default_value_t = format!("http://{DEFAULT_LISTEN}"))]
    coordinator: String,
    /// A token of role operator or reader. Better in the environment than on a command line, where others can see it.
    #[arg(long, env = "TENSHOT_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// A file that holds the token; goes before TENSHOT_TOKEN.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// The coordinator's data folder, whose operator token is used; for commands on the coordinator's own machine.
    #[arg(long, env = "TENSHOT_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

impl Connection {
    /// A client of the coordinator.
    pub(crate) fn client(&self) -> Result<Client, Failure> {
        let token = match (&self.token_file, &self.token, &self.data_dir) {
            (Some(path), _, _) => Token::read(path).or_exit(Exit::Input)?,
            (None, Some(token), _) => token.parse().map_err(Failure::input)?,
            (None, None, Some(folder)) => TokenFiles::of(folder).read(Role::Operator).or_exit(Exit::Input)?,
            (None, None, None) => {
                return Err(Failure::new(
                    Exit::Usage,
                    "no token: set TENSHOT_TOKEN, or say --token-file FILE, or --data-dir DIR on the coordinator's machine",
                ));
            }
        };
        let coordinator = self.coordinator.parse().map_err(Failure::input)?;
        Ok(Client::new(coordinator, &token)?)
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        let exit = if error.blames_request() { Exit::Input } else { Exit::Coordinator };
        Self::new(exit, error)
    }
}
