//! Golden bytes: what a version is on the wire. A change that fails here needs a new version.

use std::fmt::{Debug, Write as _};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Values of a wire type that between them show every field and every variant.
pub(crate) trait Examples: Sized {
    fn examples() -> Vec<Self>;
}

/// A line for each example, after each was read back as what it was.
pub(crate) fn lines<T>(name: &str) -> String
where
    T: Examples + Serialize + DeserializeOwned + PartialEq + Debug,
{
    let examples = T::examples();
    assert!(!examples.is_empty(), "{name} has no example");
    examples.iter().fold(String::new(), |mut lines, example| {
        let bytes = serde_json::to_string(example).unwrap();
        assert_eq!(&serde_json::from_str::<T>(&bytes).unwrap(), example, "{name} is not read as it is written");
        let _ = writeln!(lines, "{name} {bytes}");
        lines
    })
}

/// Compares with the file of a version, line by line.
pub(crate) fn compare(file: &str, golden: &str, now: &str) {
    if std::env::var_os("TENSHOT_WRITE_GOLDEN").is_some() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(file);
        std::fs::write(path, now).unwrap();
        return;
    }
    for (golden, now) in golden.lines().zip(now.lines()) {
        assert_eq!(golden, now, "{file} is frozen: what is new goes into a new version");
    }
    assert_eq!(golden.lines().count(), now.lines().count(), "{file} is frozen: nothing is added or taken away");
}
