//! The body of every answer that is no success.

use serde::{Deserialize, Serialize};

/// What went wrong, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The request cannot be understood, or asks for what cannot be.
    BadRequest,
    /// No token, or an unknown one.
    Unauthorised,
    /// The token's role may not do this.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// It contradicts what is there.
    Conflict,
    /// The two sides speak different versions of the protocol.
    VersionMismatch,
    /// The coordinator failed; its log says more.
    Internal,
}

/// An error as clients see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// For programs.
    pub code: ErrorCode,
    /// One line for people: what is wrong, and what would be right.
    pub message: String,
}
