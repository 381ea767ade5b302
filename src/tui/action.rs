//! The catalogue of what can be done on the screens: one row feeds the keymap, the help, the palette and the hints.

use std::sync::LazyLock;

use super::key::{Chord, sequence};
use super::screen::{SCREENS, digit_of};
use super::screen_id::ScreenId;
use crate::tui::language::{Part, phrase, tr, tr_in};

/// What an action does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Intent {
    /// Moves the selection by so many rows.
    Move(i32),
    /// Moves it by half pages.
    HalfPage(i32),
    /// Moves it by pages.
    Page(i32),
    /// To the first row.
    First,
    /// To the last row.
    Last,
    /// To the next or previous section.
    Section(i32),
    /// Opens what is selected.
    Open,
    /// Expands what the selected row is linked with, or collapses it again.
    Expand,
    /// Back, drop the range, clear the filter, clear the marks: the first that applies.
    Back,
    /// Opens a place.
    Go(ScreenId),
    /// To the place before.
    Before,
    /// Help for here.
    Help,
    /// Everything by name.
    Palette,
    /// Filters the rows while typing.
    Filter,
    /// What may be done with what is selected, and why not.
    Actions,
    /// The next thing that waits on the member, and what is to be done with it.
    NextTask,
    /// Marks a row and steps on.
    Mark,
    /// Begins to mark a range of rows, or ends it.
    Range,
    /// Marks all rows of the filter.
    MarkAll,
    /// Orders the rows by a column.
    Sort,
    /// The views that were saved.
    Views,
    /// Saves the view: place, filter and order.
    SaveView,
    /// The other view of the place.
    Tab(i32),
    /// The detail pane over the whole screen.
    Zoom,
    /// What may be copied of what is selected.
    Copy,
    /// What was done last, and what takes it back.
    Undo,
    /// What was taken back last, once more.
    Redo,
    /// The jobs that run, and those that ended.
    Jobs,
    /// Messages that were shown.
    Messages,
    /// Fetches everything again.
    Refresh,
    /// Asks for a time, and shows the record as it was.
    LookBack,
    /// Shows the record as it was after the act that is selected.
    LookBackToAct,
    /// Back to the record as it is.
    Now,
    /// Asks for review.
    Review,
    /// Signs.
    Sign,
    /// Destroys, withdraws or refuses.
    Destroy,
    /// Runs a command of the desk on what is marked or selected.
    Command(&'static str),
    /// Runs a command of the desk that is not about what is selected.
    New(&'static str),
    /// Cancels the running job; at rest, offers to leave.
    Cancel,
    /// Drops the keys and asks for the passphrase.
    Lock,
    /// Takes the mouse, or leaves it to the terminal.
    Mouse,
    /// Asks why what is selected is looked at.
    Reason,
    /// Locks, and hands the terminal back to the shell.
    Suspend,
    /// Asks whether to leave; one key answers.
    Quit,
    /// Leaves at once.
    Leave,
}

/// Of which pages of its place the row of keys says an action.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SaidOf {
    /// Of each.
    Any,
    /// Of one that is about one thing: a case.
    One,
    /// Of one that lists all of them.
    All,
}

/// An action.
#[derive(Clone, Copy, Debug)]
pub struct Action {
    /// Its name in the palette and in keymaps.
    pub name: &'static str,
    /// What it does, in a sentence without a full stop.
    pub about: &'static str,
    /// Where it is; empty: everywhere.
    pub places: &'static [ScreenId],
    /// Its keys.
    pub keys: &'static [&'static str],
    /// Its word in the row of hints; empty: none.
    pub hint: &'static str,
    /// What it does.
    pub intent: Intent,
    /// Of which pages its word is said.
    pub said_of: SaidOf,
}

impl Action {
    /// The same action, which is said where one thing is open.
    const fn of_one(self) -> Self {
        Self { said_of: SaidOf::One, ..self }
    }

    /// The same action, which is said where all of them are listed.
    const fn of_all(self) -> Self {
        Self { said_of: SaidOf::All, ..self }
    }

    /// What it does, as it is shown.
    pub fn shown_about(&self) -> String {
        match self.intent {
            Intent::Go(place) => phrase!("Go to {place}", place = place.title()),
            _ => tr(self.about).to_owned(),
        }
    }

    /// Its name as it is shown.
    pub fn shown_name(&self) -> &'static str {
        match self.intent {
            // What opens a place is called as the place is: by the word that is typed.
            Intent::Go(_) => self.name,
            _ => tr_in(Part::Key, self.name),
        }
    }
}

const fn action(
    name: &'static str,
    about: &'static str,
    keys: &'static [&'static str],
    hint: &'static str,
    intent: Intent,
) -> Action {
    Action { name, about, places: &[], keys, hint, intent, said_of: SaidOf::Any }
}

const fn here(
    places: &'static [ScreenId],
    name: &'static str,
    about: &'static str,
    keys: &'static [&'static str],
    hint: &'static str,
    intent: Intent,
) -> Action {
    Action { name, about, places, keys, hint, intent, said_of: SaidOf::Any }
}

