//! What the prior of `bayes` is made of, space by space.

/// Log-uniform bounds of a variance, in units of the typical variance.
type Bounds = (f64, f64);

/// What differs from space to space.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PriorSettings {
    /// Bounds of the share of each group of features.
    pub(crate) shares: [Bounds; Self::GROUPS],
    /// How many kinds of mean templates choose from, in their order: the mean source, half of it and
    /// half of the mean simulated device, the mean simulated device.
    pub(crate) means: usize,
    /// What simulated targets weigh in all when templates are weighed.
    pub(crate) simulated_weight: f64,
    /// Whether one-hots of the blocks are the third group, where latencies are sums over blocks.
    pub(crate) one_hots: bool,
}

impl PriorSettings {
    /// How many groups of features there are: sources, two that differ from space to space (the
    /// third may be empty), constant.
    pub(crate) const GROUPS: usize = 4;

    /// Bounds of the sources.
    pub(super) const SOURCES: Bounds = (0.01, 2.0);
    /// Bounds of the constant.
    pub(super) const CONSTANT: Bounds = (0.003, 0.3);
    /// Bounds of components of the simulated devices.
    pub(super) const SIMULATED: Bounds = (0.003, 2.0);
    /// A group that a space does not have.
    const NONE: Bounds = (1.0, 1.0);

    /// Sources and simulated devices by block, and nothing else: what serves a space of which nothing
    /// more is known.
    pub(super) const BY_BLOCK: Self = Self {
        shares: [Self::SOURCES, Self::SIMULATED, Self::NONE, Self::CONSTANT],
        means: 2,
        simulated_weight: 0.2,
        one_hots: false,
    };
}
