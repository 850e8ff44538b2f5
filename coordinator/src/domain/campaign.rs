//! What a campaign asks for, and the tasks that it becomes.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use tenshot_measurement::{Backend, Limits, Metric, ModelHash, Settings, SettingsError, Target};
use tenshot_onnx_models::{Architecture, Space};

use super::task::TaskRole;

/// Most references and probes of one campaign together.
pub const MOST_ARCHITECTURES: usize = 20_000;

/// The fewest references that a predictor adapts from.
pub const FEWEST_REFERENCES: usize = 3;

/// Which architectures: a set by name, or listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArchitectureChoice {
    /// The paper's reference set of the space.
    Paper,
    /// So many, at random.
    Random {
        /// How many.
        count: u32,
        /// Seed of the choice.
        seed: u64,
    },
    /// So many, spread evenly over the latency that the bundled predictor expects of an average device.
    Spread {
        /// How many.
        count: u32,
        /// Seed of the choice.
        seed: u64,
    },
    /// These, as the space writes them.
    Listed(Vec<String>),
}

/// A collection campaign to be made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CampaignSpec {
    /// For people; unique.
    pub name: String,
    /// Search space.
    pub space: String,
    /// The trained predictor that is adapted, one that is kept; none: the built-in one of the space.
    #[serde(default)]
    pub trained: Option<ModelHash>,
    /// The architectures whose latencies are the hardware embedding.
    pub references: ArchitectureChoice,
    /// The architectures that are measured to judge the predictor, never to adapt it.
    #[serde(default)]
    pub probes: Option<ArchitectureChoice>,
    /// Names of the devices; empty: the only one there is.
    #[serde(default)]
    pub devices: Vec<String>,
    /// Batch sizes; each makes a target of its own.
    pub batches: Vec<u32>,
    /// Inference backend.
    pub backend: String,
    /// The backend's execution provider.
    pub execution_provider: String,
    /// Threads for the backend.
    pub threads: u32,
    /// Processors to bind to.
    #[serde(default)]
    pub cpu_set: Option<Vec<u32>>,
    /// Measuring protocol.
    #[serde(default)]
    pub settings: Settings,
    /// What a measuring process may use.
    #[serde(default)]
    pub limits: Limits,
    /// How often each model is measured afresh.
    pub passes: u32,
    /// How often a suspect or failed measurement is tried, at most.
    pub attempts: u32,
    /// Rest before a suspect measurement is repeated, in milliseconds.
    pub cool_down_ms: u64,
}

/// Where a campaign is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CampaignState {
    /// Tasks are open.
    Running,
    /// Every task has ended, and every reference set is complete.
    Complete,
    /// Every task has ended, and some reference set is incomplete.
    Incomplete,
    /// Stopped by an operator.
    Cancelled,
}

/// A campaign that cannot be.
#[derive(Debug, thiserror::Error)]
pub enum CampaignError {
    /// The space is not known.
    #[error(transparent)]
    Space(#[from] tenshot_onnx_models::UnknownSpace),
    /// An architecture is not of the space.
    #[error(transparent)]
    Architecture(#[from] tenshot_onnx_models::ArchitectureError),
    /// The measuring protocol makes no sense.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A number that has to be at least 1.
    #[error("{0} is 0: expected at least 1")]
    Zero(&'static str),
    /// Nothing to run it on.
    #[error("no batch size was given: expected at least one, such as 1")]
    NoBatch,
    /// The name is empty or would not survive a command line.
    #[error("campaign name `{0}`: expected 1 to 100 characters, none of them a control character")]
    Name(String),
    /// Not enough references to adapt from.
    #[error("{0} references: a predictor adapts from {FEWEST_REFERENCES} or more")]
    TooFewReferences(usize),
    /// Too much at once.
    #[error("{0} architectures: a campaign takes {MOST_ARCHITECTURES} at most")]
    TooMany(usize),
    /// Listed twice, or both a reference and a probe.
    #[error("`{0}` occurs twice: references and probes are distinct, and no probe is a reference")]
    Repeated(Architecture),
    /// No device, or more than one and none named.
    #[error("no device was named, and there are {0} enrolled: name one of them, or start an agent")]
    DeviceNeeded(usize),
    /// A device that never enrolled.
    #[error("unknown device `{name}`: {known}")]
    UnknownDevice {
        /// The name that was given.
        name: String,
        /// What there is instead.
        known: String,
    },
    /// A backend that the device's agent does not have.
    #[error(
        "device `{device}` has no backend `{backend}` with execution provider `{execution_provider}`: it has {known}"
    )]
    NoBackend {
        /// The device.
        device: String,
        /// The backend asked for.
        backend: String,
        /// The execution provider asked for.
        execution_provider: String,
        /// What it has.
        known: String,
    },
}

/// The architectures of a campaign.
#[derive(Debug, Clone, PartialEq)]
pub struct Architectures {
    /// The space of all of them.
    pub space: Space,
    /// Measured for the embedding, in order.
    pub references: Vec<Architecture>,
    /// Measured to judge, never to adapt.
    pub probes: Vec<Architecture>,
}

impl Architectures {
    /// Checks that there are enough, not too many, and none twice.
    ///
    /// # Errors
    /// Says which of these does not hold.
    pub fn check(&self) -> Result<(), CampaignError> {
        if self.references.len() < FEWEST_REFERENCES {
            return Err(CampaignError::TooFewReferences(self.references.len()));
        }
        let count = self.references.len() + self.probes.len();
        if count > MOST_ARCHITECTURES {
            return Err(CampaignError::TooMany(count));
        }
        let mut seen = HashSet::new();
        match self.references.iter().chain(&self.probes).find(|architecture| !seen.insert(*architecture)) {
            Some(twice) => Err(CampaignError::Repeated(*twice)),
            None => Ok(()),
        }
    }
}

/// A device that a campaign may run on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its name.
    pub name: String,
    /// What it can run models with.
    pub backends: Vec<Backend>,
}

