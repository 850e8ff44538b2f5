//! Cells of NAS-Bench-201: the operation on each edge.

use tenshot_onnx_models::spaces::nasbench201::{Cell, Operation};

use crate::spaces::Column;

pub(super) fn columns() -> Vec<Column> {
    let allowed: Vec<i64> = Operation::ALL.map(integer).to_vec();
    Cell::EDGES.iter().map(|edge| Column::new(format!("edge {}-{}", edge.source, edge.target), &allowed)).collect()
}

pub(super) fn encode(cell: &Cell) -> Vec<i64> {
    cell.operations().map(integer).to_vec()
}

pub(super) fn decode(integers: &[i64]) -> Option<Cell> {
    let operation = |&place: &i64| Operation::ALL.get(usize::try_from(place).ok()?).copied();
    let operations: Vec<Operation> = integers.iter().map(operation).collect::<Option<_>>()?;
    Some(Cell::new(operations.try_into().ok()?))
}

fn integer(operation: Operation) -> i64 {
    operation.ordinal() as i64
}
