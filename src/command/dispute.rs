//! Disputes: a ladder that both desks climb, with dates, statements of both, a neutral, interim measures, a remedy, and an end.

use serde::Serialize;

use crate::act::header::Audience;
use crate::command::copy_out;
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Key, Needs, Output, Weight, Writes};
use crate::command::destination::FORCE;
use crate::command::said::{self, Said};
use crate::command::shape::TIER;
use crate::law::accountability::{self, Period};
use crate::record::dispute::{self, Danger, Freeze, Issue, LADDER, Offer, Proposal, Proposed, Raised, State};
use crate::record::kind::{ChangeKind, Kind, State as RecordState};
use crate::record::letter as logged;
use crate::record::store::{Query, Record, RecordStore as _};
use crate::report::language::{self, Phrase};
use crate::report::letter::{Letter, Party};
use crate::value::class::{Tier, words};
use crate::value::id::Id;
use crate::value::realm::Realm;
use crate::value::text::shown_lines;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// What a dispute can be about.
pub const ABOUT: &[Kind] =
    &[Kind::Item, Kind::Request, Kind::Disclosure, Kind::Agreement, Kind::Case, Kind::Certificate, Kind::Error];

const DISPUTE: Arg = Arg::new("dispute", ArgKind::Record(&[Kind::Dispute]), "the dispute").positional();
const BECAUSE: Arg = Arg::new("because", ArgKind::Body, "why").required();

fn subjects() -> Vec<&'static str> {
    Issue::ALL.iter().map(|w| w.word()).collect()
}

fn dangers() -> Vec<&'static str> {
    Danger::ALL.iter().map(|w| w.word()).collect()
}

fn rungs() -> Vec<&'static str> {
    LADDER.iter().skip(1).map(|w| w.word()).collect()
}

words! {
    /// Who carries a remedy out.
    Owes {
        /// The other desk.
        Partner = "partner",
        /// This desk.
        Us = "us",
    }
}

