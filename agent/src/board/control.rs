//! What a measuring process sets for itself: processors, limits.

use rustix::io;
use rustix::process::{Resource, Rlimit, setrlimit};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// A setting that the board refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ControlError {
    /// No such processor.
    #[error("processor {processor} does not exist here: this process may use {allowed}")]
    NoSuchProcessor {
        /// What was asked for.
        processor: u32,
        /// What there is, such as `0-3`.
        allowed: String,
    },
    /// A CPU set without processors.
    #[error("the CPU set is empty: name at least one processor")]
    NoProcessor,
    /// The operating system refused.
    #[error("failed to {action}: {error}")]
    Refused {
        /// What was tried.
        action: &'static str,
        /// What it said.
        error: io::Errno,
    },
}

/// The processors that this thread may use, in ascending order; empty where the system does not tell.
#[must_use]
pub fn allowed_processors() -> Vec<u32> {
    let Ok(set) = sched_getaffinity(None) else { return Vec::new() };
    (0..CpuSet::MAX_CPU).filter(|&cpu| set.is_set(cpu)).filter_map(|cpu| u32::try_from(cpu).ok()).collect()
}

/// Binds this thread, and those that it will start, to these processors.
///
/// # Errors
/// Where there is no such processor, or the operating system refuses.
pub fn bind(processors: &[u32]) -> Result<(), ControlError> {
    let allowed = allowed_processors();
    let mut set = CpuSet::new();
    for &processor in processors {
        if !allowed.contains(&processor) {
            return Err(ControlError::NoSuchProcessor { processor, allowed: ranges(&allowed) });
        }
        set.set(processor as usize);
    }
    if processors.is_empty() {
        return Err(ControlError::NoProcessor);
    }
    let refused = |error| ControlError::Refused { action: "bind to the CPU set", error };
    sched_setaffinity(None, &set).map_err(refused)
}

/// Limits the memory that this process may allocate, and keeps it from writing core files.
///
/// # Errors
/// Where the operating system refuses.
pub fn limit_memory(bytes: u64) -> Result<(), ControlError> {
    // Of the data, not of the address space: allocators reserve much more than they use.
    set_limit(Resource::Data, bytes, "limit the memory")?;
    set_limit(Resource::Core, 0, "switch core files off")
}

fn set_limit(resource: Resource, limit: u64, action: &'static str) -> Result<(), ControlError> {
    let limit = Rlimit { current: Some(limit), maximum: Some(limit) };
    setrlimit(resource, limit).map_err(|error| ControlError::Refused { action, error })
}

/// `0-3, 6`.
fn ranges(processors: &[u32]) -> String {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for &processor in processors {
        match runs.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(processor) => *last = processor,
            _ => runs.push((processor, processor)),
        }
    }
    let run = |&(first, last): &(u32, u32)| if first == last { first.to_string() } else { format!("{first}-{last}") };
    runs.iter().map(run).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::{ControlError, allowed_processors, bind, ranges};

    #[test]
    fn a_thread_can_be_bound() {
        let bound = thread::spawn(|| {
            let first = allowed_processors()[0];
            bind(&[first]).unwrap();
            (first, allowed_processors())
        });
        let (first, allowed) = bound.join().unwrap();
        assert_eq!(allowed, [first]);
    }

    #[test]
    fn a_processor_that_does_not_exist_is_named() {
        let error = bind(&[100_000]).unwrap_err().to_string();
        assert!(error.starts_with("processor 100000 does not exist here: this process may use "), "{error}");
        assert_eq!(bind(&[]), Err(ControlError::NoProcessor));
    }

    #[test]
    fn processors_are_written_as_ranges() {
        assert_eq!(ranges(&[0, 1, 2, 3, 6, 8, 9]), "0-3, 6, 8-9");
    }
}
