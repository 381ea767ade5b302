//! The detail of one thing, whatever kind it is: what it is, why it is kept, who has it, what may be done.

use std::cmp::Ordering;

use super::definition::state;
use super::{bundle_detail, keeping_detail, law_detail, linked, money, oversight_detail, taskforce};
use crate::command::agreement::{self, Whose};
use crate::command::audit;
use crate::command::case;
use crate::command::choice::content;
use crate::command::desk::today;
use crate::command::desk::workspace_info;
use crate::command::disclosure;
use crate::command::exercise;
use crate::command::gate::{self, May};
use crate::command::item;
use crate::command::law;
use crate::command::member;
use crate::command::partner;
use crate::command::request::{self, Direction};
use crate::command::review;
use crate::law::ceiling;
use crate::law::edition::Law;
use crate::law::request::Variant;
use crate::record::disclosure::{State as DisclosureState, Validation};
use crate::record::exercise as exercises;
use crate::record::hold;
use crate::record::inject::Trigger;
use crate::record::kind::Kind;
use crate::record::partner::kind_of;
use crate::record::request::{ANSWER, SEND, State as RequestState};
use crate::record::review::State as ReviewState;
use crate::record::store::{Query, Record, RecordStore as _};
use crate::store::read;
use crate::tui::language::{
    in_short, on_screen, phrase, tr, tr_count, tr_date, tr_joined, tr_law, tr_sentence, tr_word,
};
use crate::tui::page::{Detail, HistoryEntry, RecordHistory, RecordRef, Selectable, StyledText};
use crate::tui::picture::Picture;
use crate::tui::picture::bar::Bar;
use crate::tui::picture::steps::{Step, StepState, Steps};
use crate::tui::picture::tree::{Branch, Tree};
use crate::tui::theme::StyleRole;
use crate::tui::words;
use crate::value::class::{Level, PersonClass, TestOutcome};
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::person::Person;
use crate::value::text::Shown;
use crate::value::timestamp::{Duration, Timestamp};
use crate::value::word::WordList;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

/// The detail of what a row stands for.
pub fn detail_of(workspace: &Workspace, subject: &Selectable) -> Result<Detail, Error> {
    match subject {
        Selectable::Record(record) => detail(workspace, record),
        Selectable::RequestKind(kind) => law_detail::of_kind(workspace, kind),
        Selectable::WaitingBundle { from, sequence } => bundle_detail::of_waiting(workspace, from, *sequence),
    }
}

/// The detail of a record.
pub fn detail(workspace: &Workspace, subject: &RecordRef) -> Result<Detail, Error> {
    let Some(record) = workspace.records().get(subject.id)? else {
        return Ok(Detail::new(tr("It is not here.")));
    };
    let history = history(workspace, &record)?;
    let mut d = Detail::new(words::called(workspace, &record)?);
    d.aside = Shown::from(workspace_info::short(record.kind, record.id));
    if workspace.is_erased_since(&record) {
        d.line(
            tr("ERASED"),
            StyledText::new(
                tr("its content was erased since, and stays so: only what it was like is seen"),
                StyleRole::Stop,
            ),
        );
    }
    d.push(tr("STATE"), state(record.state));
    match record.kind {
        Kind::Item => of_item(workspace, &record, &mut d)?,
        Kind::Request => of_request(workspace, &record, &history, &mut d)?,
        Kind::Review => of_review(workspace, &record, &mut d)?,
        Kind::Disclosure => of_disclosure(workspace, &record, &mut d)?,
        Kind::Partner => of_partner(workspace, &record, &mut d)?,
        Kind::Case => of_case(workspace, &record, &mut d)?,
        Kind::Agreement => of_agreement(workspace, &record, &mut d)?,
        Kind::BudgetLine | Kind::Tender | Kind::Commitment | Kind::Cost | Kind::Contribution | Kind::Statement => {
            money::detail(workspace, &record, &mut d)?
        }
        Kind::Taskforce => taskforce::detail(workspace, &record, &mut d)?,
        Kind::Meeting => taskforce::meeting_detail(workspace, &record, &mut d)?,
        Kind::Analysis => taskforce::analysis_detail(workspace, &record, &mut d)?,
        Kind::Inject => of_inject(workspace, &record, &mut d)?,
        Kind::Exercise => of_exercise(workspace, &record, &mut d)?,
        Kind::Member => of_member(workspace, &record, &mut d)?,
        Kind::Bundle => bundle_detail::add_lines(workspace, &record, &mut d)?,
        _ if oversight_detail::add_lines(workspace, &record, &mut d)? => {}
        _ if keeping_detail::add_lines(workspace, &record, &mut d)? => {}
        _ => of_any(workspace, &record, &mut d)?,
    }
    d.history = history;
    d.id = Some(record.id);
    Ok(d)
}

/// The page of a record in lines, for the command line: what the screens show of it, a label before each line.
pub fn written(workspace: &Workspace, record: &Record) -> Result<Vec<String>, Error> {
    Ok(detail(workspace, &RecordRef { kind: record.kind, id: record.id })?.written())
}

