//! The paper's splits of the published pools: which devices train, choose and test.

use tenshot_onnx_models::Space;

/// A split of a published pool's devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaperSplit {
    /// The table of the paper that it belongs to.
    pub name: &'static str,
    /// The space.
    pub space: Space,
    /// Devices to train on.
    pub train: &'static [&'static str],
    /// Devices that choose among what was trained; may be none.
    pub validation: &'static [&'static str],
    /// Devices to test on.
    pub test: &'static [&'static str],
}

/// Table 3, NAS-Bench-201, with the devices of the published scripts.
pub const TABLE_3: PaperSplit = PaperSplit {
    name: "3",
    space: Space::NasBench201,
    train: &[
        "1080ti_1",
        "1080ti_32",
        "1080ti_256",
        "silver_4114",
        "silver_4210r",
        "samsung_a50",
        "pixel3",
        "essential_ph_1",
        "samsung_s7",
    ],
    validation: &["titanx_1", "titanx_32", "titanx_256", "gold_6240"],
    test: &["titan_rtx_256", "gold_6226", "fpga", "pixel2", "raspi4", "eyeriss"],
};

/// Table C.2, NAS-Bench-201: training and test devices of Table 3's text swapped.
pub const TABLE_C2: PaperSplit = PaperSplit {
    name: "C.2",
    space: Space::NasBench201,
    train: &["titan_rtx_256", "gold_6226", "pixel2", "raspi4", "eyeriss", "fpga"],
    validation: &[],
    test: &[
        "1080ti_1",
        "1080ti_32",
        "1080ti_256",
        "titanx_1",
        "titanx_32",
        "titanx_256",
        "titanxp_1",
        "titanxp_32",
        "titanxp_256",
        "2080ti_1",
        "2080ti_32",
        "2080ti_256",
        "silver_4114",
        "silver_4210r",
        "samsung_a50",
        "samsung_s7",
        "essential_ph_1",
    ],
};

/// Table 2, FBNet.
pub const TABLE_2: PaperSplit = PaperSplit {
    name: "2",
    space: Space::FbNet,
    train: &[
        "1080ti_1",
        "1080ti_32",
        "1080ti_64",
        "silver_4114",
        "silver_4210r",
        "samsung_a50",
        "pixel3",
        "essential_ph_1",
        "samsung_s7",
    ],
    validation: &["titanx_1", "titanx_32", "titanx_64", "gold_6240"],
    test: &["fpga", "raspi4", "eyeriss"],
};

/// Once-for-All's MobileNetV3 (Table 5 searches with it).
pub const OFA: PaperSplit = PaperSplit {
    name: "ofa",
    space: Space::MobileNetV3,
    train: &[
        "2080ti_1",
        "2080ti_32",
        "2080ti_64",
        "titan_xp_1",
        "titan_xp_32",
        "titan_xp_64",
        "v100_1",
        "v100_32",
        "v100_64",
    ],
    validation: &["titan_rtx_1", "titan_rtx_32"],
    test: &["titan_rtx_64"],
};

impl PaperSplit {
    /// All splits; the first of a space is its usual one.
    pub const ALL: [Self; 4] = [TABLE_3, TABLE_C2, TABLE_2, OFA];

    /// The usual split of a space; none for HAT, whose sets are left out in turn.
    pub fn of(space: Space) -> Option<Self> {
        Self::ALL.into_iter().find(|split| split.space == space)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_device_has_two_parts() {
        for split in PaperSplit::ALL {
            let all: Vec<&str> = [split.train, split.validation, split.test].concat();
            assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len(), "{}", split.name);
        }
        assert_eq!(PaperSplit::of(Space::NasBench201), Some(TABLE_3));
        assert_eq!(PaperSplit::of(Space::Hat), None);
    }
}
