//! The page on adding a search space tells the truth: done as it says, there is one more space, and
//! all that every space must be is true of it.

mod copy;
mod page;

use std::collections::BTreeSet;
use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use page::{Change, Texts};
use tenshot_tests::Ran;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// A space is one door: it changes no more files that are there than these.
const MOST_CHANGED: usize = 8;

/// The version of the copy's crates. Crates that are built into one folder are told apart by it, not by
/// where they are: with the version of the workspace, the copy's would be taken for its.
const VERSION: &str = "0.0.0-adding-a-space";

/// A copy of the workspace with the page's space in it.
fn workspace_with_the_space() -> Result<PathBuf, Box<dyn Error>> {
    let mut sources = copy::read(Path::new(ROOT))?;
    let steps = page::steps(&fs::read_to_string(Path::new(ROOT).join("docs/adding-a-space.md"))?)?;
    let changes = |step: &&page::Step| !matches!(step.change, Change::Create);
    let changed: BTreeSet<&str> = steps.iter().filter(changes).map(|step| step.path.as_str()).collect();
    println!("files that are changed: {changed:#?}");
    if changed.is_empty() || changed.len() > MOST_CHANGED {
        return Err(format!("the page changes {} files, expected 1 to {MOST_CHANGED}", changed.len()).into());
    }
    let mut texts = Texts::new();
    for path in changed {
        let bytes = sources.get(Path::new(path)).ok_or_else(|| format!("there is no {path}"))?;
        texts.insert(path.to_owned(), String::from_utf8(bytes.clone())?);
    }
    let manifest = sources.get(Path::new("Cargo.toml")).ok_or("there is no Cargo.toml")?;
    texts.insert("Cargo.toml".to_owned(), with_version(std::str::from_utf8(manifest)?)?);
    for step in &steps {
        if matches!(step.change, Change::Create) && sources.contains_key(Path::new(&step.path)) {
            return Err(format!("{} is there already", step.path).into());
        }
        step.apply(&mut texts)?;
    }
    sources.extend(texts.into_iter().map(|(path, text)| (path.into(), text.into_bytes())));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("adding-a-space");
    copy::write(&folder, &sources)?;
    Ok(folder)
}

/// The manifest of the workspace with the copy's version.
fn with_version(manifest: &str) -> Result<String, String> {
    let is_version = |line: &&str| line.starts_with("version = ");
    if manifest.lines().filter(is_version).count() != 1 {
        return Err("Cargo.toml does not say the version of the workspace in one line".to_owned());
    }
    let line = |line| if is_version(&line) { format!("version = {VERSION:?}\n") } else { format!("{line}\n") };
    Ok(manifest.lines().map(line).collect())
}

/// Cargo in the copy. It builds into the folder that these tests were built into, where most
/// dependencies are built already.
fn cargo(folder: &Path, arguments: &[&str]) -> Ran {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("");
    Ran::of(command.args(arguments).current_dir(folder).env("CARGO_TARGET_DIR", target))
}

#[test]
fn the_page_adds_a_space() {
    let folder = workspace_with_the_space().unwrap();
    let formatted = cargo(&folder, &["fmt", "-p", "tenshot-onnx-models", "-p", "tenshot-predictor", "--check"]);
    assert_eq!(formatted.code, Some(0), "the page's blocks are not formatted: {formatted:#?}");
    let crates = ["-p", "tenshot-onnx-models", "-p", "tenshot-predictor"];
    let filters = ["--", "every_space_is_whole", "chain6"];
    let tested = cargo(&folder, &[&["test", "--offline", "--lib"], &crates[..], &filters].concat());
    assert_eq!(tested.code, Some(0), "{tested:#?}");
    assert!(!tested.stderr.contains("warning"), "{}", tested.stderr);
    assert_eq!(tested.stdout.matches("every_space_is_whole ... ok").count(), 2, "{}", tested.stdout);
    assert!(tested.stdout.contains("chain6::tests::it_is_one_of_the_spaces ... ok"), "{}", tested.stdout);
}