/// An inject: to control with what is expected, to those who play with what was delivered to them.
fn of_inject(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    let of = record.subject.map(|id| workspace.records().get(id)).transpose()?.flatten();
    let Some(of) = of else { return of_any(workspace, record, d) };
    let i = exercise::view::inject_row(workspace, record, &of, &[])?;
    d.body(tr("SAYS"), &i.text);
    if let Some(own) = &i.control {
        d.body(tr("EXPECTED"), &own.expected_action);
    }
    for reply in &i.replies {
        d.body(tr("REPLY"), &format!("{} {}: {}", reply.desk, at(reply.at), reply.text));
    }
    d.line(tr("DELIVERED"), at(i.delivered));
    d.line(tr("REPLY BY"), at(i.reply_by));
    d.body(tr("SKIPPED"), &i.because);
    let by = if i.method.is_empty() { String::new() } else { phrase!(", by {method}", method = i.method) };
    d.line(tr("FROM"), format!("{}{by}", i.from).trim_start_matches(", ").to_owned());
    d.line(tr("TO"), if i.to.is_empty() { tr("all that play").to_owned() } else { i.to.join(", ") });
    d.line(tr("ATTACHED"), i.attachment.as_str());
    d.body(tr("TEXT"), &i.attached);
    d.line(tr("NUMBER"), i.number.to_string());
    if let Some(own) = &i.control {
        let when = match own.trigger {
            Trigger::Hand => tr("by hand").to_owned(),
            Trigger::Completion => tr("once others are answered").to_owned(),
            Trigger::Time => own.time.clone(),
        };
        d.line(tr("PLANNED"), format!("{when}, {}", tr_joined(own.inject_type.word())));
        d.line(tr("OBJECTIVE"), own.objective.map(|n| n.to_string()).unwrap_or_default());
        d.line(tr("CAPABILITY"), own.capability.as_str());
        d.line(tr("BY"), own.controller.as_str());
        d.body(tr("CONDITION"), &own.condition);
        d.body(tr("NOTE"), &own.note);
    }
    Ok(())
}

/// An exercise: to control with its objectives; in a live workspace what its signed report said.
fn of_exercise(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    let e = exercise::view::view(workspace, record)?;
    let [p, s, m, u] = e.row.rated;
    d.line(tr("STOP WORD"), StyledText::new(e.safety_word.as_str(), StyleRole::Stop));
    d.line(tr("CONTROL"), e.row.control.as_str());
    match (e.row.from, e.row.until) {
        (Some(from), Some(until)) => {
            d.line(tr("PLAYED"), phrase!("{from} to {until}", from = at(Some(from)), until = at(Some(until))))
        }
        (Some(from), None) => d.line(tr("STARTED"), at(Some(from))),
        _ => d.line(tr("STARTED"), tr("not yet")),
    }
    d.line(tr("RATED"), format!("P {p}, S {s}, M {m}, U {u}"));
    if let Some(recorded) = exercises::recorded_of(record) {
        d.line(tr("DESKS"), recorded.desks.join(", "));
        d.line(tr("SIGNED BY"), recorded.signer.to_string());
        d.line(tr("REALM"), recorded.realm.to_string());
        d.line(tr("REPORT"), phrase!("SHA-256 {digest}", digest = recorded.digest));
    }
    d.body(tr("SCOPE"), &e.scope);
    d.body(tr("SCENARIO"), &e.scenario);
    d.body(tr("RULES"), &e.rules);
    for o in &e.objectives {
        let aim = if o.target.is_empty() { String::new() } else { phrase!("; aimed at: {target}", target = o.target) };
        d.body(&phrase!("OBJECTIVE {number}", number = o.number), &format!("{} ({}){aim}", o.text, o.capability));
        o.tasks.iter().for_each(|task| d.body("", task));
    }
    for [who, role] in &e.participants {
        d.line(tr("TAKES PART"), format!("{who}, {role}"));
    }
    d.line(tr("HELD BY"), e.sponsor.as_str());
    let done = e.actions.iter().filter(|a| a.done.is_some()).count();
    if !e.actions.is_empty() {
        d.line(tr("ACTIONS"), phrase!("{done} of {actions} done", done, actions = e.actions.len()));
    }
    if let Some(due) = record.due {
        d.line(tr("KEPT UNTIL"), phrase!("{to_date}; then it is erased", to_date = due.to_date()));
    }
    Ok(())
}

fn at(time: Option<Timestamp>) -> String {
    time.map(Timestamp::to_minute).unwrap_or_default()
}

/// Words of a closed list, with something between.
fn words<W: WordList>(all: &[W], between: &str) -> String {
    all.iter().map(|word| tr_word((*word).into())).collect::<Vec<&str>>().join(between)
}

