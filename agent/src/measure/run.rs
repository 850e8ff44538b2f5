//! Warm-up and timed phase: runs inferences and takes their times.

use tenshot_measurement::Settings;

use crate::backend::{BackendError, Inference};
use crate::measure::Clock;

/// What the warm-up was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WarmUp {
    /// The first inference of all, in nanoseconds.
    pub cold_start_ns: u64,
    /// Inferences run, the first included.
    pub runs: u32,
    /// Time of all of them, in nanoseconds.
    pub total_ns: u64,
}

/// Samples whose memory is set aside, and touched, before the timed phase: 512 KiB. A longer phase
/// grows between two samples, never within one.
const SAMPLES_SET_ASIDE: u32 = 1 << 16;

/// Runs inferences until both minima of the settings are reached: at least one, the cold start.
///
/// # Errors
/// Where an inference fails.
pub fn warm_up<M>(model: &mut M, clock: &impl Clock, settings: &Settings) -> Result<WarmUp, BackendError>
where
    M: Inference + ?Sized,
{
    let start_ns = clock.now_ns();
    model.infer()?;
    let cold_start_ns = clock.now_ns() - start_ns;
    let mut warm_up = WarmUp { cold_start_ns, runs: 1, total_ns: cold_start_ns };
    while warm_up.runs < settings.warm_up_min_runs || warm_up.total_ns < milliseconds(settings.warm_up_min_ms) {
        model.infer()?;
        warm_up.runs += 1;
        warm_up.total_ns = clock.now_ns() - start_ns;
    }
    Ok(warm_up)
}

/// Runs and times inferences; the samples in order, in nanoseconds.
///
/// Ends when both minima of the settings are reached, at the latest with either maximum.
///
/// # Errors
/// Where an inference fails.
pub fn timed_phase<M>(model: &mut M, clock: &impl Clock, settings: &Settings) -> Result<Vec<u64>, BackendError>
where
    M: Inference + ?Sized,
{
    let (min_ns, max_ns) = (milliseconds(settings.timed_min_ms), milliseconds(settings.timed_max_ms));
    let (min_runs, max_runs) = (settings.timed_min_runs as usize, settings.timed_max_runs as usize);
    // Written once, so that the timed phase meets no page for the first time.
    let mut samples_ns = vec![u64::MAX; settings.timed_max_runs.min(SAMPLES_SET_ASIDE) as usize];
    samples_ns.clear();
    let phase_start_ns = clock.now_ns();
    loop {
        let start_ns = clock.now_ns();
        model.infer()?;
        let end_ns = clock.now_ns();
        samples_ns.push(end_ns - start_ns);
        let (runs, elapsed_ns) = (samples_ns.len(), end_ns - phase_start_ns);
        let enough = runs >= min_runs && elapsed_ns >= min_ns;
        let too_long = runs >= min_runs && elapsed_ns >= max_ns;
        if enough || too_long || runs >= max_runs {
            return Ok(samples_ns);
        }
    }
}

fn milliseconds(ms: u64) -> u64 {
    ms.saturating_mul(1_000_000)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use tenshot_measurement::Settings;

    use super::{WarmUp, timed_phase, warm_up};
    use crate::backend::{BackendError, Inference};
    use crate::measure::Clock;

    /// A clock that only inferences move.
    #[derive(Default)]
    struct StoppedClock(Cell<u64>);

    impl Clock for &StoppedClock {
        fn now_ns(&self) -> u64 {
            self.0.get()
        }
    }

    /// Takes the times of a list, the last one for ever after.
    struct Scripted<'a> {
        clock: &'a StoppedClock,
        times_ms: &'a [u64],
        runs: usize,
    }

    impl Inference for Scripted<'_> {
        fn infer(&mut self) -> Result<(), BackendError> {
            let ms = self.times_ms[self.runs.min(self.times_ms.len() - 1)];
            self.clock.0.set(self.clock.0.get() + ms * 1_000_000);
            self.runs += 1;
            Ok(())
        }

        fn batch(&self) -> u32 {
            1
        }
    }

    fn samples_ms(settings: &Settings, times_ms: &[u64]) -> Vec<u64> {
        let clock = StoppedClock::default();
        let mut model = Scripted { clock: &clock, times_ms, runs: 0 };
        let samples_ns = timed_phase(&mut model, &&clock, settings).unwrap();
        assert_eq!(samples_ns.len(), model.runs, "every inference is a sample");
        samples_ns.into_iter().map(|ns| ns / 1_000_000).collect()
    }

    #[test]
    fn the_cold_start_counts_among_the_warm_up() {
        let clock = StoppedClock::default();
        let mut model = Scripted { clock: &clock, times_ms: &[30, 5], runs: 0 };
        let found = warm_up(&mut model, &&clock, &Settings::help()).unwrap();
        assert_eq!(found, WarmUp { cold_start_ns: 30_000_000, runs: 10, total_ns: 75_000_000 });
        assert_eq!(model.runs, 10);
    }

    #[test]
    fn a_warm_up_by_time_goes_on_until_the_time_is_reached() {
        let clock = StoppedClock::default();
        let mut model = Scripted { clock: &clock, times_ms: &[5], runs: 0 };
        let settings = Settings { warm_up_min_runs: 2, warm_up_min_ms: 21, ..Settings::help() };
        assert_eq!(warm_up(&mut model, &&clock, &settings).unwrap().runs, 5);
    }

    #[test]
    fn even_without_a_warm_up_there_is_a_cold_start() {
        let clock = StoppedClock::default();
        let mut model = Scripted { clock: &clock, times_ms: &[5], runs: 0 };
        let settings = Settings { warm_up_min_runs: 0, ..Settings::help() };
        assert_eq!(warm_up(&mut model, &&clock, &settings).unwrap().runs, 1);
    }

    #[test]
    fn samples_are_kept_in_order() {
        let settings = Settings { timed_min_runs: 4, timed_max_runs: 4, ..Settings::help() };
        assert_eq!(samples_ms(&settings, &[7, 5, 9, 5]), [7, 5, 9, 5]);
    }

    #[test]
    fn the_timed_phase_ends_with_its_minima() {
        let settings = Settings { timed_min_runs: 3, timed_max_runs: 100, timed_min_ms: 41, ..Settings::help() };
        assert_eq!(samples_ms(&settings, &[10]).len(), 5);
        assert_eq!(samples_ms(&settings, &[50]).len(), 3);
    }

    #[test]
    fn the_timed_phase_ends_at_the_latest_with_a_maximum() {
        let many = Settings { timed_min_runs: 1, timed_max_runs: 6, timed_min_ms: 1_000, ..Settings::help() };
        assert_eq!(samples_ms(&many, &[10]).len(), 6);
        let long = Settings { timed_min_runs: 5, timed_max_runs: 100, timed_max_ms: 20, ..Settings::help() };
        assert_eq!(samples_ms(&long, &[10]).len(), 5, "the maximum of time counts only from the minimum of runs on");
    }
}
