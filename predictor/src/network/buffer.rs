//! Vectors of numbers whose memory is reused.
//!
//! A pass through the network fills some thirty matrices and is done with them soon after. Fresh
//! memory from the system would cost a sixth of the time of training.

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};

/// Fewer numbers than these are not worth keeping: the allocator is as fast.
const LEAST_LENGTH: usize = 4096;

/// How many vectors a thread keeps at most.
const MOST_VECTORS: usize = 40;

/// Numbers whose memory returns to the thread that drops them.
#[derive(Debug, PartialEq)]
pub(crate) struct Buffer(Vec<f32>);

thread_local! {
    /// Memory that waits to be used again.
    static SPARE: RefCell<Vec<Vec<f32>>> = const { RefCell::new(Vec::new()) };
}

/// The smallest spare vector that has room for so many numbers, but is not far too large.
fn take(length: usize) -> Option<Vec<f32>> {
    if length < LEAST_LENGTH {
        return None;
    }
    let fits = |vector: &Vec<f32>| vector.capacity() >= length && vector.capacity() / 4 <= length;
    let take = |spare: &RefCell<Vec<Vec<f32>>>| {
        let mut spare = spare.borrow_mut();
        let fitting = spare.iter().enumerate().filter(|(_, vector)| fits(vector));
        let (place, _) = fitting.min_by_key(|(_, vector)| vector.capacity())?;
        Some(spare.swap_remove(place))
    };
    // A thread that ends has given its spare memory back already.
    SPARE.try_with(take).ok().flatten()
}

/// Keeps a vector in place of the oldest.
fn keep(vector: Vec<f32>) {
    if vector.capacity() < LEAST_LENGTH {
        return;
    }
    let keep = |spare: &RefCell<Vec<Vec<f32>>>| {
        let mut spare = spare.borrow_mut();
        if spare.len() == MOST_VECTORS {
            spare.remove(0);
        }
        spare.push(vector);
    };
    // Where the thread ends, the vector is dropped.
    let _ = SPARE.try_with(keep);
}

impl Buffer {
    /// Numbers of any value, for those who write all of them.
    pub(crate) fn arbitrary(length: usize) -> Self {
        let mut vector = take(length).unwrap_or_default();
        vector.resize(length, 0.0);
        Self(vector)
    }

    pub(crate) fn zeros(length: usize) -> Self {
        let mut buffer = Self::arbitrary(length);
        buffer.fill(0.0);
        buffer
    }
}

impl From<Vec<f32>> for Buffer {
    fn from(vector: Vec<f32>) -> Self {
        Self(vector)
    }
}

impl From<&[f32]> for Buffer {
    fn from(values: &[f32]) -> Self {
        let mut buffer = Self::arbitrary(values.len());
        buffer.copy_from_slice(values);
        buffer
    }
}

impl Clone for Buffer {
    fn clone(&self) -> Self {
        Self::from(&**self)
    }
}

impl Deref for Buffer {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.0
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.0
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        keep(std::mem::take(&mut self.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_used_again_and_zeros_are_zeros() {
        let mut first = Buffer::zeros(10_000);
        first.fill(3.0);
        let place = first.as_ptr();
        drop(first);
        assert_eq!(Buffer::zeros(10).len(), 10);
        let second = Buffer::zeros(9000);
        assert_eq!((second.as_ptr(), second.len()), (place, 9000));
        assert!(second.iter().all(|&value| value == 0.0));
    }
}
