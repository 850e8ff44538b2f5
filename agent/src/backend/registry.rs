//! The runtimes of this build. A further one is a folder beside `tract`, and a line in [`BUILT_IN`].

use tenshot_measurement::Backend;

use crate::backend::{BackendError, Runtime, RuntimeChoice, RuntimeFamily, tract};

/// Every runtime of this build.
pub static BUILT_IN: Registry = Registry { families: &[&tract::Tract] };

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
