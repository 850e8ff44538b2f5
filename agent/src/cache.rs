//! Models by their SHA-256, bounded in bytes; the least recently used goes first.
//!
//! A file's time of modification is the time of its last use, so that a restart forgets nothing.
//! Nothing is flushed: a model that a power cut damaged has another hash, and is fetched anew.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use tenshot_kit::Sha256;
use tenshot_measurement::ModelHash;

/// The folder of models. One process at a time; any number of threads.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    capacity_bytes: u64,
    entries: Mutex<Vec<Entry>>,
    /// Downloads begun, so that two of the same model do not write into one file.
    downloads: AtomicU64,
}

/// A model in the cache; the least recently used is first in the list.
#[derive(Debug)]
struct Entry {
    hash: ModelHash,
    bytes: u64,
}

/// The cache cannot take the model.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// It can never be there.
    #[error("the model has {bytes} bytes, and the cache holds {capacity_bytes}: raise --cache-mib")]
    TooLarge {
        /// Size of the model.
        bytes: u64,
        /// Size of the cache.
        capacity_bytes: u64,
    },
    /// What came is not what was asked for.
    #[error("expected model {expected} with {expected_bytes} bytes, received {received} with {received_bytes}")]
    WrongContent {
        /// The hash asked for.
        expected: ModelHash,
        /// The size asked for.
        expected_bytes: u64,
        /// The hash of what came.
        received: String,
        /// The size of what came; where it is too large, of what was read of it.
        received_bytes: u64,
    },
    /// The disk is full, or the folder may not be written, or is gone.
    #[error("cannot {doing} {path}: {source}", path = path.display())]
    Disk {
        /// What was tried.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
}

const MODEL: &str = "onnx";
const PARTIAL: &str = "part";

impl Cache {
    /// Opens the cache in `folder`, making it where it is missing. Removes what interrupted
    /// downloads left behind, and what a smaller `capacity_bytes` has no room for.
    ///
    /// # Errors
    /// Where the folder cannot be made or read.
    pub fn open(folder: &Path, capacity_bytes: u64) -> Result<Self, CacheError> {
        fs::create_dir_all(folder).map_err(disk("make", folder))?;
        let mut found: Vec<(SystemTime, Entry)> = Vec::new();
        for entry in fs::read_dir(folder).map_err(disk("read", folder))? {
            let path = entry.map_err(disk("read", folder))?.path();
            match path.extension().and_then(|extension| extension.to_str()) {
                Some(PARTIAL) => fs::remove_file(&path).map_err(disk("remove", &path))?,
                Some(MODEL) => found.extend(entry_of(&path)),
                _ => {}
            }
        }
        found.sort_by_key(|&(used, _)| used);
        let entries = Mutex::new(found.into_iter().map(|(_, entry)| entry).collect());
        let cache = Self { folder: folder.to_owned(), capacity_bytes, entries, downloads: AtomicU64::new(0) };
        cache.make_room(0)?;
        Ok(cache)
    }

    /// The model's file, where it is there and its content has this hash. A damaged file is removed.
    #[must_use]
    pub fn get(&self, hash: &ModelHash) -> Option<PathBuf> {
        let path = self.path(hash);
        let file = File::open(&path).ok()?;
        let content = hash_of(&file);
        let mut entries = self.lock();
        entries.retain(|entry| entry.hash != *hash);
        match content {
            Ok((found, bytes)) if found == hash.as_str() => {
                // Where the time cannot be set, the model only goes earlier after a restart.
                let _ = file.set_modified(SystemTime::now());
                entries.push(Entry { hash: hash.clone(), bytes });
                Some(path)
            }
            _ => {
                let _ = fs::remove_file(&path);
                None
            }
        }
    }

    /// Where the model of this hash is, if it is there.
    #[must_use]
    pub fn path(&self, hash: &ModelHash) -> PathBuf {
        self.folder.join(hash.as_str()).with_extension(MODEL)
    }

