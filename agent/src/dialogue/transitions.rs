//! Every transition of the dialogue, as scripts: what happens, and what is done about it.

use tenshot_measurement::{
    Assignment, AttemptNumber, AttemptResult, DeviceId, FailureKind, Fence, Holding, Limits, MeasurementFailure,
    ModelHash, Outcome, ResultStatus, Settings, TaskId,
};

use super::{Dialogue, Effect, Ending, Event, Pending, Request, Terms, Trouble, TroubleKind};

pub(super) fn holding(task: i64) -> Holding {
    Holding { task: TaskId(task), attempt: AttemptNumber(1), fence: Fence(7) }
}

pub(super) fn assignment(task: i64) -> Box<Assignment> {
    Box::new(Assignment {
        holding: holding(task),
        expires_in_ms: 30_000,
        model_sha256: ModelHash::of(b"a model"),
        model_bytes: 7,
        backend: "tract".to_owned(),
        execution_provider: "cpu".to_owned(),
        threads: 1,
        batch: 1,
        cpu_set: None,
        settings: Settings::help(),
        limits: Limits::default(),
    })
}

pub(super) fn outcome(detail: &str) -> Outcome {
    Outcome::Failed(MeasurementFailure { kind: FailureKind::Crashed, detail: detail.to_owned() })
}

pub(super) fn terms() -> Terms {
    Terms { device: DeviceId(3), heartbeat_ms: 5000, lease_wait_ms: 20_000 }
}

fn failed(request: Request, kind: TroubleKind) -> Event {
    Event::Failed(request, Trouble { kind, message: "why".to_owned() })
}

fn result(task: i64) -> Box<AttemptResult> {
    Box::new(AttemptResult { holding: holding(task), outcome: outcome("done") })
}

/// An effect in a few words.
fn words(effect: &Effect) -> String {
    let place = |result: &Pending| match result {
        Pending::OnDisk(holding) => format!("{}", holding.task),
        Pending::InMemory(result) => format!("{} from memory", result.holding.task),
    };
    match effect {
        Effect::Enrol => "enrol".to_owned(),
        Effect::HeartbeatEvery { interval_ms } => format!("heartbeat every {interval_ms}"),
        Effect::Heartbeat { device, holding } => match holding {
            Some(holding) => format!("{device} lives with {}", holding.task),
            None => format!("{device} lives"),
        },
        Effect::Lease { device, wait_ms } => format!("lease for {device} within {wait_ms}"),
        Effect::Fetch(assignment) => format!("fetch for {}", assignment.holding.task),
        Effect::Measure(assignment) => format!("measure {}", assignment.holding.task),
        Effect::Abort => "abort".to_owned(),
        Effect::Spool(result) => match &result.outcome {
            Outcome::Failed(failure) => format!("spool {} ({})", result.holding.task, failure.detail),
            Outcome::Measured(_) => format!("spool {}", result.holding.task),
        },
        Effect::Send { device, result } => format!("send {} of {device}", place(result)),
        Effect::Forget(holding) => format!("forget {}", holding.task),
        Effect::SetAside { result, because } => format!("set {} aside ({because})", place(result)),
        Effect::RetryAfter { delay_ms, because } => format!("retry after {delay_ms} ({because})"),
        Effect::Exit(Ending::Stopped) => "exit".to_owned(),
        Effect::Exit(Ending::Refused(because)) => format!("exit ({because})"),
    }
}

