//! Disclosures: proposed with the gate's word for every item, released by a second person where one is needed.

use crate::record::kind::{ChangeKind, Kind, State};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::Serialize;

use crate::act::header::Audience;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Key, NeededWhere, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::json::or_empty;
use crate::command::review::purpose_of;
use crate::command::review::statements_in;
use crate::command::shape::TIER;
use crate::gate::from_records::{Disclosure, LeaveFacts, claim};
use crate::gate::leave::{Leave, Validation as Claimed};
use crate::gate::verdict::Verdict;
use crate::host::entropy::Entropy;
use crate::law::signer;
use crate::object;
use crate::record::definition::{need, shared_terms};
use crate::record::disclosure::{
    self, DisclosureContent, EXPORT, JOIN, Outcome, PROPOSE, RECALL, RECEIPT, RELEASE, Receipt, Terms, VALIDATE,
    Validation,
};
use crate::record::restriction::Restrictions;
use crate::record::store::{ChangeRow, DutyState, Query, Record, RecordStore as _};
use crate::record::{case, item, kind_def, order, partner, review, taskforce};
use crate::store::read;
use crate::store::write::ActWriter;
use crate::value::class::{Condition, Role, Tier};
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::person::Person;
use crate::value::realm::Realm;
use crate::value::text::counted;
use crate::value::timestamp::Timestamp;
use crate::value::word::all_words;
use crate::workspace::consulted::wants_a_reason;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::journal::Reasons;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// Distinct sets of facts that one disclosure may rest on; more would not fit its terms.
const MOST_FACTS: usize = 256;
/// The most distinct terms that a first change lists for the copies that share them; beyond that each copy states its own.
const MOST_SHARED_TERMS: usize = 256;

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "disclosure",
        name: "new",
        about: "Share items with a partner: tier 1 leaves at once, tier 2 and up waits for a second person",
        args: &[
            Arg::new("to", ArgKind::Partner, "the partner; or name a task force")
                .needed(NeededWhere::Without(&["taskforce"])),
            Arg::new("item", ArgKind::Record(&[Kind::Item]), "an item")
                .repeated()
                .needed(NeededWhere::Without(&["case"])),
            Arg::new("case", ArgKind::Record(&[Kind::Case]), "or every item of this case …")
                .needed(NeededWhere::Without(&["item"])),
            Arg::new("tier", ArgKind::Number, "… of exactly this tier").of_shape(TIER),
            Arg::new(
                "taskforce",
                ArgKind::Record(&[Kind::Taskforce]),
                "under the charter of this task force: to each of its desks, or to --to alone",
            ),
            Arg::new("delete-after", ArgKind::Duration, "in how many days the partner must delete it, such as 60d")
                .required(),
            Arg::new("named", ArgKind::Line, "a person that it is for, by name (TLP:RED needs one)").repeated(),
            Arg::new(
                "emergency",
                ArgKind::Body,
                "the imminent risk to life, in words: it leaves when a second person joins, before any review",
            ),
            Arg::new("dry-run", ArgKind::Flag, "only say what would leave, and why not the rest"),
        ],
        writes: Some(Writes {
            act: PROPOSE,
            weight: Weight::Signs,
            needs: Needs::NotPurged,
            rehearsable: true,
            preview: Preview::DryRun,
            undo: Undo::By("disclosure recall"),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(|workspace, args, job| match args.maybe("case") {
            // A whole case may be very many items.
            Some(_) => workspace.with_room(|workspace| new(workspace, args, job)),
            None => new(workspace, args, job),
        }),
    },
    Command {
        noun: "disclosure",
        name: "release",
        about: "Release a proposed disclosure, as its second person",
        args: &[Arg::new("disclosure", ArgKind::Record(&[Kind::Disclosure]), "the disclosure").positional()],
        writes: Some(Writes {
            act: RELEASE,
            weight: Weight::Signs,
            needs: Needs::Nothing,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::By("disclosure recall"),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(release),
    },
    Command {
        noun: "disclosure",
        name: "join",
        about: "Join the claim of an emergency, as its second person: it leaves, and must be validated within 48 hours",
        args: &[Arg::new("disclosure", ArgKind::Record(&[Kind::Disclosure]), "the disclosure").positional()],
        writes: Some(Writes {
            act: JOIN,
            weight: Weight::Signs,
            needs: Needs::Nothing,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::By("disclosure recall"),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(join),
    },
    Command {
        noun: "disclosure",
        name: "validate",
        about: "Say afterwards whether an emergency was one; what is refused must be deleted by its partner",
        args: &[
            Arg::new("disclosure", ArgKind::Record(&[Kind::Disclosure]), "the disclosure").positional(),
            Arg::new("outcome", ArgKind::Word(all_words::<Outcome>), "whether it was one").required(),
            Arg::new("reasons", ArgKind::Body, "why").required(),
        ],
        writes: Some(Writes {
            act: VALIDATE,
            weight: Weight::Signs,
            needs: Needs::ActsState,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(validate),
    },
    Command {
        noun: "disclosure",
        name: "recall",
        about: "Take a disclosure back: its partner is ordered to delete what it got",
        args: &[Arg::new("disclosure", ArgKind::Record(&[Kind::Disclosure]), "the disclosure").positional()],
        writes: Some(Writes {
            act: RECALL,
            weight: Weight::Destroys,
            needs: Needs::ActsState,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Destroy],
        }),
        run: Handler::Writes(recall),
    },
    Command {
        noun: "disclosure",
        name: "receipt",
        about: "Record what a partner says of a file or a letter: that it has it, or has deleted it",
        args: &[
            Arg::new("disclosure", ArgKind::Record(&[Kind::Disclosure]), "the disclosure").positional(),
            Arg::new("said", ArgKind::Word(all_words::<Receipt>), "what the partner says").required(),
            Arg::new("reference", ArgKind::Line, "the letter or the call that says so").required(),
        ],
        writes: Some(Writes {
            act: RECEIPT,
            weight: Weight::Records,
            needs: Needs::ActsState,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(receipt),
    },
    Command {
        noun: "disclosure",
        name: "list",
        about: "List the disclosures",
        args: &[],
        writes: None,
        run: Handler::Reads(list),
    },
    Command {
        noun: "disclosure",
        name: "show",
        about: "Show a disclosure: what went or waits to go, to whom, and until when they have it",
        args: &[Arg::new("disclosure", ArgKind::Record(&[Kind::Disclosure]), "the disclosure").positional()],
        writes: None,
        run: Handler::Reads(show),
    },
];

/// A disclosure as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct DisclosureSummary {
    /// The record.
    pub id: Id,
    /// The other desk.
    pub partner: String,
    /// Proposed, released, recalled or received.
    pub state: State,
    /// For what.
    pub purpose: String,
    /// In how many days it must be deleted.
    pub delete_after_days: i64,
    /// Who proposed it.
    pub proposed_by: String,
    /// When.
    #[serde(serialize_with = "or_empty")]
    pub at: Option<Timestamp>,
    /// How many items.
    pub items: usize,
    /// Whether an emergency is claimed.
    pub emergency: bool,
    /// The risk to life, in words.
    pub risk: Option<String>,
    /// How its validation stands.
    pub validation: Option<Validation>,
    /// By when it must be validated.
    pub validate_by: Option<Timestamp>,
    /// How many files were written of it.
    pub files: i64,
    /// When its partner said by letter or telephone that it has it.
    pub received: Option<Timestamp>,
    /// When its partner said by letter or telephone that it has deleted it.
    pub deleted: Option<Timestamp>,
}

/// A disclosure's record as it is shown.
pub fn row(workspace: &Workspace, record: &Record) -> Result<DisclosureSummary, Error> {
    row_of(workspace, record, &mut BTreeMap::new())
}

/// The same, where the names of people that were looked up before are known.
fn row_of(
    workspace: &Workspace,
    record: &Record,
    names: &mut BTreeMap<Person, String>,
) -> Result<DisclosureSummary, Error> {
    let terms = Terms::read(&disclosure::of_record(record))?;
    let proposed_by = match names.get(&terms.proposed_by) {
        Some(name) => name.clone(),
        None => names.entry(terms.proposed_by).or_insert(workspace.name_of(terms.proposed_by)?).clone(),
    };
    Ok(DisclosureSummary {
        id: record.id,
        partner: workspace.partner_of(record)?.unwrap_or_default(),
        state: record.state,
        purpose: terms.purpose,
        delete_after_days: terms.delete_after_days,
        proposed_by,
        at: record.instant("at"),
        items: items_of(workspace, record)?.len(),
        emergency: terms.emergency,
        risk: said(workspace, record)?.risk,
        validation: disclosure::validation(record, workspace.now()),
        validate_by: record.due,
        files: disclosure::files_of(record),
        received: disclosure::said_at(record, Receipt::Received),
        deleted: disclosure::said_at(record, Receipt::Deleted),
    })
}

/// Every disclosure; those that wait for their second person first.
pub fn rows(workspace: &Workspace) -> Result<Vec<DisclosureSummary>, Error> {
    workspace.glance(|workspace| {
        let (mut all, mut names) = (Vec::new(), BTreeMap::new());
        workspace.records().each(&Query::kind(Kind::Disclosure), |record| {
            all.push(row_of(workspace, &record, &mut names)?);
            Ok::<(), Error>(())
        })?;
        all.sort_by_key(|row| row.state != disclosure::State::Proposed.any());
        Ok(all)
    })
}

fn show(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("disclosure")?, &[Kind::Disclosure])?;
    let items = items_of(workspace, &record)?;
    Ok(Output::thing(&row(workspace, &record)?).with("item_ids", items))
}

fn list(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns = &[
        ("id", "ID"),
        ("partner", "DESK"),
        ("state", "STATE"),
        ("items", "ITEMS"),
        ("proposed_by", "PROPOSED BY"),
        ("at", "AT"),
    ];
    Ok(Output::list(&rows(workspace)?, columns).of(Kind::Disclosure))
}

/// The items of a disclosure: those proposed, or those that left.
pub fn items_of(workspace: &Workspace, record: &Record) -> Result<Vec<Id>, Error> {
    Ok(crate::gate::from_records::disclosure_items(&workspace.records(), record)?)
}

/// Items, each with the number of its facts in the list that the act states.
type Numbered = Vec<(Id, i64)>;

/// An item that stays, and why.
#[derive(Serialize)]
pub struct Stays {
    /// The item.
    pub item: Id,
    /// The rules that say no.
    pub refused_by: Vec<crate::law::rule::RuleId>,
    /// Why, in words.
    pub because: String,
}

impl Stays {
    /// An item, with what the gate says of it.
    pub fn of(item: Id, verdict: &Verdict) -> Self {
        Self { item, refused_by: verdict.refused_by(), because: verdict.refusal() }
    }
}

/// What the gate says of each item of a disclosure.
#[derive(Default)]
pub struct Sorted {
    /// May leave now: the item, and the number of its facts.
    pub leaves: Vec<(Id, usize)>,
    /// Lacks nothing but a second person.
    pub waits: Vec<(Id, usize)>,
    /// Must stay, and why.
    pub stays: Vec<(Id, Verdict)>,
    /// The partner holds it already.
    pub held: usize,
    /// The distinct sets of facts.
    facts: Vec<(Leave, Verdict)>,
}

/// Asks the gate about each item; what the partner holds already is passed over.
fn sort(
    records: &dyn crate::record::store::RecordStore,
    of: &Disclosure,
    (items, reasons): (&[Id], &Reasons),
    job: &mut Job,
) -> Result<Sorted, Error> {
    sort_with(records, of, (items, reasons), false, job)
}

/// Asks the gate about each item; `again`: about what the partner holds already too, since a file is whole without a bundle.
///
/// # Errors
///
/// [`ErrorKind::Refused`] where one of them is held or restricted, and nobody has said why it is looked at.
pub fn sort_with(
    records: &dyn crate::record::store::RecordStore,
    of: &Disclosure,
    (items, reasons): (&[Id], &Reasons),
    again: bool,
    job: &mut Job,
) -> Result<Sorted, Error> {
    let restrictions = Restrictions::of(records)?;
    let mut leave = LeaveFacts::begin(records, of.clone())?;
    let mut sorted = Sorted::default();
    let lacks_second = match &of.emergency {
        None => of.released_by.is_none(),
        Some(claim) => claim.people.as_ref().is_none_or(|p| p.len() < 2),
    };
    let mut numbers: HashMap<String, usize> = HashMap::new();
    for (n, id) in items.iter().enumerate() {
        if n.is_multiple_of(1000) {
            job.at("asking the gate", n as u64, Some(items.len() as u64))?;
        }
        let Some(record) = records.get(*id)? else { continue };
        if record.is_with(of.to) && !item::is_outdated_with(&record, of.to) && !again {
            sorted.held += 1;
            continue;
        }
        if restrictions.are_on(&record, kind_def, of.now) && !reasons.cover(&record) {
            return Err(wants_a_reason());
        }
        let facts = leave.of_item(records, &record)?;
        let number = match sorted.facts.last() {
            // Most items have the facts of the one before them.
            Some((last, _)) if last == facts => sorted.facts.len() - 1,
            _ => *numbers.entry(facts.to_json().to_text()).or_insert_with(|| {
                sorted.facts.push((facts.clone(), facts.judge()));
                sorted.facts.len() - 1
            }),
        };
        let Some((facts, verdict)) = sorted.facts.get(number) else { continue };
        match verdict.refused_by().as_slice() {
            [] => sorted.leaves.push((*id, number)),
            _ if lacks_second && verdict.waits_for_a_second_person(of.emergency.is_some()) => {
                sorted.waits.push((*id, number));
            }
            // What a second person would lift is not what keeps it here.
            _ if lacks_second && of.emergency.is_some() => sorted.stays.push((*id, if_joined(facts))),
            _ => sorted.stays.push((*id, verdict.clone())),
        }
    }
    Ok(sorted)
}

/// What the gate would say if somebody joined the claim of an emergency.
fn if_joined(facts: &Leave) -> Verdict {
    let mut joined = facts.clone();
    if let Some(Some(people)) = joined.emergency.as_mut().map(|e| e.as_mut().and_then(|e| e.people.as_mut())) {
        people.push("whoever joins".to_owned());
    }
    joined.judge()
}

impl Sorted {
    /// The facts that these items rest on, and each item with the number of its own among them.
    fn stated(&self, items: &[(Id, usize)]) -> Result<(Vec<Json>, Numbered), Error> {
        let mut used: Vec<usize> = items.iter().map(|(_, n)| *n).collect();
        used.sort_unstable();
        used.dedup();
        if used.len() > MOST_FACTS {
            return Err(Error::not_allowed("the items differ too much to be shared in one act")
                .hint("share them in several: by tier, or by marking"));
        }
        let facts = used.iter().filter_map(|n| self.facts.get(*n)).map(|(f, _)| f.to_json()).collect();
        let number = |(id, n): &(Id, usize)| (*id, used.binary_search(n).unwrap_or(0) as i64);
        Ok((facts, items.iter().map(number).collect()))
    }

    /// The items that stay, each with why.
    fn stays(&self) -> Vec<Stays> {
        self.stays.iter().map(|(item, verdict)| Stays::of(*item, verdict)).collect()
    }

    /// The items that stay where nobody will join or release them: those that lack nothing but a second person, too.
    pub fn all_that_stay(&self) -> Vec<Stays> {
        let waits = |(item, n): &(Id, usize)| Some(Stays::of(*item, &self.facts.get(*n)?.1));
        self.stays().into_iter().chain(self.waits.iter().filter_map(waits)).collect()
    }

    /// All is refused: the failure names the first item's rules, and every item for `--json`.
    pub fn refusal(&self) -> Option<Error> {
        let waits = || self.waits.first().and_then(|(id, n)| Some((*id, self.facts.get(*n)?.1.clone())));
        let (id, verdict) = self.stays.first().cloned().or_else(waits)?;
        let failure = Error::refused(verdict, Some(id));
        let more = self.stays.len() + self.waits.len() - 1;
        let failure = if more > 0 {
            Error { what: format!("{}; and {} more", failure.what, counted(more, "item")), ..failure }
        } else {
            failure
        };
        Some(failure.with("stays", self.all_that_stay()))
    }

    /// Returns what must be done once it has left, each once.
    pub fn obligations(&self) -> Vec<String> {
        let mut all = Vec::new();
        for (_, facts) in &self.leaves {
            for obligation in self.facts.get(*facts).iter().flat_map(|(_, verdict)| &verdict.obligations) {
                if !all.contains(obligation) {
                    all.push(obligation.clone());
                }
            }
        }
        all
    }

    fn report(&self, answer: Output) -> Output {
        answer
            .with("obligations", self.obligations())
            .with("leaves", self.leaves.len())
            .with("waits", self.waits.len())
            .with("already_there", self.held)
            .with("stays", self.stays())
    }
}

/// The items that arguments name: each `--item`, and those held in a `--case`, of one tier where that is said.
pub fn named_items(workspace: &Workspace, args: &Args, tier: Option<Tier>) -> Result<Vec<Id>, Error> {
    let mut items = Vec::new();
    for typed in args.all("item") {
        items.push(workspace.find_record(typed, &[Kind::Item])?.id);
    }
    if let Some(typed) = args.maybe("case") {
        let case = workspace.find_record(typed, &[Kind::Case])?.id;
        let mut after = None;
        loop {
            let page = Query {
                case: Some(case),
                tier,
                state: Some(item::State::Held.into()),
                after,
                limit: Some(2000),
                ..Query::kind(Kind::Item)
            };
            let page = workspace.records().find(&page)?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            items.extend(page.iter().map(|r| r.id));
        }
    }
    Ok(items)
}

fn new(workspace: &mut Workspace, args: &Args, job: &mut Job) -> Result<Output, Error> {
    let under = args.maybe("taskforce").map(|typed| workspace.find_record(typed, &[Kind::Taskforce])).transpose()?;
    let recipients = match (args.maybe("to"), &under) {
        (Some(code), _) => vec![workspace.partner(code)?],
        (None, Some(taskforce)) => partners_in(workspace, taskforce)?,
        (None, None) => return Err(Error::usage("--to is missing: name a partner, or a --taskforce")),
    };
    let tier = args.maybe_read("tier", TIER.what, Tier::parse)?;
    let items = named_items(workspace, args, tier)?;
    let Some(first) = items.first() else {
        return Err(Error::usage("there is nothing to share: name --item, or a --case that has items of that --tier"));
    };
    let case = workspace.records().get(*first)?.and_then(|r| r.case);
    let purpose = purpose_of(workspace, case)?;
    let delete_after_days = args.days("delete-after")?;
    let words =
        DisclosureContent { named: args.all("named").to_vec(), risk: args.maybe("emergency").map(str::to_owned) };
    let (me, dry_run) = (workspace.person(), args.flag("dry-run"));
    let of = |workspace: &Workspace, to: &Record| Disclosure {
        now: workspace.now(),
        realm: workspace.meta.realm.clone(),
        home: workspace.meta.desk,
        to: to.id,
        purpose: purpose.clone(),
        delete_after_days,
        named: !words.named.is_empty(),
        proposed_by: me,
        released_by: None,
        emergency: words.risk.as_ref().map(|_| claim(&[me], Claimed::Pending)),
        taskforce: under.as_ref().map(|t| t.id),
    };
    if let ([to], Some(_)) = (recipients.as_slice(), args.maybe("to")) {
        let of = of(workspace, to);
        return share(workspace, (to, &of, &words), &items, dry_run, job);
    }
    // Each desk has its own verdict: what one may not have keeps nothing from the others.
    let (mut made, mut said, mut refused) = (Vec::new(), Vec::new(), None);
    for to in &recipients {
        let of = of(workspace, to);
        let code = to.key.clone().unwrap_or_default();
        match share(workspace, (to, &of, &words), &items, dry_run, job) {
            Ok(answer) => {
                said.extend(answer.message.clone().map(|told| if dry_run { format!("{code}: {told}") } else { told }));
                made.push((code, answer));
            }
            Err(failure) if failure.kind == ErrorKind::Refused => {
                said.push(format!("Nothing goes to {code}: {}.", failure.what));
                refused.get_or_insert(failure);
            }
            Err(failure) => return Err(failure),
        }
    }
    match (made.is_empty(), refused) {
        (true, Some(failure)) => Err(failure),
        (true, None) => Err(Error::not_allowed("no other desk is in that task force")),
        (false, _) => {
            let rows: Vec<serde_json::Value> = made
                .iter()
                .map(|(code, answer)| {
                    let mut row = answer.value.clone();
                    if let Some(row) = row.as_object_mut() {
                        row.insert("partner".to_owned(), code.as_str().into());
                    }
                    row
                })
                .collect();
            let taskforce = under.as_ref().map(|t| t.id);
            let answer = Output::members().with_message(said.join("\n")).with("taskforce", taskforce);
            Ok(answer.with("disclosures", rows))
        }
    }
}

/// The other desks of a task force. One that is no partner here gets nothing, and is said.
fn partners_in(workspace: &Workspace, of: &Record) -> Result<Vec<Record>, Error> {
    let mut partners = Vec::new();
    for desk in taskforce::desks_of(of)? {
        if desk == workspace.meta.desk {
            continue;
        }
        let known = workspace.records().get(desk)?.filter(|r| r.kind == Kind::Partner);
        partners.push(known.ok_or_else(|| {
            Error::not_allowed(format!("desk {} of the task force is no partner here", desk.short()))
                .hint("add its card first, or name who gets it with --to")
        })?);
    }
    Ok(partners)
}

/// Shares items with one partner: what may leave leaves, what lacks a second person waits.
fn share(
    workspace: &mut Workspace,
    (to, of, words): (&Record, &Disclosure, &DisclosureContent),
    items: &[Id],
    dry_run: bool,
    job: &mut Job,
) -> Result<Output, Error> {
    let reasons = &workspace.reasons();
    if dry_run {
        let sorted = sort(&workspace.records(), of, (items, reasons), job)?;
        let said = format!(
            "{} would leave at once, {} would wait for a second person, {} would stay, {} are there already.",
            sorted.leaves.len(),
            sorted.waits.len(),
            sorted.stays.len(),
            sorted.held
        );
        let answer = sorted.report(Output::members());
        // Where nothing of it goes, that is the gate's no.
        let goes = !sorted.leaves.is_empty() || !sorted.waits.is_empty() || sorted.stays.is_empty();
        let Some(refusal) = sorted.refusal().filter(|_| !goes) else { return Ok(answer.with_message(said)) };
        return Ok(answer.with_message(format!("{said} Why: {}.", refusal.what)).with_code(ErrorKind::Refused));
    }
    let (id, waiting) = (workspace.entropy.id()?, workspace.entropy.id()?);
    let (home, realm) = (workspace.meta.desk, workspace.meta.realm.clone());
    // What leaves at once is one act for the partner; what waits is another that stays.
    let (sorted, left) = workspace.act(PROPOSE, Audience::Desks(vec![to.id]), None, |act, entropy| {
        let of = Disclosure { now: act.now(), ..of.clone() };
        let sorted = sort(&act.records(), &of, (items, reasons), job)?;
        if !sorted.leaves.is_empty() {
            let (asked, numbered) = sorted.stated(&sorted.leaves)?;
            write(act, entropy, (home, &realm), id, PROPOSE, terms_of(&of, asked), words, &numbered, job)?;
        }
        Ok(sorted)
    })?;
    if !sorted.waits.is_empty() {
        workspace.act(PROPOSE, Audience::OwnDesk, None, |act, entropy| {
            let of = Disclosure { now: act.now(), ..of.clone() };
            let ids: Vec<Id> = sorted.waits.iter().map(|(id, _)| *id).collect();
            let again = sort(&act.records(), &of, (&ids, reasons), job)?;
            let (asked, mut numbered) = again.stated(&again.waits)?;
            numbered.sort_unstable();
            act.change(disclosure::first(waiting, PROPOSE, &terms_of(&of, asked), words, entropy.salt()?))?;
            for (item, n) in numbered {
                act.change(disclosure::proposed_item(item, n))?;
            }
            Ok(())
        })?;
    }
    let code = workspace.code_of(to.id)?;
    match (left.is_some(), sorted.waits.is_empty()) {
        (false, true) if sorted.held > 0 && sorted.stays.is_empty() => {
            let said = format!("Nothing to do: {code} holds all of it already.");
            Ok(sorted.report(Output::members()).with_message(said))
        }
        (false, true) => Err(sorted.refusal().unwrap_or_else(|| Error::not_allowed("there is nothing to share"))),
        (left, _) => {
            let mut said = Vec::new();
            if left {
                let count = counted(sorted.leaves.len(), "item");
                said.push(if partner::is_without_card(to) {
                    format!("What may leave to {code}: {count}; write the file with `item export --disclosure {id}`.")
                } else {
                    format!("What leaves with the next bundle to {code}: {count}.")
                });
            }
            if !sorted.waits.is_empty() {
                let how = if of.emergency.is_some() { "join" } else { "release" };
                said.push(format!("{} wait for a second person: `disclosure {how}`.", sorted.waits.len()));
                let by = if of.emergency.is_some() { JOIN } else { RELEASE };
                said.extend(nobody_for(workspace, by, &[workspace.person()])?);
            }
            if !sorted.stays.is_empty() {
                said.push(format!("{} stay; --json lists why.", sorted.stays.len()));
            }
            let made = Output::made(if left { id } else { waiting }, said.join(" "));
            let made = if left && !sorted.waits.is_empty() { made.with("waiting", waiting) } else { made };
            Ok(sorted.report(made))
        }
    }
}

fn terms_of(of: &Disclosure, asked: Vec<Json>) -> Terms {
    Terms {
        to: of.to,
        purpose: of.purpose.clone(),
        delete_after_days: of.delete_after_days,
        named: of.named,
        proposed_by: of.proposed_by,
        emergency: of.emergency.is_some(),
        as_file: false,
        taskforce: of.taskforce,
        asked,
        classes: Vec::new(),
    }
}

/// Writes the act that leaves: the first change, the case where the partner does not know it, and a copy of each item.
#[expect(clippy::too_many_arguments, reason = "an act's parts, all different")]
fn write(
    act: &mut ActWriter<'_, '_>,
    entropy: &mut Entropy,
    (home, realm): (Id, &Realm),
    id: Id,
    lead: ChangeKind,
    mut terms: Terms,
    said: &DisclosureContent,
    items: &[(Id, i64)],
    job: &mut Job,
) -> Result<(), Error> {
    let records = act.records();
    let mut leave = LeaveFacts::begin(&records, Disclosure::of(&terms, act.now(), realm, home))?;
    let mut distinct = Distinct::default();
    let mut copies = Vec::with_capacity(items.len());
    for (n, (item_id, asked)) in items.iter().enumerate() {
        if n.is_multiple_of(1000) {
            job.at("sorting", n as u64, Some(items.len() as u64))?;
        }
        let Some(record) = records.get(*item_id)? else { continue };
        let conditions = leave.conditions(&records, &record)?;
        // What its review says beside the conditions goes with it; the reasoning does not.
        let mut caveats = Vec::new();
        if record.tier.is_none_or(|tier| tier > Tier::INDICATORS) {
            let subjects: Vec<Id> = [Some(record.id), record.subject].into_iter().flatten().collect();
            if let Some(found) = review::deciding(&records, &subjects, terms.to)? {
                caveats = statements_in(read::changes_of(act.database(), found.id)?).caveats;
            }
        }
        let of = distinct.find(&record, conditions, *asked)?;
        copies.push(Copied { id: record.id, terms: of, case: record.case, body: record.body, caveats });
    }
    // In the order of their random ids: the order in which they were recorded here would tell what stayed between. It is also the
    // order in which a partner's indexes grow fastest.
    copies.sort_unstable_by_key(|copy| copy.id);
    let (classes, each) = distinct.stated(&copies);
    terms.classes = classes;
    act.change(disclosure::first(id, lead, &terms, said, entropy.salt()?))?;
    // A file says nothing of the case, and a partner without comity gets nothing but files.
    let to = records.get(terms.to)?;
    let is_told = !terms.as_file && !to.as_ref().is_some_and(partner::is_without_card);
    let mut told: Vec<Id> = Vec::new();
    let mut made = 0;
    while let Some(rest) = copies.get(made..).filter(|rest| !rest.is_empty()) {
        for (copy, text) in rest.iter().zip(contents_of(act, rest)?) {
            if made.is_multiple_of(1000) {
                job.at("copying", made as u64, Some(copies.len() as u64))?;
            }
            made += 1;
            if let Some(case) = copy.case.filter(|c| is_told && !told.contains(c)) {
                told.push(case);
                share_case(act, entropy, home, case, terms.to)?;
            }
            let content = text.map(|text| read::content_of(&text)).transpose()?;
            let mut content = minimised(&content.unwrap_or_else(|| object! {}));
            if !copy.caveats.is_empty() {
                let mut all = item::caveats_of(&content);
                all.extend(copy.caveats.iter().filter(|c| !all.contains(c)).cloned().collect::<Vec<_>>());
                content.set("caveats", all);
            }
            let said = each.get(copy.terms).unwrap_or(&Json::Null);
            act.copy(item::copied(copy.id, said, &content, entropy.salt()?), &content)?;
        }
    }
    Ok(())
}

/// The most bytes of content that are held while copies are made.
const MOST_HELD: usize = 32 << 20;

/// Returns the contents of the first of these copies: of as many as may be held at once, and of one at least. They are read in the
/// order in which they were recorded, since they lie in it.
fn contents_of(act: &ActWriter<'_, '_>, copies: &[Copied]) -> Result<Vec<Option<String>>, Error> {
    let mut places: Vec<(Option<ChangeRow>, usize)> =
        (0..).zip(copies).map(|(place, copy)| (copy.body, place)).collect();
    places.sort_unstable();
    let mut held: BTreeMap<usize, Option<String>> = BTreeMap::new();
    let size = |text: &Option<String>| 64 + text.as_ref().map_or(0, String::len);
    let (mut bytes, mut until) = (0, copies.len());
    for (body, place) in places {
        if place >= until {
            continue;
        }
        let text = read::content_text(act.database(), body)?;
        bytes += size(&text);
        held.insert(place, text);
        while bytes > MOST_HELD && held.len() > 1 {
            let Some((last, text)) = held.pop_last() else { break };
            bytes -= size(&text);
            until = last;
        }
    }
    Ok(held.into_values().collect())
}

/// A copy that is to be made.
struct Copied {
    id: Id,
    /// Its terms, by their number.
    terms: usize,
    case: Option<Id>,
    body: Option<ChangeRow>,
    caveats: Vec<String>,
}

/// The distinct terms of the copies of one act.
#[derive(Default)]
struct Distinct {
    list: Vec<Json>,
    known: HashMap<String, usize>,
    /// What the terms of the copy before were made of, and their number: most copies have the same.
    last: Option<(Arc<Json>, Vec<Condition>, i64, usize)>,
}

impl Distinct {
    /// The number of the terms of a copy of this record.
    fn find(&mut self, record: &Record, conditions: Vec<Condition>, asked: i64) -> Result<usize, Error> {
        if let Some((terms, known, before, number)) = &self.last
            && Arc::ptr_eq(terms, &record.terms)
            && (known, *before) == (&conditions, asked)
        {
            return Ok(*number);
        }
        let mut terms = item::Terms::read(&record.terms)?;
        terms.conditions.clone_from(&conditions);
        let terms = item::copy_terms(&terms, asked);
        let next = self.list.len();
        let number = *self.known.entry(terms.to_string()).or_insert(next);
        if number == next {
            self.list.push(terms);
        }
        self.last = Some((Arc::clone(&record.terms), conditions, asked, number));
        Ok(number)
    }

    /// Numbers those that the act states once, in the order of the copies that have them: it tells nothing of how the items were
    /// recorded. Returns them, and what each copy states by the number of its terms.
    fn stated(self, copies: &[Copied]) -> (Vec<Json>, Vec<Json>) {
        let mut shared = Vec::new();
        let mut each: Vec<Option<Json>> = vec![None; self.list.len()];
        for copy in copies {
            let (Some(said @ None), Some(terms)) = (each.get_mut(copy.terms), self.list.get(copy.terms)) else {
                continue;
            };
            if shared.len() == MOST_SHARED_TERMS {
                *said = Some(terms.clone());
            } else {
                *said = Some(shared_terms(shared.len() as i64));
                shared.push(terms.clone());
            }
        }
        (shared, each.into_iter().map(|said| said.unwrap_or(Json::Null)).collect())
    }
}

fn share_case(act: &mut ActWriter<'_, '_>, entropy: &mut Entropy, home: Id, case: Id, to: Id) -> Result<(), Error> {
    let records = act.records();
    let Some(record) = records.get(case)?.filter(|r| r.kind == Kind::Case && !r.is_with(to) && r.desk != to) else {
        return Ok(());
    };
    let purpose = record.text("purpose").unwrap_or_default().to_owned();
    // Another desk's case is named by its id alone: its title is that desk's to tell.
    let title = if record.desk == home { read::content(act.database(), record.body)? } else { None };
    let title = title.as_ref().and_then(|c| c.get("title")).and_then(Json::text).unwrap_or_default().to_owned();
    // Who is not in a task force is not told that there is one.
    let mut of = case::taskforce_of(&record);
    if let Some(id) = of
        && taskforce::is_of(&records, id, to)? != Some(true)
    {
        of = None;
    }
    act.change(case::shared(case, &purpose, of, &title, entropy.salt()?))?;
    Ok(())
}

/// Makes the record of what leaves as a file: the gate's word for every item, the copies of those that may go, and nothing for any
/// bundle. `None`: none may.
pub fn for_file(
    workspace: &mut Workspace,
    of: &Disclosure,
    items: &[Id],
    words: &DisclosureContent,
    job: &mut Job,
) -> Result<(Sorted, Option<Id>), Error> {
    let id = workspace.entropy.id()?;
    let (home, realm) = (workspace.meta.desk, workspace.meta.realm.clone());
    let reasons = &workspace.reasons();
    let (sorted, left) = workspace.act(EXPORT, Audience::OwnDesk, None, |act, entropy| {
        let of = Disclosure { now: act.now(), ..of.clone() };
        let sorted = sort_with(&act.records(), &of, (items, reasons), true, job)?;
        if !sorted.leaves.is_empty() {
            let (asked, numbered) = sorted.stated(&sorted.leaves)?;
            let terms = Terms { as_file: true, ..terms_of(&of, asked) };
            write(act, entropy, (home, &realm), id, EXPORT, terms, words, &numbered, job)?;
        }
        Ok(sorted)
    })?;
    Ok((sorted, left.map(|_| id)))
}

/// The minimised copy: what the partner needs to use the item, and what was shown of it.
pub fn minimised(content: &Json) -> Json {
    let mut copy = object! {};
    for key in item::COPIED {
        if let Some(value) = content.get(key) {
            copy.set(key, value.clone());
        }
    }
    copy
}

fn release(workspace: &mut Workspace, args: &Args, job: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("disclosure")?, &[Kind::Disclosure])?;
    second(workspace, &record, RELEASE, job)
}

fn join(workspace: &mut Workspace, args: &Args, job: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("disclosure")?, &[Kind::Disclosure])?;
    second(workspace, &record, JOIN, job)
}

/// The second person's act: what was proposed leaves. That it waits, claims an emergency or none, and that this member may
/// let it out was judged before the command began: `before_release` and `before_join` say it.
fn second(workspace: &mut Workspace, record: &Record, kind: ChangeKind, job: &mut Job) -> Result<Output, Error> {
    let proposed = Terms::read(&disclosure::of_record(record))?;
    let items = items_of(workspace, record)?;
    let words = said(workspace, record)?;
    let home = workspace.meta.desk;
    let (realm, me): (_, Person) = (workspace.meta.realm.clone(), workspace.person());
    let reasons = &workspace.reasons();
    let (sorted, left) = workspace.act(kind, Audience::Desks(vec![proposed.to]), None, |act, entropy| {
        let of = Disclosure {
            released_by: (kind == RELEASE).then_some(me),
            emergency: proposed.emergency.then(|| claim(&[proposed.proposed_by, me], Claimed::Pending)),
            ..Disclosure::of(&proposed, act.now(), &realm, home)
        };
        let sorted = sort(&act.records(), &of, (&items, reasons), job)?;
        if !sorted.leaves.is_empty() {
            let (asked, numbered) = sorted.stated(&sorted.leaves)?;
            write(act, entropy, (home, &realm), record.id, kind, terms_of(&of, asked), &words, &numbered, job)?;
        }
        Ok(sorted)
    })?;
    if left.is_none() {
        return Err(sorted.refusal().unwrap_or_else(|| Error::not_allowed("the partner holds all of it already")));
    }
    let obligations = sorted.obligations();
    let mut more = if obligations.is_empty() { String::new() } else { format!(" Then: {}.", obligations.join("; ")) };
    if kind == JOIN
        && let Some(nobody) = nobody_for(workspace, VALIDATE, &[proposed.proposed_by, me])?
    {
        more = format!("{more} {nobody}");
    }
    let (code, stay) = (workspace.code_of(proposed.to)?, sorted.stays.len());
    let count = counted(sorted.leaves.len(), "item");
    let to = workspace.records().get(proposed.to)?;
    let said = if to.as_ref().is_some_and(partner::is_without_card) {
        let id = record.id;
        format!("Released: {count} for {code}, with `item export --disclosure {id}`; {stay} stay.{more}")
    } else {
        format!("Released: {count} for the next bundle to {code}; {stay} stay.{more}")
    };
    Ok(sorted.report(Output::made(record.id, said)))
}

/// Whether one of the members may sign an act of this kind who is none of these people.
pub fn is_there_another(kind: ChangeKind, members: &[(Person, Vec<Role>)], people: &[Person]) -> bool {
    let signers = signer::of_kind(kind.name());
    members.iter().any(|(who, roles)| signers.is_some_and(|s| s.allow(roles)) && !people.contains(who))
}

/// Whom to enrol, where nobody here but these people may sign an act of this kind.
fn nobody_for(workspace: &Workspace, kind: ChangeKind, people: &[Person]) -> Result<Option<String>, Error> {
    if is_there_another(kind, &workspace.active_members()?, people) {
        return Ok(None);
    }
    let who = signer::of_kind(kind.name()).map_or_else(String::new, signer::Signers::words);
    Ok(Some(format!("Nobody else here is {who}: enrol somebody with `member add`.")))
}

fn said(workspace: &Workspace, record: &Record) -> Result<DisclosureContent, Error> {
    Ok(DisclosureContent::read(workspace.content(record)?.as_ref()))
}

fn validate(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("disclosure")?, &[Kind::Disclosure])?;
    let outcome = args.read("outcome", "approved or refused", Outcome::parse)?;
    let reasons = args.need("reasons")?.to_owned();
    workspace.act_alone(VALIDATE, Audience::OwnDesk, |entropy, _| {
        Ok(disclosure::validated(record.id, outcome, &reasons, entropy.salt()?))
    })?;
    if outcome == Outcome::Approved {
        return Ok(Output::made(record.id, "The emergency is validated: what left under it stays."));
    }
    let said = if workspace.may(RECALL)?.allowed() {
        let (code, ordered) = take_back(workspace, record.id)?;
        format!(
            "The emergency is refused: {code} is ordered to delete {}, with the next bundle.",
            counted(ordered, "item")
        )
    } else {
        "The emergency is refused: a desk officer orders the deletion with the next bundle.".to_owned()
    };
    Ok(Output::made(record.id, said))
}

fn receipt(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("disclosure")?, &[Kind::Disclosure])?;
    let said = args.read("said", "received or deleted", Receipt::parse)?;
    let reference = args.line("reference")?;
    let to = Terms::read(&disclosure::of_record(&record))?.to;
    let items = if said == Receipt::Deleted { items_of(workspace, &record)? } else { Vec::new() };
    workspace.act(RECEIPT, Audience::OwnDesk, None, |act, entropy| {
        act.change(disclosure::received(record.id, to, said, &reference, entropy.salt()?))?;
        items.iter().try_for_each(|item| Ok(act.change(item::deleted_there(*item))?))
    })?;
    let code = workspace.code_of(to)?;
    let told = match said {
        Receipt::Received => format!("{code} has it."),
        Receipt::Deleted => format!("{code} has deleted {}: its duty is met.", counted(items.len(), "item")),
    };
    Ok(Output::made(record.id, told))
}

fn recall(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("disclosure")?, &[Kind::Disclosure])?;
    let (code, ordered) = take_back(workspace, record.id)?;
    let count = counted(ordered, "item");
    let by_hand = record.partner.map(|p| workspace.records().get(p)).transpose()?.flatten();
    let said = if by_hand.as_ref().is_some_and(partner::is_without_card) || disclosure::files_of(&record) > 0 {
        format!(
            "Recalled: tell {code} to delete {count}; the duty runs until `disclosure receipt` records that it did."
        )
    } else {
        format!(
            "Recalled: {code} is ordered to delete {count}, with the next bundle; the duty runs until it certifies."
        )
    };
    Ok(Output::made(record.id, said))
}

