//! What the board is.

use std::num::NonZero;
use std::path::Path;
use std::thread::available_parallelism;

use tenshot_measurement::{BoardFacts, Reading};

use crate::board::{Root, cpu, memory};

/// What an agent tells of its board; `sysfs_root` is the folder that `proc` and `sys` are read below.
#[must_use]
pub fn facts(sysfs_root: &Path) -> BoardFacts {
    let root = &Root::new(sysfs_root);
    BoardFacts {
        cpu_model: Reading::from(cpu::model(root)),
        board_model: Reading::from(cpu::board_model(root)),
        architecture: std::env::consts::ARCH.to_owned(),
        operating_system: operating_system(),
        cpu_count: available_parallelism().map_or(1, |count| u32::try_from(NonZero::get(count)).unwrap_or(u32::MAX)),
        memory_bytes: Reading::from(memory::total_bytes(root)),
    }
}

fn operating_system() -> String {
    let name = rustix::system::uname();
    format!("{} {}", name.sysname().to_string_lossy(), name.release().to_string_lossy())
}

#[cfg(test)]
mod tests {
    use tenshot_measurement::Reading;

    use super::facts;

    #[test]
    fn what_the_root_does_not_tell_is_unknown() {
        let facts = facts(tempfile::tempdir().unwrap().path());
        assert_eq!((facts.cpu_model, facts.board_model), (Reading::Unknown, Reading::Unknown));
        assert!(facts.cpu_count >= 1 && !facts.operating_system.is_empty());
    }
}
