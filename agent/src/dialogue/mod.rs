//! The agent's side of the protocol as a state machine: no clock, no I/O, no threads.
//!
//! The agent enrols, sends what its spool holds, leases, fetches the model, measures, spools the
//! result, sends it, forgets it once it is acknowledged, and leases again. Whatever breaks the talk
//! (but for a refusal) is followed by a pause, an enrolment, which changes nothing where the
//! coordinator still knows the agent, and the request that broke. A measurement under way goes on
//! meanwhile: work and talk are two things.
//!
//! A result that was measured is never lost: it is on disk before it is sent, and is removed only
//! when it is acknowledged. Where the disk refuses it, it stays in memory, and nothing new is
//! leased before it is acknowledged.

#[cfg(test)]
mod any_order;
mod back_off;
mod effect;
mod event;
#[cfg(test)]
mod transitions;

use std::collections::VecDeque;

use tenshot_measurement::{Assignment, AttemptResult, FailureKind, Holding, MeasurementFailure, Outcome};

use back_off::BackOff;
pub use effect::{Effect, Ending, Pending};
pub use event::{Event, Request, Terms, Trouble, TroubleKind};

/// How often an agent whose name another one takes enrols again: a coordinator that was restored from
/// a backup may have forgotten its session, but two boards of one name must not take turns for ever.
const MOST_TAKEOVERS: u32 = 3;
/// Heartbeats are never sent more often than this, whatever the coordinator asks for.
const SHORTEST_HEARTBEAT_MS: u64 = 100;

/// The state of the dialogue.
#[derive(Debug)]
pub struct Dialogue {
    /// What the coordinator said at the last enrolment; kept while it is away.
    terms: Option<Terms>,
    /// Whether nothing has gone wrong since that enrolment.
    enrolled: bool,
    /// Results on disk, oldest first.
    spooled: VecDeque<Holding>,
    /// The result that the disk refused.
    unspooled: Option<Box<AttemptResult>>,
    /// The result that the coordinator knew no task for when it was last sent.
    doubted: Option<Holding>,
    work: Work,
    talk: Talk,
    heartbeat_under_way: bool,
    /// How often another agent has enrolled under this one's name.
    takeovers: u32,
    back_off: BackOff,
}

/// What the agent holds a lease for.
#[derive(Debug)]
enum Work {
    /// Nothing.
    Free,
    /// Leased, and the model is not there yet.
    Leased(Box<Assignment>),
    /// Being measured.
    Measuring(Holding),
    /// Measured, on its way to the disk.
    Spooling(Holding),
}

/// What the agent says to the coordinator, heartbeats apart.
#[derive(Debug, PartialEq, Eq)]
enum Talk {
    /// Nothing.
    Idle,
    /// It waits for the answer to this.
    Asking(Request),
    /// It pauses after a failure.
    Pausing,
    /// Nothing more, ever.
    Ended,
}

impl Dialogue {
    /// A dialogue before its start, with what the spool holds, oldest first.
    #[must_use]
    pub fn new(spooled: impl IntoIterator<Item = Holding>) -> Self {
        Self {
            terms: None,
            enrolled: false,
            spooled: spooled.into_iter().collect(),
            unspooled: None,
            doubted: None,
            work: Work::Free,
            talk: Talk::Idle,
            heartbeat_under_way: false,
            takeovers: 0,
            back_off: BackOff::default(),
        }
    }