use ScreenId as P;

/// What an action does that opens a screen.
const GO: &str = "Go to {place}";

/// Every action. Hints are shown in this order, as many as fit. Each screen has one that opens it.
pub static ACTIONS: LazyLock<Vec<Action>> = LazyLock::new(|| {
    let open = SCREENS.iter().map(|screen| open_screen(screen.id));
    FIRST.iter().copied().chain(open).chain(FURTHER.iter().copied()).collect()
});

/// The action that opens a screen. Its texts are made once, and are there as long as the program.
fn open_screen(id: ScreenId) -> Action {
    let digit = digit_of(id).map(|digit| &*digit.to_string().leak());
    let letter = &*format!("g {}", id.letter()).leak();
    let keys = digit.into_iter().chain([letter]).collect::<Vec<_>>().leak();
    action(id.word(), GO, keys, "", Intent::Go(id))
}

/// The actions before those that open screens.
const FIRST: &[Action] = &[
    here(&[P::CASE], "open item", "Read the item", &["enter", "right", "l"], "read", Intent::Open),
    here(
        &[P::CASE],
        "links",
        "Expand what the item is linked with, or collapse it again",
        &["o", "ctrl-o"],
        "links",
        Intent::Expand,
    ),
    here(
        &[P::LEGAL],
        "answer",
        "Answer the tests of the review where you may, else read it",
        &["enter", "right", "l"],
        "read",
        Intent::Open,
    ),
    here(
        &[P::SYNC],
        "preview",
        "What would leave to the partner and why, or what the bundle carried",
        &["enter", "p"],
        "read",
        Intent::Open,
    ),
    action("open", "Open what is selected", &["enter", "right", "l"], "open", Intent::Open),
    here(&[P::QUEUE], "new request", "Write a request", &["i"], "new", Intent::New("request new")),
    here(&[P::CASE], "add item", "Add an item to the case", &["i"], "add", Intent::New("item add")).of_one(),
    here(&[P::CASE], "import file", "Import the items of a file", &["I"], "import", Intent::New("item import"))
        .of_one(),
    here(
        &[P::CASE],
        "share",
        "Share items of the case with a partner",
        &["S"],
        "share",
        Intent::Command("disclosure new"),
    ),
    here(
        &[P::CASE],
        "request from case",
        "Write a request for the case",
        &["r"],
        "request",
        Intent::New("request new"),
    )
    .of_one(),
    here(&[P::CASE], "new case", "Open a case", &["C"], "new", Intent::New("case new")).of_all(),
    here(&[P::TIMERS], "hold", "Hold what is selected", &["H"], "hold", Intent::Command("retention hold")),
    here(
        &[P::TIMERS],
        "purge what is due",
        "Erase everything that is due",
        &["D"],
        "erase due",
        Intent::New("retention purge"),
    ),
    here(
        &[P::SYNC],
        "import bundle",
        "Take bundles in, from a file or a folder",
        &["i"],
        "import",
        Intent::New("bundle import"),
    ),
    here(
        &[P::SYNC],
        "verify bundle",
        "Verify a bundle; nothing of it is applied",
        &["c"],
        "check",
        Intent::New("bundle verify"),
    ),
    here(
        &[P::SYNC],
        "write bundle",
        "Make a bundle for the partner and write it",
        &["x"],
        "write",
        Intent::Command("bundle export"),
    ),
    here(&[P::PARTNERS], "add agreement", "Record an agreement", &["A"], "agreement", Intent::Command("agreement add")),
    here(&[P::PARTNERS], "add partner", "Add a partner: read its card", &["i"], "add", Intent::New("partner add")),
    here(
        &[P::TASKFORCE],
        "propose charter",
        "Propose the charter of a task force",
        &["i"],
        "propose",
        Intent::New("taskforce new"),
    ),
    here(
        &[P::TASKFORCE],
        "give task",
        "Give a desk of the task force something to do",
        &["n"],
        "task",
        Intent::Command("taskforce task"),
    ),
    here(
        &[P::AUDIT],
        "check chain",
        "Read the log again from its first act",
        &["c"],
        "check chain",
        Intent::New("audit verify"),
    ),
    here(
        &[P::AUDIT],
        "as of act",
        "The record as it was after this act, read only",
        &["t"],
        "as of",
        Intent::LookBackToAct,
    ),
    here(&[P::QUEUE], "letter", "Write the request as a letter", &["p"], "letter", Intent::Command("request letter")),
    action("actions", "What may be done with this, and why not", &["a", "f9"], "act", Intent::Actions),
    action("sign", "Sign: approve, send, release, accept", &["S"], "sign", Intent::Sign),
    action("destroy", "Destroy, withdraw or refuse", &["X"], "", Intent::Destroy),
    action("review", "Ask for review", &["V"], "review", Intent::Review),
    action("next task", "Open the next that waits on you, with what is to be done", &["n"], "", Intent::NextTask),
    action("mark", "Mark the row and step on", &["space"], "mark", Intent::Mark),
    action("range", "Mark from here to where you move", &["v"], "", Intent::Range),
    action("mark all", "Mark every row of the filter", &["*"], "", Intent::MarkAll),
    action("filter", "Show only rows that fit: open left:<4h", &["/", "f3"], "filter", Intent::Filter),
    action("palette", "Everything by name", &[":", "ctrl-p"], "commands", Intent::Palette),
    action("help", "Help for here: search it, run from it", &["?", "f1"], "help", Intent::Help),
    action("lock", "Lock now: the keys are dropped", &["ctrl-l"], "lock", Intent::Lock),
    action("sort", "Order by a column; the same again reverses", &["s", "f6"], "sort", Intent::Sort),
    action("views", "Saved views: 1 to 9 recall", &["f"], "views", Intent::Views),
    action("save view", "Save place, filter and order under a name", &["F"], "", Intent::SaveView),
    action("next tab", "The next view of this place", &["]", "ctrl-right"], "view", Intent::Tab(1)),
    action("previous tab", "The view before", &["[", "ctrl-left"], "", Intent::Tab(-1)),
    action("zoom", "The detail over the whole screen", &["z"], "", Intent::Zoom),
    action("down", "Down", &["j", "down"], "", Intent::Move(1)),
    action("up", "Up", &["k", "up"], "", Intent::Move(-1)),
    action("half page down", "Half a page down", &["ctrl-d"], "", Intent::HalfPage(1)),
    action("half page up", "Half a page up", &["ctrl-u"], "", Intent::HalfPage(-1)),
    action("page down", "A page down", &["pgdn"], "", Intent::Page(1)),
    action("page up", "A page up", &["pgup"], "", Intent::Page(-1)),
    action("first", "To the first row", &["g g", "home"], "", Intent::First),
    action("last", "To the last row", &["G", "end"], "", Intent::Last),
    action("next section", "To the next part of the screen", &["tab"], "", Intent::Section(1)),
    action("previous section", "To the part before", &["backtab"], "", Intent::Section(-1)),
    action("back", "Back; drop the range, the filter, the marks", &["esc", "left", "h"], "", Intent::Back),
    action("before", "The place before", &["-"], "", Intent::Before),
];

