//! HTTP to a coordinator, once for the agent and for every client of its API: the address, the token, the
//! version of the protocol, time-outs, sizes, errors. Encryption enters here.

mod address;
mod error;
mod request;
#[cfg(test)]
mod tests;
mod transport;

pub use address::{CoordinatorUrl, CoordinatorUrlError};
pub use error::TransportError;
pub use request::{Limits, Request};
pub use reqwest::StatusCode;
pub use transport::{Answer, Program, Transport};
