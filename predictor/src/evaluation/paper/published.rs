//! What the authors published: Spearman's rank correlations.

use serde::Serialize;

/// A row of a published table.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Published {
    /// Where the numbers stand.
    pub source: &'static str,
    /// The rank correlation on each device; devices that are not there have none.
    pub spearman: &'static [(&'static str, f64)],
    /// The mean over the devices.
    pub mean: f64,
}

impl Published {
    /// The rank correlation on a device.
    pub fn of_device(&self, device: &str) -> Option<f64> {
        self.spearman.iter().find(|(name, _)| *name == device).map(|(_, spearman)| *spearman)
    }
}

const README_TABLE_3: &str = "Table 3 as in the README of github.com/HayeonLee/HELP";
const README_TABLE_2: &str = "Table 2 as in the README of github.com/HayeonLee/HELP";

/// Table 3: a line through the arithmetic.
pub(super) const TABLE_3_FLOPS: Published = Published {
    source: README_TABLE_3,
    spearman: &[
        ("titan_rtx_256", 0.950),
        ("gold_6226", 0.826),
        ("pixel2", 0.765),
        ("raspi4", 0.846),
        ("eyeriss", 0.437),
        ("fpga", 0.900),
    ],
    mean: 0.787,
};

/// Table 3: block times, on two devices.
pub(super) const TABLE_3_LAYERWISE: Published =
    Published { source: README_TABLE_3, spearman: &[("titan_rtx_256", 0.667), ("gold_6226", 0.866)], mean: 0.767 };

/// Table 3: 900 samples of the target.
pub(super) const TABLE_3_BRP_NAS: Published = Published {
    source: README_TABLE_3,
    spearman: &[
        ("titan_rtx_256", 0.814),
        ("gold_6226", 0.796),
        ("pixel2", 0.666),
        ("raspi4", 0.847),
        ("eyeriss", 0.811),
        ("fpga", 0.801),
    ],
    mean: 0.789,
};

/// Table 3: the paper's method.
pub(super) const TABLE_3_HELP: Published = Published {
    source: README_TABLE_3,
    spearman: &[
        ("titan_rtx_256", 0.987),
        ("gold_6226", 0.989),
        ("pixel2", 0.802),
        ("raspi4", 0.890),
        ("eyeriss", 0.940),
        ("fpga", 0.985),
    ],
    mean: 0.932,
};

/// Table 2.
pub(super) const TABLE_2_MAML: Published = Published {
    source: README_TABLE_2,
    spearman: &[("raspi4", 0.718), ("eyeriss", 0.763), ("fpga", 0.727)],
    mean: 0.736,
};

/// Table 2.
pub(super) const TABLE_2_META_SGD: Published = Published {
    source: README_TABLE_2,
    spearman: &[("raspi4", 0.821), ("eyeriss", 0.822), ("fpga", 0.776)],
    mean: 0.806,
};

/// Table 2: the paper's method. The README has 0.887, 0.943, 0.892 and a mean of 0.910.
pub(super) const TABLE_2_HELP: Published = Published {
    source: "the paper's Table 2",
    spearman: &[("raspi4", 0.885), ("eyeriss", 0.942), ("fpga", 0.889)],
    mean: 0.905,
};

/// Table C.2: the paper's method.
pub(super) const TABLE_C2_HELP: Published = Published { source: "the paper's Table C.2", spearman: &[], mean: 0.940 };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_are_those_of_the_devices() {
        for row in [
            TABLE_3_FLOPS,
            TABLE_3_LAYERWISE,
            TABLE_3_BRP_NAS,
            TABLE_3_HELP,
            TABLE_2_MAML,
            TABLE_2_META_SGD,
            TABLE_2_HELP,
        ] {
            let sum: f64 = row.spearman.iter().map(|(_, spearman)| spearman).sum();
            let mean = sum / row.spearman.len() as f64;
            assert!((mean - row.mean).abs() < 0.002, "{row:?}: {mean}");
        }
    }
}