/// Plays a script: each event must have these effects.
#[track_caller]
fn play(dialogue: &mut Dialogue, script: impl IntoIterator<Item = (Event, &'static str)>) {
    for (number, (event, expected)) in script.into_iter().enumerate() {
        let context = format!("step {number}: {event:?}");
        let effects: Vec<String> = dialogue.step(event).iter().map(words).collect();
        assert_eq!(effects.join(", "), expected, "{context}");
    }
}

/// A dialogue that waits for work.
fn leasing() -> Dialogue {
    let mut dialogue = Dialogue::new([]);
    play(
        &mut dialogue,
        [(Event::Started, "enrol"), (Event::Enrolled(terms()), "heartbeat every 5000, lease for 3 within 20000")],
    );
    dialogue
}

/// A dialogue that fetches the model of task 1.
fn fetching() -> Dialogue {
    let mut dialogue = leasing();
    play(&mut dialogue, [(Event::Leased(Some(assignment(1))), "fetch for 1")]);
    dialogue
}

/// A dialogue that measures task 1.
fn measuring() -> Dialogue {
    let mut dialogue = fetching();
    play(&mut dialogue, [(Event::ModelReady(holding(1)), "measure 1")]);
    dialogue
}

/// A dialogue that sends the result of task 1.
fn sending() -> Dialogue {
    let mut dialogue = measuring();
    play(
        &mut dialogue,
        [(Event::Measured(holding(1), outcome("done")), "spool 1 (done)"), (Event::Spooled(holding(1)), "send 1 of 3")],
    );
    dialogue
}

#[test]
fn a_task_from_lease_to_acknowledgement() {
    for status in [ResultStatus::Accepted, ResultStatus::Duplicate, ResultStatus::Superseded] {
        play(&mut sending(), [(Event::Acknowledged(status), "forget 1, lease for 3 within 20000")]);
    }
}

#[test]
fn no_work_is_asked_for_again() {
    play(&mut leasing(), [(Event::Leased(None), "lease for 3 within 20000")]);
}

#[test]
fn the_spool_is_sent_before_work_is_asked_for_oldest_first() {
    play(
        &mut Dialogue::new([holding(8), holding(9)]),
        [
            (Event::Started, "enrol"),
            (Event::Enrolled(terms()), "heartbeat every 5000, send 8 of 3"),
            (Event::Acknowledged(ResultStatus::Accepted), "forget 8, send 9 of 3"),
            (Event::Acknowledged(ResultStatus::Duplicate), "forget 9, lease for 3 within 20000"),
        ],
    );
}

#[test]
fn an_unreachable_coordinator_is_tried_ever_more_rarely() {
    let away = || failed(Request::Enrol, TroubleKind::Away);
    play(
        &mut Dialogue::new([]),
        [
            (Event::Started, "enrol"),
            (away(), "retry after 250 (why)"),
            (Event::RetryDue, "enrol"),
            (away(), "retry after 500 (why)"),
            (Event::RetryDue, "enrol"),
            (away(), "retry after 1000 (why)"),
            (Event::RetryDue, "enrol"),
            // An enrolment alone proves little: the next failure goes on counting.
            (Event::Enrolled(terms()), "heartbeat every 5000, lease for 3 within 20000"),
            (failed(Request::Lease, TroubleKind::Away), "retry after 2000 (why)"),
            (Event::RetryDue, "enrol"),
            (Event::Enrolled(terms()), "heartbeat every 5000, lease for 3 within 20000"),
            (Event::Leased(None), "lease for 3 within 20000"),
            (failed(Request::Lease, TroubleKind::Away), "retry after 250 (why)"),
        ],
    );
}

#[test]
fn after_a_failure_the_first_thing_said_is_who_the_agent_is_then_it_goes_on() {
    let goes_on = |mut dialogue: Dialogue, request, effects: &'static str| {
        play(
            &mut dialogue,
            [
                (failed(request, TroubleKind::Away), "retry after 250 (why)"),
                (Event::RetryDue, "enrol"),
                (Event::Enrolled(terms()), effects),
            ],
        );
    };
    goes_on(leasing(), Request::Lease, "heartbeat every 5000, lease for 3 within 20000");
    goes_on(fetching(), Request::Fetch, "heartbeat every 5000, fetch for 1");
    goes_on(sending(), Request::Send, "heartbeat every 5000, send 1 of 3");
}

