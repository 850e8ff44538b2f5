//! Numpy's numbers in pickles, which write a number as calls of numpy: read without calling anything.

use std::collections::HashSet;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny};

use super::PickleError;

/// The calls that a number is written with.
const NUMBER_CALLS: [&str; 4] =
    ["numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar", "numpy.dtype", "_codecs.encode"];

/// The same pickle with calls as values: `f(a, b)` becomes the pair of the name `f` and `(a, b)`.
/// None where it has operations that numpy's numbers do not need.
///
/// # Errors
/// A name of anything but numpy's numbers.
pub(super) fn calls_as_values(pickle: &[u8]) -> Result<Option<Vec<u8>>, PickleError> {
    let Some(operations) = operations(pickle) else { return Ok(None) };
    let fetched: HashSet<u32> = operations.iter().filter_map(Operation::fetched).collect();
    let mut rewritten = Vec::with_capacity(pickle.len());
    for Operation { code, argument } in &operations {
        match code {
            b'c' => push_text(&mut rewritten, &name(argument)?),
            // A pair of the two items that a call takes from the stack.
            b'R' => rewritten.push(0x86),
            // What would set the state of a data type leaves it as it is.
            b'b' => rewritten.push(b'0'),
            // What nobody fetches is not kept: the reader counts how often a part of something
            // that is fetched many times may still be fetched.
            b'q' | b'r' if !memo_key(argument).is_some_and(|key| fetched.contains(&key)) => {}
            _ => {
                rewritten.push(*code);
                rewritten.extend_from_slice(argument);
            }
        }
    }
    Ok(Some(rewritten))
}

/// One step of a pickle.
struct Operation<'a> {
    code: u8,
    argument: &'a [u8],
}

impl Operation<'_> {
    /// The key of what it fetches from the memo.
    fn fetched(&self) -> Option<u32> {
        if matches!(self.code, b'h' | b'j') { memo_key(self.argument) } else { None }
    }
}

fn memo_key(argument: &[u8]) -> Option<u32> {
    match argument {
        [key] => Some(u32::from(*key)),
        _ => argument.try_into().ok().map(u32::from_le_bytes),
    }
}

fn operations(mut pickle: &[u8]) -> Option<Vec<Operation<'_>>> {
    let mut operations = Vec::new();
    while let Some((&code, after)) = pickle.split_first() {
        let (argument, rest) = after.split_at_checked(argument_length(code, after)?)?;
        operations.push(Operation { code, argument });
        pickle = rest;
    }
    Some(operations)
}

/// How many bytes follow an operation of pickle's protocol 2 that plain values and numpy's numbers
/// are written with.
fn argument_length(operation: u8, after: &[u8]) -> Option<usize> {
    match operation {
        b'(' | b'.' | b'N' | b'R' | b'a' | b'b' | b'e' | b's' | b't' | b'u' | b'}' | b']' | b')' => Some(0),
        // Tuples of one to three, true and false.
        0x85..=0x89 => Some(0),
        // Protocol, small numbers, and the memo.
        0x80 | b'K' | b'h' | b'q' => Some(1),
        b'M' => Some(2),
        b'J' | b'j' | b'r' => Some(4),
        b'G' => Some(8),
        b'X' => {
            let length = u32::from_le_bytes(*after.first_chunk()?);
            usize::try_from(length).ok()?.checked_add(4)
        }
        b'c' => {
            let mut ends = after.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
            ends.nth(1).map(|(position, _)| position + 1)
        }
        _ => None,
    }
}

/// The name in `module\nname\n`.
fn name(argument: &[u8]) -> Result<String, PickleError> {
    let name = String::from_utf8_lossy(argument).trim_end().replace('\n', ".");
    if NUMBER_CALLS.contains(&name.as_str()) { Ok(name) } else { Err(PickleError::Code { global: name }) }
}

fn push_text(pickle: &mut Vec<u8>, text: &str) {
    pickle.push(b'X');
    // Names are those of `NUMBER_CALLS`, which are short.
    pickle.extend_from_slice(&u32::try_from(text.len()).unwrap_or_default().to_le_bytes());
    pickle.extend_from_slice(text.as_bytes());
}

/// A whole number, plain or numpy's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WholeNumber(pub(crate) i64);

