//! Architectures of MobileNetV3: the numbers of the published files, in their order.

use std::array::from_fn;

use tenshot_onnx_models::spaces::mobilenetv3::Network;

use crate::spaces::{Column, IntegerEncoding};

pub(super) const ENCODING: IntegerEncoding<Network> = IntegerEncoding { columns, encode, decode, interacting };

/// Where the expansions, depths and the resolution are; the kernel sizes come first.
const EXPANSIONS: usize = Network::POSITIONS;
const DEPTHS: usize = 2 * Network::POSITIONS;
const RESOLUTION: usize = DEPTHS + Network::STAGES;

fn columns() -> Vec<Column> {
    let list = |key: &'static str, count: usize, allowed: &'static [i64]| {
        (1..=count).map(move |place| Column::new(format!("{key} {place}"), allowed))
    };
    let resolutions: Vec<i64> = Network::resolutions().map(|resolution| resolution as i64).collect();
    list("ks", Network::POSITIONS, &[3, 5, 7])
        .chain(list("e", Network::POSITIONS, &[3, 4, 6]))
        .chain(list("d", Network::STAGES, &[2, 3, 4]))
        .chain([Column::new("r", &resolutions)])
        .collect()
}

fn encode(network: &Network) -> Vec<i64> {
    let block = |position| network.block(position).unwrap_or(Network::UNUSED);
    let positions = || 0..Network::POSITIONS;
    let kernels = positions().map(|position| block(position).kernel());
    let expansions = positions().map(|position| block(position).expansion());
    let numbers = kernels.chain(expansions).chain(network.depths()).chain([network.resolution()]);
    numbers.map(|number| number as i64).collect()
}

fn decode(integers: &[i64]) -> Option<Network> {
    let numbers: Vec<usize> = integers.iter().map(|&one| usize::try_from(one).ok()).collect::<Option<_>>()?;
    let number = |place: usize| numbers.get(place).copied().unwrap_or(0);
    let (kernels, expansions) = (from_fn(number), from_fn(|place| number(EXPANSIONS + place)));
    Network::new(number(RESOLUTION), from_fn(|stage| number(DEPTHS + stage)), kernels, expansions).ok()
}

/// A block is there or not, and has its kernel size, its expansion, and the size of its image.
fn interacting() -> Vec<Vec<usize>> {
    let block =
        |position| vec![DEPTHS + position / Network::MAXIMUM_DEPTH, position, EXPANSIONS + position, RESOLUTION];
    (0..Network::POSITIONS).map(block).collect()
}
