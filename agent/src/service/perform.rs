//! Does what the dialogue says.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tenshot_kit::Stop;
use tenshot_measurement::{Assignment, AttemptResult, Holding, Outcome, SessionId};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use tracing::{debug, error, info, warn};

use super::{Configuration, ServiceError, StateFolder, randomness, requests};
use crate::backend::RuntimeChoice;
use crate::dialogue::{Effect, Ending, Event, Pending, Request, Trouble, TroubleKind};
use crate::link::{Introduction, Link};
use crate::result_body::ResultBody;
use crate::spool::SpoolError;
use crate::worker::{self, Host, Job};

/// The I/O around the dialogue.
pub(super) struct Effects {
    link: Link,
    state: Arc<StateFolder>,
    introduction: Arc<Introduction>,
    host: Arc<Host>,
    sysfs_root: PathBuf,
    /// Whatever is under way; each ends with an event.
    under_way: JoinSet<Event>,
    /// The fetch or measurement among them.
    work: Option<AbortHandle>,
    heartbeat: Option<Interval>,
}

/// What comes after an effect.
pub(super) enum Next {
    /// Whatever comes.
    Wait,
    /// This, at once.
    Step(Event),
    /// Nothing more.
    End(Ending),
}

impl Effects {
    pub(super) fn new(configuration: Configuration, state: StateFolder) -> Result<Self, ServiceError> {
        let Configuration { coordinator, token, name, facts, backends, sysfs_root, host, .. } = configuration;
        let agent_version = env!("CARGO_PKG_VERSION").to_owned();
        let session = randomness::session_id().map_err(ServiceError::Randomness)?;
        Ok(Self {
            link: Link::new(coordinator, &token)?,
            state: Arc::new(state),
            introduction: Arc::new(Introduction { name, session, agent_version, facts, backends }),
            host: Arc::new(host),
            sysfs_root,
            under_way: JoinSet::new(),
            work: None,
            heartbeat: None,
        })
    }

