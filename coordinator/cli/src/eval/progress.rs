//! How far an evaluation is, as plain lines on stderr: one for every tenth of the way.

use std::sync::{Mutex, PoisonError};

use tenshot_predictor::evaluation::{Progress, Stage};

/// The lines of one evaluation; each begins with what is evaluated.
#[derive(Default)]
pub(super) struct Lines {
    what: String,
    /// Tenths that were shown of training, and of testing.
    shown: Mutex<[usize; 2]>,
}

impl Lines {
    /// Lines that begin with `what`.
    pub(super) fn of(what: &str) -> Self {
        Self { what: format!("{what}: "), shown: Mutex::default() }
    }

    /// Shows how far it is, if a line is due.
    pub(super) fn show(&self, progress: Progress) {
        if let Some(line) = self.line(progress) {
            eprintln!("{}{line}", self.what);
        }
    }

    fn line(&self, Progress { stage, done, total }: Progress) -> Option<String> {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let tenth = done * 10 / total.max(1);
        let of_stage = match stage {
            Stage::Training => &mut shown[0],
            Stage::Testing => &mut shown[1],
        };
        // Another training begins the count again.
        let is_due = done == 0 || tenth != *of_stage;
        *of_stage = tenth;
        is_due.then(|| match stage {
            Stage::Training if done == 0 => "training".to_owned(),
            Stage::Training if total == 1 => "trained; testing".to_owned(),
            Stage::Training => format!("trained {done} of {total} episodes"),
            Stage::Testing => format!("tested {done} of {total}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_shown_for_every_tenth() {
        let lines = Lines::default();
        let shown = |stage, steps: &[usize], total| {
            let line = |&done: &usize| lines.line(Progress { stage, done, total });
            steps.iter().filter_map(line).collect::<Vec<_>>().join(", ")
        };
        insta::assert_snapshot!(shown(Stage::Training, &[0, 1], 1), @"training, trained; testing");
        insta::assert_snapshot!(shown(Stage::Testing, &[1, 2, 3, 4, 5], 30), @"tested 3 of 30");
        insta::assert_snapshot!(shown(Stage::Training, &[50, 500, 550, 1000], 5000), @"trained 50 of 5000 episodes, trained 500 of 5000 episodes, trained 1000 of 5000 episodes");
        insta::assert_snapshot!(shown(Stage::Testing, &[1, 2], 2), @"tested 1 of 2, tested 2 of 2");
    }
}