/// Recalls a disclosure, and orders its partner to delete what it got by it. Asked again after a crash, it does what is
/// left to do.
fn take_back(workspace: &mut Workspace, id: Id) -> Result<(String, usize), Error> {
    let record = need(&workspace.records(), id, Kind::Disclosure)?;
    let to = Terms::read(&disclosure::of_record(&record))?.to;
    let order = order::id_of(id, to);
    if !record.is(disclosure::State::Recalled) {
        workspace.act_alone(RECALL, Audience::OwnDesk, |_, now| {
            Ok(disclosure::recalled(id, disclosure::delete_cause(&record, now)))
        })?;
    } else if order::given(&workspace.records(), order)? {
        return Err(Error::not_allowed("it was recalled before"));
    }
    let cause = disclosure::delete_cause(&record, workspace.now());
    let records = workspace.records();
    let mut items = Vec::new();
    for item in items_of(workspace, &record)? {
        let with = |r: &Record| r.shared.iter().any(|h| h.partner == to && h.duty == DutyState::Running);
        if records.get(item)?.as_ref().is_some_and(with) {
            items.push(item);
        }
    }
    if !items.is_empty() {
        workspace.act(crate::record::order::ORDER, Audience::Desks(vec![to]), None, |act, _| {
            act.change(order::new(order, to, cause))?;
            items.iter().try_for_each(|item| Ok(act.change(order::of_record(*item))?))
        })?;
    }
    Ok((workspace.code_of(to)?, items.len()))
}

/// Takes back every emergency towards a partner that was not validated, where this member may.
pub fn take_back_unvalidated(workspace: &mut Workspace, to: Id) -> Result<(), Error> {
    if !workspace.may(RECALL)?.allowed() {
        return Ok(());
    }
    let released = Query { partner: Some(to), ..Query::state(disclosure::State::Released) };
    for record in workspace.records().find(&released)? {
        if disclosure::is_unvalidated(&record, workspace.now()) {
            take_back(workspace, record.id)?;
        }
    }
    Ok(())
}