    /// Begins to take in a model of `bytes` bytes, and makes room for it.
    ///
    /// # Errors
    /// Where it is larger than the cache, or the disk refuses.
    pub fn begin(&self, hash: &ModelHash, bytes: u64) -> Result<Incoming<'_>, CacheError> {
        if bytes > self.capacity_bytes {
            return Err(CacheError::TooLarge { bytes, capacity_bytes: self.capacity_bytes });
        }
        self.make_room(bytes)?;
        let download = self.downloads.fetch_add(1, Ordering::Relaxed);
        let partial = self.folder.join(format!("{hash}.{download}.{PARTIAL}"));
        let file = File::create(&partial).map_err(disk("write", &partial))?;
        Ok(Incoming { cache: self, hash: hash.clone(), bytes, partial, file, received: 0, digest: Sha256::default() })
    }

    /// Removes the least recently used models until `bytes` more fit.
    fn make_room(&self, bytes: u64) -> Result<(), CacheError> {
        let mut entries = self.lock();
        let mut used: u64 = entries.iter().map(|entry| entry.bytes).sum();
        while used.saturating_add(bytes) > self.capacity_bytes && !entries.is_empty() {
            let oldest = entries.remove(0);
            used = used.saturating_sub(oldest.bytes);
            let path = self.path(&oldest.hash);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(disk("remove", &path)(error)),
                _ => {}
            }
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Entry>> {
        // A list of names cannot be left half done by a panic.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A model that is being received; dropped before [`Incoming::finish`], it leaves nothing behind.
#[derive(Debug)]
pub struct Incoming<'cache> {
    cache: &'cache Cache,
    hash: ModelHash,
    bytes: u64,
    partial: PathBuf,
    file: File,
    received: u64,
    digest: Sha256,
}

impl Incoming<'_> {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// Where more come than were announced, or the disk refuses.
    pub fn write(&mut self, chunk: &[u8]) -> Result<(), CacheError> {
        self.received += chunk.len() as u64;
        self.digest.update(chunk);
        if self.received > self.bytes {
            return Err(self.wrong_content());
        }
        self.file.write_all(chunk).map_err(disk("write", &self.partial))
    }

    /// Checks size and hash, and gives the model its place.
    ///
    /// # Errors
    /// Where size or hash are others than announced, or the disk refuses.
    pub fn finish(self) -> Result<PathBuf, CacheError> {
        let Self { hash, bytes, .. } = &self;
        if self.received != *bytes || self.digest.finish() != hash.as_str() {
            return Err(self.wrong_content());
        }
        // Another download may have taken the room meanwhile.
        self.cache.make_room(*bytes)?;
        let path = self.cache.path(hash);
        fs::rename(&self.partial, &path).map_err(disk("write", &path))?;
        let mut entries = self.cache.lock();
        entries.retain(|entry| entry.hash != *hash);
        entries.push(Entry { hash: hash.clone(), bytes: *bytes });
        Ok(path)
    }

    fn wrong_content(&self) -> CacheError {
        CacheError::WrongContent {
            expected: self.hash.clone(),
            expected_bytes: self.bytes,
            received: self.digest.finish(),
            received_bytes: self.received,
        }
    }
}

impl Drop for Incoming<'_> {
    fn drop(&mut self) {
        // Gone already where the model has its place; where it cannot be removed, the next start does.
        let _ = fs::remove_file(&self.partial);
    }
}