fn owes() -> Vec<&'static str> {
    Owes::ALL.iter().map(|w| w.word()).collect()
}

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "dispute",
        name: "open",
        about: "Raise a dispute with a partner, with this desk's statement; sharing can be frozen meanwhile",
        args: &[
            Arg::new("with", ArgKind::Partner, "the partner").required(),
            Arg::new("subject", ArgKind::Word(subjects), "what it is about").required(),
            Arg::new("about", ArgKind::Record(ABOUT), "the record that it is about"),
            Arg::new("statement", ArgKind::Body, "this desk's statement").required(),
            Arg::new(
                "freeze-tier",
                ArgKind::Number,
                "nothing of this tier and up goes to the partner meanwhile: 1 to 4",
            ),
            Arg::new("until", ArgKind::Time, "when the freeze ends by itself; 90 days where it is left out"),
            Arg::new("without-prejudice", ArgKind::Flag, "what is said binds nobody"),
        ],
        writes: Some(Writes::of(dispute::OPEN, Weight::Signs, Needs::Nothing)),
        run: Handler::Writes(open),
    },
    Command {
        noun: "dispute",
        name: "reply",
        about: "State this desk's position in a dispute",
        args: &[DISPUTE, Arg::new("statement", ArgKind::Body, "this desk's statement").required()],
        writes: Some(Writes {
            keys: &[Key::Sign],
            ..Writes::of(dispute::REPLY, Weight::Signs, Needs::OneOf(dispute::LIVE))
        }),
        run: Handler::Writes(reply),
    },
    Command {
        noun: "dispute",
        name: "advance",
        about: "Take a dispute to the next rung; none is skipped, and arbitration takes a neutral that both agree to",
        args: &[DISPUTE, Arg::new("to", ArgKind::Word(rungs), "the next rung").required(), BECAUSE],
        writes: Some(Writes::of(dispute::ADVANCE, Weight::Signs, Needs::OneOf(dispute::ON_LADDER))),
        run: Handler::Writes(advance),
    },
    Command {
        noun: "dispute",
        name: "suspend",
        about: "Suspend sharing from a tier upward for a time, after consultation; at once where somebody is in danger",
        args: &[
            DISPUTE,
            Arg::new("from-tier", ArgKind::Number, "from which tier upward: 1 to 4").required(),
            Arg::new("until", ArgKind::Time, "when it ends by itself; 90 days where it is left out"),
            Arg::new("danger", ArgKind::Word(dangers), "who is in danger, where the desks have not consulted yet"),
            BECAUSE,
        ],
        writes: Some(Writes::of(dispute::SUSPEND, Weight::Signs, Needs::OneOf(dispute::LIVE))),
        run: Handler::Writes(suspend),
    },
    Command {
        noun: "dispute",
        name: "lift",
        about: "End this desk's own interim measure",
        args: &[DISPUTE, BECAUSE],
        writes: Some(Writes::of(dispute::LIFT, Weight::Signs, Needs::OneOf(dispute::LIVE))),
        run: Handler::Writes(lift),
    },
    Command {
        noun: "dispute",
        name: "neutral",
        about: "Propose a neutral, who has declared to be independent of both desks",
        args: &[
            DISPUTE,
            Arg::new("name", ArgKind::Line, "who").required(),
            Arg::new("independence", ArgKind::Body, "what they declare").required(),
        ],
        writes: Some(Writes::of(dispute::NEUTRAL, Weight::Signs, Needs::OneOf(dispute::ON_LADDER))),
        run: Handler::Writes(neutral),
    },
    Command {
        noun: "dispute",
        name: "remedy",
        about: "Propose what is done and by when, or record what the neutral has awarded",
        args: &[
            DISPUTE,
            Arg::new("text", ArgKind::Body, "what is done").required(),
            Arg::new("by", ArgKind::Time, "by when").required(),
            Arg::new("owes", ArgKind::Word(owes), "who carries it out; the partner where it is left out"),
            Arg::new("awarded", ArgKind::Flag, "the neutral has awarded it: it needs no agreement"),
        ],
        writes: Some(Writes::of(dispute::REMEDY, Weight::Signs, Needs::OneOf(dispute::ON_LADDER))),
        run: Handler::Writes(remedy),
    },
    Command {
        noun: "dispute",
        name: "agree",
        about: "Agree to what the other desk has proposed: the newest, or the one that is named",
        args: &[DISPUTE, Arg::new("proposal", ArgKind::Line, "the id of the proposal, or its beginning")],
        writes: Some(Writes {
            keys: &[Key::Sign],
            ..Writes::of(dispute::AGREE, Weight::Signs, Needs::OneOf(dispute::ON_LADDER))
        }),
        run: Handler::Writes(agree),
    },
    Command {
        noun: "dispute",
        name: "comply",
        about: "Tell the other desk that the remedy was carried out",
        args: &[DISPUTE, Arg::new("text", ArgKind::Body, "what was done").required()],
        writes: Some(Writes { keys: &[Key::Sign], ..Writes::of(dispute::COMPLY, Weight::Signs, Needs::OneOf(REMEDY)) }),
        run: Handler::Writes(comply),
    },
    Command {
        noun: "dispute",
        name: "close",
        about: "End a dispute whose remedy was carried out, or that this desk raised and drops; every freeze ends",
        args: &[DISPUTE],
        writes: Some(Writes::of(dispute::CLOSE, Weight::Signs, Needs::OneOf(dispute::LIVE))),
        run: Handler::Writes(close),
    },
    Command {
        noun: "dispute",
        name: "letter",
        about: "Write the letter that hands a dispute over to the ministries: the last rung",
        args: &[
            DISPUTE,
            Arg::new("language", ArgKind::Word(language::codes), "the language of the letter"),
            Arg::new("out", ArgKind::ToWrite, "the file to write; one that ends in .txt is plain text").required(),
            FORCE,
        ],
        writes: Some(Writes {
            rehearsable: false,
            ..Writes::of(logged::WRITE, Weight::Signs, Needs::OneOf(MINISTRIES))
        }),
        run: Handler::Writes(write_letter),
    },
    Command {
        noun: "dispute",
        name: "list",
        about: "List the disputes, with their rung and its date",
        args: &[],
        writes: None,
        run: Handler::Reads(list),
    },
    Command {
        noun: "dispute",
        name: "show",
        about: "Show a dispute: its ladder, both sides' statements, what is frozen, what is proposed and agreed",
        args: &[DISPUTE],
        writes: None,
        run: Handler::Reads(show),
    },
];

const REMEDY: &[RecordState] = &[State::Remedy.any()];
const MINISTRIES: &[RecordState] = &[State::Ministries.any()];

