//! What references and probes are called in tables and pictures alike.

/// How a reference is called on the page, by its place in the set.
pub(super) fn reference_label(index: usize) -> String {
    format!("R{}", index + 1)
}

/// How a probe is called on the page, by its place among the probes.
pub(super) fn probe_label(index: usize) -> String {
    format!("P{}", index + 1)
}
