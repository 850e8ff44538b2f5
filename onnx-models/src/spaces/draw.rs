//! Uniform draws that are the same on every platform.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::Rng;

/// One of the options, drawn uniformly.
pub(crate) fn choose<T: Copy, const COUNT: usize>(generator: &mut Xoshiro256PlusPlus, options: &[T; COUNT]) -> T {
    // The product's upper half is below `COUNT`, and uneven by less than COUNT x 2^-64.
    let scaled = (u128::from(generator.next_u64()) * COUNT as u128) >> 64;
    options[scaled as usize]
}