#[test]
fn a_lost_device_number_or_a_lease_that_is_refused_leads_to_a_new_enrolment() {
    for kind in [TroubleKind::Unknown, TroubleKind::Rejected] {
        play(
            &mut leasing(),
            [
                (failed(Request::Lease, kind), "retry after 250 (why)"),
                (Event::RetryDue, "enrol"),
                (
                    Event::Enrolled(Terms { device: DeviceId(4), ..terms() }),
                    "heartbeat every 5000, lease for 4 within 20000",
                ),
            ],
        );
    }
}

#[test]
fn a_measurement_goes_on_while_the_coordinator_is_away() {
    play(
        &mut measuring(),
        [
            (Event::HeartbeatDue, "3 lives with 1"),
            (failed(Request::Heartbeat, TroubleKind::Away), "enrol"),
            (failed(Request::Enrol, TroubleKind::Away), "retry after 250 (why)"),
            (Event::HeartbeatDue, "3 lives with 1"),
            (Event::Measured(holding(1), outcome("done")), "spool 1 (done)"),
            (Event::Spooled(holding(1)), ""),
            (failed(Request::Heartbeat, TroubleKind::Away), ""),
            (Event::RetryDue, "enrol"),
            (Event::Enrolled(terms()), "heartbeat every 5000, send 1 of 3"),
        ],
    );
}

#[test]
fn a_coordinator_that_is_back_before_the_measurement_ends_hears_of_the_agent_at_once() {
    play(
        &mut measuring(),
        [
            (Event::HeartbeatDue, "3 lives with 1"),
            (failed(Request::Heartbeat, TroubleKind::Unknown), "enrol"),
            (Event::Enrolled(terms()), "heartbeat every 5000"),
            (Event::Measured(holding(1), outcome("done")), "spool 1 (done)"),
            (Event::Spooled(holding(1)), "send 1 of 3"),
        ],
    );
}

#[test]
fn heartbeats_say_what_is_held_one_at_a_time() {
    let still = |holding| Event::HeartbeatAnswered { holding, still_held: true };
    play(
        &mut leasing(),
        [
            (Event::HeartbeatDue, "3 lives"),
            (Event::HeartbeatDue, ""),
            (Event::Leased(Some(assignment(1))), "fetch for 1"),
            // Asked before the lease was there: says nothing of it.
            (Event::HeartbeatAnswered { holding: None, still_held: false }, ""),
            (Event::HeartbeatDue, "3 lives with 1"),
            (still(Some(holding(1))), ""),
            (Event::ModelReady(holding(1)), "measure 1"),
            (Event::HeartbeatDue, "3 lives with 1"),
            (failed(Request::Heartbeat, TroubleKind::Rejected), ""),
            (Event::HeartbeatDue, "3 lives with 1"),
        ],
    );
    play(&mut Dialogue::new([]), [(Event::Started, "enrol"), (Event::HeartbeatDue, "")]);
}

#[test]
fn heartbeats_never_come_without_a_pause() {
    play(
        &mut Dialogue::new([]),
        [
            (Event::Started, "enrol"),
            (Event::Enrolled(Terms { heartbeat_ms: 0, ..terms() }), "heartbeat every 100, lease for 3 within 20000"),
        ],
    );
}

#[test]
fn a_lost_lease_ends_its_work() {
    let lost = |task| Event::HeartbeatAnswered { holding: Some(holding(task)), still_held: false };
    play(
        &mut measuring(),
        [
            (Event::HeartbeatDue, "3 lives with 1"),
            (lost(1), "abort, lease for 3 within 20000"),
            // The abort came too late.
            (Event::Measured(holding(1), outcome("killed")), ""),
            (Event::Leased(Some(assignment(2))), "fetch for 2"),
            (Event::HeartbeatDue, "3 lives with 2"),
            (lost(2), "abort, lease for 3 within 20000"),
            (Event::ModelReady(holding(2)), ""),
            (Event::Leased(Some(assignment(3))), "fetch for 3"),
            (lost(2), ""),
        ],
    );
    let mut pausing = fetching();
    play(
        &mut pausing,
        [
            (failed(Request::Fetch, TroubleKind::Away), "retry after 250 (why)"),
            (lost(1), "abort"),
            (Event::RetryDue, "enrol"),
            (Event::Enrolled(terms()), "heartbeat every 5000, lease for 3 within 20000"),
        ],
    );
}

