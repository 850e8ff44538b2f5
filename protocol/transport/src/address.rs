//! Where a coordinator is.

use std::fmt;
use std::str::FromStr;

use reqwest::Url;

/// Where the coordinator is: `http://HOST[:PORT][/PATH]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoordinatorUrl(Box<Url>);

/// A text that cannot be the coordinator's address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CoordinatorUrlError {
    /// Not a URL of the right form.
    #[error("`{0}` is not the address of a coordinator: expected http://HOST:PORT")]
    Malformed(String),
    /// TLS is not built in.
    #[error("`{0}` asks for TLS, and this build speaks http only: use http://HOST:PORT")]
    Tls(String),
    /// A token in the wrong place.
    #[error("the coordinator's address holds a user name or password: give the token with --token instead")]
    Credentials,
}

impl CoordinatorUrl {
    /// The address of what lies below. Segments are escaped: a device may be called `a/b` or `a?b`.
    pub(crate) fn below(&self, version: u32, segments: &[&str]) -> Url {
        let mut url = Url::clone(&self.0);
        // An http address always has segments.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push(&format!("v{version}")).extend(segments);
        }
        url
    }
}

impl FromStr for CoordinatorUrl {
    type Err = CoordinatorUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = || CoordinatorUrlError::Malformed(text.to_owned());
        let url = Url::parse(text.trim_end_matches('/')).map_err(|_| malformed())?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(CoordinatorUrlError::Credentials);
        }
        match url.scheme() {
            "https" => Err(CoordinatorUrlError::Tls(text.to_owned())),
            "http" if url.has_host() && url.query().is_none() && url.fragment().is_none() => Ok(Self(Box::new(url))),
            _ => Err(malformed()),
        }
    }
}

impl fmt::Display for CoordinatorUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::{CoordinatorUrl, CoordinatorUrlError};

    #[test]
    fn addresses_are_read_with_or_without_a_path() {
        for (text, shown, below) in [
            ("http://lab:8080", "http://lab:8080", "http://lab:8080/v2/devices/a%2Fb%3Fc"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080", "http://127.0.0.1:8080/v2/devices/a%2Fb%3Fc"),
            ("http://[::1]:1", "http://[::1]:1", "http://[::1]:1/v2/devices/a%2Fb%3Fc"),
            ("http://lab/tenshot/", "http://lab/tenshot", "http://lab/tenshot/v2/devices/a%2Fb%3Fc"),
        ] {
            let url = text.parse::<CoordinatorUrl>().unwrap();
            assert_eq!(url.to_string(), shown);
            assert_eq!(url.below(2, &["devices", "a/b?c"]).as_str(), below);
        }
    }

    #[test]
    fn other_addresses_say_what_would_be_right() {
        for text in ["", "lab", "lab:8080", "ftp://lab", "http://", "http://lab:port", "http://lab/?a=b", "/tmp"] {
            let error = text.parse::<CoordinatorUrl>().unwrap_err();
            assert_eq!(error, CoordinatorUrlError::Malformed(text.to_owned()));
        }
        let tls = "https://lab".parse::<CoordinatorUrl>().unwrap_err().to_string();
        assert_eq!(tls, "`https://lab` asks for TLS, and this build speaks http only: use http://HOST:PORT");
        assert_eq!("http://a:b@lab".parse::<CoordinatorUrl>(), Err(CoordinatorUrlError::Credentials));
    }
}
