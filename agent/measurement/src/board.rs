//! What a board is, and the state that it was in.

use serde::{Deserialize, Serialize};

use crate::Reading;

/// What an agent knows of its board at start.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BoardFacts {
    /// Processor name, such as `AMD EPYC 7763`.
    pub cpu_model: Reading<String>,
    /// Board name from the device tree, such as `Raspberry Pi 4 Model B Rev 1.4`.
    pub board_model: Reading<String>,
    /// Instruction set, such as `x86_64` or `aarch64`.
    pub architecture: String,
    /// Operating system and kernel release.
    pub operating_system: String,
    /// Logical processors that the agent may use.
    pub cpu_count: u32,
    /// Main memory, in bytes.
    pub memory_bytes: Reading<u64>,
}

/// A temperature sensor and what it said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Temperature {
    /// The sensor's zone, such as `cpu-thermal`.
    pub zone: String,
    /// Thousandths of a degree Celsius.
    pub millicelsius: i64,
}

/// The board at one moment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Conditions {
    /// Frequency governor of the processors used.
    pub governor: Reading<String>,
    /// Current frequency of each processor used, in kHz.
    pub frequency_khz: Reading<Vec<u64>>,
    /// All temperature zones.
    pub temperatures: Reading<Vec<Temperature>>,
    /// How often the processors were throttled since the board started.
    pub throttle_count: Reading<u64>,
    /// Load average over one minute.
    pub load_average: Reading<f64>,
    /// Memory that programs can still have, in bytes.
    pub memory_available_bytes: Reading<u64>,
    /// Charge of the battery, in percent.
    pub battery_percent: Reading<u8>,
}

/// The board around a measurement.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Environment {
    /// Between warm-up and timed phase: the warm-up has woken the processors.
    pub before: Conditions,
    /// After the timed phase.
    pub after: Conditions,
    /// Processors' worth of time that other programs used during the timed phase.
    pub other_load: Reading<f64>,
}
