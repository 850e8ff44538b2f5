//! The runtimes of this build. A further one is a folder beside `tract`, and a line in [`BUILT_IN`].

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tenshot_measurement::Backend;

use crate::backend::{BackendError, Runtime, tract};

/// Every runtime of this build.
pub static BUILT_IN: Registry = Registry { families: &[&tract::Tract] };

/// Which runtime is to run a model, and how it is to be set up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuntimeChoice {
    /// The runtime by name, such as `tract`.
    pub backend: String,
    /// The execution provider by name, such as `cpu`.
    pub execution_provider: String,
    /// Options of the execution provider, by the names that the runtime has for them.
    pub provider_options: BTreeMap<String, String>,
    /// The runtime's shared library; none: the one that the runtime finds by itself, if it needs any.
    pub library: Option<PathBuf>,
}

impl RuntimeChoice {
    /// A runtime with one of its execution providers, without options.
    #[must_use]
    pub fn new(backend: impl Into<String>, execution_provider: impl Into<String>) -> Self {
        Self {
            backend: backend.into(),
            execution_provider: execution_provider.into(),
            provider_options: BTreeMap::new(),
            library: None,
        }
    }
}

/// What is known of a runtime before a model is there: tract, ONNX Runtime, …
pub trait RuntimeFamily: Sync {
    /// What it is called on the command line, in campaigns and in results.
    fn name(&self) -> &'static str;

    /// Its execution providers that this board has, each with the runtime's version.
    fn available(&self) -> Vec<Backend>;

    /// The names of the options that an execution provider takes; none where it takes none.
    fn provider_options(&self, execution_provider: &str) -> &'static [&'static str];

    /// Whether it is loaded from a shared library, so that a choice may name the library's file.
    fn takes_library(&self) -> bool;

    /// Sets the runtime up. The registry has checked the choice against the four methods above.
    ///
    /// # Errors
    /// Where the library cannot be loaded, or an option has a value that the runtime refuses.
    fn open(&self, choice: &RuntimeChoice) -> Result<Box<dyn Runtime>, BackendError>;
}

/// A list of runtimes, in which they are found by name.
#[derive(Clone, Copy)]
pub struct Registry {
    families: &'static [&'static dyn RuntimeFamily],
}

impl Registry {
    /// A list of these runtimes.
    #[must_use]
    pub const fn new(families: &'static [&'static dyn RuntimeFamily]) -> Self {
        Self { families }
    }

    /// Every runtime with every execution provider that this board has.
    #[must_use]
    pub fn available(&self) -> Vec<Backend> {
        self.families.iter().flat_map(|family| family.available()).collect()
    }

    /// Sets up the runtime that is chosen.
    ///
    /// # Errors
    /// Where there is no such runtime, it has no such execution provider or option, takes no
    /// library, or cannot be set up.
    pub fn open(&self, choice: &RuntimeChoice) -> Result<Box<dyn Runtime>, BackendError> {
        let family = self.families.iter().find(|family| family.name() == choice.backend);
        let family = family.ok_or_else(|| BackendError::UnknownRuntime {
            name: choice.backend.clone(),
            known: listed(self.families.iter().map(|family| family.name())),
        })?;
        check(*family, choice)?;
        family.open(choice)
    }
}

fn check(family: &dyn RuntimeFamily, choice: &RuntimeChoice) -> Result<(), BackendError> {
    let (runtime, available) = (family.name(), family.available());
    if !available.iter().any(|backend| backend.execution_provider == choice.execution_provider) {
        return Err(BackendError::UnknownExecutionProvider {
            runtime,
            name: choice.execution_provider.clone(),
            known: listed(available.iter().map(|backend| backend.execution_provider.as_str())),
        });
    }
    let known = family.provider_options(&choice.execution_provider);
    if let Some(name) = choice.provider_options.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(BackendError::UnknownOption {
            runtime,
            execution_provider: choice.execution_provider.clone(),
            name: name.clone(),
            known: listed(known.iter().copied()),
        });
    }
    match &choice.library {
        Some(library) if !family.takes_library() => Err(BackendError::NoLibrary { runtime, library: library.clone() }),
        _ => Ok(()),
    }
}

/// Names in a sentence; `none` where there are none.
fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

#[cfg(test)]
mod tests;
