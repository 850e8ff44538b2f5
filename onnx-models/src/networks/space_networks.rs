//! What every space must say of its networks.

use super::{Context, Form};
use crate::graph::Graph;
use crate::spaces::SearchSpace;

/// The networks of a space, by the type of its architectures. Nothing has a default.
pub(crate) trait SpaceNetworks: SearchSpace {
    /// The pieces that latencies and costs add up over.
    type Block: Copy;

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
    fn for_each_block(&self, form: Form, visit: impl FnMut(Self::Block, u64));

    /// The same without blocks that never reach the output.
    fn for_each_live_block(&self, form: Form, visit: impl FnMut(Self::Block, u64));

    /// A few architectures whose networks together contain every block.
    fn covering() -> Vec<Self>;
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use crate::spaces::{Architecture, SearchSpace, Space};
    use crate::{
        BuildError, BuildOptions, CostTable, DrawOptions, Form, ReferenceSet, all_blocks, build, covering, draw,
        kernel_table, live_kernels, with_space,
    };

    #[test]
    fn every_space_is_whole() {
        for &space in Space::ALL {
            architectures_are_written_and_read(space);
            samples_are_distinct_repeatable_and_nested(space);
            references_are_whole(space);
            for &form in space.forms() {
                networks_are_built_and_cost_what_their_blocks_do(space, form);
            }
            forms_are_its_own(space);
            kernels_are_known(space);
        }
    }

    fn architectures_are_written_and_read(space: Space) {
        assert_eq!(space.name().parse::<Space>().unwrap(), space);
        for architecture in space.sample(5, 50).unwrap() {
            assert_eq!(architecture.space(), space);
            let text = architecture.to_string();
            assert_eq!(space.parse(&text).unwrap(), architecture);
            assert!(!text.contains('\n'), "{space}: tables have one line for each");
            let json = serde_json::to_string(&architecture).unwrap();
            assert_eq!(serde_json::from_str::<Architecture>(&json).unwrap(), architecture);
        }
        for wrong in ["", "?", "a text that is no architecture", "\u{0}"] {
            let error = space.parse(wrong).unwrap_err().to_string();
            assert!(!error.is_empty() && !error.ends_with('.'), "{space}: {error}");
        }
    }

    fn samples_are_distinct_repeatable_and_nested(space: Space) {
        let long = space.sample(7, 50).unwrap();
        assert_eq!(long.iter().collect::<HashSet<_>>().len(), 50, "{space}");
        assert_eq!(space.sample(7, 20).unwrap(), long[..20]);
        assert_ne!(space.sample(8, 20).unwrap(), long[..20]);
        if let Some(all) = space.enumerate() {
            let all: Vec<_> = all.collect();
            assert_eq!(all.len() as u128, space.size(), "{space}");
            assert!(all.windows(2).all(|pair| pair[0] < pair[1]), "{space} is listed in order");
            assert!(space.sample(7, all.len() + 1).is_err());
        }
    }

    fn references_are_whole(space: Space) {
        let paper = with_space!(space, S => S::paper_references().map(|paper| paper.len()));
        match ReferenceSet::paper(space) {
            Ok(set) => assert_eq!((set.architectures.len(), paper), (10, Some(10)), "{space}"),
            Err(none) => assert_eq!((none.space, paper), (space, None)),
        }
        let random = ReferenceSet::random(space, 3, 10).unwrap();
        let json = serde_json::to_string(&random).unwrap();
        assert_eq!(serde_json::from_str::<ReferenceSet>(&json).unwrap(), random);
    }

    fn networks_are_built_and_cost_what_their_blocks_do(space: Space, form: Form) {
        let options = BuildOptions { form: Some(form), ..BuildOptions::default() };
        let costs = CostTable::new(space, &options).unwrap();
        for architecture in space.sample(5, 2).unwrap() {
            let cost = build(&architecture, &options).unwrap().cost;
            assert!(cost.macs > 0 && cost.parameters > 0, "{architecture}: {cost:?}");
            assert_eq!(costs.cost(&architecture).macs, cost.macs, "{architecture}");
            let drawing = draw(&architecture, &DrawOptions { form: Some(form), ..DrawOptions::default() });
            assert!(drawing.starts_with("<svg ") && drawing.ends_with("</svg>"), "{drawing}");
        }
        let blocks = all_blocks(space, form);
        assert!(!blocks.is_empty() && blocks.iter().all(|block| block.space() == space), "{space} {form}");
        assert!(blocks.iter().all(|block| costs.block(block).is_some()), "{space} {form}");
        assert!(covering(space, form).iter().all(|one| one.space() == space), "{space} {form}");
        assert!(!covering(space, form).is_empty(), "{space} {form}");
    }

    fn forms_are_its_own(space: Space) {
        assert!(space.forms().contains(&space.default_form()), "{space}");
        assert!(space.forms().contains(&space.latency_form()), "{space}");
        let architecture = space.sample(5, 1).unwrap()[0];
        for form in Form::ALL.into_iter().filter(|form| !space.forms().contains(form)) {
            let foreign = build(&architecture, &BuildOptions { form: Some(form), ..BuildOptions::default() });
            assert_eq!(foreign.unwrap_err(), BuildError::Form { form, space });
        }
    }

    fn kernels_are_known(space: Space) {
        let table = kernel_table(space);
        for architecture in space.sample(5, 10).unwrap() {
            assert!(!live_kernels(&architecture).is_empty(), "{architecture}");
        }
        assert_eq!((table.space(), table.form()), (space, space.latency_form()));
    }
}
