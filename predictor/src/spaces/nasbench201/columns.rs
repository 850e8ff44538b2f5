//! Cells of NAS-Bench-201: the operation on each edge.

use tenshot_onnx_models::spaces::nasbench201::{Cell, Operation};

use crate::spaces::{Column, IntegerEncoding};

pub(super) const ENCODING: IntegerEncoding<Cell> = IntegerEncoding { columns, encode, decode, interacting };

fn columns() -> Vec<Column> {
    let allowed: Vec<i64> = Operation::ALL.map(integer).to_vec();
    Cell::EDGES.iter().map(|edge| Column::new(format!("edge {}-{}", edge.source, edge.target), &allowed)).collect()
}

fn encode(cell: &Cell) -> Vec<i64> {
    cell.operations().map(integer).to_vec()
}

fn decode(integers: &[i64]) -> Option<Cell> {
    let operation = |&place: &i64| Operation::ALL.get(usize::try_from(place).ok()?).copied();
    let operations: Vec<Operation> = integers.iter().map(operation).collect::<Option<_>>()?;
    Some(Cell::new(operations.try_into().ok()?))
}

/// Every edge with every other: which of them do work depends on all.
fn interacting() -> Vec<Vec<usize>> {
    vec![(0..Cell::EDGES.len()).collect()]
}

fn integer(operation: Operation) -> i64 {
    operation.ordinal() as i64
}
