//! The verbs against a real database, without a network.

use tenshot_measurement::{
    Assignment, Backend, BoardFacts, CampaignId, DeviceId, FailureKind, Holding, Limits, MeasurementFailure, ModelHash,
    Reading, Reason, ResultStatus, SessionId, Settings,
};

use super::{Arrived, Coordinator, Lease, ServiceError, Timing};
use crate::domain::UnixMillis;
use crate::domain::attempts::{Attempt, MOST_VANISHED_LEASES, Measured};
use crate::domain::campaign::{ArchitectureChoice, CampaignSpec, CampaignState};
use crate::domain::device::Introduction;
use crate::domain::predictor::PredictorChoice;
use crate::domain::task::{TaskProgress, TaskState};
use crate::store::measurements::Record;
use crate::store::predictors::Filter;

const NOW: UnixMillis = UnixMillis(1_000_000);

/// A coordinator in a fresh folder with one enrolled board.
struct Lab {
    folder: tempfile::TempDir,
    coordinator: Coordinator,
    device: DeviceId,
}

fn session(name: &str) -> SessionId {
    SessionId(name.into())
}

fn enrolment(session_name: &str) -> Introduction {
    Introduction {
        name: "board".into(),
        session: session(session_name),
        agent_version: "0.1.0".into(),
        facts: BoardFacts {
            cpu_model: Reading::Unknown,
            board_model: Reading::Unknown,
            architecture: "x86_64".into(),
            operating_system: "Linux".into(),
            cpu_count: 1,
            memory_bytes: Reading::Unknown,
        },
        backends: vec![Backend { name: "tract".into(), version: "0".into(), execution_provider: "cpu".into() }],
    }
}

fn spec(name: &str) -> CampaignSpec {
    let listed = |indices: &[u32]| ArchitectureChoice::Listed(indices.iter().map(u32::to_string).collect());
    CampaignSpec {
        name: name.into(),
        space: "nasbench201".into(),
        trained: None,
        references: listed(&[9930, 1462, 431]),
        probes: Some(listed(&[55, 9])),
        devices: vec![],
        batches: vec![1],
        backend: "tract".into(),
        execution_provider: "cpu".into(),
        threads: 1,
        cpu_set: None,
        settings: Settings::help(),
        limits: Limits::default(),
        passes: 1,
        attempts: 2,
        cool_down_ms: 500,
    }
}

impl Lab {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let coordinator = Coordinator::open(folder.path(), Timing::default()).unwrap();
        let device = coordinator.enrol(&enrolment("first"), NOW).unwrap();
        Self { folder, coordinator, device }
    }

    fn campaign(&self) -> CampaignId {
        self.coordinator.create_campaign(&spec("one"), NOW).unwrap()
    }

    fn lease_at(&self, session_name: &str, now: UnixMillis) -> Lease {
        self.coordinator.lease(self.device, &session(session_name), now).unwrap()
    }

    fn lease(&self) -> Assignment {
        match self.lease_at("first", NOW) {
            Lease::Now(assignment) => *assignment,
            other => panic!("{other:?}"),
        }
    }

    fn report(&self, holding: Holding, attempt: Attempt) -> ResultStatus {
        let model = self.model_of(holding);
        self.coordinator.take_result(self.device, &arrived(holding, attempt, model), NOW).unwrap()
    }

    fn model_of(&self, holding: Holding) -> ModelHash {
        let task = self.coordinator.store.read(|tx| crate::store::tasks::by_id(tx, holding.task)).unwrap();
        task.unwrap().model
    }

    fn states(&self, campaign: CampaignId) -> Vec<TaskState> {
        self.tasks(campaign).iter().map(|task| task.state).collect()
    }

    fn tasks(&self, campaign: CampaignId) -> Vec<TaskProgress> {
        self.coordinator.campaign_tasks(campaign, 0, u32::MAX).unwrap().tasks
    }

    /// Works through the queue, each model taking this long.
    fn measure_all(&self, mut latency_ms: impl FnMut() -> f64) {
        while let Lease::Now(assignment) = self.lease_at("first", NOW) {
            self.report(assignment.holding, good(latency_ms()));
        }
    }
}

fn arrived(holding: Holding, attempt: Attempt, model: ModelHash) -> Arrived {
    let model = matches!(attempt, Attempt::Measured(_)).then_some(model);
    Arrived { holding, attempt, model, record: record() }
}

