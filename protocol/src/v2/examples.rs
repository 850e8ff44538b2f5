//! Examples of the types of version 2, for their golden bytes.

use super::{
    ArchitectureChoice, AttemptPage, CampaignProgress, CampaignSpec, Limits, ModelHash, Settings, TaskPage,
    TrainedSummary,
};
use crate::golden::Examples;
use crate::v1::examples::{examples, one};

examples! {
    CampaignSpec: CampaignSpec {
        name: "first".into(),
        space: "nasbench201".into(),
        trained: Some(ModelHash::of(b"abc")),
        references: ArchitectureChoice::Paper,
        probes: Some(ArchitectureChoice::Spread { count: 20, seed: 0 }),
        devices: vec!["pi".into()],
        batches: vec![1, 8],
        backend: "tract".into(),
        execution_provider: "cpu".into(),
        threads: 1,
        cpu_set: Some(vec![0]),
        settings: Settings::default(),
        limits: Limits::default(),
        passes: 2,
        attempts: 3,
        cool_down_ms: 5_000,
    };
    CampaignProgress: CampaignProgress { summary: one(), spec: one(), retries: 2, targets: vec![one()] };
    TaskPage: TaskPage { tasks: vec![one()], next: Some(1_000) }, TaskPage { tasks: vec![], next: None };
    AttemptPage: AttemptPage { attempts: vec![one()], next: Some(100) };
    TrainedSummary: TrainedSummary {
        sha256: ModelHash::of(b"abc"), space: "nasbench201".into(), method: "help".into(), devices: 27,
        built_in: false, created_at_unix_ms: 10,
    };
}
