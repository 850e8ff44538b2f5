//! Costs of many architectures: sums over blocks that are counted once.

use super::CostSummary;
use crate::networks::{Block, BlockTable, BuildError, BuildOptions};
use crate::spaces::{Architecture, Space};

/// The costs of all blocks of a space, under fixed options. It is made once and gives an
/// architecture's totals in about a microsecond, for searches.
///
/// ```
/// use tenshot_onnx_models::{BuildOptions, CostTable, Space};
///
/// let table = CostTable::new(Space::NasBench201, &BuildOptions::default())?;
/// let cell = Space::NasBench201.parse("9930")?;
/// assert_eq!(table.cost(&cell).macs, 184_730_240);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct CostTable(BlockTable<CostSummary>);

impl CostTable {
    /// Counts every block of a space.
    ///
    /// # Errors
    /// When an option is out of its range.
    pub fn new(space: Space, options: &BuildOptions) -> Result<Self, BuildError> {
        let context = options.context(space)?;
        Ok(Self(BlockTable::new(space, context.form, |block| CostSummary::of(&block.graph_in(&context)))))
    }

    /// What the network of an architecture costs; nothing at all where it is of another space.
    #[must_use]
    pub fn cost(&self, architecture: &Architecture) -> CostSummary {
        let mut total = CostSummary::default();
        self.0.for_each(architecture, |cost, times| total.add_times(cost, times));
        total
    }

    /// What one block costs; nothing for one of another space or form.
    #[must_use]
    pub fn block(&self, block: &Block) -> Option<&CostSummary> {
        self.0.get(block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::networks::{BatchNorm, graph};

    #[test]
    fn blocks_add_up_to_networks() {
        for &space in Space::ALL {
            for &form in space.forms() {
                for batch_norm in [BatchNorm::Folded, BatchNorm::Kept] {
                    let options = BuildOptions { form: Some(form), batch: 2, batch_norm, ..BuildOptions::default() };
                    let table = CostTable::new(space, &options).unwrap();
                    for architecture in space.sample(5, 10).unwrap() {
                        let counted = CostSummary::of(&graph(&architecture, &options).unwrap());
                        assert_eq!(table.cost(&architecture), counted, "{form}: {architecture}");
                    }
                }
            }
        }
    }
}