fn of_item(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    let i = item::row(workspace, record)?;
    let what = content(&i.value);
    d.line(tr("WHAT"), what.as_ref());
    if what != i.value {
        d.line(tr("PATTERN"), StyledText::new(i.value.as_str(), StyleRole::Note));
    }
    d.line(tr("TITLE"), i.title.as_str());
    d.body(tr("NOTE"), &i.note);
    let of_person = (i.person_class != PersonClass::None).then(|| tr_word(i.person_class.word()).to_owned());
    let class = [
        Some(phrase!("tier {tier}", tier = i.tier)),
        Some(tr_word(i.category.word()).to_owned()),
        of_person,
        Some(tr_word(i.assertion.word()).to_owned()),
    ];
    d.line(tr("CLASS"), class.into_iter().flatten().collect::<Vec<_>>().join(", "));
    let grades: Vec<String> =
        [i.source_grade.map(|g| phrase!("source {g}", g)), i.information_grade.map(|g| phrase!("information {g}", g))]
            .into_iter()
            .flatten()
            .collect();
    d.line(tr("GRADED"), grades.join(", "));
    d.line(
        tr("MARKED"),
        phrase!("TLP:{tlp} PAP:{pap} {handling}", tlp = i.tlp, pap = i.pap, handling = words(&i.handling, " ")),
    );
    d.line(
        tr("ORIGIN"),
        if let Some(from) = &i.from {
            phrase!("{originator}, by way of {from}", originator = i.originator, from)
        } else {
            i.originator.clone()
        },
    );
    d.line(tr("UNDER"), StyledText::new(words(&i.conditions, ", "), StyleRole::Due));
    for caveat in &i.caveats {
        d.body(tr("CAVEAT"), caveat);
    }
    d.line(tr("KEEP TO"), at(i.due));
    holds(workspace, record, d)?;
    if !i.shared.is_empty() {
        d.gap();
        d.picture(tr("WHO HAS IT"), holders(workspace, &i)?);
        for s in &i.shared {
            d.line(
                "",
                phrase!(
                    "{partner} deletes by {delete_by}, duty {duty}",
                    partner = s.partner,
                    delete_by = at(s.delete_by),
                    duty = tr_word(s.duty.word())
                ),
            );
        }
    }
    d.gap();
    for p in workspace.partners()? {
        let verdict = gate::ask(workspace, record, &p)?.verdict;
        let code = p.key.clone().unwrap_or_default();
        let line = match () {
            () if verdict.allowed() => StyledText::new(phrase!("{code}  yes", code), StyleRole::Good),
            // What lacks nothing but its second person is on its way.
            () if verdict.waits_for_a_second_person(false) => {
                StyledText::new(phrase!("{code}  after a second person releases it", code), StyleRole::Due)
            }
            () => StyledText::new(
                phrase!(
                    "{code}  no   {source}",
                    code,
                    source = verdict
                        .refusals()
                        .next()
                        .map(|r| format!("{} {} ({})", r.id, r.because, r.source()))
                        .unwrap_or_default()
                ),
                StyleRole::Stop,
            ),
        };
        d.line(tr("MAY GO TO"), line);
    }
    if let Some(tree) = linked::tree(workspace, record, &what)? {
        d.gap();
        d.picture(tr("LINKS"), tree);
    }
    Ok(())
}

/// Who has a copy of an item, and how much of its term is left.
fn holders(workspace: &Workspace, i: &item::ItemSummary) -> Result<Picture, Error> {
    let now = workspace.now();
    let own = workspace.own_record()?.key.unwrap_or_default();
    let kept = i.due.map_or_else(|| tr("here").to_owned(), |due| phrase!("here, keep to {date}", date = due.to_date()));
    let mut branches = vec![Branch::new(0, own, kept)];
    for s in &i.shared {
        let bar = s.delete_by.map(|by| {
            let left = u64::try_from(by.since(now).whole_days().max(0)).unwrap_or(0);
            Bar { has_rest: true, ..Bar::count(left, TERM, StyleRole::Base) }
        });
        let left = s.delete_by.map(|by| phrase!("{since} left", since = in_short(by.since(now))));
        let left = match s.delete_by {
            Some(by) if by < now => phrase!("{since}: it must be deleted", since = in_short(by.since(now))),
            _ => left.unwrap_or_default(),
        };
        branches.push(Branch { bar, ..Branch::new(1, s.partner.as_str(), left) });
    }
    Ok(Picture::Tree(Tree(branches)))
}

/// So many items of a sharing are named on its page.
const NAMED: usize = 20;

/// Days that a whole bar of a copy's term stands for.
const TERM: u64 = 90;

/// The steps of a request, in their order; a partner's begins where it was sent.
const LIFE: &[&str] = &["drafted", "reviewed", "sent", "acknowledged", "accepted", "delivered", "closed"];
/// The step at which a request was sent.
const SENT: usize = 2;

/// How many steps of its life a request in a state has behind it; `None`: it will make no further ones.
const fn steps_done(state: RequestState) -> Option<usize> {
    use RequestState as S;
    Some(match state {
        S::Draft => 0,
        S::InReview => 1,
        S::Authorised => SENT,
        S::Sent => SENT + 1,
        S::Acknowledged | S::Clarification | S::Conditional | S::Consultation | S::Postponed | S::Conflict => 4,
        S::Accepted | S::Partly | S::Executing => 5,
        S::Delivered => 6,
        S::UseReported | S::Closed => LIFE.len(),
        S::Refused | S::Withdrawn | S::Expired | S::Purged => return None,
    })
}