/// The verbs do not look into it.
fn record() -> Record {
    Record { format: 1, text: r#"{"as":"it came"}"#.to_owned() }
}

fn good(latency_ms: f64) -> Attempt {
    Attempt::Measured(Measured { latency_ms, noise: 0.01, trusted: true, reasons: vec![] })
}

fn suspect(latency_ms: f64) -> Attempt {
    let reasons = vec![Reason::Throttled];
    Attempt::Measured(Measured { latency_ms, noise: 0.01, trusted: false, reasons })
}

fn failed(kind: FailureKind) -> Attempt {
    Attempt::Failed(MeasurementFailure { kind, detail: "it broke".into() })
}

#[test]
fn a_complete_reference_set_becomes_a_predictor_with_a_certificate() {
    let lab = Lab::new();
    let campaign = lab.campaign();
    let mut latencies = [30.0, 22.0, 18.0, 15.0, 25.0].into_iter();
    lab.measure_all(|| latencies.next().unwrap());
    let progress = lab.coordinator.campaign(campaign).unwrap();
    assert_eq!(progress.summary.state, CampaignState::Complete);
    assert_eq!(progress.targets[0].predictor_version, Some(1));
    let predictors = lab.coordinator.predictors(&Filter::default()).unwrap();
    assert_eq!((predictors.len(), predictors[0].shots, predictors[0].suspect_shots), (1, 3, 0));
    assert_eq!(predictors[0].certificate.as_ref().unwrap().probes, 2);
    let file = lab.coordinator.predictor_file(predictors[0].predictor).unwrap();
    assert!(tenshot_predictor::Adapted::from_bytes(&file).is_ok());

    let device = lab.coordinator.device("board", NOW).unwrap();
    let embedding = &device.targets[0].embeddings[0];
    assert_eq!(embedding.latencies_ms, [30.0, 22.0, 18.0]);
    assert_eq!(embedding.standardised.as_ref().unwrap()[..], [1.0, 1.0 / 3.0, 0.0]);
}

#[test]
fn predictions_default_to_the_only_target_and_the_newest_version() {
    let lab = Lab::new();
    let choice = PredictorChoice {
        device: "board".into(),
        space: "nasbench201".into(),
        backend: None,
        execution_provider: None,
        threads: None,
        batch: None,
        metric: None,
        version: None,
    };
    let ask = |choice: &PredictorChoice| lab.coordinator.predict(choice, &["9930".into()]);
    let nothing = ask(&choice).unwrap_err();
    assert!(nothing.to_string().starts_with("device `board` has no such predictor"), "{nothing}");
    lab.campaign();
    lab.measure_all(|| 20.0);
    let answer = ask(&choice).unwrap();
    assert_eq!(answer.predictor.version, 1);
    assert!(answer.predictions[0].1.mean_ms.is_finite());
    let unknown = PredictorChoice { device: "desk".into(), ..choice };
    assert_eq!(ask(&unknown).unwrap_err().to_string(), "unknown device `desk`: enrolled are board");
}

#[test]
fn a_result_is_stored_once() {
    let lab = Lab::new();
    let campaign = lab.campaign();
    let assignment = lab.lease();
    assert_eq!(lab.report(assignment.holding, good(10.0)), ResultStatus::Accepted);
    assert_eq!(lab.report(assignment.holding, good(99.0)), ResultStatus::Duplicate);
    let attempts = lab.coordinator.campaign_attempts(campaign, 0, 10).unwrap().attempts;
    assert_eq!(attempts.len(), 1);
    assert_eq!((attempts[0].task.latency_ms, &attempts[0].record), (Some(10.0), &record()));
}

#[test]
fn a_later_lease_supersedes_an_earlier_one() {
    let lab = Lab::new();
    lab.campaign();
    let earlier = lab.lease();
    lab.coordinator.enrol(&enrolment("second"), NOW).unwrap();
    let Lease::Now(later) = lab.lease_at("second", NOW) else { panic!("the task is leased anew") };
    assert_eq!(later.holding.task, earlier.holding.task);
    assert!(later.holding.fence > earlier.holding.fence);
    assert_eq!(lab.report(earlier.holding, good(10.0)), ResultStatus::Superseded);
    assert_eq!(lab.report(later.holding, good(11.0)), ResultStatus::Accepted);
}

#[test]
fn a_result_for_another_model_is_not_taken() {
    let lab = Lab::new();
    lab.campaign();
    let holding = lab.lease().holding;
    let other = arrived(holding, good(10.0), ModelHash::of(b"another"));
    let status = lab.coordinator.take_result(lab.device, &other, NOW).unwrap();
    assert_eq!(status, ResultStatus::Superseded, "its hash is not the task's");
}

#[test]
fn a_result_under_an_expired_lease_still_counts() {
    let lab = Lab::new();
    lab.campaign();
    let assignment = lab.lease();
    let later = NOW.plus_ms(10 * lab.coordinator.timing.lease_ms);
    lab.coordinator.release_expired(later).unwrap();
    assert_eq!(lab.report(assignment.holding, good(10.0)), ResultStatus::Accepted);
}

#[test]
fn a_heartbeat_holds_a_lease_and_learns_that_it_is_lost() {
    let lab = Lab::new();
    let campaign = lab.campaign();
    let assignment = lab.lease();
    let beat = |session_name: &str, holding, now| {
        lab.coordinator.heartbeat(lab.device, &session(session_name), Some(&holding), now)
    };
    let almost = NOW.plus_ms(lab.coordinator.timing.lease_ms - 1);
    assert!(beat("first", assignment.holding, almost).unwrap());
    lab.coordinator.release_expired(NOW.plus_ms(lab.coordinator.timing.lease_ms + 1)).unwrap();
    assert!(lab.states(campaign).contains(&TaskState::Leased));

    let newer = lab.lease();
    assert!(!beat("first", assignment.holding, almost).unwrap());
    assert!(beat("first", newer.holding, almost).unwrap());
    lab.coordinator.enrol(&enrolment("second"), NOW).unwrap();
    assert!(matches!(beat("first", newer.holding, almost), Err(ServiceError::Conflict(_))));
}

#[test]
fn suspect_measurements_rest_and_are_repeated_and_then_the_best_is_used() {
    let lab = Lab::new();
    let campaign = lab.campaign();
    let first = lab.lease();
    lab.report(first.holding, suspect(10.0));
    assert_ne!(lab.lease().holding.task, first.holding.task, "it rests while another is measured");
    let rested = NOW.plus_ms(500);
    lab.measure_all(|| 20.0);
    assert_eq!(lab.lease_at("first", NOW), Lease::NotBefore(rested));
    let Lease::Now(again) = lab.lease_at("first", rested) else { panic!("it has rested") };
    assert_eq!((again.holding.task, again.holding.attempt.0), (first.holding.task, 2));
    lab.report(again.holding, suspect(11.0));

    assert_eq!(lab.states(campaign)[0], TaskState::Suspect);
    let predictors = lab.coordinator.predictors(&Filter::default()).unwrap();
    assert_eq!(predictors[0].suspect_shots, 1);
    assert_eq!(predictors[0].certificate, None, "a predictor from suspect measurements carries no certificate");
}

#[test]
fn an_incomplete_reference_set_says_what_is_lacking() {
    let lab = Lab::new();
    let campaign = lab.campaign();
    let first = lab.lease();
    lab.report(first.holding, failed(FailureKind::ModelUnreadable));
    lab.measure_all(|| 20.0);
    let progress = lab.coordinator.campaign(campaign).unwrap();
    assert_eq!(progress.summary.state, CampaignState::Incomplete);
    let problem = progress.targets[0].problem.clone().unwrap();
    assert!(problem.starts_with("the reference set is incomplete, 1 of 3 were never measured: |"), "{problem}");
    assert_eq!(lab.tasks(campaign)[0].failure.as_ref().unwrap().detail, "it broke");
}

#[test]
fn a_model_that_takes_its_agent_down_is_given_up() {
    let lab = Lab::new();
    let campaign = lab.campaign();
    let first = lab.lease().holding;
    assert_eq!(lab.lease().holding.task, first.task, "a lost answer is no lost agent");
    for life in 0..=MOST_VANISHED_LEASES {
        let name = format!("life {life}");
        lab.coordinator.enrol(&enrolment(&name), NOW).unwrap();
        let Lease::Now(assignment) = lab.lease_at(&name, NOW) else { panic!("there is work") };
        assert_eq!(assignment.holding.task == first.task, life < MOST_VANISHED_LEASES);
    }
    assert_eq!(lab.states(campaign)[0], TaskState::Waiting, "a crash may be tried again");
}

#[test]
fn a_cancelled_campaign_keeps_what_was_measured() {
    let lab = Lab::new();
    let campaign = lab.campaign();
    let assignment = lab.lease();
    lab.coordinator.cancel_campaign(campaign, NOW).unwrap();
    assert_eq!(lab.report(assignment.holding, good(10.0)), ResultStatus::Accepted);
    assert_eq!(lab.coordinator.campaign_attempts(campaign, 0, 10).unwrap().attempts.len(), 1);
    assert_eq!(lab.lease_at("first", NOW), Lease::Nothing);
    let again = lab.coordinator.cancel_campaign(campaign, NOW).unwrap_err();
    assert_eq!(again.to_string(), "campaign 1 has ended already");
}

#[test]
fn what_a_crash_left_undone_is_done_at_the_next_start() {
    let lab = Lab::new();
    let campaign = lab.campaign();
    // Everything is measured, but the process dies before it can adapt.
    while let Lease::Now(assignment) = lab.lease_at("first", NOW) {
        lab.coordinator
            .store
            .write(|tx| {
                let task = crate::store::tasks::by_id(tx, assignment.holding.task)?.unwrap();
                super::intake::settle(tx, &task, &good(20.0), &record(), NOW)
            })
            .unwrap();
    }
    let Lab { folder, coordinator, .. } = lab;
    assert_eq!(coordinator.campaign(campaign).unwrap().summary.state, CampaignState::Running);
    drop(coordinator);
    let reopened = Coordinator::open(folder.path(), Timing::default()).unwrap();
    let progress = reopened.campaign(campaign).unwrap();
    assert_eq!(progress.summary.state, CampaignState::Complete);
    assert_eq!(progress.targets[0].predictor_version, Some(1));
}

#[test]
fn a_name_is_used_once() {
    let lab = Lab::new();
    lab.campaign();
    let again = lab.coordinator.create_campaign(&spec("one"), NOW).unwrap_err();
    assert_eq!(again.to_string(), "there is a campaign `one` already: choose another name");
}

#[test]
fn tasks_and_attempts_come_in_pages() {
    let lab = Lab::new();
    let campaign = lab.campaign();
    lab.measure_all(|| 20.0);
    let mut positions = Vec::new();
    let (mut from, mut pages) = (Some(0), 0);
    while let Some(start) = from {
        let page = lab.coordinator.campaign_tasks(campaign, start, 2).unwrap();
        assert!(page.tasks.len() <= 2);
        positions.extend(page.tasks.into_iter().map(|task| task.task));
        (from, pages) = (page.next, pages + 1);
    }
    let whole: Vec<_> = lab.tasks(campaign).into_iter().map(|task| task.task).collect();
    assert_eq!((positions, pages), (whole, 3));

    let first = lab.coordinator.campaign_attempts(campaign, 0, 4).unwrap();
    let rest = lab.coordinator.campaign_attempts(campaign, first.next.unwrap(), 4).unwrap();
    assert_eq!((first.attempts.len(), rest.attempts.len(), rest.next), (4, 1, None));
    assert!(first.attempts.iter().all(|attempt| attempt.used));
}

#[test]
fn a_campaign_adapts_the_trained_predictor_that_it_names() {
    let lab = Lab::new();
    let named = |trained| CampaignSpec { trained, ..spec("one") };
    let unknown = lab.coordinator.create_campaign(&named(Some(ModelHash::of(b"nothing"))), NOW).unwrap_err();
    assert!(unknown.to_string().starts_with("there is no trained predictor"), "{unknown}");
    assert!(matches!(lab.coordinator.keep_trained(b"nonsense", NOW), Err(ServiceError::NotTrained(_))));

    let built_in = tenshot_predictor::bundled(tenshot_onnx_models::Space::NasBench201).unwrap();
    let kept = lab.coordinator.keep_trained(&built_in.with_training_seconds(5.0).to_bytes().unwrap(), NOW).unwrap();
    assert_eq!((kept.method.as_str(), kept.built_in), ("bayes", false));
    assert_eq!(lab.coordinator.trained_predictors().unwrap()[0], kept);
    let of_another_space = CampaignSpec { space: "fbnet".into(), ..named(Some(kept.sha256.clone())) };
    let refused = lab.coordinator.create_campaign(&of_another_space, NOW).unwrap_err().to_string();
    assert!(refused.contains("is for nasbench201, and the campaign for fbnet"), "{refused}");

    lab.coordinator.create_campaign(&named(Some(kept.sha256)), NOW).unwrap();
    lab.measure_all(|| 20.0);
    let predictors = lab.coordinator.predictors(&Filter::default()).unwrap();
    let file = lab.coordinator.predictor_file(predictors[0].predictor).unwrap();
    let adapted = tenshot_predictor::Adapted::from_bytes(&file).unwrap();
    assert_eq!(adapted.trained_header().training_seconds, Some(5.0), "it is the one that was named");
    assert_eq!(adapted.header().certificate.unwrap().probes, 2, "the file holds its certificate");
}
