//! Reads architectures of MobileNetV3, and says which setting is wrong.

use std::fmt;
use std::str::FromStr;

use serde_json::{Map, Value};
use thiserror::Error;

use super::{DEPTHS, EXPANSIONS, KERNELS, MbConv, Network, RESOLUTIONS};
use crate::spaces::excerpt::excerpt;

/// A text or settings that are no architecture of MobileNetV3.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MobileNetV3Error {
    /// The text is no JSON.
    #[error("line {line}, column {column}: no JSON, expected {FORM}")]
    Syntax {
        /// The line where it stops being JSON, counted from 1.
        line: usize,
        /// The column there.
        column: usize,
    },
    /// The JSON is no object.
    #[error("`{found}` is no JSON object, expected {FORM}")]
    NotAnObject {
        /// The beginning of the JSON.
        found: String,
    },
    /// A key is missing.
    #[error("key `{key}` is missing, expected {FORM}")]
    Missing {
        /// The key.
        key: Key,
    },
    /// A list is none.
    #[error("`{key}` is `{found}`, expected a list of {} numbers", key.count())]
    NotAList {
        /// The key.
        key: Key,
        /// The beginning of what is there instead.
        found: String,
    },
    /// A list has too few or too many values.
    #[error("`{key}` has {count} values, expected {}", key.count())]
    Count {
        /// The key.
        key: Key,
        /// How many values there are.
        count: usize,
    },
    /// A value that the space does not have.
    #[error("`{key}{}` is {found}, expected {}", Place(*position), key.allowed())]
    Setting {
        /// The key.
        key: Key,
        /// The place in the key's list, counted from 0; nothing where it has no list.
        position: Option<usize>,
        /// The value.
        found: String,
    },
}

const FORM: &str = r#"{"ks":[20 numbers],"e":[20 numbers],"d":[5 numbers],"r":number}"#;

/// A key of the JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// `ks`: the kernel size at each position.
    KernelSizes,
    /// `e`: the expansion at each position.
    Expansions,
    /// `d`: the depth of each stage.
    Depths,
    /// `r`: the resolution.
    Resolution,
}

impl Key {
    /// The name in the JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::KernelSizes => "ks",
            Self::Expansions => "e",
            Self::Depths => "d",
            Self::Resolution => "r",
        }
    }

    const fn count(self) -> usize {
        match self {
            Self::KernelSizes | Self::Expansions => Network::POSITIONS,
            Self::Depths => Network::STAGES,
            Self::Resolution => 1,
        }
    }

    const fn settings(self) -> &'static [u8] {
        match self {
            Self::KernelSizes => &KERNELS,
            Self::Expansions => &EXPANSIONS,
            Self::Depths => &DEPTHS,
            Self::Resolution => &RESOLUTIONS,
        }
    }

    const fn allowed(self) -> &'static str {
        match self {
            Self::KernelSizes => "3, 5 or 7",
            Self::Expansions => "3, 4 or 6",
            Self::Depths => "2, 3 or 4",
            Self::Resolution => "a multiple of 4 from 128 to 224",
        }
    }

    fn setting(self, position: Option<usize>, value: usize) -> Result<u8, MobileNetV3Error> {
        let setting = self.settings().iter().copied().find(|&setting| usize::from(setting) == value);
        setting.ok_or_else(|| MobileNetV3Error::Setting { key: self, position, found: value.to_string() })
    }
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// A place in a list, as in `[3]`.
struct Place(Option<usize>);

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |position| write!(formatter, "[{position}]"))
    }
}

impl Network {
    /// The architecture with these settings; kernel sizes and expansions beyond a stage's depth
    /// may be anything.
    ///
    /// # Errors
    /// The first setting that the space does not have.
    pub fn new(
        resolution: usize,
        depths: [usize; Self::STAGES],
        kernels: [usize; Self::POSITIONS],
        expansions: [usize; Self::POSITIONS],
    ) -> Result<Self, MobileNetV3Error> {
        let mut network = Self {
            resolution: Key::Resolution.setting(None, resolution)?,
            depths: [0; Self::STAGES],
            blocks: [Self::UNUSED; Self::POSITIONS],
        };
        for (stage, depth) in depths.into_iter().enumerate() {
            network.depths[stage] = Key::Depths.setting(Some(stage), depth)?;
        }
        let used: Vec<_> = network.blocks().map(|(position, _)| position).collect();
        for position in used {
            network.blocks[position] = MbConv {
                kernel: Key::KernelSizes.setting(Some(position), kernels[position])?,
                expansion: Key::Expansions.setting(Some(position), expansions[position])?,
            };
        }
        Ok(network)
    }
}

