//! How a measurement is to be made: warm-up, timed phase, trimming, limits.

use serde::{Deserialize, Serialize};

/// The measuring protocol of one measurement.
///
/// Warm-up and timed phase each end when both their minimum of runs and their minimum of time are
/// reached; the timed phase ends at the latest with either maximum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The preset that these settings come from, or `custom`.
    pub preset: String,
    /// Inferences to run before timing, at least.
    pub warm_up_min_runs: u32,
    /// Time to run before timing, at least, in milliseconds.
    pub warm_up_min_ms: u64,
    /// Timed inferences, at least.
    pub timed_min_runs: u32,
    /// Timed inferences, at most.
    pub timed_max_runs: u32,
    /// Length of the timed phase, at least, in milliseconds.
    pub timed_min_ms: u64,
    /// Length of the timed phase, at most, in milliseconds; counts only from `timed_min_runs` on.
    pub timed_max_ms: u64,
    /// Share of the samples removed at each end before the trimmed mean, 0 to below 0.5.
    pub trim_fraction: f64,
}

/// Settings that no measurement can follow.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SettingsError {
    /// No such preset.
    #[error("unknown preset `{0}`: this version knows {presets}", presets = Settings::PRESETS.join(", "))]
    UnknownPreset(String),
    /// Nothing would be timed.
    #[error("timed_min_runs is 0: at least 1 inference must be timed")]
    NothingTimed,
    /// More samples than a result may hold.
    #[error("timed_max_runs is {0}: at most {most} inferences can be timed", most = Settings::MOST_RUNS)]
    TooManyRuns(u32),
    /// The bounds exclude each other.
    #[error("{name} has a minimum of {minimum} above its maximum of {maximum}")]
    Bounds {
        /// Which bound.
        name: &'static str,
        /// The minimum asked for.
        minimum: u64,
        /// The maximum asked for.
        maximum: u64,
    },
    /// Trimming would leave nothing.
    #[error("trim_fraction is {0}: expected at least 0 and below 0.5")]
    TrimFraction(f64),
}

impl Settings {
    /// The presets by name.
    pub const PRESETS: [&'static str; 1] = ["help"];

    /// Timed inferences at most: every sample is kept and sent, and a million are some 10 MB of JSON.
    pub const MOST_RUNS: u32 = 1_000_000;

    /// The paper's protocol (A.2): 10 runs discarded, 50 timed, 10% removed at each end, mean.
    #[must_use]
    pub fn help() -> Self {
        Self {
            preset: "help".to_owned(),
            warm_up_min_runs: 10,
            warm_up_min_ms: 0,
            timed_min_runs: 50,
            timed_max_runs: 50,
            timed_min_ms: 0,
            timed_max_ms: u64::from(u32::MAX),
            trim_fraction: 0.1,
        }
    }

    /// The preset of this name.
    ///
    /// # Errors
    /// Where there is no such preset.
    pub fn preset(name: &str) -> Result<Self, SettingsError> {
        match name {
            "help" => Ok(Self::help()),
            other => Err(SettingsError::UnknownPreset(other.to_owned())),
        }
    }

    /// Checks that a measurement can follow these settings.
    ///
    /// # Errors
    /// Where nothing would be timed, bounds exclude each other, or trimming would leave nothing.
    pub fn check(&self) -> Result<(), SettingsError> {
        let bounds = |name, minimum, maximum| {
            if minimum > maximum { Err(SettingsError::Bounds { name, minimum, maximum }) } else { Ok(()) }
        };
        if self.timed_min_runs == 0 {
            return Err(SettingsError::NothingTimed);
        }
        if self.timed_max_runs > Self::MOST_RUNS {
            return Err(SettingsError::TooManyRuns(self.timed_max_runs));
        }
        bounds("timed runs", u64::from(self.timed_min_runs), u64::from(self.timed_max_runs))?;
        bounds("timed ms", self.timed_min_ms, self.timed_max_ms)?;
        if !(0.0..0.5).contains(&self.trim_fraction) {
            return Err(SettingsError::TrimFraction(self.trim_fraction));
        }
        Ok(())
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::help()
    }
}

#[cfg(test)]
mod tests {
    use super::{Settings, SettingsError};

    #[test]
    fn presets_are_sound() {
        for name in Settings::PRESETS {
            let settings = Settings::preset(name).unwrap();
            assert_eq!(settings.check(), Ok(()));
            assert_eq!(settings.preset, name);
        }
    }

    #[test]
    fn unsound_settings_are_named() {
        let trim = Settings { trim_fraction: 0.5, ..Settings::help() };
        assert_eq!(trim.check().unwrap_err().to_string(), "trim_fraction is 0.5: expected at least 0 and below 0.5");
        let runs = Settings { timed_max_runs: 3, ..Settings::help() };
        assert_eq!(runs.check().unwrap_err().to_string(), "timed runs has a minimum of 50 above its maximum of 3");
        let none = Settings { timed_min_runs: 0, ..Settings::help() };
        assert_eq!(none.check(), Err(SettingsError::NothingTimed));
        let many = Settings { timed_max_runs: 1_000_001, ..Settings::help() };
        assert_eq!(
            many.check().unwrap_err().to_string(),
            "timed_max_runs is 1000001: at most 1000000 inferences can be timed"
        );
        assert_eq!(Settings::preset("x").unwrap_err().to_string(), "unknown preset `x`: this version knows help");
    }
}
