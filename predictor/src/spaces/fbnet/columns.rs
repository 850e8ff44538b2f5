//! Architectures of FBNet: the block at each position.

use tenshot_onnx_models::spaces::fbnet::{Choice, Network};

use crate::spaces::{Column, IntegerEncoding};

pub(super) const ENCODING: IntegerEncoding<Network> = IntegerEncoding { columns, encode, decode, interacting };

fn columns() -> Vec<Column> {
    let allowed: Vec<i64> = Choice::ALL.map(integer).to_vec();
    (1..=Network::POSITIONS).map(|position| Column::new(format!("position {position}"), &allowed)).collect()
}

fn encode(network: &Network) -> Vec<i64> {
    network.choices().map(integer).to_vec()
}

fn decode(integers: &[i64]) -> Option<Network> {
    let choice = |&place: &i64| Choice::ALL.get(usize::try_from(place).ok()?).copied();
    let choices: Vec<Choice> = integers.iter().map(choice).collect::<Option<_>>()?;
    Some(Network::new(choices.try_into().ok()?))
}

fn interacting() -> Vec<Vec<usize>> {
    (0..Network::POSITIONS).map(|position| vec![position]).collect()
}

fn integer(choice: Choice) -> i64 {
    choice.ordinal() as i64
}
