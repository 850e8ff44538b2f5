//! What follows an attempt: done, another try after a rest, the best of what there is, or nothing.

use tenshot_protocol::v1::{FailureKind, Outcome};

/// How often a lease of one attempt may end without any result before the attempt counts as crashed.
///
/// An agent that is killed, or a board that loses power, is given the same attempt again; a model
/// that takes the whole board down must not do so for ever.
pub const MOST_VANISHED_LEASES: u32 = 5;

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
pub fn next(attempts: &[Outcome], most: u32) -> Next {
    let Some(newest) = attempts.last() else { return Next::Retry };
    let may_retry = attempts.len() < usize::try_from(most).unwrap_or(usize::MAX);
    match newest {
        Outcome::Measured(measurement) if measurement.verdict.trusted => return Next::Trusted,
        Outcome::Failed(failure) if !can_change(failure.kind) => {}
        Outcome::Measured(_) | Outcome::Failed(_) if may_retry => return Next::Retry,
        Outcome::Measured(_) | Outcome::Failed(_) => {}
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
fn best(attempts: &[Outcome]) -> Option<usize> {
    let badness = |outcome: &Outcome| match outcome {
        Outcome::Measured(measurement) => {
            Some((measurement.verdict.reasons.len(), relative_noise(&measurement.latency_ms)))
        }
        Outcome::Failed(_) => None,
    };
    attempts
        .iter()
        .enumerate()
        .filter_map(|(index, outcome)| badness(outcome).map(|badness| (badness, index)))
        .min_by(|((reasons_a, noise_a), _), ((reasons_b, noise_b), _)| {
            reasons_a.cmp(reasons_b).then(noise_a.total_cmp(noise_b))
        })
        .map(|(_, index)| index)
}

/// Half the confidence interval's width, relative to the trimmed mean.
#[must_use]
pub fn relative_noise(statistics: &tenshot_protocol::v1::LatencyStatistics) -> f64 {
    let [low, high] = statistics.ci95;
    (high - low) / 2.0 / statistics.trimmed_mean
}

#[cfg(test)]
mod tests {
    use tenshot_protocol::v1::{FailureKind, MeasurementFailure, Outcome, Reason};

    use super::{Next, next};
    use crate::domain::embedding::tests::measured;

    fn trusted() -> Outcome {
        Outcome::Measured(Box::new(measured(10.0, vec![])))
    }

    fn suspect(reasons: usize, half_width_ms: f64) -> Outcome {
        let mut measurement = measured(10.0, vec![Reason::Throttled; reasons]);
        measurement.latency_ms.ci95 = [10.0 - half_width_ms, 10.0 + half_width_ms];
        Outcome::Measured(Box::new(measurement))
    }

    fn failed(kind: FailureKind) -> Outcome {
        Outcome::Failed(MeasurementFailure { kind, detail: String::new() })
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
