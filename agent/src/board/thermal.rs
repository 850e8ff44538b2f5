//! Temperatures.

use tenshot_measurement::Temperature;

use crate::board::Root;

/// Every temperature zone that can be read; none where there is no zone at all.
pub(crate) fn temperatures(root: &Root) -> Option<Vec<Temperature>> {
    let zones = root.folders("sys/class/thermal", "thermal_zone");
    let temperatures: Vec<Temperature> = zones
        .iter()
        .filter_map(|zone| {
            let millicelsius = root.number(zone.join("temp"))?;
            let name = root.text(zone.join("type")).or_else(|| Some(zone.file_name()?.to_string_lossy().into_owned()));
            Some(Temperature { zone: name?, millicelsius })
        })
        .collect();
    (!temperatures.is_empty()).then_some(temperatures)
}

#[cfg(test)]
mod tests {
    use tenshot_measurement::Temperature;

    use super::temperatures;
    use crate::board::tree::Tree;

    #[test]
    fn zones_that_cannot_be_read_are_left_out() {
        let tree = Tree::new(&[
            ("sys/class/thermal/thermal_zone0/type", "cpu-thermal\n"),
            ("sys/class/thermal/thermal_zone0/temp", "48250\n"),
            ("sys/class/thermal/thermal_zone1/temp", "-5000\n"),
            ("sys/class/thermal/thermal_zone2/type", "broken\n"),
            ("sys/class/thermal/cooling_device0/type", "fan\n"),
        ]);
        let zone = |zone: &str, millicelsius| Temperature { zone: zone.to_owned(), millicelsius };
        let expected = vec![zone("cpu-thermal", 48_250), zone("thermal_zone1", -5_000)];
        assert_eq!(temperatures(&tree.root()), Some(expected));
        assert_eq!(temperatures(&Tree::new(&[]).root()), None);
    }
}