/// The life of a request, with the days on which it went on, and where it stands.
fn life(r: &request::RequestSummary, state: RequestState, history: &RecordHistory, now: Timestamp) -> Picture {
    let last = history.entries.last().map(|entry| tr_date(&entry.at.day_and_month())).unwrap_or_default();
    let first = if r.direction == Direction::Inbound { SENT } else { 0 };
    let sent = r.sent.map(|at| tr_date(&at.day_and_month()));
    let day = |n: usize, done: usize| match (n, &sent) {
        (SENT, Some(sent)) => sent.clone(),
        _ if n + 1 == done => last.clone(),
        _ => String::new(),
    };
    let step = |name: &str, when: String, state| Step { name: tr_word(name).to_owned(), when, state };
    let Some(done) = steps_done(state) else {
        let until = if r.sent.is_some() { SENT + 1 } else { 1 };
        let before = LIFE.iter().enumerate().take(until).skip(first);
        let before = before.map(|(n, name)| step(name, day(n, usize::MAX), StepState::Done));
        let end = step(r.state.label(), last.clone(), StepState::Late);
        return Picture::Steps(Steps(before.chain([end]).collect()));
    };
    let late = r.due.is_some_and(|due| due < now);
    let steps = LIFE.iter().enumerate().skip(first).map(|(n, name)| match (n.cmp(&done), r.due) {
        (Ordering::Less, _) => step(name, day(n, done), StepState::Done),
        (Ordering::Equal, Some(due)) if late => {
            step(name, phrase!("late, {day}", day = tr_date(&due.day_and_month())), StepState::Late)
        }
        (Ordering::Equal, Some(due)) => {
            step(name, phrase!("by {day}", day = tr_date(&due.day_and_month())), StepState::Next)
        }
        (Ordering::Equal, None) => step(name, String::new(), StepState::Next),
        (Ordering::Greater, _) => step(name, String::new(), StepState::Later),
    });
    Picture::Steps(Steps(steps.collect()))
}

/// A clock as a bar of the time that is left of it.
fn clock(c: &request::ClockRow, started: Option<Timestamp>, now: Timestamp) -> StyledText {
    let name = match c.variant == Variant::ORDINARY {
        true => c.clock.map_or("", |clock| tr_word(clock.word())).to_owned(),
        false => format!("{} {}", c.clock.map_or("", |clock| tr_word(clock.word())), c.variant),
    };
    let Some(due) = c.due else { return StyledText::from(phrase!("{name}: no fixed limit", name)) };
    let left = due.since(now);
    let role = if due < now { StyleRole::Stop } else { StyleRole::Base };
    let words = format!("{}, {}", in_short(left), on_screen(due, now));
    let whole = started.map(|from| due.since(from)).filter(|_| due > now);
    let bar = whole.map(|whole| {
        let parts = |span: Duration| u64::try_from(span.as_seconds().max(0)).unwrap_or(0);
        Bar { has_rest: true, ..Bar::count(parts(left), parts(whole).max(1), role) }
    });
    StyledText::drawn(Picture::Tree(Tree(vec![Branch { role, bar, ..Branch::new(0, name, words) }])))
}

fn holds(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    for h in hold::on(&workspace.records(), record)?.iter().filter(|h| h.is(hold::State::Standing)) {
        let by = hold::placed_by(h).map(|p| workspace.name_of(p)).transpose()?.unwrap_or_default();
        d.line(
            tr("HELD"),
            StyledText::new(
                phrase!(
                    "{text}, by {by} since {instant}",
                    text = tr_word(h.text("reason").unwrap_or_default()),
                    by,
                    instant = at(h.instant("placed"))
                ),
                StyleRole::Due,
            ),
        );
    }
    Ok(())
}

/// On whom a request waits, and in brackets for what.
fn waits_on(said: &str) -> String {
    match said.strip_suffix(')').and_then(|said| said.split_once(" (")) {
        Some((whom, what)) => format!("{} ({})", tr_word(whom), tr_word(what)),
        None => tr_word(said).to_owned(),
    }
}