    /// Takes note of what happened, and says what to do, in this order.
    ///
    /// An event that answers nothing (a measurement whose lease was lost, say) changes nothing.
    #[must_use]
    pub fn step(&mut self, event: Event) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.talk == Talk::Ended {
            return effects;
        }
        match event {
            Event::Started => {}
            Event::Enrolled(terms) => self.on_enrolled(terms, &mut effects),
            Event::Leased(assignment) => self.on_leased(assignment),
            Event::ModelReady(holding) => self.on_model_ready(holding, &mut effects),
            Event::ModelFailed(holding, failure) => self.on_model_failed(holding, failure, &mut effects),
            Event::Measured(holding, outcome) => self.on_measured(holding, outcome, &mut effects),
            Event::Spooled(holding) => self.on_spooled(holding),
            Event::SpoolFailed(result) => self.on_spool_failed(result),
            Event::Acknowledged(_) => self.on_acknowledged(&mut effects),
            Event::Unreadable { message } => self.on_unreadable(message, &mut effects),
            Event::HeartbeatAnswered { holding, still_held } => {
                self.on_heartbeat_answered(holding, still_held, &mut effects);
            }
            Event::Failed(request, trouble) => self.on_failed(request, trouble, &mut effects),
            Event::HeartbeatDue => self.on_heartbeat_due(&mut effects),
            Event::RetryDue => self.on_retry_due(),
            Event::StopRequested => self.end(Ending::Stopped, &mut effects),
        }
        self.proceed(&mut effects);
        effects
    }

    /// The lease that the agent works under.
    fn holding(&self) -> Option<Holding> {
        match &self.work {
            Work::Free => None,
            Work::Leased(assignment) => Some(assignment.holding),
            Work::Measuring(holding) | Work::Spooling(holding) => Some(*holding),
        }
    }

    /// The result to send next: the one that only memory holds, then those on disk, oldest first.
    fn pending(&self) -> Option<Pending> {
        match &self.unspooled {
            Some(result) => Some(Pending::InMemory(result.clone())),
            None => self.spooled.front().copied().map(Pending::OnDisk),
        }
    }

    /// Says what is to be said next, where nothing is being said.
    fn proceed(&mut self, effects: &mut Vec<Effect>) {
        if self.talk != Talk::Idle {
            return;
        }
        let Some(terms) = self.terms.as_ref().filter(|_| self.enrolled) else {
            return self.ask(Request::Enrol, Effect::Enrol, effects);
        };
        let device = terms.device;
        let wait_ms = terms.lease_wait_ms;
        if let Some(result) = self.pending() {
            return self.ask(Request::Send, Effect::Send { device, result }, effects);
        }
        match &self.work {
            Work::Free => self.ask(Request::Lease, Effect::Lease { device, wait_ms }, effects),
            Work::Leased(assignment) => {
                let fetch = Effect::Fetch(assignment.clone());
                self.ask(Request::Fetch, fetch, effects);
            }
            Work::Measuring(_) | Work::Spooling(_) => {}
        }
    }

    fn ask(&mut self, request: Request, effect: Effect, effects: &mut Vec<Effect>) {
        self.talk = Talk::Asking(request);
        effects.push(effect);
    }

    /// Whether `request` was waited for; it no longer is.
    fn answered(&mut self, request: Request) -> bool {
        let waited_for = self.talk == Talk::Asking(request);
        if waited_for {
            self.talk = Talk::Idle;
        }
        waited_for
    }

    fn on_enrolled(&mut self, terms: Terms, effects: &mut Vec<Effect>) {
        if self.answered(Request::Enrol) {
            effects.push(Effect::HeartbeatEvery { interval_ms: terms.heartbeat_ms.max(SHORTEST_HEARTBEAT_MS) });
            self.terms = Some(terms);
            self.enrolled = true;
        }
    }

    fn on_leased(&mut self, assignment: Option<Box<Assignment>>) {
        if self.answered(Request::Lease) {
            self.back_off.reset();
            self.work = assignment.map_or(Work::Free, Work::Leased);
        }
    }

    fn on_model_ready(&mut self, ready: Holding, effects: &mut Vec<Effect>) {
        if self.holding() != Some(ready) || !self.answered(Request::Fetch) {
            return;
        }
        self.back_off.reset();
        if let Work::Leased(assignment) = std::mem::replace(&mut self.work, Work::Measuring(ready)) {
            effects.push(Effect::Measure(assignment));
        }
    }

    fn on_model_failed(&mut self, holding: Holding, failure: MeasurementFailure, effects: &mut Vec<Effect>) {
        if self.holding() == Some(holding) && self.answered(Request::Fetch) {
            self.back_off.reset();
            self.keep(holding, Outcome::Failed(failure), effects);
        }
    }

    fn on_measured(&mut self, holding: Holding, outcome: Outcome, effects: &mut Vec<Effect>) {
        if matches!(self.work, Work::Measuring(measuring) if measuring == holding) {
            self.keep(holding, outcome, effects);
        }
    }

    fn keep(&mut self, holding: Holding, outcome: Outcome, effects: &mut Vec<Effect>) {
        self.work = Work::Spooling(holding);
        effects.push(Effect::Spool(Box::new(AttemptResult { holding, outcome })));
    }

    fn on_spooled(&mut self, holding: Holding) {
        if matches!(self.work, Work::Spooling(spooling) if spooling == holding) {
            self.work = Work::Free;
            self.spooled.push_back(holding);
        }
    }

    fn on_spool_failed(&mut self, result: Box<AttemptResult>) {
        if matches!(self.work, Work::Spooling(spooling) if spooling == result.holding) {
            self.work = Work::Free;
            self.unspooled = Some(result);
        }
    }

    /// Accepted, duplicate or superseded: in every case the coordinator needs it no more.
    fn on_acknowledged(&mut self, effects: &mut Vec<Effect>) {
        if !self.answered(Request::Send) {
            return;
        }
        self.back_off.reset();
        if let Some(Pending::OnDisk(holding)) = self.take_pending() {
            effects.push(Effect::Forget(holding));
        }
    }

    fn on_unreadable(&mut self, message: String, effects: &mut Vec<Effect>) {
        if self.answered(Request::Send) {
            self.set_aside(message, effects);
        }
    }

    fn take_pending(&mut self) -> Option<Pending> {
        match self.unspooled.take() {
            Some(result) => Some(Pending::InMemory(result)),
            None => self.spooled.pop_front().map(Pending::OnDisk),
        }
    }

    fn set_aside(&mut self, because: String, effects: &mut Vec<Effect>) {
        if let Some(result) = self.take_pending() {
            effects.push(Effect::SetAside { result, because });
        }
    }

    fn on_heartbeat_due(&mut self, effects: &mut Vec<Effect>) {
        let Some(terms) = &self.terms else { return };
        if !self.heartbeat_under_way {
            self.heartbeat_under_way = true;
            effects.push(Effect::Heartbeat { device: terms.device, holding: self.holding() });
        }
    }

    fn on_heartbeat_answered(&mut self, asked: Option<Holding>, still_held: bool, effects: &mut Vec<Effect>) {
        self.heartbeat_under_way = false;
        if still_held || asked.is_none() || asked != self.holding() {
            return;
        }
        // What is measured already is sent all the same: the coordinator knows what to do with it.
        if matches!(self.work, Work::Leased(_) | Work::Measuring(_)) {
            self.work = Work::Free;
            // An aborted fetch is never answered.
            self.answered(Request::Fetch);
            effects.push(Effect::Abort);
        }
    }

    fn on_retry_due(&mut self) {
        if self.talk == Talk::Pausing {
            self.talk = Talk::Idle;
        }
    }

    fn on_failed(&mut self, request: Request, trouble: Trouble, effects: &mut Vec<Effect>) {
        let Trouble { kind, message } = trouble;
        if kind == TroubleKind::Refused || (kind == TroubleKind::TakenOver && self.gives_way()) {
            return self.end(Ending::Refused(message), effects);
        }
        if request == Request::Heartbeat {
            self.heartbeat_under_way = false;
            self.enrolled &= kind == TroubleKind::Rejected;
            return;
        }
        if !self.answered(request) {
            return;
        }
        match (request, kind) {
            (Request::Enrol, TroubleKind::Rejected | TroubleKind::TakenOver) => {
                self.end(Ending::Refused(message), effects);
            }
            (Request::Send, TroubleKind::Rejected) => self.set_aside(message, effects),
            (Request::Send, TroubleKind::Unknown) => self.on_unknown_task(message, effects),
            (Request::Fetch, TroubleKind::Unknown | TroubleKind::Rejected) => self.on_no_model(message, effects),
            _ => self.pause(message, effects),
        }
    }

    /// Whether another agent has taken this one's name too often. What is said before the next
    /// enrolment is about the same takeover.
    fn gives_way(&mut self) -> bool {
        self.takeovers += u32::from(self.enrolled);
        self.takeovers > MOST_TAKEOVERS
    }

    /// Either the device or the task is unknown. An enrolment mends the first; where the answer is
    /// the same after it, it is the second, and nothing will mend it.
    fn on_unknown_task(&mut self, message: String, effects: &mut Vec<Effect>) {
        let sent = self.pending().map(|result| result.holding());
        if self.doubted == sent {
            self.set_aside(message, effects);
        } else {
            self.doubted = sent;
            self.pause(message, effects);
        }
    }

    fn on_no_model(&mut self, message: String, effects: &mut Vec<Effect>) {
        if let Some(holding) = self.holding() {
            let failure = MeasurementFailure { kind: FailureKind::Board, detail: message };
            self.keep(holding, Outcome::Failed(failure), effects);
        }
    }

    fn pause(&mut self, because: String, effects: &mut Vec<Effect>) {
        self.enrolled = false;
        self.talk = Talk::Pausing;
        effects.push(Effect::RetryAfter { delay_ms: self.back_off.next_ms(), because });
    }

    fn end(&mut self, ending: Ending, effects: &mut Vec<Effect>) {
        if matches!(self.work, Work::Leased(_) | Work::Measuring(_)) {
            effects.push(Effect::Abort);
        }
        if let Some(result) = self.unspooled.take() {
            // The disk may have room by now.
            effects.push(Effect::Spool(result));
        }
        self.talk = Talk::Ended;
        effects.push(Effect::Exit(ending));
    }
}
