//! Power: the battery's charge.

use crate::board::Root;

/// Charge of the board's battery, in percent; batteries of mice and pens do not count.
pub(crate) fn battery_percent(root: &Root) -> Option<u8> {
    let supplies = root.folders("sys/class/power_supply", "");
    let mut batteries = supplies.iter().filter(|supply| {
        let of_a_device = root.text(supply.join("scope")).as_deref() == Some("Device");
        root.text(supply.join("type")).as_deref() == Some("Battery") && !of_a_device
    });
    batteries.find_map(|battery| root.number(battery.join("capacity")))
}

#[cfg(test)]
mod tests {
    use super::battery_percent;
    use crate::board::tree::Tree;

    #[test]
    fn the_boards_own_battery_counts() {
        let tree = Tree::new(&[
            ("sys/class/power_supply/AC/type", "Mains\n"),
            ("sys/class/power_supply/BAT0/type", "Battery\n"),
            ("sys/class/power_supply/BAT0/capacity", "87\n"),
            ("sys/class/power_supply/pen/type", "Battery\n"),
            ("sys/class/power_supply/pen/scope", "Device\n"),
            ("sys/class/power_supply/pen/capacity", "3\n"),
        ]);
        assert_eq!(battery_percent(&tree.root()), Some(87));
        assert_eq!(battery_percent(&Tree::new(&[]).root()), None);
    }
}