fn of_request(workspace: &Workspace, record: &Record, history: &RecordHistory, d: &mut Detail) -> Result<(), Error> {
    let (r, now) = (request::row(workspace, record)?, workspace.now());
    if let Some(state) = record.in_state::<RequestState>() {
        d.picture(tr("LIFE"), life(&r, state, history, now));
        d.gap();
    }
    let way = if r.direction == Direction::Inbound {
        phrase!("{partner} asks this desk", partner = r.partner)
    } else {
        phrase!("this desk asks {partner}", partner = r.partner)
    };
    d.line(tr("WHO"), way);
    d.line(tr("UNDER"), format!("{}: {} ({})", words::basis(workspace, &r.kind)?, tr_law(&r.name), r.kind));
    if !r.in_force && r.sent.is_none() {
        let what = phrase!("NOT IN FORCE with {partner}: a draft or an exercise, never sent", partner = r.partner);
        d.line(tr("LAW"), StyledText::new(what, StyleRole::Stop));
    }
    d.line(
        tr("LAW USED"),
        tr_sentence(&law::decided_by(workspace, record, &[SEND, ANSWER])?.unwrap_or_default()).into_owned(),
    );
    d.line(tr("TIER"), phrase!("T{tier}, for {purpose}", tier = r.tier, purpose = r.purpose));
    d.line(tr("WAITS ON"), waits_on(&today::waits_on(workspace, record)?.unwrap_or_default()));
    if r.heads.len() > 1 {
        let heads: Vec<&str> = r.heads.iter().map(|s| tr_word(s.word())).collect();
        d.line(tr("CONFLICT"), StyledText::new(heads.join(tr(" and ")), StyleRole::Stop));
    }
    for c in &r.clocks {
        d.push(tr("CLOCK"), clock(c, r.sent, now));
    }
    if !r.missing.is_empty() {
        d.line(
            tr("MISSING"),
            StyledText::new(
                r.missing.iter().map(|field| tr_law(field)).collect::<Vec<_>>().join(", "),
                StyleRole::Stop,
            ),
        );
    }
    d.line(tr("GROUND"), r.ground.as_deref().map(tr_law).unwrap_or_default());
    d.line(tr("OFFERED"), StyledText::new(words(&r.offered, ", "), StyleRole::Due));
    if let Some(kept) = &r.preserved {
        let said = phrase!("{since} to {until}", since = kept.since.to_minute(), until = kept.until.to_minute());
        d.line(tr("PRESERVED"), StyledText::new(said, StyleRole::Good));
        d.line(tr("REFERENCE"), kept.reference.clone());
    }
    if let Some(decision) = &r.decision {
        let (outcome, level) =
            (decision.outcome.map_or("", |o| tr_word(o.word())), decision.level.map_or("", |l| tr_word(l.word())));
        d.line(tr("REVIEWED"), phrase!("{outcome}, level {level}", outcome, level));
        d.line(tr("UNDER"), StyledText::new(words(&decision.conditions, ", "), StyleRole::Due));
        for caveat in &decision.caveats {
            d.body(tr("CAVEAT"), caveat);
        }
    }
    d.gap();
    said_in(&r, &*law::of(workspace, record, &[SEND])?, d);
    answers(workspace, record, d)?;
    Ok(())
}

/// What a request says, each part under its label, with the article that asks for it.
fn said_in(r: &request::RequestSummary, law: &Law, d: &mut Detail) {
    let kind = law.request(&r.kind);
    for (name, text) in &r.fields {
        let field = kind.and_then(|k| k.field.iter().find(|f| f.id == *name));
        let label = field.map_or_else(|| name.clone(), |f| format!("{}  [{}]", tr_law(&f.label), tr_law(&f.article)));
        d.push("", StyledText::new(label, StyleRole::Heading));
        d.body("", text);
    }
}

/// The items that answer a request.
fn answers(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    let query = Query { subject: Some(record.id), limit: Some(20), ..Query::kind(Kind::Item) };
    for item in workspace.records().find(&query)? {
        let line = workspace_info::line_of(workspace, &item)?;
        d.line(tr("ANSWER"), format!("{} {line}", workspace_info::short(Kind::Item, item.id)));
    }
    Ok(())
}

