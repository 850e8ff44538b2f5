//! The paper's splits of the published devices of FBNet.

use tenshot_onnx_models::Space;

use crate::spaces::PaperSplit;

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