fn disk(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> CacheError {
    move |source| CacheError::Disk { doing, path: path.to_owned(), source }
}

/// The model that this file's name and size promise, and when it was last used.
fn entry_of(path: &Path) -> Option<(SystemTime, Entry)> {
    let hash = path.file_stem()?.to_str()?.parse().ok()?;
    let data = path.metadata().ok()?;
    Some((data.modified().unwrap_or(SystemTime::UNIX_EPOCH), Entry { hash, bytes: data.len() }))
}

/// SHA-256 and size of what is left of a file.
fn hash_of(mut file: &File) -> io::Result<(String, u64)> {
    let mut digest = Sha256::default();
    let mut chunk = vec![0; 1 << 16];
    let mut bytes = 0;
    loop {
        let read = match file.read(&mut chunk) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        let Some(part) = chunk.get(..read).filter(|part| !part.is_empty()) else {
            return Ok((digest.finish(), bytes));
        };
        digest.update(part);
        bytes += part.len() as u64;
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::time::{Duration, SystemTime};

    use tenshot_measurement::ModelHash;

    use super::{Cache, CacheError};

    fn add(cache: &Cache, content: &[u8]) -> Result<ModelHash, CacheError> {
        let hash = ModelHash::of(content);
        let mut incoming = cache.begin(&hash, content.len() as u64)?;
        for chunk in content.chunks(3) {
            incoming.write(chunk)?;
        }
        incoming.finish()?;
        Ok(hash)
    }

    fn files(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn a_model_is_found_again_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let hash = add(&Cache::open(folder.path(), 100).unwrap(), b"a model").unwrap();
        let path = Cache::open(folder.path(), 100).unwrap().get(&hash).unwrap();
        assert_eq!(fs::read(path).unwrap(), b"a model");
    }

    #[test]
    fn the_least_recently_used_goes_first() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path(), 10).unwrap();
        let [first, second] = [b"aaaa", b"bbbb"].map(|content| add(&cache, content).unwrap());
        assert!(cache.get(&first).is_some());
        let third = add(&cache, b"cccc").unwrap();
        let is_there = [&first, &second, &third].map(|hash| cache.get(hash).is_some());
        assert_eq!(is_there, [true, false, true]);
        assert_eq!(files(folder.path()), 2);
    }

    #[test]
    fn the_order_of_use_and_the_bound_hold_across_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path(), 10).unwrap();
        let [first, second] = [b"aaaa", b"bbbb"].map(|content| add(&cache, content).unwrap());
        // Not left to the resolution of the file system's clock.
        for (hash, age_s) in [(&first, 60), (&second, 120)] {
            let used = SystemTime::now() - Duration::from_secs(age_s);
            fs::File::open(cache.path(hash)).unwrap().set_modified(used).unwrap();
        }
        let smaller = Cache::open(folder.path(), 4).unwrap();
        assert!(smaller.get(&first).is_some());
        assert!(smaller.get(&second).is_none());
    }

    #[test]
    fn a_damaged_model_is_not_used_and_makes_room() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path(), 10).unwrap();
        let hash = add(&cache, b"a model").unwrap();
        fs::write(cache.path(&hash), b"a mode1").unwrap();
        assert_eq!(cache.get(&hash), None);
        assert_eq!(files(folder.path()), 0);
        add(&cache, b"a model").unwrap();
        assert!(cache.get(&hash).is_some());
    }

    #[test]
    fn what_is_not_the_model_is_refused_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path(), 100).unwrap();
        let hash = ModelHash::of(b"a model");
        for content in [&b"a mode1"[..], b"a mod"] {
            let mut incoming = cache.begin(&hash, 7).unwrap();
            incoming.write(content).unwrap();
            let error = incoming.finish().unwrap_err().to_string();
            let received = ModelHash::of(content);
            let expected = format!("expected model {hash} with 7 bytes, received {received} with {}", content.len());
            assert_eq!(error, expected);
        }
        assert!(matches!(
            cache.begin(&hash, 7).unwrap().write(b"a model!"),
            Err(CacheError::WrongContent { received_bytes: 8, .. })
        ));
        assert_eq!(files(folder.path()), 0);
        assert_eq!(cache.get(&hash), None);
    }

    #[test]
    fn a_download_that_was_killed_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let hash = ModelHash::of(b"a model");
        fs::write(folder.path().join(format!("{hash}.0.part")), b"a mo").unwrap();
        let cache = Cache::open(folder.path(), 100).unwrap();
        assert_eq!(files(folder.path()), 0);
        assert_eq!(cache.get(&hash), None);
    }

    #[test]
    fn a_model_larger_than_the_cache_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path(), 6).unwrap();
        let error = add(&cache, b"a model").unwrap_err().to_string();
        assert_eq!(error, "the model has 7 bytes, and the cache holds 6: raise --cache-mib");
    }

    #[test]
    fn threads_may_add_the_same_model_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path(), 100).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| add(&cache, b"a model").unwrap());
            }
        });
        assert!(cache.get(&ModelHash::of(b"a model")).is_some());
        assert_eq!(files(folder.path()), 1);
    }
}
