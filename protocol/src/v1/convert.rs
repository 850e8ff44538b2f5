//! Between version 1 and what a measurement is: every field by name, so that the compiler asks about
//! each that one side has and the other lacks.

use tenshot_measurement as domain;
use tenshot_measurement::{AttemptNumber, Fence, ModelHash, Reading, TaskId};

use super::{
    Assignment, Backend, BoardFacts, Conditions, Environment, FailureKind, Holding, LatencyStatistics, Limits,
    Measurement, MeasurementFailure, Metric, Outcome, Reason, ResultStatus, Settings, Target, Temperature, TimedScope,
    Verdict,
};

/// The same value on the other side.
trait Across<T> {
    fn across(self) -> T;
}

macro_rules! as_it_is {
    ($($name:ty),+) => {
        $(impl Across<$name> for $name {
            fn across(self) -> $name {
                self
            }
        })+
    };
}

as_it_is!(AttemptNumber, Fence, ModelHash, String, TaskId, [f64; 2], bool, f64, i64, u32, u64, u8);

impl<T: Across<U>, U> Across<Option<U>> for Option<T> {
    fn across(self) -> Option<U> {
        self.map(T::across)
    }
}

impl<T: Across<U>, U> Across<Vec<U>> for Vec<T> {
    fn across(self) -> Vec<U> {
        self.into_iter().map(T::across).collect()
    }
}

impl<T: Across<U>, U> Across<Box<U>> for Box<T> {
    fn across(self) -> Box<U> {
        Box::new((*self).across())
    }
}

impl<T: Across<U>, U> Across<Reading<U>> for Reading<T> {
    fn across(self) -> Reading<U> {
        match self {
            Self::Known(value) => Reading::Known(value.across()),
            Self::Unknown => Reading::Unknown,
        }
    }
}

macro_rules! both_ways {
    ($name:ident, |$value:ident, $from:ident, $to:ident| $body:expr) => {
        impl From<domain::$name> for $name {
            fn from($value: domain::$name) -> Self {
                use domain::$name as $from;
                type $to = $name;
                $body
            }
        }

        impl From<$name> for domain::$name {
            fn from($value: $name) -> Self {
                use $name as $from;
                type $to = domain::$name;
                $body
            }
        }

        impl Across<$name> for domain::$name {
            fn across(self) -> $name {
                self.into()
            }
        }

        impl Across<domain::$name> for $name {
            fn across(self) -> domain::$name {
                self.into()
            }
        }
    };
}

macro_rules! structs {
    ($($name:ident { $($field:ident),+ $(,)? })+) => {
        $(both_ways!($name, |value, From_, To_| {
            let From_ { $($field),+ } = value;
            To_ { $($field: $field.across()),+ }
        });)+
    };
}

macro_rules! enums {
    ($($name:ident { $($variant:ident $(($inner:ident))? $({ $($field:ident),+ })?),+ $(,)? })+) => {
        $(both_ways!($name, |value, From_, To_| match value {
            $(From_::$variant $(($inner))? $({ $($field),+ })? =>
                To_::$variant $(($inner.across()))? $({ $($field: $field.across()),+ })?,)+
        });)+
    };
}

structs! {
    Assignment {
        holding, expires_in_ms, model_sha256, model_bytes, backend, execution_provider, threads, batch, cpu_set,
        settings, limits,
    }
    Backend { name, version, execution_provider }
    BoardFacts { cpu_model, board_model, architecture, operating_system, cpu_count, memory_bytes }
    Conditions {
        governor, frequency_khz, temperatures, throttle_count, load_average, memory_available_bytes, battery_percent,
    }
    Environment { before, after, other_load }
    Holding { task, attempt, fence }
    LatencyStatistics {
        trimmed_mean, mean, median, mad, cv, min, max, p90, ci95, trim_fraction, trimmed_runs,
    }
    Limits { time_ms, memory_bytes }
    Measurement {
        model_sha256, backend, threads, batch, cpu_set, settings, timed, started_at_unix_ms, load_ms, cold_start_ms,
        warmup_runs, warmup_ms, samples_ns, latency_ms, clock_resolution_ns, peak_memory_bytes, environment, verdict,
    }
    MeasurementFailure { kind, detail }
    Settings {
        preset, warm_up_min_runs, warm_up_min_ms, timed_min_runs, timed_max_runs, timed_min_ms, timed_max_ms,
        trim_fraction,
    }
    Target { device, backend, execution_provider, threads, batch, metric }
    Temperature { zone, millicelsius }
    Verdict { trusted, reasons }
}

enums! {
    FailureKind {
        ModelUnreadable, InputUnsupported, BackendError, Crashed, TimeLimit, MemoryLimit, Board,
    }
    Metric { Latency }
    Outcome { Measured(outcome), Failed(outcome) }
    Reason {
        Drift { change, bound },
        Spread { cv, bound },
        TooFewSamples { samples, needed },
        ClockCoarse { resolution_ns, median_ns },
        FrequencyMoved { change, bound },
        Throttled,
        Load { others, bound },
        PassesDisagree { difference, bound },
    }
    ResultStatus { Accepted, Duplicate, Superseded }
    TimedScope { InferenceInMemory }
}

#[cfg(test)]
mod tests {
    use tenshot_measurement as domain;

    use super::super::{Assignment, BoardFacts, Outcome, ResultStatus, Settings, Target};
    use crate::golden::Examples;

    #[test]
    fn there_and_back_is_where_it_was() {
        fn round<T: Examples + Clone + PartialEq + std::fmt::Debug + Into<D>, D: Into<T>>() {
            for example in T::examples() {
                let there: D = example.clone().into();
                assert_eq!(there.into(), example);
            }
        }
        round::<Assignment, domain::Assignment>();
        round::<BoardFacts, domain::BoardFacts>();
        round::<Outcome, domain::Outcome>();
        round::<ResultStatus, domain::ResultStatus>();
        round::<Settings, domain::Settings>();
        round::<Target, domain::Target>();
    }

    #[test]
    fn what_is_left_out_of_settings_is_the_preset_help() {
        let settings: Settings = serde_json::from_str("{}").unwrap();
        assert_eq!(domain::Settings::from(settings), domain::Settings::help());
    }
}
