//! `--help` of the real binary: every command and every option says what it is.

use std::process::Command;

fn help(words: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_tenshot")).args(words).arg("--help").output();
    let succeeded = output.as_ref().is_ok_and(|output| output.status.success());
    assert!(succeeded, "{words:?}: {output:?}");
    output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
}

/// The lines of a section of a help text, up to the next empty line.
fn section<'a>(help: &'a str, title: &str) -> Vec<&'a str> {
    help.lines().skip_while(|line| *line != title).skip(1).take_while(|line| !line.is_empty()).collect()
}

#[test]
fn the_commands() {
    let text = help(&[]);
    // A description that is too long goes on below itself, further in.
    let commands = section(&text, "Commands:").into_iter().filter_map(|line| line.strip_prefix("  "));
    let names: Vec<&str> = commands.filter_map(|line| line.split(' ').next()).filter(|name| !name.is_empty()).collect();
    insta::assert_snapshot!(names.join(" "), @"demo serve campaign devices predictors predict adapt export meta-train eval import pool models agent help");
}

#[test]
fn exit_codes_are_documented() {
    let text = help(&[]);
    insta::assert_snapshot!(section(&text, "Exit codes:").join("\n"), @r"
      0  success
      1  a defect or an unforeseen error
      2  the command line cannot be understood
      3  a file, architecture or number that was given is wrong
      4  the coordinator cannot be reached, or refused
      5  the machine refused: port in use, no permission, disk full, folder locked
      6  the work ended, and its result is incomplete
    ");
}

#[test]
fn every_option_says_what_it_is() {
    let commands: [&[&str]; 29] = [
        &["demo"],
        &["serve"],
        &["campaign", "create"],
        &["campaign", "list"],
        &["campaign", "watch"],
        &["campaign", "show"],
        &["campaign", "cancel"],
        &["devices", "list"],
        &["devices", "show"],
        &["predictors", "list"],
        &["predictors", "pull"],
        &["predictors", "trained"],
        &["predict"],
        &["adapt"],
        &["export"],
        &["meta-train"],
        &["eval"],
        &["import"],
        &["pool", "show"],
        &["pool", "correlate"],
        &["models", "build"],
        &["models", "show"],
        &["models", "list"],
        &["models", "cost"],
        &["models", "blocks"],
        &["models", "draw"],
        &["models", "references"],
        &["agent", "bench"],
        &["agent", "run"],
    ];
    for words in commands {
        let text = help(words);
        let lines: Vec<&str> = text.lines().collect();
        for (line, next) in lines.iter().zip(lines.iter().skip(1).chain(std::iter::once(&""))) {
            let option = line.trim_start();
            // Further in, it is a description that goes on with the name of an option.
            let indent = line.len() - option.len();
            if option.starts_with('-') && (2..8).contains(&indent) {
                let described = option.contains("  ") || next.starts_with("          ");
                assert!(described, "{words:?}: {option}");
            }
        }
    }
}
