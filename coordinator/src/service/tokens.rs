//! The tokens that a new data folder starts with.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use super::{Coordinator, ServiceError};
use crate::domain::{Role, UnixMillis};
use crate::store::tokens;

/// Where the first token of each role lies, readable by the owner of the data folder alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenFiles {
    folder: PathBuf,
}

impl TokenFiles {
    /// The token files of a data folder.
    #[must_use]
    pub fn of(data_folder: &Path) -> Self {
        Self { folder: data_folder.join("tokens") }
    }

    /// The file with this role's token.
    #[must_use]
    pub fn path(&self, role: Role) -> PathBuf {
        self.folder.join(role.as_str())
    }

    /// This role's token.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn read(&self, role: Role) -> Result<String, ServiceError> {
        let path = self.path(role);
        fs::read_to_string(&path).map(|text| text.trim().to_owned()).map_err(|source| failed(&path, source))
    }

    /// This role's token, made where there is none.
    fn ensure(&self, role: Role) -> Result<String, ServiceError> {
        let path = self.path(role);
        if path.exists() {
            return self.read(role);
        }
        let write = || {
            let token = random_token()?;
            fs::create_dir_all(&self.folder)?;
            private_file(&path)?.write_all(format!("{token}\n").as_bytes())?;
            Ok(token)
        };
        write().map_err(|source| failed(&path, source))
    }
}

impl Coordinator {
    /// Makes a token for each role that has none, keeps their hashes, and says where the tokens are.
    ///
    /// # Errors
    /// Where a token cannot be written or kept.
    pub fn ensure_tokens(&self, data_folder: &Path, now: UnixMillis) -> Result<TokenFiles, ServiceError> {
        let files = TokenFiles::of(data_folder);
        for role in Role::ALL {
            let token = files.ensure(role)?;
            self.store.write(|tx| tokens::add(tx, role.as_str(), role, &token, now))?;
        }
        Ok(files)
    }

    /// The role of a token; none where it is unknown.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn role_of(&self, token: &str) -> Result<Option<Role>, ServiceError> {
        Ok(self.store.read(|tx| tokens::role(tx, token))?)
    }
}

/// 128 bits from the operating system, in hexadecimal.
fn random_token() -> std::io::Result<String> {
    let mut bytes = [0_u8; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn failed(path: &Path, source: std::io::Error) -> ServiceError {
    ServiceError::TokenFile { path: path.display().to_string(), source }
}