fn of_review(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    let r = review::row(workspace, record)?;
    if let Some((kind, id)) = r.subject_kind.zip(r.subject) {
        d.line(tr("OF"), format!("{} {}", tr_word(kind.word()), workspace_info::short(kind, id)));
    }
    let subject = record.subject.map(|s| workspace.records().get(s)).transpose()?.flatten();
    match &subject {
        Some(request) if request.kind == Kind::Request => {
            said_in(&request::row(workspace, request)?, &*law::of(workspace, request, &[SEND])?, d)
        }
        Some(other) => d.line("", workspace_info::line_of(workspace, other)?),
        None => {}
    }
    d.line(
        tr("TO"),
        phrase!(
            "{to}, for {purpose}, level {level}",
            to = r.to,
            purpose = r.purpose,
            level = r.level.map_or("", |l| tr_word(l.word()))
        ),
    );
    d.line(tr("ASKED BY"), format!("{}, {}", r.requester, at(r.opened)));
    if r.is_open() {
        let open = r.tests.iter().filter(|t| t.outcome.is_none()).count();
        d.line(tr("DO NOTHING"), tr("and nothing leaves."));
        d.line(
            tr("TO SIGN"),
            StyledText::new(
                match (open, r.level, r.reviewers.len()) {
                    (0, Some(Level::L3), 0) => tr("Signing decides; level L3 then needs a second reviewer.").to_owned(),
                    (0, Some(Level::L3), _) => {
                        tr("Signing decides, as the second reviewer: another than the first.").to_owned()
                    }
                    (0, ..) => tr("Signing decides.").to_owned(),
                    _ => phrase!("{open} tests are open.", open),
                },
                StyleRole::Guidance,
            ),
        );
        let may_not = std::iter::once(phrase!("{who}, who asked", who = r.requester));
        let recused = r.recused.iter().map(|who| phrase!("{who}, by a conflict of interest", who));
        d.line(tr("MAY NOT"), may_not.chain(recused).collect::<Vec<_>>().join("; "));
    }
    d.gap();
    for (n, t) in r.tests.iter().enumerate() {
        let (mark, role) = match t.outcome {
            None => ("[ ]", StyleRole::Due),
            Some(TestOutcome::Not) => ("[-]", StyleRole::Stop),
            Some(TestOutcome::Met | TestOutcome::Condition | TestOutcome::NotApplicable) => ("[x]", StyleRole::Base),
        };
        let outcome = t.outcome.map_or("", |o| tr_word(o.word()));
        let said = format!("{:18} {outcome}", tr_joined(t.test.word()));
        d.push(format!("{:2} {mark}", n + 1), StyledText::new(said, role));
        d.body("", t.recognition.as_deref().unwrap_or_default());
    }
    for t in review::thresholds(workspace, record)? {
        let mark = if t.higher { tr("; the higher standard") } else { "" };
        d.body(
            tr("BY LAW"),
            &phrase!(
                "{side}, {category}: {authoriser}, on {standard}{mark}",
                side = t.side,
                category = tr_word(&t.category.to_string()),
                authoriser = tr_law(&t.authoriser),
                standard = t.standard,
                mark
            ),
        );
    }
    let told = review::statements(workspace, record)?;
    let less = told.less_intrusive_text.as_str();
    d.body(tr("LESS"), if less.is_empty() { tr("no less intrusive means named yet") } else { less });
    for (test, reason) in &told.reasons {
        d.body(tr("WHY"), &format!("{}: {reason}", tr_joined(test)));
    }
    let evidence: Vec<String> = r.evidence.iter().map(|id| workspace_info::short(Kind::Item, *id)).collect();
    d.line(tr("RESTS ON"), evidence.join(", "));
    d.gap();
    d.line(tr("DECIDED BY"), r.reviewers.join(", "));
    d.line(tr("UNDER"), StyledText::new(words(&r.conditions, ", "), StyleRole::Due));
    for caveat in &told.caveats {
        d.body(tr("CAVEAT"), caveat);
    }
    d.line(tr("GROUNDS"), told.grounds.join(", "));
    for reason in &told.decision_reasons {
        d.body(tr("BECAUSE"), reason);
    }
    d.line(tr("EXPIRES"), at(r.expires));
    d.line(tr("RECUSED"), r.recused.join(", "));
    if r.state == ReviewState::Lapsed.any() {
        let why = r.changed.map_or_else(|| tr("its time has ended").to_owned(), |c| phrase!("what changed: {c}", c));
        d.line(
            tr("LAPSED"),
            StyledText::new(phrase!("{why}; nothing leaves on it: ask for another review", why), StyleRole::Stop),
        );
    }
    for because in &told.lapsed {
        d.body(tr("BECAUSE"), because);
    }
    for (n, p) in review::precedents(workspace, record)?.into_iter().enumerate() {
        d.line(
            if n == 0 { tr("PRECEDENT") } else { "" },
            format!("{} {}", workspace_info::short(Kind::Review, p.id), p.said),
        );
    }
    Ok(())
}

fn of_disclosure(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    let r = disclosure::row(workspace, record)?;
    d.line(tr("WITH"), r.partner.as_str());
    d.line(tr("FOR"), phrase!("{purpose}, {days}", purpose = r.purpose, days = tr_count(r.delete_after_days, "day")));
    // A second person's word has a time of its own: that of what was done last.
    let when = if record.is(DisclosureState::Proposed) { format!(", {}", at(r.at)) } else { String::new() };
    d.line(tr("PROPOSED"), format!("{}{when}", r.proposed_by));
    if r.emergency {
        d.line(tr("CLAIMS"), StyledText::new(tr("an emergency: imminent risk to life"), StyleRole::Stop));
        d.body(tr("RISK"), r.risk.as_deref().unwrap_or_default());
        let validation = match (r.validation, r.validate_by) {
            (Some(Validation::Pending), Some(by)) => {
                phrase!("due by {by}, or its partner must delete it", by = by.to_minute())
            }
            (Some(other), _) => other.word().to_owned(),
            (None, _) => String::new(),
        };
        d.line(tr("VALIDATION"), StyledText::new(validation, StyleRole::Due));
    }
    d.line(tr("ITEMS"), r.items.to_string());
    let items = disclosure::items_of(workspace, record)?;
    for id in items.iter().copied().take(NAMED) {
        if let Some(item) = workspace.records().get(id)? {
            let line = workspace_info::line_of(workspace, &item)?;
            d.line("", format!("{} {line}", workspace_info::short(Kind::Item, id)));
        }
    }
    if let Some(more) = items.len().checked_sub(NAMED).filter(|more| *more > 0) {
        d.line("", StyledText::new(phrase!("… and {more} more", more), StyleRole::Note));
    }
    Ok(())
}

