//! The processors: model, governor, frequency, throttling.

use std::path::PathBuf;

use crate::board::Root;

const PROCESSORS: &str = "sys/devices/system/cpu";

/// The processor's name. ARM kernels tell none.
pub(crate) fn model(root: &Root) -> Option<String> {
    let text = root.text("proc/cpuinfo")?;
    let lines = text.lines().filter_map(|line| line.split_once(':'));
    let mut names = lines.filter(|(key, _)| ["model name", "Hardware", "cpu model"].contains(&key.trim()));
    names.next().map(|(_, name)| name.trim().to_owned()).filter(|name| !name.is_empty())
}

/// The board's name by its device tree.
pub(crate) fn board_model(root: &Root) -> Option<String> {
    root.text("proc/device-tree/model").or_else(|| root.text("sys/firmware/devicetree/base/model"))
}

/// The frequency governor; where the processors have several, all of them, in alphabetical order.
pub(crate) fn governor(root: &Root, processors: &[u32]) -> Option<String> {
    let governors: Option<Vec<String>> =
        processors.iter().map(|&cpu| root.text(folder(cpu).join("cpufreq/scaling_governor"))).collect();
    let mut governors = governors?;
    governors.sort();
    governors.dedup();
    (!governors.is_empty()).then(|| governors.join(", "))
}

/// The frequency of each of these processors, in kHz: what the kernel's frequency scaling says, or
/// where there is none (virtual machines) what x86 kernels list.
pub(crate) fn frequency_khz(root: &Root, processors: &[u32]) -> Option<Vec<u64>> {
    let scaling = |&cpu: &u32| root.number(folder(cpu).join("cpufreq/scaling_cur_freq"));
    let frequencies: Option<Vec<u64>> = processors.iter().map(scaling).collect();
    let frequencies = frequencies.or_else(|| {
        let listed = listed_frequencies_khz(&root.text("proc/cpuinfo")?);
        let of = |wanted: &u32| listed.iter().find(|(cpu, _)| cpu == wanted).map(|&(_, khz)| khz);
        processors.iter().map(of).collect()
    });
    frequencies.filter(|frequencies| !frequencies.is_empty())
}

/// `processor : 3` … `cpu MHz : 2596.140`, of each block of `/proc/cpuinfo`.
fn listed_frequencies_khz(cpuinfo: &str) -> Vec<(u32, u64)> {
    let value = |block: &str, wanted: &str| {
        let mut pairs = block.lines().filter_map(|line| line.split_once(':'));
        pairs.find(|(key, _)| key.trim() == wanted).map(|(_, value)| value.trim().to_owned())
    };
    let of_block = |block: &str| {
        let cpu = value(block, "processor")?.parse().ok()?;
        let mhz: f64 = value(block, "cpu MHz")?.parse().ok()?;
        Some((cpu, (mhz * 1_000.0).round() as u64))
    };
    cpuinfo.split("\n\n").filter_map(of_block).collect()
}

/// How often these processors were throttled since the board started: the sum of their cores' own
/// counts and the largest of their packages', which are listed once for each processor.
pub(crate) fn throttle_count(root: &Root, processors: &[u32]) -> Option<u64> {
    let count = |cpu: u32, name: &str| root.number::<u64>(folder(cpu).join("thermal_throttle").join(name));
    let cores: Option<u64> = processors.iter().map(|&cpu| count(cpu, "core_throttle_count")).sum();
    let package = processors.iter().filter_map(|&cpu| count(cpu, "package_throttle_count")).max();
    match (cores, package) {
        (None, None) => None,
        (cores, package) => Some(cores.unwrap_or(0).saturating_add(package.unwrap_or(0))),
    }
    .filter(|_| !processors.is_empty())
}

fn folder(cpu: u32) -> PathBuf {
    PathBuf::from(format!("{PROCESSORS}/cpu{cpu}"))
}

#[cfg(test)]
mod tests {
    use super::{board_model, frequency_khz, governor, model, throttle_count};
    use crate::board::tree::Tree;

    const CPUINFO: &str = "processor\t: 0\nmodel name\t: AMD EPYC\ncpu MHz\t\t: 2596.140\n\n\
                           processor\t: 1\nmodel name\t: AMD EPYC\ncpu MHz\t\t: 1500.000\n";

    #[test]
    fn frequencies_come_from_scaling_first() {
        let tree = Tree::new(&[
            ("proc/cpuinfo", CPUINFO),
            ("sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "1800000\n"),
        ]);
        assert_eq!(frequency_khz(&tree.root(), &[0]), Some(vec![1_800_000]));
        assert_eq!(frequency_khz(&tree.root(), &[0, 1]), Some(vec![2_596_140, 1_500_000]), "all from one source");
        assert_eq!(frequency_khz(&tree.root(), &[2]), None);
        assert_eq!(frequency_khz(&tree.root(), &[]), None);
    }

    #[test]
    fn governors_are_named_once() {
        let tree = Tree::new(&[
            ("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "schedutil\n"),
            ("sys/devices/system/cpu/cpu1/cpufreq/scaling_governor", "performance\n"),
            ("sys/devices/system/cpu/cpu2/cpufreq/scaling_governor", "schedutil\n"),
        ]);
        assert_eq!(governor(&tree.root(), &[0, 2]).unwrap(), "schedutil");
        assert_eq!(governor(&tree.root(), &[0, 1, 2]).unwrap(), "performance, schedutil");
        assert_eq!(governor(&tree.root(), &[0, 3]), None);
    }

    #[test]
    fn throttling_is_counted_by_cores_and_packages() {
        let tree = Tree::new(&[
            ("sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", "2\n"),
            ("sys/devices/system/cpu/cpu0/thermal_throttle/package_throttle_count", "10\n"),
            ("sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count", "3\n"),
            ("sys/devices/system/cpu/cpu1/thermal_throttle/package_throttle_count", "10\n"),
        ]);
        assert_eq!(throttle_count(&tree.root(), &[0, 1]), Some(15));
        assert_eq!(throttle_count(&tree.root(), &[1]), Some(13));
        assert_eq!(throttle_count(&Tree::new(&[]).root(), &[0]), None);
    }

    #[test]
    fn names_of_processor_and_board() {
        let server = Tree::new(&[("proc/cpuinfo", CPUINFO)]);
        assert_eq!(model(&server.root()).unwrap(), "AMD EPYC");
        assert_eq!(board_model(&server.root()), None);
        let board = Tree::new(&[
            ("proc/cpuinfo", "processor\t: 0\nBogoMIPS\t: 108.00\n\nHardware\t: BCM2835\n"),
            ("proc/device-tree/model", "Raspberry Pi 4 Model B Rev 1.4\0"),
        ]);
        assert_eq!(model(&board.root()).unwrap(), "BCM2835");
        assert_eq!(board_model(&board.root()).unwrap(), "Raspberry Pi 4 Model B Rev 1.4");
    }
}
