//! What a sensor said, or that the machine has no such sensor.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A sensor's value; `"unknown"` on the wire where the machine lacks the sensor.
///
/// A missing sensor is never an error and never a zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reading<T> {
    /// The sensor's value.
    Known(T),
    /// The machine has no such sensor, or it cannot be read.
    #[default]
    Unknown,
}

impl<T> Reading<T> {
    /// The value, where there is one.
    #[must_use]
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown => None,
        }
    }
}

impl<T> From<Option<T>> for Reading<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Unknown, Self::Known)
    }
}

const UNKNOWN: &str = "unknown";

impl<T: Serialize> Serialize for Reading<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(value) => value.serialize(serializer),
            Self::Unknown => serializer.serialize_str(UNKNOWN),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Reading<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        enum Tag {
            #[serde(rename = "unknown")]
            Unknown,
        }
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Wire<T> {
            // First, so that a sensor of text whose value is not "unknown" still gets there.
            Unknown(Tag),
            Known(T),
        }
        Ok(match Wire::deserialize(deserializer)? {
            Wire::Unknown(Tag::Unknown) => Self::Unknown,
            Wire::Known(value) => Self::Known(value),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Reading;

    #[test]
    fn unknown_is_a_word_on_the_wire() {
        let readings = vec![Reading::Known(1.5), Reading::Unknown];
        let text = serde_json::to_string(&readings).unwrap();
        assert_eq!(text, r#"[1.5,"unknown"]"#);
        assert_eq!(serde_json::from_str::<Vec<Reading<f64>>>(&text).unwrap(), readings);
    }

    #[test]
    fn text_sensors_work_too() {
        let text = r#"["performance","unknown"]"#;
        let readings: Vec<Reading<String>> = serde_json::from_str(text).unwrap();
        assert_eq!(readings, [Reading::Known("performance".to_owned()), Reading::Unknown]);
        assert_eq!(serde_json::to_string(&readings).unwrap(), text);
    }
}
