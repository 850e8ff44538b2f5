//! A coordinator that listens.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tenshot_kit::{FolderLock, FolderLockError};
use tokio::net::TcpListener;

use super::router;
use crate::domain::UnixMillis;
use crate::service::{Coordinator, ServiceError, Timing, TokenFiles};

/// Why a coordinator cannot start or go on.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The folder cannot be made or written.
    #[error("cannot write the data folder {}: {source}; choose another with --data-dir, or make it writable", path.display())]
    Folder {
        /// The folder, or the file in it.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another coordinator uses the folder.
    #[error("another coordinator uses the data folder {}: stop it first, or choose another with --data-dir", .0.display())]
    InUse(PathBuf),
    /// The address cannot be listened on.
    #[error(
        "cannot listen on {address}: {source}; choose another with --listen, such as 127.0.0.1:0 for any free port"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// Listening to the world without encryption.
    #[error(
        "{0} can be reached from outside, and this build speaks http without encryption: listen on 127.0.0.1, \
         or say --allow-plain-http if the network is trusted"
    )]
    PlainHttp(SocketAddr),
    /// The coordinator itself.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// The network failed while serving.
    #[error("cannot go on serving: {0}")]
    Serve(std::io::Error),
}

impl From<FolderLockError> for ServerError {
    fn from(error: FolderLockError) -> Self {
        match error {
            FolderLockError::InUse(folder) => Self::InUse(folder),
            FolderLockError::Unwritable { path, source } => Self::Folder { path, source },
        }
    }
}

/// A coordinator that has its folder and its address, and is ready to serve.
#[derive(Debug)]
pub struct Server {
    coordinator: Arc<Coordinator>,
    listener: TcpListener,
    /// Where it listens.
    pub address: SocketAddr,
    /// Where the first tokens are.
    pub tokens: TokenFiles,
    // Held for as long as the server lives.
    _lock: FolderLock,
}

impl Server {
    /// Takes the folder and the address.
    ///
    /// # Errors
    /// Where either cannot be had.
    pub async fn bind(
        folder: &Path,
        address: SocketAddr,
        allow_plain_http: bool,
        timing: Timing,
    ) -> Result<Self, ServerError> {
        if !address.ip().is_loopback() && !allow_plain_http {
            return Err(ServerError::PlainHttp(address));
        }
        let lock = FolderLock::take(folder, "lock").await?;
        let coordinator = Coordinator::open(folder, timing)?;
        let tokens = coordinator.ensure_tokens(folder, UnixMillis::now())?;
        let listening = |source| ServerError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(listening)?;
        let address = listener.local_addr().map_err(listening)?;
        Ok(Self { coordinator: Arc::new(coordinator), listener, address, tokens, _lock: lock })
    }

    /// Serves until `stop` is done; requests under way are answered first, those that wait are cut off.
    ///
    /// # Errors
    /// Where the network fails.
    pub async fn serve(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), ServerError> {
        let sweeper = tokio::spawn(sweep(Arc::clone(&self.coordinator)));
        let (stopping, stopped) = tokio::sync::oneshot::channel::<()>();
        let graceful = async move {
            stop.await;
            drop(stopping);
        };
        let serve = axum::serve(self.listener, router(self.coordinator)).with_graceful_shutdown(graceful);
        // Long polls would hold a graceful end for their whole waiting time.
        let cut_off = async {
            let _ = stopped.await;
            tokio::time::sleep(Duration::from_millis(300)).await;
        };
        let result = tokio::select! {
            result = async { serve.await } => result.map_err(ServerError::Serve),
            () = cut_off => Ok(()),
        };
        sweeper.abort();
        result
    }
}

async fn sweep(coordinator: Arc<Coordinator>) {
    let mut interval = tokio::time::interval(Duration::from_millis(coordinator.timing.lease_ms / 3 + 1));
    loop {
        interval.tick().await;
        let coordinator = Arc::clone(&coordinator);
        let swept = tokio::task::spawn_blocking(move || coordinator.release_expired(UnixMillis::now())).await;
        if let Ok(Err(error)) = swept {
            tracing::error!(%error, "cannot release expired leases");
        }
    }
}
