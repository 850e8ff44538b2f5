//! Memory of the board and of this process.

use crate::board::Root;

/// Main memory, in bytes.
pub(crate) fn total_bytes(root: &Root) -> Option<u64> {
    kibibytes(&root.text("proc/meminfo")?, "MemTotal")
}

/// Memory that programs can still have, in bytes.
pub(crate) fn available_bytes(root: &Root) -> Option<u64> {
    kibibytes(&root.text("proc/meminfo")?, "MemAvailable")
}

/// The most memory that this process held, in bytes.
#[must_use]
pub fn peak_bytes(root: &Root) -> Option<u64> {
    kibibytes(&root.text("proc/self/status")?, "VmHWM")
}

/// The value of a line `name:   1234 kB`, in bytes.
fn kibibytes(text: &str, name: &str) -> Option<u64> {
    let (_, value) = text.lines().filter_map(|line| line.split_once(':')).find(|(key, _)| *key == name)?;
    value.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::{available_bytes, peak_bytes, total_bytes};
    use crate::board::tree::Tree;

    #[test]
    fn memory_is_in_bytes() {
        let tree = Tree::new(&[
            ("proc/meminfo", "MemTotal:       24684084 kB\nMemFree: 1 kB\nMemAvailable:   20149608 kB\n"),
            ("proc/self/status", "Name:\tx\nVmHWM:\t    3512 kB\n"),
        ]);
        assert_eq!(total_bytes(&tree.root()), Some(24_684_084 * 1024));
        assert_eq!(available_bytes(&tree.root()), Some(20_149_608 * 1024));
        assert_eq!(peak_bytes(&tree.root()), Some(3_512 * 1024));
    }

    #[test]
    fn nonsense_is_unknown() {
        let tree = Tree::new(&[("proc/meminfo", "MemTotal: lots\nMemAvailable: 99999999999999999999 kB\n")]);
        assert_eq!((total_bytes(&tree.root()), available_bytes(&tree.root())), (None, None));
        assert_eq!(peak_bytes(&tree.root()), None);
    }
}
