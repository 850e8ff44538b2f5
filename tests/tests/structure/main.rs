//! The structure holds: no circles between modules, none between crates, and no arrow that points up.
//!
//! Arrows are paths in the sources, `use` lines above all. `cargo test -p tenshot-tests --test
//! structure -- --nocapture` prints what was seen.

mod module;
mod paths;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use module::{Crate, Module};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The crates from the lowest up, each with those that it may use.
const CRATES: [(&str, &str, &[&str]); 9] = [
    ("kit", "tenshot_kit", &[]),
    ("onnx-models", "tenshot_onnx_models", &["tenshot_kit"]),
    ("predictor", "tenshot_predictor", &["tenshot_kit", "tenshot_onnx_models"]),
    ("agent/measurement", "tenshot_measurement", &["tenshot_kit"]),
    ("protocol", "tenshot_protocol", &["tenshot_measurement"]),
    ("protocol/transport", "tenshot_transport", &["tenshot_kit", "tenshot_protocol"]),
    ("agent", "tenshot_agent", &["tenshot_kit", "tenshot_measurement", "tenshot_protocol", "tenshot_transport"]),
    (
        "coordinator",
        "tenshot_coordinator",
        &["tenshot_kit", "tenshot_measurement", "tenshot_onnx_models", "tenshot_predictor", "tenshot_protocol"],
    ),
    (
        "coordinator/cli",
        "tenshot",
        &[
            "tenshot_agent",
            "tenshot_coordinator",
            "tenshot_kit",
            "tenshot_measurement",
            "tenshot_onnx_models",
            "tenshot_predictor",
            "tenshot_protocol",
            "tenshot_transport",
        ],
    ),
];

/// The rooms of the coordinator from the lowest up: each uses those before it.
const COORDINATOR: [&str; 5] = ["domain", "store", "service", "report", "http"];

/// Who uses whom, by name.
type Arrows = BTreeMap<String, BTreeSet<String>>;

/// The groups in which everyone reaches everyone else.
fn circles(arrows: &Arrows) -> Vec<Vec<String>> {
    let reached = |from: &String| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from.clone()]);
        while let Some(next) = open.pop() {
            for to in arrows.get(&next).into_iter().flatten() {
                if seen.insert(to.clone()) {
                    open.push(to.clone());
                }
            }
        }
        seen
    };
    let reach: BTreeMap<&String, BTreeSet<String>> = arrows.keys().map(|from| (from, reached(from))).collect();
    let back = |from: &String, to: &String| reach.get(to).is_some_and(|from_to| from_to.contains(from));
    let group = |from: &String| reach[from].iter().filter(|to| back(from, to)).cloned().collect::<Vec<_>>();
    let groups: BTreeSet<Vec<String>> = arrows.keys().map(group).filter(|group| group.len() > 1).collect();
    groups.into_iter().collect()
}

/// Arrows between the children of one module, whatever lies below them.
fn between_children(of: &Crate, parent: &[String]) -> Arrows {
    let child = |module: &[String]| module.strip_prefix(parent).and_then(|rest| rest.first()).cloned();
    let mut arrows = Arrows::new();
    for module in &of.modules {
        let Some(from) = child(&module.path) else { continue };
        let to = module.uses.iter().filter_map(|used| child(used)).filter(|to| *to != from);
        arrows.entry(from.clone()).or_default().extend(to);
    }
    arrows
}

fn crates() -> Vec<Crate> {
    let read = |(folder, name, _): &(&str, &str, _)| Crate::read(&Path::new(ROOT).join(folder), name);
    match CRATES.iter().map(read).collect() {
        Ok(crates) => crates,
        Err(error) => unreadable(&error),
    }
}

#[expect(clippy::panic, reason = "a test has no other way to say that it cannot run")]
fn unreadable(error: &std::io::Error) -> ! {
    panic!("the sources cannot be read: {error}")
}

#[test]
fn no_circles_between_modules() {
    let mut found = Vec::new();
    for of in crates() {
        let parents: BTreeSet<&[String]> = of.modules.iter().map(Module::parent).collect();
        let mut arrows = 0;
        for parent in parents {
            let among = between_children(&of, parent);
            arrows += among.values().map(BTreeSet::len).sum::<usize>();
            let place = [std::slice::from_ref(&of.name), parent].concat().join("::");
            for circle in circles(&among) {
                let said = format!("{place}: {}", circle.join(" <-> "));
                found.push(said);
            }
        }
        println!("{}: {} modules, {arrows} arrows between siblings", of.name, of.modules.len());
        for (from, used) in between_children(&of, &[]) {
            println!("    {from} -> {}", used.into_iter().collect::<Vec<_>>().join(", "));
        }
        assert!(arrows > 0, "nothing was read of {}", of.name);
    }
    assert!(found.is_empty(), "circles:\n{}", found.join("\n"));
}

#[test]
fn no_arrow_between_crates_points_up() {
    let mut up = Vec::new();
    for (of, (_, _, allowed)) in crates().iter().zip(CRATES) {
        println!("{} -> {}", of.name, allowed.join(", "));
        let used: BTreeSet<&String> = of.modules.iter().flat_map(|module| &module.foreign).collect();
        // A binary uses the library beside it.
        let wrong = used.into_iter().filter(|used| **used != of.name && !allowed.contains(&used.as_str()));
        up.extend(wrong.map(|to| format!("{} -> {to}", of.name)));
    }
    assert!(up.is_empty(), "arrows that point up:\n{}", up.join("\n"));
}

#[test]
fn no_arrow_in_the_coordinator_points_up() {
    let all = crates();
    let coordinator = all.iter().find(|of| of.name == "tenshot_coordinator").expect("it is listed");
    let height = |room: &String| COORDINATOR.iter().position(|known| known == room);
    let mut up = Vec::new();
    for (from, used) in between_children(coordinator, &[]) {
        println!("{from} -> {}", used.iter().cloned().collect::<Vec<_>>().join(", "));
        assert!(height(&from).is_some(), "where does `{from}` stand in {COORDINATOR:?}?");
        up.extend(used.iter().filter(|to| height(to) > height(&from)).map(|to| format!("{from} -> {to}")));
    }
    assert!(up.is_empty(), "arrows that point up:\n{}", up.join("\n"));
}

#[test]
fn a_circle_is_found() {
    let arrows = |pairs: &[(&str, &str)]| {
        let mut arrows = Arrows::new();
        for (from, to) in pairs {
            arrows.entry((*from).to_owned()).or_default().insert((*to).to_owned());
        }
        arrows
    };
    assert_eq!(circles(&arrows(&[("a", "b"), ("b", "c")])), Vec::<Vec<String>>::new());
    assert_eq!(circles(&arrows(&[("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")])), [["a", "b", "c"]]);
}