fn of_partner(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    let p = partner::row(workspace, record)?;
    d.line(tr("NAME"), p.name.as_str());
    d.line(
        tr("KIND"),
        phrase!(
            "{kind}, jurisdiction {jurisdiction}",
            kind = p.kind.map_or("", |k| tr_word(k.word())),
            jurisdiction = p.jurisdiction
        ),
    );
    d.line(tr("CHANNEL"), tr_word(p.channel.word()));
    d.line(tr("CEILING"), p.ceiling.as_str());
    if record.is(crate::record::partner::State::Met) {
        // Who has the digits before their eyes does not listen.
        d.line(
            tr("PRINT"),
            StyledText::new(tr("not compared yet: signing asks for two groups of it, read aloud"), StyleRole::Due),
        );
    } else {
        d.line(tr("PRINT"), p.fingerprint.get(..35).unwrap_or_default());
        d.line("", p.fingerprint.get(36..).unwrap_or_default());
    }
    d.line(
        tr("SENT"),
        p.sent.map_or_else(
            || tr("no bundle yet").to_owned(),
            |n| phrase!("{what}, {ack} acknowledged", what = tr_count(n, "bundle"), ack = p.acknowledged.unwrap_or(0)),
        ),
    );
    d.line(
        tr("RECEIVED"),
        p.received.map_or_else(
            || tr("no bundle yet").to_owned(),
            |n| phrase!("{what}, the last {heard}", what = tr_count(n, "bundle"), heard = at(p.heard)),
        ),
    );
    d.gap();
    for (n, o) in gate::outlook(workspace, record)?.iter().enumerate() {
        let (word, tone) = match (o.may, o.because.as_slice()) {
            (May::Yes, _) => (tr("yes, at once").to_owned(), StyleRole::Good),
            (May::After, because) => (phrase!("after {because}", because = because.join(", ")), StyleRole::Due),
            // One no is enough; `comity gate outlook` names them all.
            (May::No, [first, ..]) => (phrase!("no: {first}", first), StyleRole::Note),
            (May::No, []) => (tr("no").to_owned(), StyleRole::Stop),
        };
        let line = StyledText::new(format!("T{} {:15} {word}", o.tier, tr_word(o.category.word())), tone);
        d.push(if n == 0 { tr("MAY GO") } else { "" }, line);
    }
    d.gap();
    for a in agreement::rows(workspace, Some(&p.code))? {
        d.line(
            tr("AGREEMENT"),
            phrase!(
                "{whose}, {state} to {until}: {title}, {tier}",
                whose = tr_word(a.whose.word()),
                state = tr_word(a.state.word()),
                until = at(Some(a.until)),
                title = a.title,
                tier = a.tier.map_or_else(|| tr("no tier agreed").to_owned(), |tier| phrase!("up to T{tier}", tier))
            ),
        );
        d.line(
            "",
            phrase!(
                "{purposes}; {categories}; kept at most {days}",
                purposes = a.purposes.join(" "),
                categories = words(&a.categories, " "),
                days = tr_count(a.retention_cap_days, "day")
            ),
        );
    }
    Ok(())
}

fn of_case(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    let c = case::row(workspace, record)?;
    d.line(tr("TITLE"), c.title.as_str());
    d.line(tr("PURPOSE"), c.purpose.as_str());
    d.line(tr("FROM"), phrase!("{desk}, opened {opened}", desk = c.desk, opened = at(c.opened)));
    d.line(tr("ITEMS"), c.items.to_string());
    d.line(tr("KNOWN TO"), c.shared.join(" "));
    holds(workspace, record, d)
}

