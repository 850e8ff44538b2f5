//! The board at one moment.

use tenshot_measurement::{Conditions, Reading};

use crate::board::{Root, cpu, memory, power, thermal};

/// What the sensors say now; of frequency, governor and throttling those of these processors.
#[must_use]
pub fn conditions(root: &Root, processors: &[u32]) -> Conditions {
    Conditions {
        governor: Reading::from(cpu::governor(root, processors)),
        frequency_khz: Reading::from(cpu::frequency_khz(root, processors)),
        temperatures: Reading::from(thermal::temperatures(root)),
        throttle_count: Reading::from(cpu::throttle_count(root, processors)),
        load_average: Reading::from(load_average(root)),
        memory_available_bytes: Reading::from(memory::available_bytes(root)),
        battery_percent: Reading::from(power::battery_percent(root)),
    }
}

/// Over one minute.
fn load_average(root: &Root) -> Option<f64> {
    root.text("proc/loadavg")?.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use tenshot_measurement::Conditions;

    use super::conditions;
    use crate::board::tree::Tree;

    #[test]
    fn a_board_without_sensors_is_unknown() {
        assert_eq!(conditions(&Tree::new(&[]).root(), &[0, 1]), Conditions::default());
    }

    #[test]
    fn a_board_with_sensors() {
        let tree = Tree::new(&[
            ("proc/loadavg", "0.31 0.20 0.10 1/129 26460\n"),
            ("proc/meminfo", "MemAvailable: 1024 kB\n"),
            ("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance\n"),
            ("sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "1500000\n"),
            ("sys/class/thermal/thermal_zone0/type", "cpu-thermal\n"),
            ("sys/class/thermal/thermal_zone0/temp", "48250\n"),
        ]);
        insta::assert_debug_snapshot!(conditions(&tree.root(), &[0]), @r#"
        Conditions {
            governor: Known(
                "performance",
            ),
            frequency_khz: Known(
                [
                    1500000,
                ],
            ),
            temperatures: Known(
                [
                    Temperature {
                        zone: "cpu-thermal",
                        millicelsius: 48250,
                    },
                ],
            ),
            throttle_count: Unknown,
            load_average: Known(
                0.31,
            ),
            memory_available_bytes: Known(
                1048576,
            ),
            battery_percent: Unknown,
        }
        "#);
    }
}