    /// Waits for the first of: a request to end, a heartbeat that is due, the end of what is under way.
    pub(super) async fn next_event(&mut self, stop: &mut Stop) -> Result<Event, ServiceError> {
        loop {
            let heartbeat_due = async {
                match &mut self.heartbeat {
                    Some(interval) => interval.tick().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                by = stop.requested() => {
                    info!(by, "agent stops");
                    return Ok(Event::StopRequested);
                }
                _ = heartbeat_due => return Ok(Event::HeartbeatDue),
                Some(ended) = self.under_way.join_next() => match ended {
                    Ok(event) => return Ok(noted(event)),
                    Err(aborted) if aborted.is_cancelled() => {}
                    Err(panicked) => return Err(ServiceError::Defect(panicked)),
                },
            }
        }
    }

    pub(super) fn perform(&mut self, effect: Effect) -> Next {
        let link = self.link.clone();
        match effect {
            Effect::Enrol => self.begin(requests::enrol(link, self.introduction.clone())),
            Effect::HeartbeatEvery { interval_ms } => self.set_heartbeat(Duration::from_millis(interval_ms)),
            Effect::Heartbeat { device, holding } => {
                self.begin(requests::heartbeat(link, device, self.session(), holding));
            }
            Effect::Lease { device, wait_ms } => self.begin(requests::lease(link, device, self.session(), wait_ms)),
            Effect::Fetch(assignment) => self.fetch(assignment),
            Effect::Measure(assignment) => self.measure(*assignment),
            Effect::Abort => self.abort(),
            Effect::Spool(result) => return Next::Step(self.spool(result)),
            Effect::Send { device, result } => match self.read(result) {
                Ok(body) => self.begin(requests::send(link, device, body)),
                Err(error) => return Next::Step(Event::Unreadable { message: error.to_string() }),
            },
            Effect::Forget(holding) => self.forget(holding),
            Effect::SetAside { result, because } => self.set_aside(&result, &because),
            Effect::RetryAfter { delay_ms, because } => self.retry_after(randomness::with_jitter(delay_ms), &because),
            Effect::Exit(ending) => return Next::End(ending),
        }
        Next::Wait
    }

    fn session(&self) -> SessionId {
        self.introduction.session.clone()
    }

    fn begin(&mut self, request: impl Future<Output = Event> + Send + 'static) {
        self.under_way.spawn(request);
    }

    /// A new enrolment with the same interval does not disturb the beat.
    fn set_heartbeat(&mut self, period: Duration) {
        if self.heartbeat.as_ref().is_none_or(|interval| interval.period() != period) {
            let mut interval = interval_at(Instant::now() + period, period);
            interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
            self.heartbeat = Some(interval);
        }
    }

    fn fetch(&mut self, assignment: Box<Assignment>) {
        let fetch = requests::fetch(self.link.clone(), self.state.clone(), assignment);
        self.work = Some(self.under_way.spawn(fetch));
    }

    fn measure(&mut self, assignment: Assignment) {
        let Holding { task, attempt, .. } = assignment.holding;
        info!(%task, %attempt, model = %assignment.model_sha256, "measuring");
        let holding = assignment.holding;
        let job = Job {
            model: self.state.cache.path(&assignment.model_sha256),
            sha256: Some(assignment.model_sha256),
            runtime: RuntimeChoice::new(assignment.backend, assignment.execution_provider),
            threads: assignment.threads,
            batch: Some(assignment.batch),
            cpu_set: assignment.cpu_set,
            settings: assignment.settings,
            limits: assignment.limits,
            sysfs_root: self.sysfs_root.clone(),
        };
        let host = self.host.clone();
        self.work =
            Some(self.under_way.spawn(async move { Event::Measured(holding, worker::measure(&host, &job).await) }));
    }

    /// Dropping a measurement ends its process.
    fn abort(&mut self) {
        if let Some(work) = self.work.take() {
            warn!("the work under way is given up");
            work.abort();
        }
    }

    fn spool(&self, result: Box<AttemptResult>) -> Event {
        match self.state.spool.put(&result) {
            Ok(()) => Event::Spooled(result.holding),
            Err(error) => {
                error!(%error, "the spool takes no result: it is kept in memory until it is sent; make room on the disk");
                Event::SpoolFailed(result)
            }
        }
    }

    fn read(&self, result: Pending) -> Result<ResultBody, SpoolError> {
        match result {
            Pending::OnDisk(holding) => self.state.spool.read(holding),
            Pending::InMemory(result) => ResultBody::of(*result).map_err(SpoolError::from),
        }
    }

    fn forget(&self, holding: Holding) {
        if let Err(error) = self.state.spool.remove(holding) {
            warn!(%error, "a result stays in the spool; it will be sent again after the next start");
        }
    }

    fn set_aside(&self, result: &Pending, because: &str) {
        let set_aside = match result {
            Pending::OnDisk(holding) => self.state.spool.set_aside(*holding),
            Pending::InMemory(result) => self.state.spool.put_aside(result),
        };
        let Holding { task, attempt, .. } = result.holding();
        error!(%task, %attempt, because, "a result is set aside in the folder `rejected`");
        if let Err(error) = set_aside {
            error!(%error, "the result cannot be set aside");
        }
    }

    fn retry_after(&mut self, delay: Duration, because: &str) {
        warn!(retry_in_ms = delay.as_millis(), "{because}");
        self.begin(async move {
            tokio::time::sleep(delay).await;
            Event::RetryDue
        });
    }
}

/// Tells people what happened.
fn noted(event: Event) -> Event {
    match &event {
        Event::Enrolled(terms) => info!(device = %terms.device, "enrolled"),
        Event::Acknowledged(status) => debug!(?status, "result acknowledged"),
        Event::Measured(Holding { task, attempt, .. }, Outcome::Measured(measurement)) => info!(
            %task, %attempt, latency_ms = measurement.latency_ms.trimmed_mean, trusted = measurement.verdict.trusted,
            "measured"
        ),
        Event::Measured(Holding { task, attempt, .. }, Outcome::Failed(failure))
        | Event::ModelFailed(Holding { task, attempt, .. }, failure) => {
            warn!(%task, %attempt, %failure, "not measured");
        }
        Event::HeartbeatAnswered { holding: Some(Holding { task, attempt, .. }), still_held: false } => {
            warn!(%task, %attempt, "the lease is lost");
        }
        Event::Failed(_, Trouble { kind: TroubleKind::TakenOver, message }) => warn!("{message}"),
        Event::Failed(Request::Heartbeat, trouble) => debug!(because = trouble.message, "a heartbeat failed"),
        _ => {}
    }
    event
}