impl FromStr for Network {
    type Err = MobileNetV3Error;

    /// Reads JSON with the keys `ks`, `e`, `d` and `r`; others, like the published files'
    /// `wid`, are left unread.
    fn from_str(text: &str) -> Result<Self, MobileNetV3Error> {
        let json: Value = serde_json::from_str(text)
            .map_err(|error| MobileNetV3Error::Syntax { line: error.line(), column: error.column() })?;
        let Value::Object(object) = json else {
            return Err(MobileNetV3Error::NotAnObject { found: excerpt(&json.to_string()) });
        };
        let kernels = numbers(&object, Key::KernelSizes)?;
        let expansions = numbers(&object, Key::Expansions)?;
        let depths = numbers(&object, Key::Depths)?;
        let resolution = number(get(&object, Key::Resolution)?, Key::Resolution, None)?;
        Self::new(resolution, depths, kernels, expansions)
    }
}

fn get(object: &Map<String, Value>, key: Key) -> Result<&Value, MobileNetV3Error> {
    object.get(key.name()).ok_or(MobileNetV3Error::Missing { key })
}

fn numbers<const COUNT: usize>(object: &Map<String, Value>, key: Key) -> Result<[usize; COUNT], MobileNetV3Error> {
    let value = get(object, key)?;
    let list =
        value.as_array().ok_or_else(|| MobileNetV3Error::NotAList { key, found: excerpt(&value.to_string()) })?;
    let numbers = list.iter().enumerate().map(|(position, value)| number(value, key, Some(position)));
    let numbers: Vec<_> = numbers.collect::<Result<_, _>>()?;
    numbers.try_into().map_err(|_| MobileNetV3Error::Count { key, count: list.len() })
}

