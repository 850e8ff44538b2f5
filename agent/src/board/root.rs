//! The folder that `proc` and `sys` are read below.

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The folder that `proc` and `sys` are read below: `/`, but in tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root(PathBuf);

impl Root {
    /// Sensors are read below this folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self(folder.into())
    }

    /// The text of a file, without white space and NULs around it; none where it cannot be read.
    pub(crate) fn text(&self, path: impl AsRef<Path>) -> Option<String> {
        // Not every sensor's text is UTF-8 on every board.
        let bytes = fs::read(self.0.join(path)).ok()?;
        let text = String::from_utf8_lossy(&bytes);
        let trimmed = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
        (!trimmed.is_empty()).then(|| trimmed.to_owned())
    }

    /// The number that a file holds.
    pub(crate) fn number<T: FromStr>(&self, path: impl AsRef<Path>) -> Option<T> {
        self.text(path)?.parse().ok()
    }

    /// The folders in a folder whose names start like this, as paths below the root, in natural
    /// order: `zone2` before `zone10`.
    pub(crate) fn folders(&self, folder: &str, prefix: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.0.join(folder)).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|name| name.starts_with(prefix))
            .collect();
        names.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
        names.into_iter().map(|name| Path::new(folder).join(name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::board::tree::Tree;

    #[test]
    fn what_is_not_there_is_none() {
        let tree = Tree::new(&[("sys/number", "12\n"), ("sys/word", "a word\n"), ("sys/empty", "\n")]);
        assert_eq!(tree.root().number::<u64>("sys/number"), Some(12));
        assert_eq!(tree.root().number::<u64>("sys/word"), None);
        assert_eq!(tree.root().text("sys/empty"), None);
        assert_eq!(tree.root().text("sys/missing"), None);
        assert!(tree.root().folders("sys/missing", "").is_empty());
    }

    #[test]
    fn folders_are_in_natural_order() {
        let tree = Tree::new(&[("sys/zone10/temp", "1"), ("sys/zone2/temp", "1"), ("sys/other/temp", "1")]);
        assert_eq!(tree.root().folders("sys", "zone"), [Path::new("sys/zone2"), Path::new("sys/zone10")]);
    }
}
