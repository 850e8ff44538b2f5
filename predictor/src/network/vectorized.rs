//! Loops over numbers with the widest instructions that the machine has.

/// Runs a loop compiled for the machine at hand. The instructions are wider, not others: results
/// are the same to the bit.
#[inline(always)]
pub(crate) fn vectorized<T>(work: impl FnOnce() -> T) -> T {
    pulp::Arch::new().dispatch(work)
}

/// Adds each of `others` to its place in `values`.
pub(crate) fn add(values: &mut [f32], others: &[f32]) {
    vectorized(|| values.iter_mut().zip(others).for_each(|(value, other)| *value += other));
}