/// A dispute as it is listed.
#[derive(Clone, Debug, Serialize)]
pub struct DisputeRow {
    /// The record.
    pub id: Id,
    /// Where it stands.
    pub state: RecordState,
    /// The other desk.
    pub with: String,
    /// The desk that raised it.
    pub raised_by: String,
    /// What it is about.
    pub subject: Option<Issue>,
    /// The record that it is about.
    pub about: Option<Id>,
    /// When it was raised.
    pub raised: Option<Timestamp>,
    /// By when the rung is to be left.
    pub stage_due: Option<Timestamp>,
    /// From which tier sharing is frozen now; none where it is not.
    pub frozen_from: Option<Tier>,
}

/// A rung of the ladder.
#[derive(Clone, Debug, Serialize)]
pub struct Rung {
    /// Which.
    pub rung: State,
    /// When it was reached.
    pub reached: Option<Timestamp>,
    /// Whether the dispute stands on it.
    pub here: bool,
    /// Which desk took it there, and why.
    pub because: String,
}

/// What somebody said in a dispute.
#[derive(Clone, Debug, Serialize)]
pub struct Statement {
    /// When.
    pub at: Timestamp,
    /// The desk.
    pub desk: String,
    /// What was done.
    pub did: ChangeKind,
    /// In which words.
    pub text: String,
}

/// An interim measure as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct FreezeRow {
    /// The desk that took it.
    pub desk: String,
    /// From which tier upward nothing goes, either way.
    pub from_tier: Tier,
    /// When it ends by itself.
    pub until: Timestamp,
    /// Whether it stands now.
    pub stands: bool,
}

/// A proposal as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct ProposalRow {
    /// Its id.
    pub id: Id,
    /// A neutral or a remedy.
    pub of: Proposed,
    /// The desk that proposed it.
    pub by: String,
    /// What it says.
    pub text: String,
    /// Whether it is agreed, or awarded.
    pub agreed: bool,
    /// By when a remedy is to be carried out.
    pub due: Option<Timestamp>,
    /// Who carries it out.
    pub owes: String,
    /// Whether it was.
    pub complied: bool,
}

/// A dispute as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct DisputeShown {
    /// As it is listed.
    #[serde(flatten)]
    pub row: DisputeRow,
    /// Whether what is said binds nobody.
    pub without_prejudice: bool,
    /// The ladder.
    pub ladder: Vec<Rung>,
    /// What both have said.
    pub statements: Vec<Statement>,
    /// Interim measures of both.
    pub measures: Vec<FreezeRow>,
    /// What was proposed.
    pub proposals: Vec<ProposalRow>,
    /// Whether acts crossed that did not know of each other.
    pub crossed: bool,
}

fn row(workspace: &Workspace, record: &Record) -> Result<DisputeRow, Error> {
    let now = workspace.now();
    let standing = dispute::measures(record).into_iter().filter(|m| now < m.freeze.until);
    Ok(DisputeRow {
        id: record.id,
        state: record.state,
        with: workspace.partner_of(record)?.unwrap_or_default(),
        raised_by: workspace.code_of(record.desk)?,
        subject: record.text("subject").and_then(Issue::parse),
        about: record.id("about"),
        raised: record.instant("raised"),
        stage_due: record.instant("stage_due"),
        frozen_from: if dispute::is_live(record) { standing.map(|m| m.freeze.from).min() } else { None },
    })
}

/// The disputes, what is live first.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn rows(workspace: &Workspace) -> Result<Vec<DisputeRow>, Error> {
    let all = workspace.records().find(&Query::kind(Kind::Dispute))?;
    let mut rows: Vec<DisputeRow> = all.iter().map(|r| row(workspace, r)).collect::<Result<_, _>>()?;
    rows.sort_by_key(|r| (!dispute::LIVE.contains(&r.state), r.stage_due));
    Ok(rows)
}

/// What a change of a dispute says in words.
fn words_of(said: &Said) -> String {
    let parts = ["statement", "because", "neutral", "independence", "remedy", "complied"].map(|key| said.text(key));
    parts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(": ")
}

fn ladder(workspace: &Workspace, record: &Record, all: &[Said]) -> Result<Vec<Rung>, Error> {
    let mut rungs: Vec<Rung> = LADDER
        .iter()
        .map(|rung| Rung { rung: *rung, reached: None, here: record.is(*rung), because: String::new() })
        .collect();
    for said in all {
        let to = match said.did {
            dispute::OPEN => Some(State::Raised),
            dispute::ADVANCE => said.terms.get("to").and_then(crate::value::json::Json::text).and_then(State::parse),
            _ => None,
        };
        let Some(rung) = to.and_then(dispute::rung).and_then(|n| rungs.get_mut(n)) else { continue };
        if rung.reached.is_none() {
            rung.reached = Some(said.at);
            rung.because = format!("{}: {}", workspace.code_of(said.desk)?, words_of(said));
        }
    }
    Ok(rungs)
}

