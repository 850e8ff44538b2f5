//! What follows an attempt: done, another try after a rest, the best of what there is, or nothing.

use tenshot_measurement::{FailureKind, Measurement, MeasurementFailure, Outcome, Reason};

/// How often a lease of one attempt may end without any result before the attempt counts as crashed.
///
/// An agent that is killed, or a board that loses power, is given the same attempt again; a model
/// that takes the whole board down must not do so for ever.
pub const MOST_VANISHED_LEASES: u32 = 5;

/// What decisions and summaries need of an attempt; its samples stay where they are kept.
#[derive(Debug, Clone, PartialEq)]
pub enum Attempt {
    /// It gave a measurement.
    Measured(Measured),
    /// It gave none.
    Failed(MeasurementFailure),
}

/// What decisions and summaries need of a measurement.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Trimmed mean, in milliseconds.
    pub latency_ms: f64,
    /// Half the 95% confidence interval's width, relative to the trimmed mean.
    pub noise: f64,
    /// Whether its verdict is that it can be trusted.
    pub trusted: bool,
    /// The reasons against it, none where it is trusted.
    pub reasons: Vec<Reason>,
}

impl Measured {
    /// Of a measurement with all its samples.
    #[must_use]
    pub fn of(measurement: &Measurement) -> Self {
        let [low, high] = measurement.latency_ms.ci95;
        let latency_ms = measurement.latency_ms.trimmed_mean;
        let verdict = &measurement.verdict;
        Self {
            latency_ms,
            noise: (high - low) / 2.0 / latency_ms,
            trusted: verdict.trusted,
            reasons: verdict.reasons.clone(),
        }
    }
}

impl From<&Outcome> for Attempt {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Measured(measurement) => Self::Measured(Measured::of(measurement)),
            Outcome::Failed(failure) => Self::Failed(failure.clone()),
        }
    }
}

/// What becomes of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The newest attempt is trusted and used.
    Trusted,
    /// Try again after the campaign's rest.
    Retry,
    /// No attempt was trusted: this one, an index into the attempts, is used and marked.
    Suspect(usize),
    /// No attempt measured anything.
    Failed,
}

/// Decides from all attempts of a task, oldest first, of which there may be `most`.
#[must_use]
pub fn next(attempts: &[Attempt], most: u32) -> Next {
    let Some(newest) = attempts.last() else { return Next::Retry };
    let may_retry = attempts.len() < usize::try_from(most).unwrap_or(usize::MAX);
    match newest {
        Attempt::Measured(measured) if measured.trusted => return Next::Trusted,
        Attempt::Failed(failure) if !can_change(failure.kind) => {}
        Attempt::Measured(_) | Attempt::Failed(_) if may_retry => return Next::Retry,
        Attempt::Measured(_) | Attempt::Failed(_) => {}
    }
    best(attempts).map_or(Next::Failed, Next::Suspect)
}

/// Whether another try could give another result.
fn can_change(kind: FailureKind) -> bool {
    match kind {
        FailureKind::ModelUnreadable | FailureKind::InputUnsupported => false,
        FailureKind::BackendError
        | FailureKind::Crashed
        | FailureKind::TimeLimit
        | FailureKind::MemoryLimit
        | FailureKind::Board => true,
    }
}

/// The measured attempt with the fewest reasons against it, and among those the narrowest interval.
fn best(attempts: &[Attempt]) -> Option<usize> {
    let measured = attempts.iter().enumerate().filter_map(|(index, attempt)| match attempt {
        Attempt::Measured(measured) => Some((index, measured)),
        Attempt::Failed(_) => None,
    });
    let best =
        measured.min_by(|(_, a), (_, b)| a.reasons.len().cmp(&b.reasons.len()).then(a.noise.total_cmp(&b.noise)));
    best.map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use tenshot_measurement::{FailureKind, MeasurementFailure, Reason};

    use super::{Attempt, Measured, Next, next};

    fn trusted() -> Attempt {
        Attempt::Measured(Measured { latency_ms: 10.0, noise: 0.01, trusted: true, reasons: vec![] })
    }

    fn suspect(reasons: usize, half_width_ms: f64) -> Attempt {
        let reasons = vec![Reason::Throttled; reasons];
        Attempt::Measured(Measured { latency_ms: 10.0, noise: half_width_ms / 10.0, trusted: false, reasons })
    }

    fn failed(kind: FailureKind) -> Attempt {
        Attempt::Failed(MeasurementFailure { kind, detail: String::new() })
    }

    #[test]
    fn a_trusted_attempt_ends_the_task() {
        assert_eq!(next(&[trusted()], 3), Next::Trusted);
        assert_eq!(next(&[suspect(1, 1.0), trusted()], 3), Next::Trusted);
    }

    #[test]
    fn suspect_attempts_are_repeated_and_then_the_best_is_used() {
        assert_eq!(next(&[suspect(1, 1.0)], 3), Next::Retry);
        assert_eq!(next(&[suspect(1, 1.0), suspect(1, 0.5)], 3), Next::Retry);
        assert_eq!(next(&[suspect(1, 1.0), suspect(1, 0.5), suspect(2, 0.1)], 3), Next::Suspect(1));
        assert_eq!(next(&[failed(FailureKind::Crashed), suspect(1, 0.5)], 2), Next::Suspect(1));
    }

    #[test]
    fn failures_that_cannot_change_are_not_repeated() {
        assert_eq!(next(&[failed(FailureKind::ModelUnreadable)], 3), Next::Failed);
        assert_eq!(next(&[failed(FailureKind::Crashed)], 3), Next::Retry);
        assert_eq!(next(&[failed(FailureKind::Crashed), failed(FailureKind::TimeLimit)], 2), Next::Failed);
    }
}
