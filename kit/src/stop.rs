//! When a program is asked to end: SIGTERM, SIGINT, or the end of its standard input.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

/// The requests to end. Listens from its making on; nothing that comes later is missed.
#[derive(Debug)]
pub struct Stop {
    terminate: Signal,
    interrupt: Signal,
    stdin_closed: Option<oneshot::Receiver<()>>,
}

impl Stop {
    /// Begins to listen; to the end of standard input where `with_stdin` says so.
    ///
    /// # Errors
    /// An operating system that refuses.
    pub fn listen(with_stdin: bool) -> io::Result<Self> {
        let stdin_closed = if with_stdin { Some(watch_stdin()?) } else { None };
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            stdin_closed,
        })
    }

    /// Waits for the first request, and says what it was. May be dropped and called again.
    pub async fn requested(&mut self) -> &'static str {
        let stdin_closed = async {
            match &mut self.stdin_closed {
                Some(closed) => drop(closed.await),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
            () = stdin_closed => "the end of standard input",
        }
    }
}

/// A thread of its own: a read of standard input cannot be cancelled, and must not keep the process.
fn watch_stdin() -> io::Result<oneshot::Receiver<()>> {
    let (closed, receiver) = oneshot::channel();
    std::thread::Builder::new().name("stdin".to_owned()).spawn(move || {
        // An error is an end too.
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        let _ = closed.send(());
    })?;
    Ok(receiver)
}
