//! Splits of published devices as the paper has them.

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
