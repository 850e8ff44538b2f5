//! Which latencies of a space are published, and in which form.

use std::ops::Range;

/// The pool of a space that is read from a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Published {
    /// A folder of those published with HELP.
    Help(HelpFolder),
    /// HAT's CSV files.
    HatTables,
}

/// A folder of those published with HELP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HelpFolder {
    /// Its name below the data folder.
    pub(crate) name: &'static str,
    /// The form of its list of architectures.
    pub(crate) list: ArchitectureList,
    /// The paper trains on these architectures …
    pub(crate) training: Range<usize>,
    /// … and tests on these.
    pub(crate) queries: Range<usize>,
}

/// The form of a published list of architectures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ArchitectureList {
    /// A map from an architecture's text to its place, in `str_arch2idx.pt`.
    Places,
    /// The indices of what was chosen at each position, in `metainfo.pt`.
    Choices,
    /// The settings of a network by key, in `ofa_archs.pt`, or the JSON beside it.
    Settings,
}

/// A benchmark of latencies that can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Benchmark {
    /// HW-NAS-Bench (Li et al., ICLR 2021).
    HwNasBench,
    /// LatBench (Dudziak et al., NeurIPS 2020).
    LatBench,
}

impl Benchmark {
    /// The name by which messages call it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::HwNasBench => "HW-NAS-Bench",
            Self::LatBench => "LatBench",
        }
    }
}
