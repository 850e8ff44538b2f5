//! The page as what it says to do: blocks of text, each with its place.

use std::collections::BTreeMap;

/// Texts of files by their paths.
pub(crate) type Texts = BTreeMap<String, String>;

/// A block of the page.
pub(crate) struct Step {
    /// The file that it changes.
    pub(crate) path: String,
    pub(crate) change: Change,
    text: String,
}

/// Where a block stands in its file.
#[derive(Clone)]
pub(crate) enum Change {
    /// It is all of a new file.
    Create,
    After(String),
    Before(String),
    Replace(String),
}

/// What a line above a block says of it; `None` for any other line.
fn heading(line: &str) -> Option<(String, Change)> {
    let parts: Vec<&str> = line.split('`').collect();
    let (path, change) = match parts[..] {
        ["Create ", path, ":"] => (path, Change::Create),
        ["In ", path, ", after ", line, ", add:"] => (path, Change::After(line.to_owned())),
        ["In ", path, ", before ", line, ", add:"] => (path, Change::Before(line.to_owned())),
        ["In ", path, ", replace ", line, " by:"] => (path, Change::Replace(line.to_owned())),
        _ => return None,
    };
    Some((path.to_owned(), change))
}

/// The blocks of a page in their order.
///
/// # Errors
/// A block without a place, or a place without a block.
pub(crate) fn steps(page: &str) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    let mut place = None;
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some((path, change)) = heading(line) {
            if let Some((path, _)) = place.replace((path, change)) {
                return Err(format!("no block follows what is said of {path}"));
            }
        } else if line.starts_with("```") {
            let (path, change) = place.take().ok_or_else(|| format!("nothing says where {line} belongs"))?;
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            steps.push(Step { path, change, text: block.join("\n") + "\n" });
        }
    }
    match place {
        Some((path, _)) => Err(format!("no block follows what is said of {path}")),
        None => Ok(steps),
    }
}

impl Step {
    /// Does what the page says.
    ///
    /// # Errors
    /// A file that is there already or not at all, or a line that it does not have once.
    pub(crate) fn apply(&self, files: &mut Texts) -> Result<(), String> {
        let Self { path, change, text } = self;
        let (line, new) = match change {
            Change::Create => {
                return match files.insert(path.clone(), text.clone()) {
                    None => Ok(()),
                    Some(_) => Err(format!("{path} is there already")),
                };
            }
            Change::After(line) => (line, format!("{line}\n{text}")),
            Change::Before(line) => (line, format!("{text}{line}\n")),
            Change::Replace(line) => (line, text.clone()),
        };
        let file = files.get_mut(path).ok_or_else(|| format!("there is no {path}"))?;
        let times = file.lines().filter(|found| found == line).count();
        if times != 1 {
            return Err(format!("{path} has the line `{line}` {times} times, expected once"));
        }
        *file = file.lines().map(|found| if found == line { new.clone() } else { format!("{found}\n") }).collect();
        Ok(())
    }
}

#[test]
fn blocks_find_their_places() {
    let page = "Text.\n\nIn `a.rs`, after `  one`, add:\n\n```rust\n  two\n```\n\nIn `a.rs`, replace `three` by:\n\n```\n3\n```\n\n\
                In `a.rs`, before `  one`, add:\n\n```rust\nzero\n```\n\nCreate `b.rs`:\n\n```rust\nnew\n```\n";
    let mut files = Texts::from([("a.rs".to_owned(), "  one\nthree\n".to_owned())]);
    let steps = steps(page).unwrap();
    steps.iter().for_each(|step| step.apply(&mut files).unwrap());
    assert_eq!(files["a.rs"], "zero\n  one\n  two\n3\n");
    assert_eq!(files["b.rs"], "new\n");
    assert_eq!(steps[1].apply(&mut files).unwrap_err(), "a.rs has the line `three` 0 times, expected once");
    assert_eq!(steps[3].apply(&mut files).unwrap_err(), "b.rs is there already");
}

#[test]
fn a_block_without_a_place_is_refused() {
    assert_eq!(steps("```sh\nls\n```").err().unwrap(), "nothing says where ```sh belongs");
    assert_eq!(steps("Create `b.rs`:\n").err().unwrap(), "no block follows what is said of b.rs");
}
