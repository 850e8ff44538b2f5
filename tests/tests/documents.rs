//! The documents tell the truth: their links lead somewhere, and their commands run.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use tenshot_tests::{Ran, folder_of_binaries};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The documents at the root and in docs/.
fn documents() -> io::Result<Vec<PathBuf>> {
    let mut documents = Vec::new();
    for folder in [PathBuf::from(ROOT), Path::new(ROOT).join("docs")] {
        for entry in fs::read_dir(folder)? {
            documents.push(entry?.path());
        }
    }
    documents.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    documents.sort();
    assert!(documents.len() >= 4, "{documents:?}");
    Ok(documents)
}

/// Heading text as an anchor.
fn anchor(heading: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    heading.trim().to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-")
}

fn anchors(text: &str) -> Vec<String> {
    text.lines().filter(|line| line.starts_with('#')).map(|line| anchor(line.trim_start_matches('#'))).collect()
}

#[test]
fn links_lead_somewhere() {
    let mut broken = Vec::new();
    for document in documents().unwrap() {
        let text = fs::read_to_string(&document).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.starts_with("http") {
                continue;
            }
            let (file, heading) = link.split_once('#').map_or((link, None), |(file, heading)| (file, Some(heading)));
            let path = if file.is_empty() { document.clone() } else { document.parent().unwrap().join(file) };
            let leads = match heading {
                None => path.exists(),
                Some(heading) => {
                    fs::read_to_string(&path).is_ok_and(|text| anchors(&text).contains(&heading.to_owned()))
                }
            };
            if !leads {
                broken.push(format!("{}: {link}", document.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// The fenced blocks of a document that are marked `sh`, joined.
fn commands(text: &str) -> String {
    let mut commands = String::new();
    let mut inside = false;
    for line in text.lines() {
        match line.trim() {
            "```sh" => inside = true,
            "```" => inside = false,
            _ if inside => {
                commands.push_str(line);
                commands.push('\n');
            }
            _ => {}
        }
    }
    commands
}

/// Every `sh` block of docs/ runs, in order, in an empty folder with the binaries on the path.
///
/// The README's two commands are cargo's own: the gate runs one, and the demonstration's test the other.
#[test]
fn commands_run() {
    for document in
        documents().unwrap().iter().filter(|path| path.parent().is_some_and(|folder| folder.ends_with("docs")))
    {
        let script = commands(&fs::read_to_string(document).unwrap());
        if script.is_empty() {
            continue;
        }
        let data = env::var("TENSHOT_SHARED").map(|shared| format!("{shared}/data/help"));
        if script.contains("$HELP_DATA") && data.is_err() {
            eprintln!("skipped: TENSHOT_SHARED is not set, and {} uses published data", document.display());
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let path = format!("{}:{}", folder_of_binaries().display(), env::var("PATH").unwrap_or_default());
        let mut shell = Command::new("bash");
        shell
            .args(["-euo", "pipefail", "-c"])
            // Whatever a block leaves running ends with it.
            .arg(format!("trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n{script}"))
            .current_dir(folder.path())
            .env("PATH", path)
            .env("HELP_DATA", data.unwrap_or_default());
        for variable in ["TENSHOT_COORDINATOR", "TENSHOT_TOKEN", "TENSHOT_DATA_DIR"] {
            shell.env_remove(variable);
        }
        let ran = Ran::of(&mut shell);
        assert_eq!(ran.code, Some(0), "{}: {ran:#?}", document.display());
    }
}
