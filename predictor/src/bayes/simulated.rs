//! Simulated devices: random roofline machines that run an architecture's kernels one by one.

use faer::{ColRef, Mat, Side};
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use tenshot_onnx_models::{Architecture, BlockTable, Kernel, KernelKind};

use crate::block_columns::BlockNumbers;
use crate::random::Random;

/// Simulated devices that shape the prior's mean and scale.
pub(crate) const IN_PRIOR: usize = 96;
/// Simulated devices that serve as targets when the prior's weights are learned.
pub(crate) const AS_TARGETS: usize = 24;

/// The share of the devices' variance that their components hold.
const COMPONENTS_HOLD: f64 = 0.9999;

const PRIOR_STREAM: u64 = 4;
const TARGET_STREAM: u64 = 5;

/// The simulated devices of a space.
#[derive(Debug, Clone)]
pub(crate) struct Simulation {
    numbers: BlockNumbers,
    /// Those that shape the prior.
    pub(crate) devices: Vec<SimulatedDevice>,
    /// Those that serve as targets.
    pub(crate) targets: Vec<SimulatedDevice>,
}

/// A simulated device: relative latencies by block.
#[derive(Debug, Clone)]
pub(crate) struct SimulatedDevice {
    pub(crate) by_block: Vec<f64>,
    /// What is added to the sum over an architecture's blocks.
    pub(crate) constant: f64,
}

impl Simulation {
    /// Draws machines that run these kernels; the training architectures set each one's scale.
    pub(crate) fn new(
        numbers: &BlockNumbers,
        kernels: &BlockTable<Vec<Kernel>>,
        training: &[Architecture],
        seed: u64,
    ) -> Self {
        let kernels: Vec<&[Kernel]> =
            numbers.blocks().iter().map(|block| kernels.get(block).map_or(&[][..], Vec::as_slice)).collect();
        let mut runs = vec![0.0; numbers.count()];
        for architecture in training {
            numbers.for_each(architecture, |number, times| runs[number] += times);
        }
        let unit = mean_dense_flops(&kernels, &runs);
        let device = |(stream, number): (u64, usize)| {
            let machine = Machine::draw(&mut Random::stream(seed, &[stream, number as u64]), unit);
            let times: Vec<f64> =
                kernels.iter().map(|kernels| kernels.iter().map(|kernel| machine.time(kernel)).sum()).collect();
            let total: f64 = times.iter().zip(&runs).map(|(time, runs)| time * runs).sum();
            machine.relative(times, total / training.len() as f64)
        };
        let devices = |stream, count| -> Vec<SimulatedDevice> {
            (0..count).collect::<Vec<usize>>().par_iter().map(|&number| device((stream, number))).collect()
        };
        Self {
            numbers: numbers.clone(),
            devices: devices(PRIOR_STREAM, IN_PRIOR),
            targets: devices(TARGET_STREAM, AS_TARGETS),
        }
    }

    /// The mean device.
    pub(crate) fn mean(&self) -> SimulatedDevice {
        let count = self.devices.len() as f64;
        let mean_of = |value: &dyn Fn(&SimulatedDevice) -> f64| self.devices.iter().map(value).sum::<f64>() / count;
        SimulatedDevice {
            by_block: (0..self.numbers.count()).map(|block| mean_of(&|device| device.by_block[block])).collect(),
            constant: mean_of(&|device| device.constant),
        }
    }

    /// Relative latencies of architectures on a device.
    pub(crate) fn relative(&self, device: &SimulatedDevice, architectures: &[Architecture]) -> Vec<f64> {
        architectures.iter().map(|one| device.constant + self.numbers.sum(&device.by_block, one)).collect()
    }

    /// The variances of the prior's devices over architectures, summed.
    pub(crate) fn variance(&self, architectures: &[Architecture]) -> f64 {
        let variance = |device: &SimulatedDevice| {
            let relative = self.relative(device, architectures);
            relative.iter().map(|value| (value - 1.0).powi(2)).sum::<f64>() / relative.len() as f64
        };
        self.devices.iter().map(variance).sum()
    }

    /// The principal components of the prior's devices over architectures, largest first: so many
    /// that they hold nearly all variance. None where the devices do not vary.
    pub(crate) fn components(&self, architectures: &[Architecture]) -> Vec<SimulatedDevice> {
        let centred: Vec<Vec<f64>> = self
            .devices
            .iter()
            .map(|device| self.relative(device, architectures).into_iter().map(|value| value - 1.0).collect())
            .collect();
        let centred = Mat::from_fn(architectures.len(), centred.len(), |row, device| centred[device][row]);
        let covariance = centred.transpose() * &centred;
        let Ok(eigen) = covariance.self_adjoint_eigen(Side::Lower) else { return Vec::new() };
        let count = self.devices.len();
        let variances: Vec<f64> = (0..count).rev().map(|one| eigen.S()[one].max(0.0)).collect();
        let total: f64 = variances.iter().sum();
        let mut held = 0.0;
        let needed = variances.iter().take_while(|variance| {
            let is_needed = held < COMPONENTS_HOLD * total;
            held += **variance;
            is_needed
        });
        (0..needed.count()).map(|one| self.combine(eigen.U().col(count - 1 - one))).collect()
    }

    /// The devices' weighted sum.
    fn combine(&self, weights: ColRef<'_, f64>) -> SimulatedDevice {
        let weighted = || self.devices.iter().zip(weights.iter());
        SimulatedDevice {
            by_block: (0..self.numbers.count())
                .map(|block| weighted().map(|(device, weight)| device.by_block[block] * weight).sum())
                .collect(),
            constant: weighted().map(|(device, weight)| device.constant * weight).sum(),
        }
    }
}

fn mean_dense_flops(kernels: &[&[Kernel]], runs: &[f64]) -> f64 {
    let (mut flops, mut count) = (0.0, 0.0);
    for (kernels, runs) in kernels.iter().zip(runs) {
        for kernel in kernels.iter().filter(|kernel| kernel.kind == KernelKind::Convolution) {
            flops += kernel.flops as f64 * runs;
            count += runs;
        }
    }
    flops / f64::max(count, 1.0)
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

    /// Relative latencies where the kernels of the blocks take `times`, and those of a whole
    /// architecture `mean` in the mean: the overhead is a share of what kernels take.
    fn relative(&self, times: Vec<f64>, mean: f64) -> SimulatedDevice {
        SimulatedDevice {
            by_block: times.into_iter().map(|time| time / mean / (1.0 + self.overhead)).collect(),
            constant: self.overhead / (1.0 + self.overhead),
        }
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

fn is_convolution(kernel: &Kernel) -> bool {
    matches!(kernel.kind, KernelKind::Convolution | KernelKind::Depthwise | KernelKind::Grouped)
}
