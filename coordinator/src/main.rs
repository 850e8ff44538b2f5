//! The `tenshot` command.
fn main() {}