/// A dispute with all that was said in it.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn shown(workspace: &Workspace, record: &Record) -> Result<DisputeShown, Error> {
    let all = said::of(workspace, record)?;
    let now = workspace.now();
    let statements = all.iter().filter(|said| !words_of(said).is_empty()).map(|said| {
        Ok(Statement { at: said.at, desk: workspace.code_of(said.desk)?, did: said.did, text: words_of(said) })
    });
    let measures = dispute::measures(record).into_iter().map(|m| {
        Ok(FreezeRow {
            desk: workspace.code_of(m.by)?,
            from_tier: m.freeze.from,
            until: m.freeze.until,
            stands: dispute::is_live(record) && now < m.freeze.until,
        })
    });
    let complied = dispute::complied_with(record);
    let proposals = dispute::proposals(record).into_iter().map(|p| {
        Ok(ProposalRow {
            id: p.id,
            of: p.of,
            by: workspace.code_of(p.by)?,
            text: all.iter().find(|said| said.row == p.row).map(words_of).unwrap_or_default(),
            agreed: p.agreed,
            due: p.due,
            owes: p.owes.map(|desk| workspace.code_of(desk)).transpose()?.unwrap_or_default(),
            complied: complied.contains(&p.id),
        })
    });
    Ok(DisputeShown {
        row: row(workspace, record)?,
        without_prejudice: record.terms.get("without_prejudice").and_then(crate::value::json::Json::truth)
            == Some(true),
        ladder: ladder(workspace, record, &all)?,
        statements: statements.collect::<Result<_, Error>>()?,
        measures: measures.collect::<Result<_, Error>>()?,
        proposals: proposals.collect::<Result<_, Error>>()?,
        crossed: dispute::has_crossed(record),
    })
}

fn list(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns = &[
        ("id", "ID"),
        ("state", "STATE"),
        ("with", "WITH"),
        ("raised_by", "RAISED BY"),
        ("subject", "SUBJECT"),
        ("stage_due", "RUNG DUE"),
        ("frozen_from", "FROZEN FROM"),
    ];
    Ok(Output::list(&rows(workspace)?, columns).of(Kind::Dispute))
}

fn named(workspace: &Workspace, args: &Args) -> Result<Record, Error> {
    workspace.find_record(args.need("dispute")?, &[Kind::Dispute])
}

fn show(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = named(workspace, args)?;
    Ok(Output::thing(&shown(workspace, &record)?))
}

/// The audience of what is said in a dispute: its other desk.
fn other(record: &Record) -> Audience {
    Audience::Desks(record.partner.into_iter().collect())
}

fn freeze_of(workspace: &Workspace, args: &Args, field: &str) -> Result<Option<Freeze>, Error> {
    let Some(from) = args.maybe_read(field, TIER.what, Tier::parse)? else { return Ok(None) };
    let until = match args.maybe("until") {
        Some(_) => args.time("until", workspace.now())?,
        None => accountability::ends(Period::Freeze, workspace.now(), &workspace.calendar()?),
    };
    Ok(Some(Freeze { from, until }))
}

fn open(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let with = workspace.partner(args.need("with")?)?;
    let subject = args.read("subject", "what it is about", Issue::parse)?;
    let about = args.maybe("about").map(|id| workspace.find_record(id, ABOUT)).transpose()?.map(|r| r.id);
    let statement = args.body("statement")?.unwrap_or_default();
    let freeze = freeze_of(workspace, args, "freeze-tier")?;
    let stage_due = accountability::ends(Period::DisputeRaised, workspace.now(), &workspace.calendar()?);
    let id = workspace.entropy.id()?;
    let raised = Raised {
        with: with.id,
        subject,
        about,
        statement: &statement,
        freeze,
        stage_due,
        without_prejudice: args.flag("without-prejudice"),
    };
    workspace
        .act_alone(dispute::OPEN, Audience::Desks(vec![with.id]), |e, _| Ok(dispute::new(id, &raised, e.salt()?)))?;
    let code = with.key.unwrap_or_default();
    let frozen =
        freeze.map(|f| format!(" Tier {} and up is frozen with {code} until {}.", f.from, f.until.to_minute()));
    let said = format!(
        "Raised: {code} hears of it with the next bundle; consultation by {}.{}",
        stage_due.to_minute(),
        frozen.unwrap_or_default()
    );
    Ok(Output::made(id, said))
}

