//! Exit codes.

/// The exit codes of `tenshot` and `tenshot-agent`. Success is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// A defect or an unforeseen error.
    Unexpected = 1,
    /// The command line cannot be understood.
    Usage = 2,
    /// A file, architecture or number that was given is wrong.
    Input = 3,
    /// The coordinator cannot be reached, or refused.
    Coordinator = 4,
    /// The machine refused: port in use, no permission, disk full, folder locked.
    Machine = 5,
    /// The work ended, and its result is incomplete or cannot be trusted.
    Incomplete = 6,
}