/// One task to be.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedTask {
    /// What the number will belong to.
    pub target: Target,
    /// What is measured.
    pub architecture: Architecture,
    /// What it is measured for.
    pub role: TaskRole,
    /// Which pass, from 1.
    pub pass: u32,
}

/// Checks the numbers of a spec that need no other knowledge.
///
/// # Errors
/// Names the number that is wrong.
pub fn check(spec: &CampaignSpec) -> Result<(), CampaignError> {
    if spec.name.trim().is_empty() || spec.name.chars().count() > 100 || spec.name.chars().any(char::is_control) {
        return Err(CampaignError::Name(spec.name.clone()));
    }
    spec.settings.check()?;
    if spec.batches.is_empty() {
        return Err(CampaignError::NoBatch);
    }
    let numbers = [("threads", spec.threads), ("passes", spec.passes), ("attempts", spec.attempts)];
    let batches = spec.batches.iter().map(|&batch| ("batch", batch));
    match numbers.into_iter().chain(batches).find(|&(_, number)| number == 0) {
        Some((name, _)) => Err(CampaignError::Zero(name)),
        None => Ok(()),
    }
}

/// The devices that a spec means: those it names, or the only one there is.
///
/// # Errors
/// Where a name is unknown, none can be chosen, or one lacks the backend.
pub fn devices<'a>(spec: &CampaignSpec, known: &'a [Candidate]) -> Result<Vec<&'a Candidate>, CampaignError> {
    let chosen: Vec<&Candidate> = if spec.devices.is_empty() {
        match known {
            [only] => vec![only],
            _ => return Err(CampaignError::DeviceNeeded(known.len())),
        }
    } else {
        let find = |name: &String| {
            known.iter().find(|candidate| candidate.name == *name).ok_or_else(|| CampaignError::UnknownDevice {
                name: name.clone(),
                known: enrolled(known.iter().map(|candidate| candidate.name.as_str())),
            })
        };
        spec.devices.iter().map(find).collect::<Result<_, _>>()?
    };
    match chosen.iter().find(|candidate| !has_backend(candidate, spec)) {
        Some(lacking) => Err(CampaignError::NoBackend {
            device: lacking.name.clone(),
            backend: spec.backend.clone(),
            execution_provider: spec.execution_provider.clone(),
            known: lacking
                .backends
                .iter()
                .map(|backend| format!("{} ({})", backend.name, backend.execution_provider))
                .collect::<Vec<_>>()
                .join(", "),
        }),
        None => Ok(chosen),
    }
}

/// Names as an error message lists them.
pub fn enrolled<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    if names.is_empty() {
        "no device has enrolled yet".to_owned()
    } else {
        format!("enrolled are {}", names.join(", "))
    }
}

fn has_backend(candidate: &Candidate, spec: &CampaignSpec) -> bool {
    candidate
        .backends
        .iter()
        .any(|backend| backend.name == spec.backend && backend.execution_provider == spec.execution_provider)
}

