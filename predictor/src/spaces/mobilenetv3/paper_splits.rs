//! The paper's splits of the published devices of MobileNetV3.

use tenshot_onnx_models::Space;

use crate::spaces::PaperSplit;

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