fn of_agreement(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    let a = agreement::row(workspace, record)?;
    let ours = a.whose == Whose::Ours;
    d.line(tr("WITH"), a.partner.as_str());
    d.line(
        tr("RECORD"),
        if ours {
            tr("this desk's: it decides here").to_owned()
        } else {
            phrase!("{partner}'s: it decides there", partner = a.partner)
        },
    );
    d.line(tr("STANDS"), tr_word(a.state.word()));
    d.line(tr("UNDER"), a.instrument.as_str());
    d.line(tr("FOR"), a.purposes.join(", "));
    d.line(tr("DATA"), words(&a.categories, ", "));
    d.line(tr("UP TO"), up_to(workspace, record, &a)?);
    d.line(tr("FROM"), at(Some(a.from)));
    d.line(tr("UNTIL"), at(Some(a.until)));
    d.line(tr("KEPT"), phrase!("at most {days}", days = tr_count(a.retention_cap_days, "day")));
    if !a.targets.is_empty() {
        d.line(tr("TARGETS"), a.targets.as_str());
    }
    d.line(tr("ONWARD"), a.onward.map_or(tr("not said: as the markings allow"), |o| tr_word(o.word())));
    if a.typed_reason {
        d.line(tr("LOOKING"), tr("at personal data from there takes a typed reason"));
    }
    for (name, word) in &a.handling {
        d.line(tr("STATES"), format!("{} {word}", name.replace('_', " ")));
    }
    for (key, text) in [(tr("SAFEGUARDS"), &a.safeguards), (tr("COSTS"), &a.costs)] {
        if !text.is_empty() {
            d.body(key, text);
        }
    }
    let by = if ours { a.partner.as_str() } else { tr("this desk") };
    let signed = a.countersigned.map(Timestamp::to_minute);
    d.line(tr("SIGNED BY"), signed.map_or_else(|| phrase!("not yet by {by}", by), |at| format!("{by}, {at}")));
    d.gap();
    let Some(other) = agreement::counterpart(workspace, record)? else {
        d.line(tr("BESIDE IT"), tr("nothing: the other side's record is not here"));
        return Ok(());
    };
    let other = agreement::row(workspace, &other)?;
    let (mine, theirs) = if ours { (&a, &other) } else { (&other, &a) };
    let differs = agreement::differences(mine, theirs);
    if differs.is_empty() {
        d.line(tr("BESIDE IT"), StyledText::new(tr("the other side recorded the same"), StyleRole::Good));
    }
    for difference in differs {
        let what = difference.what.replace('_', " ").to_uppercase();
        d.line(&what, StyledText::new(phrase!("here {ours}", ours = difference.ours), StyleRole::Due));
        d.line(
            "",
            StyledText::new(
                phrase!("at {partner} {theirs}", partner = a.partner, theirs = difference.theirs),
                StyleRole::Due,
            ),
        );
    }
    Ok(())
}

/// Up to which tier; where the agreement names none, the default of its partner's kind.
fn up_to(workspace: &Workspace, record: &Record, a: &agreement::AgreementSummary) -> Result<String, Error> {
    if let Some(tier) = a.tier {
        return Ok(phrase!("tier {tier}", tier));
    }
    let kind = if a.whose == Whose::Ours {
        record.partner.map(|p| workspace.records().get(p)).transpose()?.flatten()
    } else {
        None
    };
    let kind = kind.as_ref().and_then(kind_of);
    Ok(kind.map_or_else(
        || tr("the default of the partner's kind").to_owned(),
        |k| phrase!("tier {tier}, the default for {k}", tier = ceiling::default_for(k), k),
    ))
}

/// A member: all of their roles, and the fingerprint by which their acts are known.
fn of_member(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    let m = member::row(workspace, record)?;
    d.line(tr("NAME"), m.name.as_str());
    d.line(tr("DESK"), workspace.code_of(record.desk)?);
    d.line(tr("ROLES"), if m.roles.is_empty() { tr("none").to_owned() } else { words(&m.roles, ", ") });
    d.line(tr("PRINT"), m.person.map(|person| person.to_string()).unwrap_or_default());
    Ok(())
}

/// A record of a kind that has no page of its own: its terms, with names for people and records.
fn of_any(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    // Where something lies in the log is no matter of its page.
    let all = record.terms.members().unwrap_or_default().iter().filter(|(key, _)| key.as_str() != "row");
    for (key, value) in all {
        let label = key.replace('_', " ").to_uppercase();
        match value {
            Json::Str(text) => d.line(&label, term(workspace, text)?),
            Json::Int(_) => d.line(&label, value.to_text()),
            Json::Bool(is) => d.line(&label, tr_word(if *is { "yes" } else { "no" })),
            _ => {}
        }
    }
    Ok(())
}

/// A term as people read it: a person and a record by their names, a time as it stands elsewhere.
fn term(workspace: &Workspace, text: &str) -> Result<String, Error> {
    if let Some(person) = Person::parse(text) {
        return workspace.name_of(person);
    }
    if let Some(time) = Timestamp::parse(text) {
        return Ok(at(Some(time)));
    }
    let Some(id) = Id::parse(text) else { return Ok(text.to_owned()) };
    match workspace.records().get(id)? {
        Some(of) if !matches!(of.kind, Kind::Desk | Kind::Partner) => {
            Ok(format!("{} {}", workspace_info::short(of.kind, of.id), words::called(workspace, &of)?))
        }
        _ => workspace.code_of(id),
    }
}

/// The acts that touched a record, the newest last.
fn history(workspace: &Workspace, record: &Record) -> Result<RecordHistory, Error> {
    let rows = read::rows_of(&workspace.db, record.id)?;
    let skipped = rows.len().saturating_sub(8);
    let mut entries = Vec::new();
    for (row, kind) in rows.into_iter().skip(skipped) {
        let did = crate::record::change(&kind).map(|def| def.kind);
        let Some((position, did)) = read::position_of_row(&workspace.db, row)?.zip(did) else { continue };
        if let Some(act) = audit::rows(workspace, position + 1, 1)?.first() {
            let who = Shown::from(format!("{} {}", act.desk, act.by));
            entries.push(HistoryEntry { number: act.number, at: act.at, who, did });
        }
    }
    Ok(RecordHistory { skipped, entries })
}
