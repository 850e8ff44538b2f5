//! Trees of `proc` and `sys` in a temporary folder.

use std::fs;

use tempfile::TempDir;

use crate::board::Root;

/// A tree that lives as long as this value.
pub(crate) struct Tree {
    folder: TempDir,
}

impl Tree {
    /// A tree of these files: path and content.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let tree = Self { folder: tempfile::tempdir().unwrap() };
        for (path, content) in files {
            tree.write(path, content);
        }
        tree
    }

    /// Writes one more file, or writes it anew.
    pub(crate) fn write(&self, path: &str, content: &str) {
        let file = self.folder.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
    }

    pub(crate) fn root(&self) -> Root {
        Root::new(self.folder.path())
    }
}
