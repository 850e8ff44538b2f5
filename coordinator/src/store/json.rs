//! JSON columns: facts and backends of devices, specs of campaigns, reasons and failures of measurements, points of
//! embeddings, certificates. Their texts are formats of this database's own, whose version is the schema's; the
//! tests below hold each to its bytes. A change that they notice needs a step of the schema.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::StoreError;

pub(super) fn to_text<T: Serialize>(what: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|source| StoreError::Damaged { what, source })
}

pub(super) fn from_text<T: DeserializeOwned>(what: &'static str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|source| StoreError::Damaged { what, source })
}

/// A plain enum as it stands in a text column: its name.
pub(super) fn name_of<T: Serialize>(what: &'static str, value: &T) -> Result<String, StoreError> {
    let text = to_text(what, value)?;
    Ok(text.trim_matches('"').to_owned())
}

/// The reverse of [`name_of`].
pub(super) fn from_name<T: DeserializeOwned>(what: &'static str, name: &str) -> Result<T, StoreError> {
    let value = serde_json::Value::String(name.to_owned());
    serde_json::from_value(value).map_err(|source| StoreError::Damaged { what, source })
}

/// A text column holds none of the words that it may.
pub(super) fn damaged(what: &'static str, found: &str) -> StoreError {
    let source = serde::de::Error::custom(format!("`{found}` is no {what}"));
    StoreError::Damaged { what, source }
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use serde::Serialize;
    use serde::de::DeserializeOwned;
    use tenshot_measurement::{
        Backend, BoardFacts, FailureKind, Limits, MeasurementFailure, ModelHash, Reading, Reason, Settings,
    };
    use tenshot_predictor::Certificate;

    use super::{from_text, to_text};
    use crate::domain::campaign::{ArchitectureChoice, CampaignSpec};
    use crate::domain::embedding::Point;

    #[track_caller]
    fn golden<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, text: &str) {
        assert_eq!(to_text("value", value).unwrap(), text);
        assert_eq!(&from_text::<T>("value", text).unwrap(), value);
    }

    #[test]
    fn devices() {
        golden(
            &BoardFacts {
                cpu_model: Reading::Known("Cortex-A72".into()),
                board_model: Reading::Unknown,
                architecture: "aarch64".into(),
                operating_system: "Linux 6.1".into(),
                cpu_count: 4,
                memory_bytes: Reading::Known(4_000_000_000),
            },
            concat!(
                r#"{"cpu_model":"Cortex-A72","board_model":"unknown","architecture":"aarch64","#,
                r#""operating_system":"Linux 6.1","cpu_count":4,"memory_bytes":4000000000}"#
            ),
        );
        golden(
            &vec![Backend { name: "tract".into(), version: "0.23.9".into(), execution_provider: "cpu".into() }],
            r#"[{"name":"tract","version":"0.23.9","execution_provider":"cpu"}]"#,
        );
    }

    #[test]
    fn campaigns() {
        let spec = CampaignSpec {
            name: "first".into(),
            space: "nasbench201".into(),
            trained: Some(ModelHash::of(b"abc")),
            references: ArchitectureChoice::Paper,
            probes: Some(ArchitectureChoice::Spread { count: 20, seed: 0 }),
            devices: vec!["pi".into()],
            batches: vec![1],
            backend: "tract".into(),
            execution_provider: "cpu".into(),
            threads: 1,
            cpu_set: None,
            settings: Settings::help(),
            limits: Limits { time_ms: 600_000, memory_bytes: 1 << 31 },
            passes: 2,
            attempts: 3,
            cool_down_ms: 5_000,
        };
        let text = concat!(
            r#"{"name":"first","space":"nasbench201","#,
            r#""trained":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad","references":"paper","#,
            r#""probes":{"spread":{"count":20,"seed":0}},"devices":["pi"],"batches":[1],"backend":"tract","#,
            r#""execution_provider":"cpu","threads":1,"cpu_set":null,"#,
            r#""settings":{"preset":"help","warm_up_min_runs":10,"warm_up_min_ms":0,"timed_min_runs":50,"#,
            r#""timed_max_runs":50,"timed_min_ms":0,"timed_max_ms":4294967295,"trim_fraction":0.1},"#,
            r#""limits":{"time_ms":600000,"memory_bytes":2147483648},"passes":2,"attempts":3,"cool_down_ms":5000}"#
        );
        golden(&spec, text);
        let (before, behind) = text.split_once(r#""trained":"#).unwrap();
        let of_schema_1 = format!("{before}{}", behind.split_once(',').unwrap().1);
        assert_eq!(from_text::<CampaignSpec>("spec", &of_schema_1).unwrap(), CampaignSpec { trained: None, ..spec });
    }

    #[test]
    fn attempts() {
        golden(
            &vec![Reason::Drift { change: 0.25, bound: 0.05 }, Reason::Throttled],
            r#"[{"rule":"drift","change":0.25,"bound":0.05},{"rule":"throttled"}]"#,
        );
        golden(
            &MeasurementFailure { kind: FailureKind::TimeLimit, detail: "ended after 600 s".into() },
            r#"{"kind":"time_limit","detail":"ended after 600 s"}"#,
        );
    }

    #[test]
    fn predictors() {
        golden(
            &vec![Point {
                architecture: "9930".into(),
                latency_ms: 1.5,
                extra_noise: 0.0,
                reasons: vec![],
                measurements: vec![3, 4],
            }],
            r#"[{"architecture":"9930","latency_ms":1.5,"extra_noise":0.0,"reasons":[],"measurements":[3,4]}]"#,
        );
        let certificate = Certificate {
            probes: 20,
            mean_error_ms: 0.5,
            mape: 0.05,
            spearman: 0.99,
            coverage_90: Some(0.9),
            width_90: None,
        };
        golden(
            &certificate,
            r#"{"probes":20,"mean_error_ms":0.5,"mape":0.05,"spearman":0.99,"coverage_90":0.9,"width_90":null}"#,
        );
        // As schema 1 had it.
        let old = r#"{"probes":20,"spearman":0.99,"mape":0.05,"mean_error_ms":0.5,"coverage_90":0.9}"#;
        assert_eq!(from_text::<Certificate>("certificate", old).unwrap(), certificate);
    }
}
