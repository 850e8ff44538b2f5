//! The `tenshot-agent` command.
fn main() {}
