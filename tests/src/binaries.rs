//! The real binaries, built from the sources as they are.

use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// The file of a binary of the workspace.
///
/// Cargo tells a test where the binaries of its own package are, and these belong to other packages.
/// So the first call has cargo bring the whole workspace up to date; right after `cargo test
/// --workspace` there is nothing to do.
///
/// # Panics
/// Where the workspace does not build.
#[must_use]
pub fn binary(name: &str) -> PathBuf {
    folder_of_binaries().join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

/// The folder of [`binary`].
///
/// # Panics
/// Where the workspace does not build.
#[must_use]
pub fn folder_of_binaries() -> &'static PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo
            .args(["test", "--workspace", "--no-run", "--quiet"])
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        if !cfg!(debug_assertions) {
            cargo.arg("--release");
        }
        let status = cargo.status().unwrap_or_else(|error| unbuilt(&error.to_string()));
        if !status.success() {
            unbuilt(&status.to_string());
        }
        // target/debug/deps/this_test -> target/debug
        let test = env::current_exe().unwrap_or_else(|error| unbuilt(&error.to_string()));
        test.ancestors().nth(2).map_or_else(|| unbuilt("no target folder"), PathBuf::from)
    })
}

#[expect(clippy::panic, reason = "a test has no other way to say that it cannot run")]
fn unbuilt(why: &str) -> ! {
    panic!("the binaries cannot be built: {why}")
}
