//! Files that are named by the hash of what they hold, and are whole or not there at all.

use std::fs;
use std::path::{Path, PathBuf};
use tenshot_measurement::ModelHash;

use tenshot_kit::write_whole;

use super::StoreError;

/// A folder of files named by SHA-256.
#[derive(Debug, Clone)]
pub struct Files {
    folder: PathBuf,
    extension: &'static str,
}

impl Files {
    /// The files in this folder, which is made where it is missing.
    ///
    /// # Errors
    /// Where the folder cannot be made.
    pub fn open(folder: PathBuf, extension: &'static str) -> Result<Self, StoreError> {
        fs::create_dir_all(&folder).map_err(failed("make", &folder))?;
        Ok(Self { folder, extension })
    }

    /// Where the file of this hash is, or would be.
    #[must_use]
    pub fn path(&self, hash: &ModelHash) -> PathBuf {
        self.folder.join(format!("{hash}.{}", self.extension))
    }

    /// Keeps these bytes, and gives their name.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn put(&self, bytes: &[u8]) -> Result<ModelHash, StoreError> {
        let hash = ModelHash::of(bytes);
        let path = self.path(&hash);
        if !path.exists() {
            write_whole(&path, bytes).map_err(failed("write", &path))?;
        }
        Ok(hash)
    }

    /// The bytes of this name.
    ///
    /// # Errors
    /// Where the file is missing or cannot be read.
    pub fn get(&self, hash: &ModelHash) -> Result<Vec<u8>, StoreError> {
        let path = self.path(hash);
        fs::read(&path).map_err(failed("read", &path))
    }
}

fn failed<'a>(doing: &'static str, path: &'a Path) -> impl FnOnce(std::io::Error) -> StoreError + 'a {
    move |source| StoreError::File { doing, path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::Files;

    #[test]
    fn what_is_put_can_be_got() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(folder.path().join("models"), "onnx").unwrap();
        let hash = files.put(b"abc").unwrap();
        assert_eq!(files.put(b"abc").unwrap(), hash);
        assert_eq!(files.get(&hash).unwrap(), b"abc");
        let names: Vec<_> =
            std::fs::read_dir(folder.path().join("models")).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(names, [format!("{hash}.onnx").as_str()]);
    }
}
