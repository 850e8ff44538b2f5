//! Simulated devices: random roofline machines that run an architecture's kernels one by one.

use tenshot_onnx_models::{Architecture, BlockTable, Kernel, KernelKind};

use crate::random::Random;

/// Simulated devices that shape the prior's mean and scale.
pub(crate) const IN_PRIOR: usize = 96;
/// Simulated devices that serve as targets when the prior's weights are learned.
pub(crate) const AS_TARGETS: usize = 24;

const PRIOR_STREAM: u64 = 4;
const TARGET_STREAM: u64 = 5;

/// What the simulated devices say of a pool's architectures.
#[derive(Debug, Clone)]
pub(crate) struct Simulation {
    /// The mean relative latency of every architecture.
    pub(crate) mean: Vec<f64>,
    /// The devices' variances over the training architectures, summed.
    pub(crate) variance: f64,
    /// Relative latencies of the devices that serve as targets, of the training architectures.
    pub(crate) targets: Vec<Vec<f64>>,
}

impl Simulation {
    /// Runs `architectures`, of which those at the positions `training` set each device's scale.
    pub(crate) fn new(
        table: &BlockTable<Vec<Kernel>>,
        architectures: &[Architecture],
        training: &[usize],
        seed: u64,
    ) -> Self {
        let workload = Workload::new(table, architectures);
        let trained = workload.of(training);
        let unit = trained.mean_dense_flops();
        let mut sum = vec![0.0; architectures.len()];
        let mut variance = 0.0;
        for number in 0..IN_PRIOR as u64 {
            let machine = Machine::draw(&mut Random::stream(seed, &[PRIOR_STREAM, number]), unit);
            let training_times = trained.times(&machine);
            let mean = mean(&training_times);
            let relative = |time| machine.relative(time, mean);
            let squares = training_times.iter().map(|&time| (relative(time) - 1.0).powi(2)).sum::<f64>();
            variance += squares / training.len() as f64;
            for (sum, time) in sum.iter_mut().zip(workload.times(&machine)) {
                *sum += relative(time);
            }
        }
        let target = |number: u64| {
            let machine = Machine::draw(&mut Random::stream(seed, &[TARGET_STREAM, number]), unit);
            let times = trained.times(&machine);
            let mean = mean(&times);
            times.into_iter().map(|time| machine.relative(time, mean)).collect()
        };
        Self {
            mean: sum.into_iter().map(|sum| sum / IN_PRIOR as f64).collect(),
            variance,
            targets: (0..AS_TARGETS as u64).map(target).collect(),
        }
    }
}

/// A machine whose every kernel takes its launch and then computes or moves bytes.
#[derive(Debug, Clone)]
struct Machine {
    /// Time to launch a kernel; time is in units of one flop of a dense kernel.
    launch: f64,
    /// Whether the next launch overlaps with the kernel that runs.
    asynchronous: bool,
    /// Time per byte.
    balance: f64,
    depthwise: f64,
    grouped_and_elementwise: f64,
    squeeze_excite: f64,
    /// How the speed of depthwise convolutions grows with the kernel size.
    depthwise_growth: f64,
    /// Elementwise kernels that follow each convolution because nothing fuses them.
    unfused: usize,
    /// Time of an inference outside its kernels, relative to the mean time in them.
    overhead: f64,
}

impl Machine {
    /// A random machine; `unit` is the mean of the dense kernels' flops.
    fn draw(random: &mut Random, unit: f64) -> Self {
        Self {
            launch: random.power_of_ten(-2.5, 1.0) * unit,
            asynchronous: random.below(2) == 1,
            balance: random.power_of_ten(0.0, 2.0),
            depthwise: random.power_of_ten(-1.7, 0.0),
            grouped_and_elementwise: random.power_of_ten(-1.0, 0.0),
            squeeze_excite: random.power_of_ten(-1.5, 0.0),
            depthwise_growth: 2.0 * random.uniform(0.0, 1.2) - 2.0,
            unfused: random.below(4),
            overhead: random.power_of_ten(-2.0, 0.0),
        }
    }

