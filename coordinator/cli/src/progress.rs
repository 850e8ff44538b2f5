//! A campaign's progress on stderr: a bar with an ETA where there is a terminal, plain lines where there is none.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};
use tenshot_protocol::v2::CampaignProgress;

/// Follows one campaign.
pub(crate) struct Bar {
    bar: Option<ProgressBar>,
}

impl Bar {
    /// A bar over so many tasks.
    pub(crate) fn new(tasks: u64) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{bar:40} {pos}/{len} measured, {eta} left  {msg}");
            ProgressBar::new(tasks).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Self { bar }
    }

    /// Shows how far the campaign is.
    pub(crate) fn show(&self, progress: &CampaignProgress) {
        let again = match progress.retries {
            0 => String::new(),
            retries => format!("{retries} to be measured again"),
        };
        let summary = &progress.summary;
        match &self.bar {
            Some(bar) => {
                bar.set_position(summary.ended);
                bar.set_message(again);
            }
            None => eprintln!("{} of {} measured {again}", summary.ended, summary.tasks),
        }
    }

    /// Removes the bar.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
