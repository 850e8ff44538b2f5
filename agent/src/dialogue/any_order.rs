//! In whatever order things happen, no measured result is lost.

use std::collections::BTreeSet;

use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};
use proptest::test_runner::TestCaseError;
use tenshot_measurement::{Assignment, AttemptResult, Holding, ResultStatus};

use super::transitions::{assignment, holding, outcome, terms};
use super::{Dialogue, Effect, Event, Pending, Request, Trouble, TroubleKind};

/// The board, the disk, the coordinator and the clock: whatever the dialogue asks for is under way
/// until the dice say how it ends.
#[derive(Default)]
struct World {
    under_way: Vec<Effect>,
    disk: BTreeSet<i64>,
    aside: BTreeSet<i64>,
    acknowledged: BTreeSet<i64>,
    /// Outcomes that were made under a lease that was held.
    made: BTreeSet<i64>,
    memory: BTreeSet<i64>,
    measuring: Option<i64>,
    tasks: i64,
    ended: bool,
}

impl World {
    /// Does what the dialogue says, checking that it may be said now; what the disk answers at
    /// once is returned.
    fn perform(&mut self, effect: Effect, disk_full: bool) -> Result<Option<Event>, TestCaseError> {
        prop_assert!(!self.ended, "{effect:?} after the end");
        match effect {
            Effect::Spool(result) => return Ok(Some(self.spool(result, disk_full))),
            Effect::Forget(holding) => {
                let task = holding.task.0;
                prop_assert!(self.acknowledged.contains(&task), "{task} forgotten before it was acknowledged");
                prop_assert!(self.disk.remove(&task), "{task} forgotten twice");
            }
            Effect::SetAside { result, .. } => {
                let task = result.holding().task.0;
                self.disk.remove(&task);
                self.memory.remove(&task);
                self.aside.insert(task);
            }
            Effect::Abort => {
                self.measuring = None;
                self.under_way.retain(|effect| !matches!(effect, Effect::Fetch(_) | Effect::Measure(_)));
            }
            Effect::Exit(_) => {
                self.ended = true;
                self.under_way.clear();
            }
            Effect::Measure(assignment) => {
                prop_assert_eq!(self.measuring, None, "two measurements at a time");
                self.measuring = Some(assignment.holding.task.0);
                self.under_way.push(Effect::Measure(assignment));
            }
            Effect::Send { device, result } => {
                let task = result.holding().task.0;
                let kept = match &result {
                    Pending::OnDisk(_) => &self.disk,
                    Pending::InMemory(_) => &self.memory,
                };
                prop_assert!(kept.contains(&task), "{task} sent, and it is not where it should be");
                self.under_way.push(Effect::Send { device, result });
            }
            Effect::Lease { .. } => {
                prop_assert!(self.memory.is_empty(), "leased with {:?} in memory only", self.memory);
                prop_assert!(self.disk.is_empty(), "leased with {:?} unsent", self.disk);
                prop_assert_eq!(self.measuring, None, "leased while measuring");
                self.under_way.push(effect);
            }
            Effect::HeartbeatEvery { .. } => {}
            request => self.under_way.push(request),
        }
        Ok(None)
    }

    fn spool(&mut self, result: Box<AttemptResult>, disk_full: bool) -> Event {
        let task = result.holding.task.0;
        self.made.insert(task);
        if disk_full {
            self.memory.insert(task);
            Event::SpoolFailed(result)
        } else {
            self.memory.remove(&task);
            self.disk.insert(task);
            Event::Spooled(result.holding)
        }
    }