/// The actions after those that open screens.
const FURTHER: &[Action] = &[
    action("as of", "The record as it was at a time, read only", &["t"], "", Intent::LookBack),
    action("now", "Back to the record as it is", &["T"], "", Intent::Now),
    action("undo", "What was done last, and what takes it back", &["u"], "", Intent::Undo),
    action("redo", "Redo", &["U"], "", Intent::Redo),
    action("copy", "Copy the id or the line of what is selected", &["y"], "", Intent::Copy),
    action("reason", "Say why you look: what is held or restricted is then shown", &["w"], "", Intent::Reason),
    action("jobs", "What runs and what has ended: progress, cancel", &["J"], "", Intent::Jobs),
    action("messages", "Messages that were shown", &["M"], "", Intent::Messages),
    action("refresh", "Refresh", &["ctrl-r", "f5"], "", Intent::Refresh),
    action("cancel", "Cancel what runs; at rest, offer to leave", &["ctrl-c"], "", Intent::Cancel),
    action("mouse", "Take the mouse, or leave it to the terminal", &[], "", Intent::Mouse),
    action("suspend", "Lock, and go to the shell", &["ctrl-z"], "", Intent::Suspend),
    action("quit", "Leave comity: asks once, and one key answers", &["q"], "quit", Intent::Quit),
    action("leave", "Leave comity; every change is stored already", &[], "", Intent::Leave),
];

impl Intent {
    /// Whether it does nothing in the line-oriented interface: it only moves or looks at what is drawn.
    pub const fn is_of_drawn_screens(self) -> bool {
        matches!(
            self,
            Self::Move(_)
                | Self::HalfPage(_)
                | Self::Page(_)
                | Self::First
                | Self::Last
                | Self::Section(_)
                | Self::Zoom
                | Self::Mouse
                | Self::Range
        )
    }
}

impl Action {
    /// Whether it is at a place.
    pub fn is_at(&self, place: ScreenId) -> bool {
        self.places.is_empty() || self.places.contains(&place)
    }

    /// Its own sequences of keys; a [keymap](super::keymap) may have others for it.
    pub fn sequences(&self) -> Vec<Vec<Chord>> {
        self.keys.iter().filter_map(|k| sequence(k)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_is_sound() {
        let mut names: Vec<_> = ACTIONS.iter().map(|a| a.name).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all, "names are unique");
        for a in ACTIONS.iter() {
            assert!(!a.about.is_empty() && a.sequences().len() == a.keys.len(), "{}", a.name);
            if let Intent::Command(name) | Intent::New(name) = a.intent {
                assert!(crate::command::command(name).is_some(), "{name}");
            }
        }
    }
}