/// What numpy's number is written as: `scalar(dtype("i8", …), encode("…", "latin1"))`, its bytes
/// from the lowest on as letters.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Plain(i64),
    Scalar(Call<(DataType, Letters)>),
}

/// A call of one of `NUMBER_CALLS`, as [`calls_as_values`] writes it: its name and what it is given.
type Call<Given> = (IgnoredAny, Given);
type DataType = Call<(String, IgnoredAny, IgnoredAny)>;
type Letters = Call<(String, IgnoredAny)>;

impl<'de> Deserialize<'de> for WholeNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Written::deserialize(deserializer)? {
            Written::Plain(number) => Ok(Self(number)),
            Written::Scalar((_, ((_, (kind, ..)), (_, (letters, _))))) => {
                let number = bytes(&letters).and_then(|bytes| from_bytes(&kind, &bytes));
                number.map(Self).ok_or_else(|| D::Error::custom(format_args!("no whole number of numpy's kind {kind}")))
            }
        }
    }
}

fn bytes(letters: &str) -> Option<Vec<u8>> {
    letters.chars().map(|letter| u8::try_from(letter).ok()).collect()
}

fn from_bytes(kind: &str, bytes: &[u8]) -> Option<i64> {
    match kind {
        "i8" => Some(i64::from_le_bytes(bytes.try_into().ok()?)),
        "i4" => Some(i32::from_le_bytes(bytes.try_into().ok()?).into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{PickleError, archive_of, read_with_numpy};
    use super::WholeNumber;

    /// What Python makes of `[5, numpy.int64(204), numpy.int64(224)]`: the second number refers to
    /// the names that the first one has named.
    fn pickle() -> Vec<u8> {
        let mut pickle =
            b"\x80\x02]q\x00(K\x05cnumpy.core.multiarray\nscalar\nq\x01cnumpy\ndtype\nq\x02X\x02\x00\x00\x00i8q\x03\
            K\x00K\x01\x87q\x04Rq\x05(K\x03X\x01\x00\x00\x00<q\x06NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tq\x07b\
            c_codecs\nencode\nq\x08"
                .to_vec();
        // Bytes from 0x80 on are letters of two bytes.
        pickle.extend(
            b"X\x09\x00\x00\x00\xc3\x8c\0\0\0\0\0\0\0q\x09X\x06\x00\x00\x00latin1q\x0a\x86q\x0bRq\x0c\x86q\x0dRq\x0e",
        );
        pickle.extend(
            b"h\x01h\x05h\x08X\x09\x00\x00\x00\xc3\xa0\0\0\0\0\0\0\0q\x0fh\x0a\x86q\x10Rq\x11\x86q\x12Rq\x13e.",
        );
        pickle
    }

    #[test]
    fn numbers_of_numpy_and_of_python_are_read() {
        let numbers: Vec<WholeNumber> = read_with_numpy(&archive_of(&pickle()), "a list of numbers").unwrap();
        assert_eq!(numbers, [WholeNumber(5), WholeNumber(204), WholeNumber(224)]);
    }

    #[test]
    fn other_names_and_other_values_are_refused() {
        let refused = |pickle: &[u8]| -> PickleError {
            read_with_numpy::<Vec<WholeNumber>>(&archive_of(pickle), "a list of numbers").unwrap_err()
        };
        let code = b"\x80\x02cposix\nsystem\nq\x00X\x04\x00\x00\x00trueq\x01\x85q\x02Rq\x03.";
        insta::assert_snapshot!(refused(code), @"its pickle contains code (posix.system), which is never run; only plain values are read");
        let whole = pickle();
        for length in 0..whole.len() {
            refused(&whole[..length]);
        }
        let float: Vec<u8> =
            whole.windows(2).map(|pair| if pair == b"i8" { b'f' } else { pair[0] }).chain([b'.']).collect();
        insta::assert_snapshot!(refused(&float), @"its pickle does not hold a list of numbers");
        // A newer protocol names what it calls in another way.
        insta::assert_snapshot!(refused(b"\x80\x04\x8c\x05posix\x94\x8c\x06system\x94\x93\x94."), @"its pickle contains code (a global name), which is never run; only plain values are read");
    }
}