    /// Ends something that is under way.
    fn next_event(&mut self, which: usize, how: u8) -> Event {
        if how == 255 {
            return Event::StopRequested;
        }
        // Time passes now and then, and always where nothing else can happen.
        if self.under_way.is_empty() || how.is_multiple_of(16) {
            return Event::HeartbeatDue;
        }
        let effect = self.under_way.swap_remove(which % self.under_way.len());
        let ill = |request| {
            let kind = match how % 8 {
                0 | 1 => TroubleKind::Away,
                2 => TroubleKind::Unknown,
                3 => TroubleKind::Rejected,
                4 if how > 248 => TroubleKind::TakenOver,
                _ => return None,
            };
            Some(Event::Failed(request, Trouble { kind, message: "why".to_owned() }))
        };
        match effect {
            // A rejected enrolment is final, and tried in the transitions.
            Effect::Enrol if matches!(how % 8, 3 | 4) => Event::Enrolled(terms()),
            Effect::Enrol => ill(Request::Enrol).unwrap_or(Event::Enrolled(terms())),
            Effect::Lease { .. } => ill(Request::Lease).unwrap_or_else(|| Event::Leased(self.lease(how))),
            Effect::Fetch(assignment) => ill(Request::Fetch).unwrap_or(Event::ModelReady(assignment.holding)),
            Effect::Heartbeat { holding, .. } => {
                ill(Request::Heartbeat).unwrap_or(Event::HeartbeatAnswered { holding, still_held: how % 8 != 7 })
            }
            Effect::Measure(assignment) => {
                self.measuring = None;
                Event::Measured(assignment.holding, outcome("done"))
            }
            Effect::Send { result, .. } => ill(Request::Send).unwrap_or_else(|| self.receive(result.holding())),
            _ => Event::RetryDue,
        }
    }

    fn lease(&mut self, how: u8) -> Option<Box<Assignment>> {
        (how % 8 > 4).then(|| {
            self.tasks += 1;
            assignment(self.tasks)
        })
    }

    fn receive(&mut self, holding: Holding) -> Event {
        self.acknowledged.insert(holding.task.0);
        self.memory.remove(&holding.task.0);
        Event::Acknowledged(ResultStatus::Accepted)
    }

    fn is_kept(&self, task: i64) -> bool {
        [&self.disk, &self.memory, &self.aside, &self.acknowledged].iter().any(|place| place.contains(&task))
    }
}

proptest! {
    #[test]
    fn no_measured_result_is_lost(dice in proptest::collection::vec(any::<(usize, u8, bool)>(), 1..200), old in 0..4i64) {
        let old: Vec<i64> = (0..old).map(|task| -1 - task).collect();
        let mut world = World { disk: old.iter().copied().collect(), made: old.iter().copied().collect(), ..World::default() };
        let mut dialogue = Dialogue::new(old.iter().map(|&task| holding(task)));
        let mut events = vec![Event::Started];
        for (which, how, disk_full) in dice {
            while let Some(event) = events.pop() {
                if let Event::Measured(holding, _) = &event {
                    world.made.insert(holding.task.0);
                }
                for effect in dialogue.step(event) {
                    events.extend(world.perform(effect, disk_full && how % 4 == 0)?);
                }
            }
            for &task in &world.made {
                prop_assert!(world.is_kept(task), "{} is lost", task);
            }
            // The dialogue never falls silent: something is under way until it ends.
            prop_assert!(world.ended || !world.under_way.is_empty());
            if world.ended {
                break;
            }
            events.push(world.next_event(which, how));
        }
    }

    /// Once everything works, every result that was kept arrives, and work goes on.
    #[test]
    fn every_kept_result_arrives_in_the_end(dice in proptest::collection::vec(any::<(usize, u8, bool)>(), 1..100)) {
        let mut world = World::default();
        let mut dialogue = Dialogue::new([]);
        let mut events = vec![Event::Started];
        let rough = dice.into_iter().filter(|(_, how, _)| *how != 255);
        let smooth = std::iter::repeat_n((0, 4, false), 40);
        for (which, how, disk_full) in rough.chain(smooth) {
            while let Some(event) = events.pop() {
                for effect in dialogue.step(event) {
                    events.extend(world.perform(effect, disk_full)?);
                }
            }
            events.push(world.next_event(which, how));
        }
        prop_assert!(world.disk.is_empty() && world.memory.is_empty());
        let asks_for_work = world.under_way.iter().any(|effect| matches!(effect, Effect::Lease { .. }));
        prop_assert!(asks_for_work || events == [Event::Leased(None)]);
        for task in world.made {
            prop_assert!(world.acknowledged.contains(&task) || world.aside.contains(&task));
        }
    }
}
