//! What other programs use of the processors.

use std::time::Duration;

use crate::board::Root;

/// The kernel counts these times in ticks of 10 ms on every common platform (USER_HZ).
const TICKS_PER_SECOND: f64 = 100.0;

/// A time shorter than twenty ticks is too short: the ticks of two counters could feign a load.
const SHORTEST: Duration = Duration::from_millis(200);

/// Processor time since the start of the board, in ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProcessorTime {
    /// Of all programs, the kernel and interrupts, on all processors, with what a hypervisor took.
    pub busy: u64,
    /// Of this process.
    pub own: u64,
}

impl ProcessorTime {
    /// The times until now; none where the machine does not tell.
    #[must_use]
    pub fn now(root: &Root) -> Option<Self> {
        Some(Self { busy: busy_ticks(&root.text("proc/stat")?)?, own: own_ticks(&root.text("proc/self/stat")?)? })
    }
}

/// Processors' worth of time that others used between two moments; none where there was too little
/// time to tell.
#[must_use]
pub fn other_load(before: ProcessorTime, after: ProcessorTime, elapsed: Duration) -> Option<f64> {
    if elapsed < SHORTEST {
        return None;
    }
    let busy = after.busy.checked_sub(before.busy)?;
    let own = after.own.checked_sub(before.own)?;
    Some(busy.saturating_sub(own) as f64 / TICKS_PER_SECOND / elapsed.as_secs_f64())
}

/// Of the line `cpu user nice system idle iowait irq softirq steal guest guest_nice`; guests are
/// within user and nice already.
fn busy_ticks(stat: &str) -> Option<u64> {
    let line = stat.lines().find_map(|line| line.strip_prefix("cpu "))?;
    let ticks: Vec<u64> = line.split_whitespace().map_while(|field| field.parse().ok()).collect();
    let busy = ticks.iter().enumerate().take(8).filter(|(field, _)| *field != 3 && *field != 4);
    (ticks.len() >= 4).then(|| busy.map(|(_, ticks)| ticks).sum())
}

/// `utime` and `stime`, fields 14 and 15; the second field is a name in brackets, which may hold
/// blanks and brackets itself.
fn own_ticks(stat: &str) -> Option<u64> {
    let (_, behind_name) = stat.rsplit_once(')')?;
    let mut times = behind_name.split_whitespace().skip(11);
    Some(times.next()?.parse::<u64>().ok()? + times.next()?.parse::<u64>().ok()?)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{ProcessorTime, other_load};
    use crate::board::{Root, tree::Tree};

    const SELF: &str = "42 (a (b) c) R 1 42 1 0 -1 4194304 103 0 0 0 70 30 0 0 20 0 1 0 153691 2998272 416";

    #[test]
    fn idle_time_and_guests_are_not_busy() {
        let tree = Tree::new(&[
            ("proc/stat", "cpu  1000 20 300 9999 9999 4 5 6 777 777\ncpu0 1 1 1 1 1 1 1 1 0 0\n"),
            ("proc/self/stat", SELF),
        ]);
        assert_eq!(ProcessorTime::now(&tree.root()), Some(ProcessorTime { busy: 1_335, own: 100 }));
    }

    #[test]
    fn others_are_what_is_left_of_busy() {
        let before = ProcessorTime { busy: 1_000, own: 100 };
        let after = ProcessorTime { busy: 1_350, own: 300 };
        assert_eq!(other_load(before, after, Duration::from_secs(2)), Some(0.75));
        let rounded_up = ProcessorTime { busy: 1_199, own: 300 };
        assert_eq!(other_load(before, rounded_up, Duration::from_secs(2)), Some(0.0));
    }

    #[test]
    fn a_short_time_tells_nothing() {
        let time = ProcessorTime { busy: 1_000, own: 100 };
        assert_eq!(other_load(time, time, Duration::from_millis(199)), None);
        assert_eq!(other_load(time, time, Duration::from_millis(200)), Some(0.0));
    }

    #[test]
    fn nonsense_is_unknown() {
        let tree = Tree::new(&[("proc/stat", "cpu  1000\n"), ("proc/self/stat", SELF)]);
        assert_eq!(ProcessorTime::now(&tree.root()), None);
        let tree = Tree::new(&[("proc/stat", "cpu  1 2 3 4\n"), ("proc/self/stat", "42 (a) R 1")]);
        assert_eq!(ProcessorTime::now(&tree.root()), None);
        assert_eq!(ProcessorTime::now(&Tree::new(&[]).root()), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_machine_tells() {
        let time = ProcessorTime::now(&Root::new("/")).unwrap();
        assert!(time.busy >= time.own);
    }
}
