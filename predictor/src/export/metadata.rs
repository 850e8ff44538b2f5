//! What an exported file says of itself.

use serde_json::{Value, json};

use crate::artefact::Adapted;
use crate::encoding::ENCODING_VERSION;

/// What stands for something that is not known.
const NONE: &str = "none";

/// Keys and values: words, numbers, or JSON.
pub(super) fn of(adapted: &Adapted, has_interval: bool) -> Vec<(&'static str, String)> {
    let (trained, header) = (adapted.trained_header(), adapted.header());
    let json = |value: &Value| if value.is_null() { NONE.to_owned() } else { value.to_string() };
    let interval = if has_interval { "0.9" } else { NONE };
    vec![
        ("tenshot.space", adapted.space().to_string()),
        ("tenshot.encoding", ENCODING_VERSION.to_string()),
        ("tenshot.device", header.device.clone().unwrap_or_else(|| NONE.to_owned())),
        ("tenshot.facts", json(&header.facts)),
        ("tenshot.method", trained.method.to_string()),
        ("tenshot.measurements", adapted.support().measurements().len().to_string()),
        ("tenshot.unit", "ms".to_owned()),
        ("tenshot.interval", interval.to_owned()),
        ("tenshot.certificate", json(&json!(header.certificate))),
        ("tenshot.version", env!("CARGO_PKG_VERSION").to_owned()),
        ("tenshot.trained_version", trained.code_version.clone()),
    ]
}
