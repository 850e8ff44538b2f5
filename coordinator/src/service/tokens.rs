//! The tokens that a new data folder starts with.

use std::fs;
use std::path::{Path, PathBuf};

use tenshot_kit::{Token, TokenFileError};

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
    pub fn read(&self, role: Role) -> Result<Token, TokenFileError> {
        Token::read(&self.path(role))
    }

    /// This role's token, made where there is none.
    fn ensure(&self, role: Role) -> Result<Token, ServiceError> {
        let path = self.path(role);
        if path.exists() {
            return Ok(self.read(role)?);
        }
        let write = || {
            let token = Token::random()?;
            fs::create_dir_all(&self.folder)?;
            token.write_new(&path)?;
            Ok(token)
        };
        write().map_err(|source| ServiceError::NewToken { path: path.clone(), source })
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
            self.store.write(|tx| tokens::add(tx, role.as_str(), role, token.secret(), now))?;
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
