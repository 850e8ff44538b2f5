//! The paper's splits of the published devices of NAS-Bench-201.

use tenshot_onnx_models::Space;

use crate::spaces::PaperSplit;

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
