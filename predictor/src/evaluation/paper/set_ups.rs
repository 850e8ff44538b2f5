//! What is run for each table and figure.

use tenshot_onnx_models::Space;

use super::published;
use super::{Across, Row, SetUp};
use crate::evaluation::Sweep;
use crate::help::Part;
use crate::methods::MethodName;
use crate::pool::PaperSplit;
use crate::pool::paper::{TABLE_2, TABLE_3, TABLE_C2};

/// Seeds of a method that is trained in episodes.
const SEEDS: usize = 3;

/// Table 2: its relatives, `help` without each of its parts, and `help`.
pub(super) fn table_2() -> SetUp {
    let row = |method| Row::of(method, Some(TABLE_2));
    let trained = |method| row(method).on_papers_set(SEEDS);
    let without = |part| row(MethodName::Help).without(part).on_papers_set(SEEDS);
    let rows = [
        trained(MethodName::Maml).published(published::TABLE_2_MAML),
        trained(MethodName::MetaSgd).published(published::TABLE_2_META_SGD),
        trained(MethodName::Anp),
    ];
    let help = trained(MethodName::Help).published(published::TABLE_2_HELP);
    let bayes = [row(MethodName::Bayes).on_random_sets(), row(MethodName::Bayes).on_designed_sets()];
    SetUp {
        name: "2",
        title: "Table 2: rank correlation on unseen devices, FBNet, 10 samples",
        space: Space::FbNet,
        across: Across::Devices,
        rows: rows.into_iter().chain(Part::ALL.map(without)).chain([help]).chain(bayes).collect(),
    }
}

/// Table 3: the methods on NAS-Bench-201.
pub(super) fn table_3() -> SetUp {
    let row = |method| Row::of(method, Some(TABLE_3));
    let mut brp_nas = row(MethodName::BrpNas).with_shots(&[900], 1).published(published::TABLE_3_BRP_NAS);
    brp_nas.name = "brp-nas, 900 samples".to_owned();
    let rows = vec![
        row(MethodName::Flops).on_random_sets().published(published::TABLE_3_FLOPS),
        row(MethodName::Layerwise).on_random_sets().published(published::TABLE_3_LAYERWISE),
        brp_nas,
        row(MethodName::Nearest).on_random_sets(),
        row(MethodName::Help).on_papers_set(SEEDS).published(published::TABLE_3_HELP),
        row(MethodName::Bayes).on_random_sets(),
        row(MethodName::Bayes).on_papers_set(1),
        row(MethodName::Bayes).on_designed_sets(),
    ];
    SetUp {
        name: "3",
        title: "Table 3: rank correlation on unseen devices, NAS-Bench-201, 10 samples",
        space: Space::NasBench201,
        across: Across::Devices,
        rows,
    }
}

/// Table C.2: the pools of training and testing swapped.
pub(super) fn table_c2() -> SetUp {
    let row = |method| Row::of(method, Some(TABLE_C2));
    let rows = vec![
        row(MethodName::Help).on_papers_set(SEEDS).published(published::TABLE_C2_HELP),
        row(MethodName::Bayes).on_random_sets(),
        row(MethodName::Bayes).on_papers_set(1),
    ];
    SetUp {
        name: "C.2",
        title: "Table C.2: rank correlation with swapped pools, NAS-Bench-201, 10 samples",
        space: Space::NasBench201,
        across: Across::Devices,
        rows,
    }
}

/// Table C.3: LatBench's devices, each left out in turn.
pub(super) fn table_c3() -> SetUp {
    let row = |method| Row::of(method, None::<PaperSplit>);
    let rows = vec![
        row(MethodName::Nearest).on_random_sets(),
        row(MethodName::Help).on_papers_set(1),
        row(MethodName::Bayes).on_random_sets(),
    ];
    SetUp {
        name: "C.3",
        title: "Table C.3: rank correlation on LatBench's devices, each left out in turn, 10 samples",
        space: Space::NasBench201,
        across: Across::Devices,
        rows,
    }
}

/// Figure 3: how the error falls with the number of samples.
pub(super) fn figure_3() -> SetUp {
    let row = |method| Row::of(method, Some(TABLE_3));
    let many = [5, 10, 20, 50, 100, 200, 400, 900];
    let rows = vec![
        row(MethodName::Scratch).with_shots(&many, SEEDS),
        row(MethodName::Layerwise).with_shots(&many, SEEDS),
        row(MethodName::BrpNas).with_shots(&many[1..], 1),
        // More samples than ten adapt the network that was trained for the first ten.
        row(MethodName::Help).with_shots(&many[1..5], 1),
        row(MethodName::Bayes).with_shots(&many[..7], SEEDS),
    ];
    SetUp {
        name: "fig3",
        title: "Figure 3: the number of samples, NAS-Bench-201",
        space: Space::NasBench201,
        across: Across::Shots,
        rows,
    }
}

/// Figure 4: predicted against measured latencies.
pub(super) fn figure_4() -> SetUp {
    let kept = |method| {
        let mut row = Row::of(method, Some(TABLE_3)).on_papers_set(1);
        row.evaluation.keep_predictions = true;
        row
    };
    SetUp {
        name: "fig4",
        title: "Figure 4: predicted and measured latency, NAS-Bench-201, 10 samples",
        space: Space::NasBench201,
        across: Across::Predictions,
        rows: vec![kept(MethodName::Help), kept(MethodName::Bayes)],
    }
}

/// Figure 5: how much a larger pool of training devices helps.
pub(super) fn figure_5() -> SetUp {
    let swept = |method| {
        let sweep = Sweep::PoolSizes { sizes: vec![1, 3, 5, 7, 9], subsets: SEEDS };
        Row::of(method, Some(TABLE_3)).on_papers_set(1).swept(sweep)
    };
    SetUp {
        name: "fig5",
        title: "Figure 5: the number of training devices, NAS-Bench-201, 10 samples",
        space: Space::NasBench201,
        across: Across::PoolSizes,
        rows: vec![swept(MethodName::Help), swept(MethodName::Bayes)],
    }
}