/// Expands a campaign: device x batch x pass x architecture, references before probes.
#[must_use]
pub fn expand(spec: &CampaignSpec, architectures: &Architectures, devices: &[&Candidate]) -> Vec<PlannedTask> {
    let roles = architectures
        .references
        .iter()
        .map(|architecture| (TaskRole::Reference, architecture))
        .chain(architectures.probes.iter().map(|architecture| (TaskRole::Probe, architecture)));
    let mut tasks = Vec::new();
    for device in devices {
        for &batch in &spec.batches {
            let target = Target {
                device: device.name.clone(),
                backend: spec.backend.clone(),
                execution_provider: spec.execution_provider.clone(),
                threads: spec.threads,
                batch,
                metric: Metric::Latency,
            };
            for pass in 1..=spec.passes {
                tasks.extend(roles.clone().map(|(role, architecture)| PlannedTask {
                    target: target.clone(),
                    architecture: *architecture,
                    role,
                    pass,
                }));
            }
        }
    }
    tasks
}

#[cfg(test)]
mod tests {
    use tenshot_measurement::{Backend, Limits, Settings};
    use tenshot_onnx_models::Space;

    use super::{ArchitectureChoice, Architectures, CampaignSpec, Candidate, TaskRole, check, devices, expand};

    fn spec() -> CampaignSpec {
        CampaignSpec {
            name: "first".into(),
            space: "nasbench201".into(),
            trained: None,
            references: ArchitectureChoice::Paper,
            probes: None,
            devices: vec![],
            batches: vec![1, 8],
            backend: "tract".into(),
            execution_provider: "cpu".into(),
            threads: 1,
            cpu_set: None,
            settings: Settings::help(),
            limits: Limits::default(),
            passes: 2,
            attempts: 3,
            cool_down_ms: 0,
        }
    }

    fn candidate(name: &str) -> Candidate {
        let backend = Backend { name: "tract".into(), version: "0".into(), execution_provider: "cpu".into() };
        Candidate { name: name.into(), backends: vec![backend] }
    }

    fn architectures(indices: &[&str], probes: &[&str]) -> Architectures {
        let parse = |texts: &[&str]| texts.iter().map(|text| Space::NasBench201.parse(text).unwrap()).collect();
        Architectures { space: Space::NasBench201, references: parse(indices), probes: parse(probes) }
    }

    #[test]
    fn a_campaign_is_device_by_batch_by_pass_by_architecture() {
        let known = [candidate("board")];
        let devices = devices(&spec(), &known).unwrap();
        let tasks = expand(&spec(), &architectures(&["1", "2", "3"], &["4"]), &devices);
        assert_eq!(tasks.len(), 2 * 2 * 4);
        assert_eq!(tasks.iter().filter(|task| task.role == TaskRole::Probe).count(), 4);
        let order: Vec<_> = tasks.iter().map(|task| (task.target.batch, task.pass)).collect();
        assert!(order.is_sorted());
    }

    #[test]
    fn the_only_device_is_the_default() {
        assert_eq!(devices(&spec(), &[candidate("board")]).unwrap()[0].name, "board");
        let none = devices(&spec(), &[]).unwrap_err().to_string();
        assert_eq!(none, "no device was named, and there are 0 enrolled: name one of them, or start an agent");
        assert!(devices(&spec(), &[candidate("a"), candidate("b")]).is_err());
    }

    #[test]
    fn unknown_devices_and_backends_are_named() {
        let known = [candidate("board")];
        let elsewhere = CampaignSpec { devices: vec!["desk".into()], ..spec() };
        assert_eq!(devices(&elsewhere, &known).unwrap_err().to_string(), "unknown device `desk`: enrolled are board");
        let other = CampaignSpec { execution_provider: "cuda".into(), ..spec() };
        assert_eq!(
            devices(&other, &known).unwrap_err().to_string(),
            "device `board` has no backend `tract` with execution provider `cuda`: it has tract (cpu)"
        );
    }

    #[test]
    fn unsound_specs_are_refused() {
        assert!(check(&spec()).is_ok());
        let message = |spec: CampaignSpec| check(&spec).unwrap_err().to_string();
        assert_eq!(message(CampaignSpec { threads: 0, ..spec() }), "threads is 0: expected at least 1");
        assert_eq!(message(CampaignSpec { batches: vec![1, 0], ..spec() }), "batch is 0: expected at least 1");
        assert!(message(CampaignSpec { batches: vec![], ..spec() }).starts_with("no batch size"));
        assert!(message(CampaignSpec { name: "a\nb".into(), ..spec() }).starts_with("campaign name"));
    }

    #[test]
    fn probes_are_no_references() {
        assert!(architectures(&["1", "2", "3"], &["4"]).check().is_ok());
        assert!(architectures(&["1", "2", "3"], &["3"]).check().unwrap_err().to_string().contains("occurs twice"));
        assert!(architectures(&["1", "2"], &[]).check().unwrap_err().to_string().starts_with("2 references"));
    }
}
