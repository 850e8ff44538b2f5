//! From the command line to what is evaluated.

use std::ops::Range;
use std::str::FromStr;

use tenshot_predictor::evaluation::paper::Across;
use tenshot_predictor::evaluation::{Evaluation, Sweep};
use tenshot_predictor::help::Parts;
use tenshot_predictor::pool::{PaperSplit, Pool};

use super::Args;
use crate::Failure;
use crate::pool_data::{device_names, validation_names};

/// Which architectures are predicted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Queries {
    /// The first so many of the pool's query range.
    First(usize),
    /// Positions in the pool.
    At(Range<usize>),
}

impl FromStr for Queries {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| text.parse().map_err(|_| format!("`{text}` is no count, expected 200 or 900..1900"));
        match text.split_once("..") {
            None => number(text).map(Self::First),
            Some((first, end)) => Ok(Self::At(number(first)?..number(end)?)),
        }
    }
}

impl Queries {
    fn of(&self, pool: &Pool) -> Result<Range<usize>, Failure> {
        let usual = &pool.ranges().queries;
        match self {
            Self::At(range) => Ok(range.clone()),
            Self::First(count) if *count > usual.len() => Err(Failure::input(format_args!(
                "{count} queries are more than the pool's {}; give positions, as {}..{}",
                usual.len(),
                usual.start,
                usual.end
            ))),
            Self::First(count) => Ok(usual.start..usual.start + count),
        }
    }
}

/// What is evaluated, and how often it trains.
pub(super) fn of(args: &Args, pool: &Pool) -> Result<(Evaluation, Sweep), Failure> {
    let split = Split::new(args, pool)?;
    let evaluation = Evaluation {
        method: args.method,
        parts: (!args.without.is_empty())
            .then(|| args.without.iter().fold(Parts::of(args.method), |parts, part| parts.without(*part))),
        train: split.train,
        validation: split.validation,
        test: split.test,
        shots: args.shots.clone(),
        references: args.references,
        repeats: args.repeats.unwrap_or(args.references.usual_repeats(args.method)),
        queries: args.queries.as_ref().map(|queries| queries.of(pool)).transpose()?,
        episodes: args.episodes,
        z_samples: args.z_samples,
        seed: args.seed.unwrap_or(0),
        keep_predictions: args.files.keep_predictions(Across::Devices),
    };
    let sweep = match (args.leave_out, &args.pool_sizes) {
        (Some(leave_out), _) => Sweep::LeavingOut(leave_out),
        (None, Some(sizes)) => Sweep::PoolSizes { sizes: sizes.clone(), subsets: args.pools },
        (None, None) => Sweep::Once,
    };
    Ok((evaluation, sweep))
}

/// Which devices train, choose and test: those that were named, else those of the space's split in
/// the paper.
struct Split {
    train: Vec<String>,
    validation: Vec<String>,
    test: Vec<String>,
}

impl Split {
    fn new(args: &Args, pool: &Pool) -> Result<Self, Failure> {
        if args.leave_out.is_some() {
            let validation = args.valid.clone().unwrap_or_default();
            return Ok(Self { train: Vec::new(), validation, test: Vec::new() });
        }
        let paper = PaperSplit::of(pool.space());
        let owned = |names: &[&str]| names.iter().copied().map(str::to_owned).collect::<Vec<_>>();
        let no_test = || {
            Failure::input(format_args!("the paper has no split of space {}; give --test or --leave-out", pool.space()))
        };
        let test = args.test.clone().or(paper.map(|split| owned(split.test))).ok_or_else(no_test)?;
        let rest = || pool.devices().iter().map(|device| device.name.clone()).filter(|name| !test.contains(name));
        let train = match (&args.train, paper) {
            (Some(train), _) => device_names(pool, train),
            (None, Some(split)) => owned(split.train),
            (None, None) => rest().collect(),
        };
        let in_use: Vec<&String> = train.iter().chain(&test).collect();
        let validation = validation_names(pool, args.valid.clone(), &in_use)?;
        Ok(Self { train, validation, test })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_a_count_or_positions() {
        assert_eq!("200".parse(), Ok(Queries::First(200)));
        assert_eq!("900..1900".parse(), Ok(Queries::At(900..1900)));
        let refused = |text: &str| text.parse::<Queries>().unwrap_err();
        insta::assert_snapshot!(refused("all"), @"`all` is no count, expected 200 or 900..1900");
        insta::assert_snapshot!(refused("900.."), @"`` is no count, expected 200 or 900..1900");
    }
}
