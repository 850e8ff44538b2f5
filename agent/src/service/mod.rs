//! Drives the dialogue with real I/O: what `tenshot-agent run` does.

mod perform;
mod randomness;
mod requests;
mod state_folder;

use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;

use tenshot_kit::{Stop, Token};
use tenshot_measurement::{Backend, BoardFacts};
use tenshot_transport::{CoordinatorUrl, TransportError};
use tracing::info;

use crate::dialogue::{Dialogue, Ending, Event};
use crate::worker::Host;

use perform::{Effects, Next};
pub use state_folder::{StateFolder, StateFolderError};

/// What an agent is run with.
#[derive(Debug)]
pub struct Configuration {
    /// Where the coordinator is.
    pub coordinator: CoordinatorUrl,
    /// The agent's token there.
    pub token: Token,
    /// The board's name in the lab.
    pub name: String,
    /// What the board is.
    pub facts: BoardFacts,
    /// What it can run models with.
    pub backends: Vec<Backend>,
    /// The folder kept between lives of the agent.
    pub state_folder: PathBuf,
    /// Size of the model cache.
    pub cache_bytes: u64,
    /// The folder that `proc` and `sys` are read below.
    pub sysfs_root: PathBuf,
    /// The program that measures.
    pub host: Host,
    /// Whether to end with standard input.
    pub exit_with_stdin: bool,
}

/// Why an agent ended other than as it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The state folder cannot be used.
    #[error(transparent)]
    StateFolder(#[from] StateFolderError),
    /// The HTTP client cannot be made.
    #[error(transparent)]
    Link(#[from] TransportError),
    /// The coordinator will not talk to this agent.
    #[error("{0}")]
    Refused(String),
    /// Signals cannot be listened to.
    #[error("cannot listen to signals: {0}")]
    Signals(#[source] io::Error),
    /// The operating system has no randomness.
    #[error("cannot make a name for this life of the agent: {0}")]
    Randomness(#[source] io::Error),
    /// A defect of the agent.
    #[error("a task of the agent ended unexpectedly: {0}")]
    Defect(#[source] tokio::task::JoinError),
}

/// Runs an agent until it is asked to end.
///
/// # Errors
/// Where the state folder cannot be used, or the coordinator will not talk to this agent.
pub async fn run(configuration: Configuration) -> Result<(), ServiceError> {
    let mut stop = Stop::listen(configuration.exit_with_stdin).map_err(ServiceError::Signals)?;
    let state = tokio::select! {
        state = StateFolder::open(&configuration.state_folder, configuration.cache_bytes) => state?,
        _ = stop.requested() => return Ok(()),
    };
    let spooled = state.spool.pending().map_err(StateFolderError::from)?;
    info!(
        coordinator = %configuration.coordinator, name = configuration.name, spooled = spooled.len(),
        version = env!("CARGO_PKG_VERSION"), "agent starts"
    );
    let effects = Effects::new(configuration, state)?;
    Service { dialogue: Dialogue::new(spooled), effects }.live(&mut stop).await
}

struct Service {
    dialogue: Dialogue,
    effects: Effects,
}

impl Service {
    async fn live(&mut self, stop: &mut Stop) -> Result<(), ServiceError> {
        let mut events = VecDeque::from([Event::Started]);
        loop {
            let event = match events.pop_front() {
                Some(event) => event,
                None => self.effects.next_event(stop).await?,
            };
            for effect in self.dialogue.step(event) {
                match self.effects.perform(effect) {
                    Next::Wait => {}
                    Next::Step(event) => events.push_back(event),
                    Next::End(Ending::Stopped) => return Ok(()),
                    Next::End(Ending::Refused(because)) => return Err(ServiceError::Refused(because)),
                }
            }
        }
    }
}
