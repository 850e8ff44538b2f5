//! A copy of the workspace that can be changed and built. It stays where it is, and of its files those
//! alone are written that change, so that building it again takes a moment.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// What stands in the workspace beside sources: what is built, what the demonstration measured, the history.
const NO_SOURCES: [&str; 3] = ["target", "tenshot-demo", ".git"];

/// The bytes of all files by their paths below a folder.
pub(crate) type Sources = BTreeMap<PathBuf, Vec<u8>>;

/// The sources below the root of a workspace.
pub(crate) fn read(root: &Path) -> io::Result<Sources> {
    let mut sources = Sources::new();
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        if !NO_SOURCES.iter().any(|name| entry.file_name() == *name) {
            collect(root, &entry, &mut sources)?;
        }
    }
    Ok(sources)
}

fn collect(root: &Path, entry: &fs::DirEntry, sources: &mut Sources) -> io::Result<()> {
    let (path, kind) = (entry.path(), entry.file_type()?);
    if kind.is_dir() {
        for below in fs::read_dir(&path)? {
            collect(root, &below?, sources)?;
        }
    } else if let (true, Ok(below)) = (kind.is_file(), path.strip_prefix(root)) {
        sources.insert(below.to_owned(), fs::read(&path)?);
    }
    Ok(())
}

/// Makes a folder hold these files and no others.
pub(crate) fn write(folder: &Path, sources: &Sources) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (old, bytes) in read(folder)? {
        match sources.get(&old) {
            Some(new) if *new == bytes => {}
            _ => fs::remove_file(folder.join(&old))?,
        }
    }
    for (path, bytes) in sources {
        let path = folder.join(path);
        if !path.exists() {
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            fs::write(path, bytes)?;
        }
    }
    Ok(())
}

#[test]
fn a_copy_has_what_the_sources_have_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let sources = |files: &[(&str, &str)]| -> Sources {
        files.iter().map(|(path, text)| (path.into(), text.as_bytes().to_vec())).collect()
    };
    let written = |path| fs::metadata(folder.path().join(path)).unwrap().modified().unwrap();
    write(folder.path(), &sources(&[("a/b", "1"), ("c", "2"), ("d", "3")])).unwrap();
    let before = written("a/b");
    let changed = sources(&[("a/b", "1"), ("c", "20"), ("e", "4")]);
    write(folder.path(), &changed).unwrap();
    assert_eq!(read(folder.path()).unwrap(), changed);
    assert_eq!(written("a/b"), before);
}