#[test]
fn a_result_is_sent_although_its_lease_is_lost() {
    let lost = Event::HeartbeatAnswered { holding: Some(holding(1)), still_held: false };
    play(
        &mut measuring(),
        [
            (Event::HeartbeatDue, "3 lives with 1"),
            (Event::Measured(holding(1), outcome("done")), "spool 1 (done)"),
            (lost.clone(), ""),
            (Event::Spooled(holding(1)), "send 1 of 3"),
            (lost, ""),
            (Event::Acknowledged(ResultStatus::Superseded), "forget 1, lease for 3 within 20000"),
        ],
    );
}

#[test]
fn a_result_that_is_refused_or_unreadable_is_set_aside() {
    play(
        &mut sending(),
        [(failed(Request::Send, TroubleKind::Rejected), "set 1 aside (why), lease for 3 within 20000")],
    );
    let unreadable = Event::Unreadable { message: "not JSON".to_owned() };
    play(&mut sending(), [(unreadable, "set 1 aside (not JSON), lease for 3 within 20000")]);
}

#[test]
fn a_result_of_an_unknown_task_is_set_aside_once_an_enrolment_did_not_help() {
    let unknown = || failed(Request::Send, TroubleKind::Unknown);
    play(
        &mut sending(),
        [
            (unknown(), "retry after 250 (why)"),
            (Event::RetryDue, "enrol"),
            (Event::Enrolled(terms()), "heartbeat every 5000, send 1 of 3"),
            (unknown(), "set 1 aside (why), lease for 3 within 20000"),
        ],
    );
    play(
        &mut Dialogue::new([holding(1), holding(2)]),
        [
            (Event::Started, "enrol"),
            (Event::Enrolled(terms()), "heartbeat every 5000, send 1 of 3"),
            (unknown(), "retry after 250 (why)"),
            (Event::RetryDue, "enrol"),
            (Event::Enrolled(terms()), "heartbeat every 5000, send 1 of 3"),
            (Event::Acknowledged(ResultStatus::Accepted), "forget 1, send 2 of 3"),
            // The doubt was about the other one.
            (unknown(), "retry after 250 (why)"),
        ],
    );
}

#[test]
fn a_model_that_cannot_be_had_is_a_failed_measurement() {
    for kind in [TroubleKind::Unknown, TroubleKind::Rejected] {
        play(
            &mut fetching(),
            [
                (failed(Request::Fetch, kind), "spool 1 (why)"),
                (Event::Spooled(holding(1)), "send 1 of 3"),
                (Event::Acknowledged(ResultStatus::Accepted), "forget 1, lease for 3 within 20000"),
            ],
        );
    }
    let failure = MeasurementFailure { kind: FailureKind::ModelUnreadable, detail: "wrong hash".to_owned() };
    play(
        &mut fetching(),
        [
            (Event::ModelFailed(holding(2), failure.clone()), ""),
            (Event::ModelFailed(holding(1), failure), "spool 1 (wrong hash)"),
            (Event::Spooled(holding(1)), "send 1 of 3"),
        ],
    );
}

#[test]
fn a_full_disk_keeps_the_result_in_memory_and_new_work_away() {
    play(
        &mut measuring(),
        [
            (Event::Measured(holding(1), outcome("done")), "spool 1 (done)"),
            (Event::SpoolFailed(result(1)), "send 1 from memory of 3"),
            (failed(Request::Send, TroubleKind::Away), "retry after 250 (why)"),
            (Event::RetryDue, "enrol"),
            (Event::Enrolled(terms()), "heartbeat every 5000, send 1 from memory of 3"),
            (Event::Acknowledged(ResultStatus::Accepted), "lease for 3 within 20000"),
        ],
    );
}

