//! Uniform draws that are the same on every platform.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::Rng;

/// One of the options, drawn uniformly. There must be one.
pub(crate) fn choose<T: Copy>(generator: &mut Xoshiro256PlusPlus, options: &[T]) -> T {
    // The product's upper half is below the count, and uneven by less than count x 2^-64.
    let scaled = (u128::from(generator.next_u64()) * options.len() as u128) >> 64;
    options[scaled as usize]
}