fn number(value: &Value, key: Key, position: Option<usize>) -> Result<usize, MobileNetV3Error> {
    let number = value.as_u64().and_then(|number| usize::try_from(number).ok());
    number.ok_or_else(|| MobileNetV3Error::Setting { key, position, found: excerpt(&value.to_string()) })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::path::{Path, PathBuf};

    use proptest::prelude::{Strategy, any, proptest};
    use proptest::{array, sample};

    use super::*;

    fn networks() -> impl Strategy<Value = Network> {
        let among = |settings: &'static [u8]| sample::select(settings).prop_map(usize::from);
        let kernels = array::uniform20(among(&KERNELS));
        let depths = array::uniform5(among(&DEPTHS));
        (among(&RESOLUTIONS), depths, kernels, array::uniform20(among(&EXPANSIONS))).prop_map(
            |(resolution, depths, kernels, expansions)| Network::new(resolution, depths, kernels, expansions).unwrap(),
        )
    }

    const WRITTEN: &str = r#"{"ks":[5,5,3,3,5,5,3,3,5,5,3,3,5,5,3,3,5,5,5,3],"e":[4,4,3,3,4,4,3,3,4,4,3,3,4,4,3,3,4,4,4,3],"d":[2,2,2,2,3],"r":160}"#;

    /// What is wrong once a part of [`WRITTEN`] is replaced.
    fn error(from: &str, to: &str) -> String {
        assert!(WRITTEN.contains(from));
        WRITTEN.replacen(from, to, 1).parse::<Network>().unwrap_err().to_string()
    }

    #[test]
    fn a_wrong_setting_is_named_with_its_position() {
        insta::assert_snapshot!(error(r#""ks":[5,5"#, r#""ks":[5,9"#), @"`ks[1]` is 9, expected 3, 5 or 7");
        insta::assert_snapshot!(error(r#""e":[4,4"#, r#""e":[4.0,4"#), @"`e[0]` is 4.0, expected 3, 4 or 6");
        insta::assert_snapshot!(error("[2,2,2,2,3]", "[2,2,1,2,3]"), @"`d[2]` is 1, expected 2, 3 or 4");
        insta::assert_snapshot!(error("160", "130"), @"`r` is 130, expected a multiple of 4 from 128 to 224");
        insta::assert_snapshot!(error("160", "[160]"), @"`r` is [160], expected a multiple of 4 from 128 to 224");
        insta::assert_snapshot!(error("160", "-160"), @"`r` is -160, expected a multiple of 4 from 128 to 224");
    }

    #[test]
    fn what_is_missing_or_too_much_is_told() {
        insta::assert_snapshot!(error(r#""d""#, r#""depth""#), @r#"key `d` is missing, expected {"ks":[20 numbers],"e":[20 numbers],"d":[5 numbers],"r":number}"#);
        insta::assert_snapshot!(error("[2,2,2,2,3]", "[2,2,2,2]"), @"`d` has 4 values, expected 5");
        insta::assert_snapshot!(error("[5,5", "[5,5,5"), @"`ks` has 21 values, expected 20");
        insta::assert_snapshot!(error("[2,2,2,2,3]", "null"), @"`d` is `null`, expected a list of 5 numbers");
    }

    #[test]
    fn what_is_no_object_is_told() {
        insta::assert_snapshot!(error(r#""r":160"#, "r:160"), @r#"line 1, column 111: no JSON, expected {"ks":[20 numbers],"e":[20 numbers],"d":[5 numbers],"r":number}"#);
        insta::assert_snapshot!("[3, 5]".parse::<Network>().unwrap_err(), @r#"`[3,5]` is no JSON object, expected {"ks":[20 numbers],"e":[20 numbers],"d":[5 numbers],"r":number}"#);
        insta::assert_snapshot!("".parse::<Network>().unwrap_err(), @r#"line 1, column 0: no JSON, expected {"ks":[20 numbers],"e":[20 numbers],"d":[5 numbers],"r":number}"#);
        assert!("[".repeat(100_000).parse::<Network>().is_err());
    }

    #[test]
    fn unused_positions_are_ignored() {
        let network: Network = WRITTEN.parse().unwrap();
        let other = WRITTEN.replacen("[5,5,3,3,", "[5,5,7,0,", 1).replacen("4,3]", "4,99]", 1);
        assert_eq!(other.parse(), Ok(network));
        let other = WRITTEN.replacen("{", r#"{"wid": null, "#, 1).replace(',', ",\n ");
        assert_eq!(other.parse(), Ok(network));
    }

    fn shared() -> Option<PathBuf> {
        let shared = std::env::var_os("TENSHOT_SHARED");
        if shared.is_none() {
            eprintln!("skipped: TENSHOT_SHARED is not set");
        }
        Some(Path::new(&shared?).join("data/help/ofa"))
    }

    #[test]
    fn the_published_list_is_read() {
        let Some(folder) = shared() else { return };
        let text = std::fs::read_to_string(folder.join("ofa_archs.json")).unwrap();
        let published: Vec<Value> = serde_json::from_str(&text).unwrap();
        let networks: HashSet<Network> = published.iter().map(|json| json.to_string().parse().unwrap()).collect();
        assert_eq!(networks.len(), 5_000, "all differ");
        for json in published {
            let network: Network = json.to_string().parse().unwrap();
            assert_eq!(json["r"], network.resolution());
            for (position, block) in network.blocks() {
                assert_eq!(
                    (&json["ks"][position], &json["e"][position]),
                    (&block.kernel().into(), &block.expansion().into())
                );
            }
        }
    }

    #[test]
    fn the_published_files_are_read() {
        let Some(folder) = shared() else { return };
        let files = |folder: PathBuf| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let settings = files(folder.join("architecture_config")).flat_map(files);
        let networks: HashSet<_> =
            settings.map(|path| std::fs::read_to_string(path).unwrap().parse::<Network>().unwrap()).collect();
        assert_eq!(networks.len(), 7);
    }

    proptest! {
        #[test]
        fn every_network_is_read_as_it_is_written(network in networks()) {
            assert_eq!(network.to_string().parse(), Ok(network));
        }

        #[test]
        fn any_text_is_read_or_refused(network in networks(), text in any::<String>(), start in 0_usize..120, cut in 0_usize..9) {
            let _ = text.parse::<Network>();
            let mut near = network.to_string();
            let end = (start + cut).min(near.len());
            near.replace_range(start.min(end)..end, &text);
            if let Ok(read) = near.parse::<Network>() {
                assert_eq!(read.to_string().parse(), Ok(read));
            }
        }
    }
}
