//! How fast the cost of an architecture is: it is asked for inside searches.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot start says so")]

use divan::{Bencher, black_box};
use tenshot_onnx_models::{BuildOptions, CostTable, Space};

fn main() {
    divan::main();
}

/// The totals of one architecture and of its kernels by kind.
#[divan::bench(args = Space::ALL)]
fn cost_and_kernel_summary(bencher: Bencher<'_, '_>, space: &Space) {
    let table = CostTable::new(*space, &BuildOptions::default()).unwrap();
    let architectures = space.sample(3, 1_000).unwrap();
    let mut next = architectures.iter().cycle();
    bencher.bench_local(|| table.cost(black_box(next.next().unwrap())));
}

/// What is done once.
#[divan::bench(args = Space::ALL)]
fn make_the_table(bencher: Bencher<'_, '_>, space: &Space) {
    bencher.bench_local(|| CostTable::new(*black_box(space), &BuildOptions::default()).unwrap());
}
