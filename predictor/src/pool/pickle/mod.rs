//! Published pickles of plain lists, maps and numbers; `.pt` files are zip archives of one.

mod numpy;

use std::io::{Cursor, Read};

use serde::de::DeserializeOwned;
use serde_pickle::{DeOptions, ErrorCode};

pub(super) use self::numpy::WholeNumber;

/// The largest pickle that is read, in bytes.
const PICKLE_LIMIT: u64 = 256 << 20;

/// Why a `.pt` file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum PickleError {
    /// A file that is no zip archive, as PyTorch writes it.
    #[error("not a whole zip archive; fetch the file again")]
    Archive(#[source] zip::result::ZipError),
    /// An archive without pickle.
    #[error("the zip archive holds no data.pkl")]
    NoPickle,
    /// An archive that cannot be unpacked.
    #[error("its pickle could not be unpacked")]
    Unpack(#[source] std::io::Error),
    /// A pickle that would fill the memory.
    #[error("its pickle is larger than {} MB", PICKLE_LIMIT >> 20)]
    TooLarge,
    /// A pickle that would run code.
    #[error("its pickle contains code ({global}), which is never run; only plain values are read")]
    Code {
        /// The function or class that it names.
        global: String,
    },
    /// A pickle of other values.
    #[error("its pickle does not hold {expected}")]
    Content {
        /// What it should hold.
        expected: &'static str,
        /// What does not fit.
        source: serde_pickle::Error,
    },
}

/// The value of the pickle inside the bytes of a `.pt` file; `expected` says what it should be.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8], expected: &'static str) -> Result<T, PickleError> {
    Pickled(&unpack(bytes)?).value(expected)
}

/// The same of a pickle whose whole numbers may be numpy's, see [`WholeNumber`].
pub(super) fn read_with_numpy<T: DeserializeOwned>(bytes: &[u8], expected: &'static str) -> Result<T, PickleError> {
    let pickle = unpack(bytes)?;
    let as_values = numpy::calls_as_values(&pickle)?;
    Pickled(as_values.as_ref().unwrap_or(&pickle)).value(expected)
}

/// The pickle inside the bytes of a `.pt` file.
fn unpack(bytes: &[u8]) -> Result<Vec<u8>, PickleError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(PickleError::Archive)?;
    let name = archive
        .file_names()
        .find(|name| *name == "data.pkl" || name.ends_with("/data.pkl"))
        .map(str::to_owned)
        .ok_or(PickleError::NoPickle)?;
    let entry = archive.by_name(&name).map_err(PickleError::Archive)?;
    let mut pickle = Vec::new();
    entry.take(PICKLE_LIMIT + 1).read_to_end(&mut pickle).map_err(PickleError::Unpack)?;
    if pickle.len() as u64 > PICKLE_LIMIT {
        return Err(PickleError::TooLarge);
    }
    Ok(pickle)
}

/// The bytes of a pickle.
pub(super) struct Pickled<'a>(pub(super) &'a [u8]);

impl Pickled<'_> {
    /// Its value; `expected` says what it should be.
    pub(super) fn value<T: DeserializeOwned>(&self, expected: &'static str) -> Result<T, PickleError> {
        serde_pickle::from_slice(self.0, DeOptions::new()).map_err(|error| refusal(error, expected))
    }
}

fn refusal(error: serde_pickle::Error, expected: &'static str) -> PickleError {
    let code = match &error {
        serde_pickle::Error::Eval(code, _) | serde_pickle::Error::Syntax(code) => code,
        serde_pickle::Error::Io(_) => return PickleError::Content { expected, source: error },
    };
    match code {
        ErrorCode::UnsupportedGlobal(module, name) => PickleError::Code {
            global: format!("{}.{}", String::from_utf8_lossy(module), String::from_utf8_lossy(name)),
        },
        ErrorCode::UnresolvedGlobal => PickleError::Code { global: "a global name".to_owned() },
        _ => PickleError::Content { expected, source: error },
    }
}

/// A `.pt` file around the bytes of a pickle.
#[cfg(test)]
pub(crate) fn archive_of(pickle: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    archive.start_file("archive/data.pkl", stored).unwrap();
    archive.write_all(pickle).unwrap();
    archive.finish().unwrap().into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_whole_and_fractional_numbers() {
        let pickle = serde_pickle::to_vec(&(1, 2.5), serde_pickle::SerOptions::new()).unwrap();
        assert_eq!(read::<Vec<f64>>(&archive_of(&pickle), "a list").unwrap(), [1.0, 2.5]);
    }

    #[test]
    fn refuses_code() {
        // What `pickle.dumps` makes of an object that calls os.system("true") when loaded.
        let pickle = b"\x80\x02cposix\nsystem\nq\x00X\x04\x00\x00\x00trueq\x01\x85q\x02Rq\x03.";
        let error = read::<Vec<f64>>(&archive_of(pickle), "a list").unwrap_err();
        insta::assert_snapshot!(error, @"its pickle contains code (a global name), which is never run; only plain values are read");
    }

    #[test]
    fn refuses_truncated_and_foreign_files() {
        let pickle = serde_pickle::to_vec(&[1.0, 2.0], serde_pickle::SerOptions::new()).unwrap();
        let mut bytes = archive_of(&pickle);
        bytes.truncate(bytes.len() / 2);
        insta::assert_snapshot!(read::<Vec<f64>>(&bytes, "a list").unwrap_err(), @"not a whole zip archive; fetch the file again");
        insta::assert_snapshot!(read::<Vec<f64>>(&archive_of(&pickle[..5]), "a list").unwrap_err(), @"its pickle does not hold a list");
        let words = serde_pickle::to_vec(&["a"], serde_pickle::SerOptions::new()).unwrap();
        insta::assert_snapshot!(read::<Vec<f64>>(&archive_of(&words), "a list of latencies").unwrap_err(), @"its pickle does not hold a list of latencies");
    }
}