#[test]
fn a_full_disk_is_tried_again_at_the_end() {
    play(
        &mut measuring(),
        [
            (Event::Measured(holding(1), outcome("done")), "spool 1 (done)"),
            (Event::SpoolFailed(result(1)), "send 1 from memory of 3"),
            (Event::StopRequested, "spool 1 (done), exit"),
        ],
    );
}

#[test]
fn a_refusal_is_final() {
    let refused = |request| failed(request, TroubleKind::Refused);
    let cases = [
        (leasing(), Request::Lease, "exit (why)"),
        (leasing(), Request::Heartbeat, "exit (why)"),
        (fetching(), Request::Fetch, "abort, exit (why)"),
        (measuring(), Request::Heartbeat, "abort, exit (why)"),
        (sending(), Request::Send, "exit (why)"),
    ];
    for (mut dialogue, request, effects) in cases {
        play(&mut dialogue, [(refused(request), effects), (Event::RetryDue, ""), (Event::StopRequested, "")]);
    }
    for kind in [TroubleKind::Refused, TroubleKind::Rejected] {
        play(
            &mut Dialogue::new([]),
            [(Event::Started, "enrol"), (failed(Request::Enrol, kind), "exit (why)"), (Event::Started, "")],
        );
    }
}

#[test]
fn an_agent_whose_name_is_taken_again_and_again_gives_way() {
    let taken = |request| failed(request, TroubleKind::TakenOver);
    let mut dialogue = leasing();
    for round in ["250", "500", "1000"] {
        let effects: Vec<String> = dialogue.step(taken(Request::Lease)).iter().map(words).collect();
        assert_eq!(effects, [format!("retry after {round} (why)")]);
        play(
            &mut dialogue,
            [
                // The same takeover, heard of twice.
                (taken(Request::Heartbeat), ""),
                (Event::RetryDue, "enrol"),
                (Event::Enrolled(terms()), "heartbeat every 5000, lease for 3 within 20000"),
            ],
        );
    }
    play(&mut dialogue, [(taken(Request::Lease), "exit (why)")]);

    play(
        &mut measuring(),
        [
            (taken(Request::Heartbeat), "enrol"),
            (Event::Enrolled(terms()), "heartbeat every 5000"),
            (taken(Request::Heartbeat), "enrol"),
            (taken(Request::Enrol), "abort, exit (why)"),
        ],
    );
}

#[test]
fn a_stop_ends_everything_at_once() {
    for (mut dialogue, effects) in
        [(leasing(), "exit"), (fetching(), "abort, exit"), (measuring(), "abort, exit"), (sending(), "exit")]
    {
        play(
            &mut dialogue,
            [(Event::StopRequested, effects), (Event::HeartbeatDue, ""), (Event::Enrolled(terms()), "")],
        );
    }
}

#[test]
fn an_answer_to_nothing_changes_nothing() {
    let mut dialogue = leasing();
    play(
        &mut dialogue,
        [
            (Event::Enrolled(Terms { device: DeviceId(9), ..terms() }), ""),
            (Event::ModelReady(holding(1)), ""),
            (Event::Measured(holding(1), outcome("done")), ""),
            (Event::Spooled(holding(1)), ""),
            (Event::SpoolFailed(result(1)), ""),
            (Event::Acknowledged(ResultStatus::Accepted), ""),
            (Event::Unreadable { message: "why".to_owned() }, ""),
            (Event::RetryDue, ""),
            (failed(Request::Fetch, TroubleKind::Unknown), ""),
            (Event::Leased(None), "lease for 3 within 20000"),
        ],
    );
}
