//! What was done at the screens, and what takes it back. What one looks at is put back as it was; what was signed stays in the
//! record for ever, and what takes it back is an act of its own, which is asked for like any other. Nothing is done here.

use super::order::Order;
use super::page::RecordRef;
use super::saved::Saved;
use super::screen_id::ScreenId;
use super::view::Marks;
use crate::command::command;
use crate::command::definition::{ArgKind, Command, STAYS, Undo};
use crate::record::kind::Kind;
use crate::tui::language::{phrase, tr};
use crate::value::id::Id;

/// How many things are kept: the oldest go first.
const MOST: usize = 100;

/// How a place is looked at: what a key may change without a trace in the record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ViewSnapshot {
    /// The place.
    pub place: ScreenId,
    /// Which of its views.
    pub tab: usize,
    /// The filter.
    pub filter: String,
    /// The order.
    pub order: Option<Order>,
    /// What is marked.
    pub marks: Marks,
}

impl ViewSnapshot {
    /// What has changed since, in words; `None`: nothing, or another place is looked at.
    pub fn since(&self, now: &Self) -> Option<String> {
        if self.place != now.place {
            return None;
        }
        let filter = |f: &str| if f.is_empty() { tr("no filter").to_owned() } else { phrase!("the filter {f}", f) };
        let order = |o: &Option<Order>| o.as_ref().map_or_else(|| tr("as it comes").to_owned(), Order::words);
        let mut said = Vec::new();
        if self.tab != now.tab {
            said.push(tr("another view").to_owned());
        }
        if self.filter != now.filter {
            said.push(phrase!(
                "{filter} instead of {filter2}",
                filter = filter(&now.filter),
                filter2 = filter(&self.filter)
            ));
        }
        if self.order != now.order {
            said.push(phrase!("{order} instead of {order2}", order = order(&now.order), order2 = order(&self.order)));
        }
        if self.marks != now.marks {
            said.push(phrase!(
                "{marks} marked instead of {marks2}",
                marks = now.marks.len(),
                marks2 = self.marks.len()
            ));
        }
        (!said.is_empty()).then(|| format!("{}: {}", now.place.title(), said.join("; ")))
    }
}

/// What takes something back.
#[derive(Clone, Debug)]
pub enum Back {
    /// Looking at it as before.
    ViewSnapshot(ViewSnapshot),
    /// A view that was removed is kept again.
    View(Box<Saved>),
    /// An act of its own, on this thing.
    Command(&'static Command, RecordRef),
    /// Nothing; why, and what can be done instead.
    Never(&'static str),
}

/// Something that was done.
#[derive(Clone, Debug)]
pub struct Done {
    /// What, in words.
    pub what: String,
    /// What takes it back.
    pub back: Back,
}

/// What was done, the newest last; and what of it was taken back.
#[derive(Default)]
pub struct History {
    done: Vec<Done>,
    undone: Vec<(String, ViewSnapshot)>,
}

impl History {
    /// Notes something new: what was taken back before is no longer there to be done once more.
    pub fn note(&mut self, done: Done) {
        self.undone.clear();
        self.done.push(done);
        if self.done.len() > MOST {
            self.done.remove(0);
        }
    }

    /// What was done, the newest first.
    pub fn newest(&self) -> impl Iterator<Item = (usize, &Done)> {
        self.done.iter().enumerate().rev()
    }

    /// Takes the entry of that number out, to be taken back.
    pub fn take(&mut self, n: usize) -> Option<Done> {
        (n < self.done.len()).then(|| self.done.remove(n))
    }

    /// Notes how it was looked at before it was taken back.
    pub fn undone(&mut self, what: String, looks: ViewSnapshot) {
        self.undone.push((what, looks));
    }

    /// What was taken back last.
    pub fn last_undone(&self) -> Option<&str> {
        self.undone.last().map(|(what, _)| what.as_str())
    }

    /// The same, to be looked at once more. What it changes is not noted again by itself.
    pub fn redo(&mut self) -> Option<(String, ViewSnapshot)> {
        self.undone.pop()
    }

    /// Notes that it is as before once more.
    pub fn redone(&mut self, what: String, before: ViewSnapshot) {
        self.done.push(Done { what, back: Back::ViewSnapshot(before) });
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

/// What takes back what a command did, as its row says.
pub fn counter(done: &Command, made: Option<Id>) -> Back {
    let other = match done.writes.map(|w| w.undo) {
        Some(Undo::By(name)) => command(name),
        Some(Undo::Never(why)) => return Back::Never(why),
        None => None,
    };
    let arg = other.and_then(|c| c.target_args().into_iter().next());
    let kind = arg.and_then(|arg| match arg.kind {
        ArgKind::Record(kinds) => kinds.first().copied(),
        ArgKind::Partner => Some(Kind::Partner),
        _ => None,
    });
    match (other, kind, made) {
        (Some(other), Some(kind), Some(id)) => Back::Command(other, RecordRef { kind, id }),
        _ => Back::Never(STAYS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(filter: &str, marks: usize) -> ViewSnapshot {
        let mark = |n: usize| RecordRef { kind: Kind::Item, id: Id::from_bytes([n as u8; 16]) };
        let marks = (0..marks).map(mark).collect();
        ViewSnapshot { place: ScreenId::CASE, tab: 0, filter: filter.into(), order: None, marks }
    }

    #[test]
    fn every_counter_is_a_command_that_takes_one_thing() {
        let mut counted = 0;
        for done in crate::command::commands() {
            let Some(Undo::By(by)) = done.writes.map(|w| w.undo) else { continue };
            let Back::Command(other, of) = counter(done, Some(Id::from_bytes([1; 16]))) else { panic!("{done:?}") };
            assert_eq!(other.full_name(), by);
            assert!(other.target_arg(of.kind).is_some(), "{by} takes no {}", of.kind);
            counted += 1;
        }
        assert!(counted > 5, "{counted}");
        assert!(
            matches!(counter(command("retention purge").unwrap(), None), Back::Never(why) if why.contains("erased"))
        );
        assert!(matches!(counter(command("case new").unwrap(), Some(Id::from_bytes([1; 16]))), Back::Never(STAYS)));
    }

    #[test]
    fn what_changed_is_named_and_a_new_action_ends_what_could_be_done_once_more() {
        for (before, now, said) in [
            (looks("", 0), looks("", 0), None),
            (looks("", 0), looks("tier:2", 0), Some("Case: the filter tier:2 instead of no filter")),
            (looks("", 3), looks("", 0), Some("Case: 0 marked instead of 3")),
        ] {
            assert_eq!(before.since(&now).as_deref(), said);
        }
        assert_eq!(looks("", 1).since(&ViewSnapshot { place: ScreenId::QUEUE, ..looks("", 0) }), None);
        let mut history = History::default();
        let note =
            |h: &mut History, n: usize| h.note(Done { what: n.to_string(), back: Back::ViewSnapshot(looks("", n)) });
        (0..MOST + 5).for_each(|n| note(&mut history, n));
        assert_eq!(history.newest().count(), MOST);
        let newest = history.newest().next().unwrap().0;
        assert_eq!(history.take(newest).unwrap().what, (MOST + 4).to_string());
        history.undone("x".into(), looks("", 0));
        assert_eq!(history.last_undone(), Some("x"));
        note(&mut history, 1);
        assert!(history.redo().is_none());
    }
}
