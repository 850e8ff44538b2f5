//! Evaluations that train more than once: with devices left out in turn, and on pools of several
//! sizes.

use super::run::{Repeats, reports, run, runs};
use super::{Evaluation, EvaluationError, LeaveOut, Progress, Report};
use crate::pool::Pool;
use crate::random::Random;

/// How often an evaluation trains, and on what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sweep {
    /// Once, on the devices to train on.
    Once,
    /// With every device left out in turn: [`run_leaving_out`].
    LeavingOut(LeaveOut),
    /// On random ones of the devices to train on: [`run_pool_sizes`].
    PoolSizes {
        /// How many of them.
        sizes: Vec<usize>,
        /// How many pools of each size.
        subsets: usize,
    },
}

impl Sweep {
    /// Runs an evaluation that trains so: a report for every number of shots, and where there are
    /// several sizes of a pool, for every size.
    ///
    /// # Errors
    /// Settings that the pool cannot serve.
    pub fn run(
        &self,
        pool: &Pool,
        evaluation: &Evaluation,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Vec<Report>, EvaluationError> {
        match self {
            Self::Once => run(pool, evaluation, progress),
            Self::LeavingOut(leave_out) => run_leaving_out(pool, evaluation, *leave_out, progress),
            Self::PoolSizes { sizes, subsets } => run_pool_sizes(pool, evaluation, sizes, *subsets, progress),
        }
    }
}

/// Makes every device of the pool the target in turn: a method is trained anew for every group of
/// devices that are left out together. The evaluation's own devices to train and to test on are
/// ignored. Its validation devices are used, but for those of the group, and are never trained on.
///
/// # Errors
/// Settings that the pool cannot serve.
pub fn run_leaving_out(
    pool: &Pool,
    evaluation: &Evaluation,
    leave_out: LeaveOut,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Vec<Report>, EvaluationError> {
    let mut tested: Vec<String> = Vec::new();
    let mut all: Vec<Repeats> = vec![Vec::new(); evaluation.shots.len()];
    for group in leave_out.groups(pool) {
        let validation: Vec<String> =
            evaluation.validation.iter().filter(|name| !group.contains(name)).cloned().collect();
        let names = pool.devices().iter().map(|device| device.name.clone());
        let train = names.filter(|name| !group.contains(name) && !validation.contains(name)).collect();
        let of_group = Evaluation { train, validation, test: group.clone(), ..evaluation.clone() };
        for (repeats, of_group) in all.iter_mut().zip(runs(pool, &of_group, progress)?) {
            repeats.resize_with(of_group.len(), Vec::new);
            repeats.iter_mut().zip(of_group).for_each(|(runs, of_group)| runs.extend(of_group));
        }
        tested.extend(group);
    }
    let evaluation = Evaluation { train: Vec::new(), ..evaluation.clone() };
    let mut reports = reports(pool, &evaluation, &tested, all)?;
    reports.iter_mut().for_each(|report| report.leave_out = Some(leave_out));
    Ok(reports)
}

const SUBSET_STREAM: u64 = 9;

/// Trains on random ones of the devices to train on, for every size of such a pool `subsets` times
/// (paper, Figure 5). The reports of a size, one for every number of shots, have the repeats of all
/// its subsets.
///
/// # Errors
/// Settings that the pool cannot serve, or a size of nothing or beyond the devices to train on.
pub fn run_pool_sizes(
    pool: &Pool,
    evaluation: &Evaluation,
    sizes: &[usize],
    subsets: usize,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Vec<Report>, EvaluationError> {
    let found = evaluation.train.len();
    if let Some(&size) = sizes.iter().find(|size| !(1..=found).contains(size)) {
        return Err(EvaluationError::PoolSize { size, found });
    }
    let mut all = Vec::new();
    for &size in sizes {
        // There is only one subset with all of them.
        let subsets = if size == found { subsets.min(1) } else { subsets };
        let mut of_size: Vec<Repeats> = vec![Vec::new(); evaluation.shots.len()];
        for subset in 0..subsets as u64 {
            let train = subset_of(&evaluation.train, size, evaluation.seed, subset);
            let runs = runs(pool, &Evaluation { train, ..evaluation.clone() }, progress)?;
            of_size.iter_mut().zip(runs).for_each(|(repeats, more)| repeats.extend(more));
        }
        let evaluation = Evaluation { train: Vec::new(), ..evaluation.clone() };
        let reports = reports(pool, &evaluation, &evaluation.test, of_size)?;
        all.extend(reports.into_iter().map(|report| Report { pool_size: Some(size), ..report }));
    }
    Ok(all)
}

/// `size` random devices, in their usual order.
fn subset_of(devices: &[String], size: usize, seed: u64, subset: u64) -> Vec<String> {
    let places: Vec<usize> = (0..devices.len()).collect();
    let mut chosen = Random::stream(seed, &[SUBSET_STREAM, subset, size as u64]).choose(&places, size);
    chosen.sort_unstable();
    chosen.into_iter().map(|place| devices[place].clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subsets_are_seeded_and_keep_their_order() {
        let devices: Vec<String> = ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec();
        let drawn = |seed, subset| subset_of(&devices, 3, seed, subset).concat();
        assert_eq!(drawn(0, 0), drawn(0, 0));
        let several: Vec<String> = (0..4).map(|subset| drawn(1, subset)).collect();
        assert!(several.iter().any(|one| *one != several[0]), "{several:?}");
        assert!(several.iter().all(|one| one.chars().is_sorted()), "{several:?}");
        assert_eq!(subset_of(&devices, 5, 3, 0), devices);
    }
}
