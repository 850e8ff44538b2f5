//! What every space must say of its networks.

use super::{Block, Context, Form};
use crate::graph::Graph;
use crate::spaces::SearchSpace;

/// The networks of a space, by the type of its architectures. Nothing has a default.
pub(crate) trait SpaceNetworks: SearchSpace {
    /// The pieces that latencies and costs add up over.
    type Block: Copy + Into<Block>;

    /// The forms that architectures can be built in.
    const FORMS: &'static [Form];
    /// The form where none is asked for, one of [`SpaceNetworks::FORMS`].
    const DEFAULT_FORM: Form;
    /// The form that published latencies are of, and that campaigns measure.
    const LATENCY_FORM: Form;

    /// Classes of the classifier where none are asked for; of no effect on networks without one.
    fn default_classes(form: Form) -> usize;

    /// The network. Before the nodes of a block are added,
    /// [`GraphBuilder::enter`](crate::graph::GraphBuilder::enter) is called with it.
    fn graph(&self, context: &Context) -> Graph;

    /// A block alone with its own input, by the same functions as the network, so that the costs
    /// of a network's blocks add up to the network's.
    fn block_graph(block: Self::Block, context: &Context) -> Graph;

    /// Every block that a network of the form may have, in a fixed order.
    fn all_blocks(form: Form) -> Vec<Self::Block>;

    /// Visits the blocks of the network, each with the number of times that it runs. Nothing is
    /// allocated: it is called inside searches.
    fn for_each_block(&self, form: Form, visit: impl FnMut(Block, u64));

    /// The same without blocks that never reach the output.
    fn for_each_live_block(&self, form: Form, visit: impl FnMut(Block, u64));

    /// A few architectures whose networks together contain every block.
    fn covering() -> Vec<Self>;
}

#[cfg(test)]
mod tests {
    use crate::spaces::{SearchSpace, Space};
    use crate::{BuildOptions, DrawOptions, ReferenceSet, build, covering, draw, with_space};

    #[test]
    fn every_space_is_whole() {
        for &space in Space::ALL {
            assert_eq!(space.name().parse::<Space>().unwrap(), space);
            assert!(space.forms().contains(&space.default_form()) && space.forms().contains(&space.latency_form()));
            for architecture in space.sample(5, 3).unwrap() {
                assert_eq!(architecture.space(), space);
                assert_eq!(space.parse(&architecture.to_string()).unwrap(), architecture);
                assert!(build(&architecture, &BuildOptions::default()).unwrap().cost.macs > 0);
                assert!(draw(&architecture, &DrawOptions::default()).starts_with("<svg "));
            }
            assert!(!covering(space, space.default_form()).is_empty());
            let listed = with_space!(space, S => S::enumerate().map(|all| all.count() as u128));
            assert!(listed.is_none_or(|count| count == space.size()), "{space}");
            let references = with_space!(space, S => S::paper_references().map(|paper| paper.len()));
            assert_eq!(ReferenceSet::paper(space).ok().map(|set| set.architectures.len()), references);
            assert!(references.is_none_or(|count| count == 10), "{space}");
        }
    }
}
