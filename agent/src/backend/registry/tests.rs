//! The built-in runtimes, and a second one as it would be added: a family, and its place in the list.

use std::collections::BTreeMap;
use std::path::PathBuf;

use tenshot_measurement::{Backend, Settings};

use super::{BUILT_IN, Registry, RuntimeChoice, RuntimeFamily};
use crate::backend::tract::Tract;
use crate::backend::{
    BackendError, DeclaredInput, Dimension, ElementType, Inference, InputPlan, InputValues, LoadOptions, NumberType,
    Runtime,
};
use crate::measure::{self, MonotonicClock};

/// A runtime that sums up its input, which is one row of floats for each byte of the file.
struct Summing;

/// The sum, in a library of its own.
struct Summed {
    execution_provider: String,
}

struct Sum {
    plan: InputPlan,
    sum: f32,
}

impl RuntimeFamily for Summing {
    fn name(&self) -> &'static str {
        "summing"
    }

    fn available(&self) -> Vec<Backend> {
        ["cpu", "abacus"].map(identity).to_vec()
    }

    fn provider_options(&self, execution_provider: &str) -> &'static [&'static str] {
        if execution_provider == "abacus" { &["beads", "rods"] } else { &[] }
    }

    fn takes_library(&self) -> bool {
        true
    }

    fn open(&self, choice: &RuntimeChoice) -> Result<Box<dyn Runtime>, BackendError> {
        Ok(Box::new(Summed { execution_provider: choice.execution_provider.clone() }))
    }
}

fn identity(execution_provider: &str) -> Backend {
    Backend { name: "summing".into(), version: "1".into(), execution_provider: execution_provider.into() }
}

impl Runtime for Summed {
    fn identity(&self) -> Backend {
        identity(&self.execution_provider)
    }

    fn load(&self, model: &[u8], options: &LoadOptions) -> Result<Box<dyn Inference>, BackendError> {
        let columns = Dimension::Fixed(i64::try_from(model.len()).unwrap());
        let input = DeclaredInput {
            name: "rows".to_owned(),
            element: ElementType::Number(NumberType::F32),
            shape: Some(vec![Dimension::Free, columns]),
        };
        Ok(Box::new(Sum { plan: InputPlan::new(&[input], options)?, sum: 0.0 }))
    }
}

impl Inference for Sum {
    fn infer(&mut self) -> Result<(), BackendError> {
        let InputValues::Floats(floats) = self.plan.inputs[0].values() else { panic!("the input is of floats") };
        self.sum = floats.iter().sum();
        Ok(())
    }

    fn batch(&self) -> u32 {
        self.plan.batch
    }
}

const TWO: Registry = Registry::new(&[&Tract, &Summing]);

fn message(registry: Registry, choice: &RuntimeChoice) -> String {
    registry.open(choice).err().unwrap().to_string()
}

#[test]
fn what_is_available_can_be_had() {
    for registry in [BUILT_IN, TWO] {
        for backend in registry.available() {
            let choice = RuntimeChoice::new(&backend.name, &backend.execution_provider);
            assert_eq!(registry.open(&choice).unwrap().identity(), backend);
        }
    }
    assert_eq!(TWO.available().len(), BUILT_IN.available().len() + 2);
}

#[test]
fn what_is_not_available_is_named() {
    let choice = RuntimeChoice::new;
    assert_eq!(message(BUILT_IN, &choice("ort", "cpu")), "unknown backend `ort`: this build has tract");
    assert_eq!(message(TWO, &choice("ort", "cpu")), "unknown backend `ort`: this build has tract, summing");
    assert_eq!(message(TWO, &choice("tract", "cuda")), "tract has no execution provider `cuda`: it has cpu");
    assert_eq!(
        message(TWO, &choice("summing", "cuda")),
        "summing has no execution provider `cuda`: it has cpu, abacus"
    );
}

#[test]
fn options_and_libraries_are_the_runtimes() {
    let provider_options = BTreeMap::from([("beads".to_owned(), "10".to_owned())]);
    let with = |backend, provider| RuntimeChoice {
        provider_options: provider_options.clone(),
        ..RuntimeChoice::new(backend, provider)
    };
    assert!(TWO.open(&with("summing", "abacus")).is_ok());
    assert_eq!(
        message(TWO, &with("tract", "cpu")),
        "execution provider `cpu` of tract has no option `beads`: its options are none"
    );
    let wire =
        RuntimeChoice { provider_options: BTreeMap::from([("wire".into(), "1".into())]), ..with("summing", "abacus") };
    assert_eq!(
        message(TWO, &wire),
        "execution provider `abacus` of summing has no option `wire`: its options are beads, rods"
    );

    let library = Some(PathBuf::from("/opt/lib.so"));
    assert!(TWO.open(&RuntimeChoice { library: library.clone(), ..RuntimeChoice::new("summing", "cpu") }).is_ok());
    assert_eq!(
        message(TWO, &RuntimeChoice { library, ..RuntimeChoice::new("tract", "cpu") }),
        "tract is part of this program and takes no library, not /opt/lib.so: leave it out"
    );
}

#[test]
fn a_second_runtime_is_measured() {
    let runtime = TWO.open(&RuntimeChoice::new("summing", "cpu")).unwrap();
    let options = LoadOptions { threads: 1, batch: Some(2), input_seed: 0 };
    let mut inference = runtime.load(b"four", &options).unwrap();
    assert_eq!(inference.batch(), 2);
    let samples = measure::timed_phase(&mut *inference, &MonotonicClock::start(), &Settings::help()).unwrap();
    assert_eq!(samples.len(), 50);
}
