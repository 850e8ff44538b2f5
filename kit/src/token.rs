//! Bearer tokens, and the files that hold them.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A bearer token: printable ASCII without spaces. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// A text that cannot be a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the token is empty, or holds characters that no token has: expected printable ASCII without spaces")]
pub struct TokenError;

/// A token's file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TokenFileError {
    /// It cannot be read.
    #[error("cannot read the token file {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// What it holds cannot be a token.
    #[error("the token file {} holds no token: {source}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: TokenError,
    },
}

impl Token {
    /// A new token: 128 bits from the operating system, in hexadecimal.
    ///
    /// # Errors
    /// An operating system without randomness.
    pub fn random() -> io::Result<Self> {
        let mut bytes = [0_u8; 16];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// The token in a file; white space around it is left out.
    ///
    /// # Errors
    /// A file that cannot be read, or holds no token.
    pub fn read(file: &Path) -> Result<Self, TokenFileError> {
        let path = || file.to_owned();
        let text = fs::read_to_string(file).map_err(|source| TokenFileError::Unreadable { path: path(), source })?;
        text.parse().map_err(|source| TokenFileError::Content { path: path(), source })
    }

    /// Writes the token to a new file that its owner alone can read.
    ///
    /// # Errors
    /// A file that is there already, or cannot be written.
    pub fn write_new(&self, file: &Path) -> io::Result<()> {
        new_private_file(file)?.write_all(format!("{}\n", self.0).as_bytes())
    }

    /// The token itself, to be sent or compared, never to be shown.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.0
    }
}

impl FromStr for Token {
    type Err = TokenError;

    /// White space around the token is left out.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let token = text.trim();
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(TokenError);
        }
        Ok(Self(token.to_owned()))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(hidden)")
    }
}

fn new_private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::{Token, TokenError};

    #[test]
    fn a_token_is_never_printed() {
        let token: Token = "s3cret\n".parse().unwrap();
        assert_eq!((token.secret(), format!("{token:?}").as_str()), ("s3cret", "Token(hidden)"));
        for text in ["", " ", "a b", "a\nb", "ü"] {
            assert_eq!(text.parse::<Token>().err(), Some(TokenError), "{text}");
        }
    }

    #[test]
    fn a_file_keeps_a_token_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("agent");
        let token = Token::random().unwrap();
        assert_ne!(token, Token::random().unwrap());
        token.write_new(&file).unwrap();
        assert_eq!(Token::read(&file).unwrap(), token);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert!(token.write_new(&file).is_err(), "a token that is in use is not replaced");
    }

    #[test]
    fn a_file_without_a_token_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("agent");
        assert!(
            Token::read(&file)
                .unwrap_err()
                .to_string()
                .starts_with(&format!("cannot read the token file {}", file.display()))
        );
        std::fs::write(&file, "two words").unwrap();
        assert!(Token::read(&file).unwrap_err().to_string().contains("holds no token: the token is empty, or"));
    }
}