    /// The relative latency where the kernels take `time`, and `mean` in the mean: the overhead
    /// is a share of what kernels take.
    fn relative(&self, time: f64, mean: f64) -> f64 {
        (time / mean + self.overhead) / (1.0 + self.overhead)
    }

    fn time(&self, kernel: &Kernel) -> f64 {
        let flops = kernel.flops as f64;
        let compute = match kernel.kind {
            KernelKind::Depthwise => {
                flops / self.depthwise * (f64::from(kernel.kernel_size) / 3.0).powf(self.depthwise_growth)
            }
            KernelKind::Grouped | KernelKind::Elementwise => flops / self.grouped_and_elementwise,
            KernelKind::SqueezeExcite => flops / self.squeeze_excite,
            // A dense convolution, the unit; and what later spaces may bring.
            _ => flops,
        };
        let output_bytes = kernel.output_bytes as f64;
        let after = self.single(output_bytes / 4.0 / self.grouped_and_elementwise, 2.0 * output_bytes);
        let followers = if is_convolution(kernel) { self.unfused } else { 0 };
        self.single(compute, kernel.bytes as f64) + followers as f64 * after
    }

    fn single(&self, compute: f64, bytes: f64) -> f64 {
        let execution = compute.max(bytes * self.balance);
        if self.asynchronous { self.launch.max(execution) } else { self.launch + execution }
    }
}

/// How often each different kernel runs in each architecture.
struct Workload {
    kernels: Vec<Kernel>,
    runs: Vec<Vec<(usize, u64)>>,
}

impl Workload {
    /// The architectures are of the table's space.
    fn new(table: &BlockTable<Vec<Kernel>>, architectures: &[Architecture]) -> Self {
        // Different kernels are few: the same shapes come back in every architecture.
        let mut kernels = Vec::new();
        let mut runs = Vec::with_capacity(architectures.len());
        for architecture in architectures {
            let mut counts: Vec<(usize, u64)> = Vec::new();
            table.for_each_live(architecture, |of_block, times| {
                for &kernel in of_block {
                    let place = place_of(kernel, &mut kernels);
                    match counts.iter_mut().find(|(other, _)| *other == place) {
                        Some((_, count)) => *count += times,
                        None => counts.push((place, times)),
                    }
                }
            });
            runs.push(counts);
        }
        Self { kernels, runs }
    }

    fn of(&self, positions: &[usize]) -> Self {
        let runs = positions.iter().map(|&position| self.runs[position].clone()).collect();
        Self { kernels: self.kernels.clone(), runs }
    }

    fn mean_dense_flops(&self) -> f64 {
        let (mut flops, mut count) = (0.0, 0.0);
        for &(place, runs) in self.runs.iter().flatten() {
            let kernel = &self.kernels[place];
            if kernel.kind == KernelKind::Convolution {
                flops += kernel.flops as f64 * runs as f64;
                count += runs as f64;
            }
        }
        flops / f64::max(count, 1.0)
    }

    /// The time of every architecture's kernels.
    fn times(&self, machine: &Machine) -> Vec<f64> {
        let times: Vec<f64> = self.kernels.iter().map(|kernel| machine.time(kernel)).collect();
        let total = |runs: &Vec<(usize, u64)>| runs.iter().map(|&(place, count)| times[place] * count as f64).sum();
        self.runs.iter().map(total).collect()
    }
}

fn place_of(kernel: Kernel, kernels: &mut Vec<Kernel>) -> usize {
    kernels.iter().position(|other| *other == kernel).unwrap_or_else(|| {
        kernels.push(kernel);
        kernels.len() - 1
    })
}

fn is_convolution(kernel: &Kernel) -> bool {
    matches!(kernel.kind, KernelKind::Convolution | KernelKind::Depthwise | KernelKind::Grouped)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
