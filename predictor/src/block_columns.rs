//! Columns whose value for an architecture is a sum over the blocks of its network.

use std::sync::Arc;

use tenshot_onnx_models::{Architecture, Block, BlockTable, Space, all_blocks};

/// The blocks of a space by number, in the space's fixed order. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct BlockNumbers {
    numbers: Arc<BlockTable<usize>>,
    count: usize,
}

impl BlockNumbers {
    /// The blocks of the form that latencies are those of.
    pub(crate) fn of(space: Space) -> Self {
        let mut count = 0;
        let number = |_: Block| {
            count += 1;
            count - 1
        };
        let numbers = Arc::new(BlockTable::new(space, space.latency_form(), number));
        Self { numbers, count }
    }

    pub(crate) fn space(&self) -> Space {
        self.numbers.space()
    }

    /// How many blocks there are.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// The blocks in the order of their numbers.
    pub(crate) fn blocks(&self) -> Vec<Block> {
        all_blocks(self.space(), self.numbers.form())
    }

    /// Visits the numbers of the blocks that reach an architecture's output, each with the times
    /// that it runs.
    #[inline]
    pub(crate) fn for_each(&self, architecture: &Architecture, mut visit: impl FnMut(usize, f64)) {
        self.numbers.for_each_live(architecture, |&number, times| visit(number, times as f64));
    }

    /// The sum of the blocks' values.
    #[inline]
    pub(crate) fn sum(&self, values: &[f64], architecture: &Architecture) -> f64 {
        let mut sum = 0.0;
        self.for_each(architecture, |number, times| sum += values[number] * times);
        sum
    }
}

/// Some columns: a value of each per block, and what is added to the sum over blocks.
#[derive(Debug, Clone)]
pub(crate) struct BlockColumns {
    numbers: BlockNumbers,
    width: usize,
    /// Block by block.
    values: Vec<f32>,
    constants: Vec<f32>,
}

impl BlockColumns {
    /// Columns by block; `None` where there is not one value per block and column.
    pub(crate) fn new(numbers: BlockNumbers, values: Vec<f32>, constants: Vec<f32>) -> Option<Self> {
        let width = constants.len();
        (values.len() == numbers.count() * width).then_some(Self { numbers, width, values, constants })
    }

    pub(crate) fn numbers(&self) -> &BlockNumbers {
        &self.numbers
    }

    /// How many columns there are.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// The values of a block.
    #[inline]
    pub(crate) fn of_block(&self, number: usize) -> &[f32] {
        &self.values[number * self.width..(number + 1) * self.width]
    }

    /// All values, block by block.
    pub(crate) fn values(&self) -> &[f32] {
        &self.values
    }

    /// What is added to the sum over blocks, by column.
    pub(crate) fn constants(&self) -> &[f32] {
        &self.constants
    }

    /// The columns of an architecture.
    pub(crate) fn row(&self, architecture: &Architecture) -> Vec<f64> {
        let mut row = vec![0.0; self.width];
        self.start(&mut row);
        self.numbers.for_each(architecture, |number, times| self.add_block(number, times, &mut row));
        row
    }

    /// Writes what is added to the sums over blocks.
    pub(crate) fn start(&self, row: &mut [f64]) {
        row.iter_mut().zip(&self.constants).for_each(|(sum, &constant)| *sum = f64::from(constant));
    }

    /// Adds a block that runs some times.
    #[inline]
    pub(crate) fn add_block(&self, number: usize, times: f64, row: &mut [f64]) {
        for (sum, value) in row.iter_mut().zip(self.of_block(number)) {
            *sum += f64::from(*value) * times;
        }
    }
}
