//! The `tenshot` command line: one file per command.
//!
//! Every command file has `pub(crate) struct Args` (clap) and `pub(crate) fn run(args: Args) -> Result<(), Failure>`.
//! Results go to stdout (a table, or JSON with `--json`), progress and logs to stderr.
