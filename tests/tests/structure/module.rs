//! The modules of a crate, and what each of them uses.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{fs, io};

use super::paths::{Segments, paths};

/// A crate of the workspace, tests left out.
pub(crate) struct Crate {
    pub(crate) name: String,
    pub(crate) modules: Vec<Module>,
}

/// One source file.
pub(crate) struct Module {
    /// From the crate's root.
    pub(crate) path: Segments,
    /// The modules of this crate that it uses.
    pub(crate) uses: BTreeSet<Segments>,
    /// The other crates of the workspace that it uses.
    pub(crate) foreign: BTreeSet<String>,
}

impl Module {
    pub(crate) fn parent(&self) -> &[String] {
        self.path.split_last().map_or(&[], |(_, parent)| parent)
    }
}

/// A file as it stands.
struct Source {
    path: Segments,
    text: String,
}

impl Crate {
    pub(crate) fn read(folder: &Path, name: &str) -> io::Result<Self> {
        let mut sources = Vec::new();
        collect(&folder.join("src"), &mut vec![], &mut sources)?;
        let tests: BTreeSet<Segments> = sources.iter().flat_map(test_modules).collect();
        sources.retain(|source| !tests.iter().any(|test| source.path.starts_with(test)));
        let tree = Tree::of(&sources);
        let modules = sources.iter().map(|source| tree.module(source)).collect();
        Ok(Self { name: name.to_owned(), modules })
    }
}

fn collect(folder: &Path, path: &mut Segments, sources: &mut Vec<Source>) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    for entry in entries {
        let stem = entry.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if entry.is_dir() {
            path.push(stem);
            collect(&entry, path, sources)?;
            path.pop();
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            let own = if ["lib", "main", "mod"].contains(&stem.as_str()) { vec![] } else { vec![stem] };
            let text = without_tests(&fs::read_to_string(&entry)?);
            sources.push(Source { path: [path.clone(), own].concat(), text });
        }
    }
    Ok(())
}

const TEST_ONLY: &str = "#[cfg(test)]";

/// A file without comments and without what only tests compile: inline modules stand at its end.
fn without_tests(text: &str) -> String {
    let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let end = code.windows(2).position(|pair| pair[0].trim() == TEST_ONLY && pair[1].trim_end().ends_with('{'));
    code[..end.unwrap_or(code.len())].join("\n")
}

/// The modules in files of their own that only tests compile.
fn test_modules(source: &Source) -> Vec<Segments> {
    let declared = source.text.split(TEST_ONLY).skip(1).filter_map(|rest| {
        let line = rest.trim_start().lines().next()?;
        let name = line.strip_suffix(';')?.split_once("mod ")?.1;
        Some([source.path.clone(), vec![name.to_owned()]].concat())
    });
    declared.collect()
}

/// Which modules there are, and what they call by a name of their own.
struct Tree {
    modules: BTreeSet<Segments>,
    /// Where the names come from that a module re-exports.
    exported: BTreeMap<(Segments, String), Segments>,
}

impl Tree {
    fn of(sources: &[Source]) -> Self {
        let modules = sources.iter().map(|source| source.path.clone()).collect();
        let mut tree = Self { modules, exported: BTreeMap::new() };
        for source in sources {
            for path in paths(&source.text) {
                // `pub use adapted::Adapted` in `artefact/mod.rs`.
                let own = [source.path.clone(), vec![path[0].clone()]].concat();
                if let (true, Some(name)) = (tree.modules.contains(&own), path.last()) {
                    let from = tree.deepest(source.path.clone(), &path).0;
                    tree.exported.insert((source.path.clone(), name.clone()), from);
                }
            }
        }
        tree
    }

    /// Goes down from a module as far as a path names modules; what is left of the path is a name in it.
    fn deepest<'a>(&self, mut at: Segments, mut path: &'a [String]) -> (Segments, &'a [String]) {
        while let Some((first, rest)) = path.split_first() {
            let below = [at.clone(), vec![first.clone()]].concat();
            if !self.modules.contains(&below) {
                break;
            }
            (at, path) = (below, rest);
        }
        (at, path)
    }

    /// The module that a path from a module leads to, through what others re-export.
    fn resolve(&self, from: &[String], path: &[String]) -> Segments {
        let mut at = from.to_vec();
        let mut rest = path;
        while let Some((first, others)) = rest.split_first() {
            match first.as_str() {
                "crate" => at.clear(),
                "super" => drop(at.pop()),
                "self" => {}
                _ => break,
            }
            rest = others;
        }
        let (mut at, rest) = self.deepest(at, rest);
        while let Some(exported) = rest.first().and_then(|name| self.exported.get(&(at.clone(), name.clone()))) {
            at.clone_from(exported);
        }
        at
    }

    fn module(&self, source: &Source) -> Module {
        let (mut uses, mut foreign) = (BTreeSet::new(), BTreeSet::new());
        for path in paths(&source.text) {
            match path[0].as_str() {
                "crate" | "super" | "self" => drop(uses.insert(self.resolve(&source.path, &path))),
                first if first.starts_with("tenshot_") => drop(foreign.insert(first.to_owned())),
                _ => {}
            }
        }
        Module { path: source.path.clone(), uses, foreign }
    }
}
