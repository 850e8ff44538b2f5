//! A value for every block of a space, to be summed over the blocks of architectures.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::{Block, Form, all_blocks, for_each_block, for_each_live_block};
use crate::spaces::{Architecture, Space};

/// A value for every block of a form: costs, kernels, measured latencies. It is made once, and
/// then read for one architecture after another in well under a microsecond.
#[derive(Debug, Clone)]
pub struct BlockTable<T> {
    space: Space,
    form: Form,
    values: HashMap<Block, T, BuildHasherDefault<BlockHasher>>,
}

impl<T> BlockTable<T> {
    /// Makes the value of every block.
    pub fn new(space: Space, form: Form, mut value: impl FnMut(Block) -> T) -> Self {
        let values = all_blocks(space, form).into_iter().map(|block| (block, value(block))).collect();
        Self { space, form, values }
    }

    /// The table with another value for every block.
    #[must_use]
    pub fn map<U>(self, value: impl Fn(T) -> U) -> BlockTable<U> {
        let values = self.values.into_iter().map(|(block, old)| (block, value(old))).collect();
        BlockTable { space: self.space, form: self.form, values }
    }

    /// The space whose blocks have values.
    #[must_use]
    pub const fn space(&self) -> Space {
        self.space
    }

    /// The form whose blocks have values.
    #[must_use]
    pub const fn form(&self) -> Form {
        self.form
    }

    /// The value of a block; nothing for one of another space or form.
    #[must_use]
    pub fn get(&self, block: &Block) -> Option<&T> {
        self.values.get(block)
    }

    /// Visits the values of an architecture's blocks, each with the number of times that the
    /// block runs. Of an architecture of another space nothing is visited.
    pub fn for_each(&self, architecture: &Architecture, mut visit: impl FnMut(&T, u64)) {
        for_each_block(architecture, self.form, |block, times| {
            if let Some(value) = self.values.get(&block) {
                visit(value, times);
            }
        });
    }

    /// The same without blocks that never reach the output.
    pub fn for_each_live(&self, architecture: &Architecture, mut visit: impl FnMut(&T, u64)) {
        for_each_live_block(architecture, self.form, |block, times| {
            if let Some(value) = self.values.get(&block) {
                visit(value, times);
            }
        });
    }
}

impl BlockTable<f64> {
    /// The sum of the values of an architecture's blocks: the latency of its network, where the
    /// values are those of its blocks. Of an architecture of another space it is 0.
    #[must_use]
    pub fn sum(&self, architecture: &Architecture) -> f64 {
        let mut sum = 0.0;
        self.for_each(architecture, |value, times| sum += value * times as f64);
        sum
    }

    /// The sum of the values of an architecture's blocks that reach the output. Of an architecture of another space it is 0.
    #[must_use]
    pub fn sum_live(&self, architecture: &Architecture) -> f64 {
        let mut sum = 0.0;
        self.for_each_live(architecture, |value, times| sum += value * times as f64);
        sum
    }
}

/// Blocks are a few small numbers: multiplication mixes them well enough, at a fraction of the
/// default hasher's time.
#[derive(Debug, Clone, Copy, Default)]
struct BlockHasher(u64);

impl Hasher for BlockHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u64(u64::from(byte)));
    }

    fn write_u8(&mut self, value: u8) {
        self.write_u64(u64::from(value));
    }

    fn write_u16(&mut self, value: u16) {
        self.write_u64(u64::from(value));
    }

    fn write_isize(&mut self, value: isize) {
        self.write_u64(value.unsigned_abs() as u64);
    }

    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64);
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(5) ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        // The table takes its position from low bits, which products leave poorly mixed.
        self.0 ^ (self.0 >> 32)
    }
}
