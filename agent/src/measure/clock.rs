//! The clock that samples are taken from, and how finely it ticks.

use std::time::Instant;

/// A clock that never goes back.
pub trait Clock {
    /// Nanoseconds since a moment of the clock's own.
    fn now_ns(&self) -> u64;
}

/// The operating system's monotonic clock.
#[derive(Debug, Clone, Copy)]
pub struct MonotonicClock {
    origin: Instant,
}

impl MonotonicClock {
    /// A clock that starts at 0 now.
    #[must_use]
    pub fn start() -> Self {
        Self { origin: Instant::now() }
    }
}

impl Clock for MonotonicClock {
    #[inline]
    fn now_ns(&self) -> u64 {
        // 2^64 ns are 584 years.
        self.origin.elapsed().as_nanos() as u64
    }
}

/// Steps of the clock that are looked at; a clock that ticks every 10 ms then needs 1 s.
const STEPS: u32 = 100;

/// Reads at one step at most: a clock that stands still must not hold the agent.
const MOST_READS: u32 = 10_000_000;

/// The smallest step that the clock was seen to take, in nanoseconds; what it costs to read the
/// clock is part of it, as it is of every sample. `u64::MAX` for a clock that stands still.
pub fn resolution_ns(clock: &impl Clock) -> u64 {
    let step = || {
        let start = clock.now_ns();
        (0..MOST_READS).map(|_| clock.now_ns() - start).find(|&step| step > 0)
    };
    (0..STEPS).map_while(|_| step()).min().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::{Clock, MonotonicClock, resolution_ns};

    /// Advances by 30 ns with every reading, and shows whole ticks.
    struct Ticking {
        now_ns: Cell<u64>,
        tick_ns: u64,
    }

    impl Clock for Ticking {
        fn now_ns(&self) -> u64 {
            self.now_ns.set(self.now_ns.get() + 30);
            self.now_ns.get() / self.tick_ns * self.tick_ns
        }
    }

    #[test]
    fn the_resolution_is_the_smallest_step() {
        assert_eq!(resolution_ns(&Ticking { now_ns: Cell::new(0), tick_ns: 1_000_000 }), 1_000_000);
        assert_eq!(resolution_ns(&Ticking { now_ns: Cell::new(0), tick_ns: 1 }), 30);
    }

    #[test]
    fn the_clock_of_this_machine_moves() {
        assert!((1..u64::MAX).contains(&resolution_ns(&MonotonicClock::start())));
    }
}