fn reply(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = named(workspace, args)?;
    let statement = args.body("statement")?.unwrap_or_default();
    workspace
        .act_alone(dispute::REPLY, other(&record), |e, _| Ok(dispute::replied(record.id, &statement, e.salt()?)))?;
    Ok(Output::made(record.id, "Stated; the other desk hears of it with the next bundle."))
}

/// The period of a rung.
const fn period(rung: State) -> Period {
    match rung {
        State::Consultation => Period::DisputeConsultation,
        State::Heads => Period::DisputeHeads,
        State::Authorities => Period::DisputeAuthorities,
        State::Mediation => Period::DisputeMediation,
        State::Arbitration => Period::DisputeArbitration,
        State::Ministries => Period::DisputeMinistries,
        State::Raised | State::Remedy | State::Closed | State::Purged => Period::DisputeRaised,
    }
}

fn advance(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = named(workspace, args)?;
    let to = args.read("to", "a rung", State::parse)?;
    let from = record.in_state::<State>().unwrap_or(State::Raised);
    let because = args.body("because")?.unwrap_or_default();
    let due = accountability::ends(period(to), workspace.now(), &workspace.calendar()?);
    workspace.act_alone(dispute::ADVANCE, other(&record), |e, _| {
        Ok(dispute::advanced(record.id, from, to, due, &because, e.salt()?))
    })?;
    let letter = if to == State::Ministries { " `comity dispute letter` hands it over." } else { "" };
    Ok(Output::made(record.id, format!("Now: {}, until {}.{letter}", to.any().label(), due.to_minute())))
}

fn suspend(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = named(workspace, args)?;
    let missing = || Error::usage("--from-tier is missing");
    let freeze = freeze_of(workspace, args, "from-tier")?.ok_or_else(missing)?;
    let danger = args.maybe_read("danger", "who is in danger", Danger::parse)?;
    let because = args.body("because")?.unwrap_or_default();
    workspace.act_alone(dispute::SUSPEND, other(&record), |e, _| {
        Ok(dispute::suspended(record.id, freeze, danger, &because, e.salt()?))
    })?;
    let said = format!(
        "Suspended both ways from tier {} until {}. What is owed to life, preservation, withdrawals, delete orders and \
         certificates go on.",
        freeze.from,
        freeze.until.to_minute()
    );
    Ok(Output::made(record.id, said))
}

fn lift(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = named(workspace, args)?;
    let because = args.body("because")?.unwrap_or_default();
    workspace.act_alone(dispute::LIFT, other(&record), |e, _| Ok(dispute::lifted(record.id, &because, e.salt()?)))?;
    Ok(Output::made(record.id, "This desk's interim measure has ended."))
}

fn neutral(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = named(workspace, args)?;
    let (name, independence) = (args.line("name")?, args.body("independence")?.unwrap_or_default());
    let proposal = workspace.entropy.id()?;
    workspace.act_alone(dispute::NEUTRAL, other(&record), |e, _| {
        Ok(dispute::neutral(record.id, proposal, &name, &independence, e.salt()?))
    })?;
    Ok(Output::made(record.id, "Proposed: the other desk agrees, or proposes another.")
        .with("proposal", proposal.to_string()))
}

fn remedy(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = named(workspace, args)?;
    let text = args.body("text")?.unwrap_or_default();
    let due = args.time("by", workspace.now())?;
    let by = args.maybe_read("owes", "partner or us", Owes::parse)?.unwrap_or(Owes::Partner);
    let owes = match by {
        Owes::Us => workspace.meta.desk,
        Owes::Partner => record.partner.unwrap_or(workspace.meta.desk),
    };
    let (proposal, awarded) = (workspace.entropy.id()?, args.flag("awarded"));
    let offer = Offer { proposal, owes, due, awarded, text: &text };
    workspace.act_alone(dispute::REMEDY, other(&record), |e, _| Ok(dispute::remedy(record.id, &offer, e.salt()?)))?;
    let said =
        if awarded { "Awarded: it is carried out before it is closed." } else { "Proposed: the other desk agrees." };
    Ok(Output::made(record.id, said).with("proposal", proposal.to_string()))
}

/// The proposal of the other desk that is meant: the one that is named, or the newest that is open.
fn proposal_of(workspace: &Workspace, record: &Record, args: &Args) -> Result<Proposal, Error> {
    let open = |p: &Proposal| p.by != workspace.meta.desk && !p.agreed;
    let all: Vec<Proposal> = dispute::proposals(record).into_iter().filter(open).collect();
    let found = match args.maybe("proposal") {
        Some(typed) => all.iter().find(|p| p.id.to_string().starts_with(typed)),
        None => all.last(),
    };
    found.copied().ok_or_else(|| Error::not_allowed("the other desk has proposed nothing that is not agreed to"))
}

fn agree(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = named(workspace, args)?;
    let proposal = proposal_of(workspace, &record, args)?;
    workspace.act_alone(dispute::AGREE, other(&record), |_, _| Ok(dispute::agreed(record.id, proposal.id)))?;
    let said = match proposal.of {
        Proposed::Neutral => "Agreed: both desks have the same neutral.".to_owned(),
        Proposed::Remedy => {
            let owes = proposal.owes.map(|desk| workspace.code_of(desk)).transpose()?.unwrap_or_default();
            format!(
                "Agreed: {owes} carries it out{}.",
                proposal.due.map(|d| format!(" by {}", d.to_minute())).unwrap_or_default()
            )
        }
    };
    Ok(Output::made(record.id, said))
}

fn comply(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = named(workspace, args)?;
    let own = workspace.meta.desk;
    let owed = dispute::owed(&record).into_iter().find(|p| p.owes == Some(own));
    let owed = owed.ok_or_else(|| Error::not_allowed("this desk owes no remedy in this dispute"))?;
    let text = args.body("text")?.unwrap_or_default();
    workspace.act_alone(dispute::COMPLY, other(&record), |e, _| {
        Ok(dispute::complied(record.id, owed.id, &text, e.salt()?))
    })?;
    Ok(Output::made(record.id, "Carried out; the other desk closes the dispute."))
}

fn close(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = named(workspace, args)?;
    let keep = accountability::ends(Period::KeepDispute, workspace.now(), &workspace.calendar()?);
    let remedies = dispute::agreed_remedies(&record);
    workspace.act_alone(dispute::CLOSE, other(&record), |_, _| Ok(dispute::closed(record.id, &remedies, keep)))?;
    Ok(Output::made(record.id, "Closed: every interim measure of it has ended."))
}

fn party(workspace: &Workspace, id: Id) -> Result<Party, Error> {
    let record = workspace.records().get(id)?;
    let law = workspace.law()?;
    let side = record.as_ref().and_then(|r| r.text("jurisdiction")).and_then(|code| law.jurisdiction(code));
    Ok(Party {
        code: workspace.code_of(id)?,
        name: record.as_ref().map(|r| workspace.text_of(r, "name")).transpose()?.unwrap_or_default(),
        central_authority: side.map(|j| j.central_authority.clone()).unwrap_or_default(),
        contact_24_7: side.map(|j| j.contact_24_7.clone()).unwrap_or_default(),
        ..Party::default()
    })
}

fn write_letter(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = named(workspace, args)?;
    copy_out::write_letter(workspace, args, (record.id, "dispute-letter"), |workspace| letter_of(workspace, &record))
}

/// What the ministries are told: how far the ladder was climbed, and what was said.
fn letter_of(workspace: &Workspace, record: &Record) -> Result<Letter, Error> {
    let all = shown(workspace, record)?;
    let mut lines = Vec::new();
    for rung in all.ladder.iter().filter(|rung| rung.reached.is_some()) {
        let at = rung.reached.map(|at| at.to_date()).unwrap_or_default();
        lines.push(format!("{at} {}: {}", rung.rung, rung.because));
    }
    for said in all.statements.iter().filter(|s| s.did == dispute::REPLY || s.did == dispute::REMEDY) {
        lines.push(format!("{} {}: {}", said.at.to_date(), said.desk, said.text));
    }
    let law = workspace.law()?;
    Ok(Letter {
        template: Kind::Dispute.word().to_owned(),
        exercise: workspace.meta.realm != Realm::Live,
        from: party(workspace, workspace.meta.desk)?,
        to: party(workspace, record.partner.unwrap_or(workspace.meta.desk))?,
        date: workspace.now().to_date(),
        reference: format!("DP-{}", record.id.short()),
        text: lines.iter().flat_map(|line| shown_lines(line)).collect::<Vec<_>>().join("\n"),
        tool: Phrase::of("tool").with("version", env!("CARGO_PKG_VERSION")).with("law", law.version().to_string()),
        ..Letter::default()
    })
}
