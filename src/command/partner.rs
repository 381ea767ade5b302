//! Partners: met by card, pinned by a fingerprint read aloud, and the channel to them.

use serde::Serialize;

use crate::act::header::Audience;
use crate::command::agreement::{self, Whose};
use crate::command::audit::{self, ActSummary};
use crate::command::bundle::quarantine::fork_file;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Key, Needs, Output, PairRow, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::desk::workspace_info::short;
use crate::command::json::or_empty;
use crate::command::shape::{CODE, RECIPIENT};
use crate::host::file;
use crate::law::ceiling;
use crate::record::bundle::received_as;
use crate::record::card::{self, Card, digits};
use crate::record::exercise;
use crate::record::key_use;
use crate::record::kind::Kind;
use crate::record::kind::State;
use crate::record::partner::{self, channel_of};
use crate::record::restore;
use crate::record::store::{Query, Record, RecordStore as _};
use crate::record::stream::{self, SignedManifest};
use crate::seal::age_file::Recipient;
use crate::store::read;
use crate::value::class::{Category, Channel, PartnerKind, Tier};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::person::Person;
use crate::value::text::{look_alike, shown};
use crate::value::timestamp::Timestamp;
use crate::value::word::all_words;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

const PARTNER: Arg = Arg::new("partner", ArgKind::Partner, "the partner's code").positional();
/// Groups of five digits in a fingerprint.
const GROUPS: usize = 12;
const BECAUSE: Arg = Arg::new("because", ArgKind::Line, "why").required();

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "partner",
        name: "add",
        about: "Add a partner: read its card, or describe one that works without comity",
        args: &[
            Arg {
                required: false,
                ..Arg::new("card", ArgKind::Existing, "the card that the partner gave").positional()
            },
            Arg::new("kind", ArgKind::Word(all_words::<PartnerKind>), "what kind of body it is").required(),
            Arg::new(
                "without-card",
                ArgKind::Flag,
                "it works without comity: it gets files and letters, never bundles",
            ),
            Arg::new("code", ArgKind::Line, "without a card: the code that it has here, such as CERTX").of_shape(CODE),
            Arg::new("name", ArgKind::Line, "without a card: its name"),
            Arg::new("contact", ArgKind::Line, "without a card: how it is reached and called back"),
            Arg::new(
                "recipient",
                ArgKind::Line,
                "without a card: its age key (age1…), to which files for it are sealed",
            )
            .of_shape(RECIPIENT),
        ],
        writes: Some(Writes {
            act: crate::record::partner::ADD,
            weight: Weight::Records,
            needs: Needs::Nothing,
            rehearsable: false,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(add),
    },
    Command {
        noun: "partner",
        name: "confirm",
        about: "Pin a partner: its fingerprint was read aloud and compared, or it was called back",
        args: &[
            PARTNER,
            Arg::new("fingerprint", ArgKind::Line, "the fingerprint, as the partner read it").cli_only(),
            Arg::new("group", ArgKind::PairsOf(asked_groups), "or the groups of it that are asked, as N=DIGITS")
                .repeated(),
            Arg::new("called-back", ArgKind::Line, "without a card: which number was called, and who spoke"),
        ],
        writes: Some(Writes {
            act: crate::record::partner::CONFIRM,
            weight: Weight::Signs,
            needs: Needs::ActsState,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(confirm),
    },
    Command {
        noun: "partner",
        name: "list",
        about: "List the partners",
        args: &[],
        writes: None,
        run: Handler::Reads(list),
    },
    Command {
        noun: "partner",
        name: "show",
        about: "Show a partner: where it stands, its keys, its streams",
        args: &[PARTNER],
        writes: None,
        run: Handler::Reads(show),
    },
    Command {
        noun: "partner",
        name: "channel",
        about: "Move the channel to a partner one step",
        args: &[
            PARTNER,
            Arg::new("state", ArgKind::Word(all_words::<Channel>), "the next step").positional(),
            Arg::new("because", ArgKind::Line, "why; where no exercise is named it must be said"),
            Arg::new("exercise", ArgKind::Line, "with `tested`: the recorded exercise, by its title or its id"),
        ],
        writes: Some(Writes {
            act: crate::record::partner::CHANNEL,
            weight: Weight::Records,
            needs: Needs::ActsState,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(channel),
    },
    Command {
        noun: "partner",
        name: "suspend",
        about: "Suspend a partner: nothing goes to it but certificates, withdrawals and delete orders",
        args: &[PARTNER, BECAUSE],
        writes: Some(Writes {
            act: crate::record::partner::SUSPEND,
            weight: Weight::Destroys,
            needs: Needs::ActsState,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::By("partner resume"),
            alone: false,
            keys: &[Key::Destroy],
        }),
        run: Handler::Writes(suspend),
    },
    Command {
        noun: "partner",
        name: "resume",
        about: "Let a suspended partner resume; or, said by two members, its bundles after it told two histories",
        args: &[
            PARTNER,
            Arg::new(
                "stream",
                ArgKind::Flag,
                "take its bundles in again, from what is known of it; another member confirms it",
            ),
            BECAUSE,
        ],
        writes: Some(Writes {
            act: crate::record::partner::RESUME,
            weight: Weight::Records,
            needs: Needs::ActsState,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::By("partner suspend"),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(resume),
    },
];

/// A partner as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct PartnerSummary {
    /// The record, and the desk.
    pub id: Id,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What kind of body it is.
    #[serde(serialize_with = "or_empty")]
    pub kind: Option<PartnerKind>,
    /// Whether it works without comity: it gets files and letters, and no bundles.
    pub without_card: bool,
    /// How it is reached, where it has no card.
    pub contact: String,
    /// Its jurisdiction.
    pub jurisdiction: String,
    /// Met, pinned, suspended or closed.
    pub standing: State,
    /// How far the channel has come.
    pub channel: Channel,
    /// On what it rests that it is tested: a recorded exercise, or somebody's word; empty before.
    pub tested_by: String,
    /// The fingerprint to read aloud.
    pub fingerprint: String,
    /// Where the stream of bundles with it stands.
    pub stream: State,
    /// The number of the last bundle that came in.
    pub received: Option<u64>,
    /// When it came in.
    pub heard: Option<Timestamp>,
    /// The number of the last bundle that went out.
    pub sent: Option<u64>,
    /// The number of the last of ours that it has.
    pub acknowledged: Option<i64>,
    /// Up to which tier it is given something, in words: the default of its kind, and what agreements make of it now.
    pub ceiling: String,
    /// The default of its kind.
    pub ceiling_default: Tier,
    /// Where that default comes from.
    pub ceiling_source: &'static str,
    /// The agreements in force that name a tier of their own.
    pub ceiling_by: Vec<Moved>,
}

/// What an agreement in force makes of a partner's ceiling, for its purposes and its data alone.
#[derive(Clone, Debug, Serialize)]
pub struct Moved {
    /// The agreement.
    pub agreement: Id,
    /// Up to which tier.
    pub tier: Tier,
    /// Until when.
    pub until: Timestamp,
    /// For which purposes.
    pub purposes: Vec<String>,
    /// For which data.
    pub categories: Vec<Category>,
}

/// The default of a kind, and where it comes from.
fn default_of(kind: Option<PartnerKind>) -> (Tier, &'static str) {
    let row = kind.and_then(ceiling::of);
    (kind.map_or(Tier::INDICATORS, ceiling::default_for), row.map_or("", |r| r.source.as_str()))
}

/// What agreements in force, the oldest first, make of a ceiling: each for the data that no newer one decides about.
fn moved_by(in_force: &[agreement::AgreementSummary]) -> Vec<Moved> {
    let mut all = Vec::new();
    for (n, a) in in_force.iter().enumerate() {
        let newer = in_force.get(n + 1..).unwrap_or_default();
        let decided =
            |p: &String, c: &Category| newer.iter().any(|b| b.purposes.contains(p) && b.categories.contains(c));
        let decides = |c: &&Category| a.purposes.iter().any(|p| !decided(p, c));
        let categories: Vec<Category> = a.categories.iter().filter(decides).copied().collect();
        if let Some(tier) = a.tier.filter(|_| !categories.is_empty()) {
            all.push(Moved { agreement: a.id, tier, until: a.until, purposes: a.purposes.clone(), categories });
        }
    }
    all
}

/// A ceiling in words: `tier 1 (kind: cert); raised to tier 2 by agreement A-1f2e3d until 2027-01-01 for subscriber`.
fn ceiling_in_words(kind: &str, default: Tier, in_force: bool, moved: &[Moved]) -> String {
    let mut said = format!("tier {default} (kind: {kind})");
    for m in moved.iter().filter(|m| m.tier != default) {
        let how = if m.tier > default { "raised" } else { "lowered" };
        let until = m.until.date();
        said.push_str(&format!(
            "; {how} to tier {} by agreement {} until {until} for {}",
            m.tier,
            short(Kind::Agreement, m.agreement),
            m.categories.iter().map(|c| c.word()).collect::<Vec<_>>().join(", ")
        ));
    }
    if !in_force {
        said.push_str("; no agreement is in force, so nothing leaves");
    }
    said
}

/// A partner's record as it is shown.
pub fn row(workspace: &Workspace, record: &Record) -> Result<PartnerSummary, Error> {
    let stream = stream::with(&workspace.records(), workspace.meta.desk, record.id)?;
    let text = |key: &str| record.text(key).unwrap_or_default().to_owned();
    let (default, source) = default_of(partner::kind_of(record));
    let mut agreements = agreement::rows(workspace, record.key.as_deref())?;
    agreements.retain(|a| a.whose == Whose::Ours && a.is_in_force());
    let in_force = !agreements.is_empty();
    let ceiling_by = moved_by(&agreements);
    Ok(PartnerSummary {
        id: record.id,
        code: record.key.clone().unwrap_or_default(),
        name: workspace.text_of(record, "name")?,
        kind: partner::kind_of(record),
        without_card: partner::is_without_card(record),
        contact: workspace.text_of(record, "contact")?,
        jurisdiction: text("jurisdiction"),
        standing: record.state,
        channel: channel_of(record),
        tested_by: basis(workspace, record)?,
        fingerprint: text("fingerprint"),
        stream: stream.state,
        received: stream::received(&stream).map(|(n, _)| n),
        heard: stream::heard(&stream),
        sent: stream::sent(&stream).map(|(n, _)| n),
        acknowledged: stream.terms.get("acknowledged").and_then(crate::value::json::Json::int),
        ceiling: ceiling_in_words(&text("kind"), default, in_force, &ceiling_by),
        ceiling_default: default,
        ceiling_source: source,
        ceiling_by,
    })
}

/// Every partner.
pub fn rows(workspace: &Workspace) -> Result<Vec<PartnerSummary>, Error> {
    workspace.partners()?.iter().map(|r| row(workspace, r)).collect()
}

fn list(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns = &[
        ("code", "CODE"),
        ("kind", "KIND"),
        ("standing", "STANDING"),
        ("channel", "CHANNEL"),
        ("ceiling_default", "TIER"),
        ("received", "IN"),
        ("sent", "OUT"),
        ("name", "NAME"),
    ];
    Ok(Output::list(&rows(workspace)?, columns).of(Kind::Partner))
}

/// The public keys of a partner, each a line of OpenSSH; the last as age writes it.
#[derive(Serialize)]
struct PublicKeys {
    root: String,
    bundle: String,
    log: String,
    witness: String,
    age: String,
}

fn show(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.partner(args.need("partner")?)?;
    if partner::is_without_card(&record) {
        let age = record.text("age").unwrap_or_default().to_owned();
        return Ok(Output::thing(&row(workspace, &record)?).with("age", age));
    }
    let keys = partner::keys(&workspace.records(), record.id)?;
    let keys = PublicKeys {
        root: keys.root.to_openssh(),
        bundle: keys.bundle.to_openssh(),
        log: keys.log.to_openssh(),
        witness: keys.witness.to_openssh(),
        age: keys.age,
    };
    Ok(Output::thing(&row(workspace, &record)?)
        .with("keys", keys)
        .with("fork", fork(workspace, &record)?)
        .with("restores", restores(workspace, record.id)?))
}

/// Refuses a code or a name that a reader would take for that of another desk: of a partner, or of this one.
fn not_alike(workspace: &Workspace, desk: Option<Id>, new_code: &str, new_name: &str) -> Result<(), Error> {
    for kind in [Kind::Desk, Kind::Partner] {
        for other in workspace.records().find(&Query::kind(kind))?.into_iter().filter(|r| Some(r.id) != desk) {
            let code = other.key.clone().unwrap_or_default();
            let name = workspace.text_of(&other, "name")?;
            for (ours, theirs) in [(code.as_str(), new_code), (name.as_str(), new_name)] {
                if look_alike(ours, theirs) {
                    let what = format!(
                        "it is another desk than {code}, and its {:?} looks like {:?} there",
                        shown(theirs),
                        shown(ours)
                    );
                    let hint = "compare the fingerprints with both by telephone; let the new one choose another name";
                    return Err(Error::not_allowed(what).hint(hint));
                }
            }
        }
    }
    Ok(())
}

/// What is said of a partner without a card, and of no other.
const OF_NO_CARD: &[&str] = &["code", "name", "contact", "recipient"];

/// Adds a partner that works without comity.
fn add_without_card(workspace: &mut Workspace, args: &Args) -> Result<Output, Error> {
    if args.maybe("card").is_some() {
        return Err(Error::usage("--without-card: a partner has a card or has none; name one of the two"));
    }
    let code = args.read("code", CODE.what, card::code)?;
    let (name, contact) = (args.line("name")?, args.line("contact")?);
    let kind = args.read("kind", "a kind of partner", PartnerKind::parse)?;
    let age = args.maybe_read("recipient", RECIPIENT.what, |t| Recipient::parse(t).map(|r| r.to_string()))?;
    if let Some(age) = &age
        && key_use::holder(&workspace.records(), age)?.is_some()
    {
        return Err(Error::not_allowed("that age key is held by a desk or a member already"));
    }
    not_alike(workspace, None, &code, &name)?;
    let of = partner::WithoutCard { code: &code, name: &name, kind, contact: &contact, age: age.as_deref() };
    let (id, realm) = (workspace.entropy.id()?, workspace.meta.realm.clone());
    let change = partner::new_without_card(id, &of, &realm, workspace.entropy.salt()?);
    workspace.act_alone(partner::ADD, Audience::OwnDesk, |_, _| Ok(change))?;
    let said = format!(
        "{code} is added: {kind}, without comity, up to tier {} where no agreement says otherwise. Call it back on a number \
         that you know, then `comity partner confirm {code} --called-back \"the number, and who spoke\"`",
        ceiling::default_for(kind)
    );
    Ok(Output::made(id, said).with("code", code))
}

fn add(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    if args.flag("without-card") {
        return add_without_card(workspace, args);
    }
    if let Some(field) = OF_NO_CARD.iter().find(|f| args.maybe(f).is_some()) {
        return Err(Error::usage(format!(
            "--{field}: the card says it; --without-card is for a partner that has none"
        )));
    }
    let bytes = file::read(&args.path("card")?, card::LONGEST as u64)?;
    let card = Card::parse(&bytes)?;
    if card.realm != workspace.meta.realm {
        let what = format!("the card is of realm {}; this workspace is of {}", card.realm, workspace.meta.realm);
        return Err(Error::new(ErrorKind::NotForUs, what, "exercise and live never mix; open the other workspace"));
    }
    if card.desk == workspace.meta.desk {
        return Err(Error::not_allowed("that is this desk's own card"));
    }
    for key in key_use::texts(&card.keys) {
        // A desk that was added before is named by its code and its root key.
        let known = |holder: &Record| holder.kind != Kind::Partner || key != card.keys.root.to_openssh();
        if let Some(other) = key_use::holder(&workspace.records(), &key)?.filter(known) {
            let whose = match other.key.filter(|_| other.kind == Kind::Partner) {
                Some(code) => format!("by {code}"),
                None => format!("by this desk or a {} of it", Kind::Member),
            };
            return Err(Error::not_allowed(format!("the card has a key that is held {whose} already")));
        }
    }
    not_alike(workspace, Some(card.desk), &card.code, &card.name)?;
    let kind = args.read("kind", "a kind of partner", PartnerKind::parse)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let change = partner::new(&card, kind, &text, workspace.entropy.salt()?);
    let id = workspace.act_alone(crate::record::partner::ADD, Audience::OwnDesk, |_, _| Ok(change))?;
    let said = format!(
        "{} is added: {kind}, up to tier {} where no agreement says otherwise. Let the partner read its fingerprint aloud, and type what you \
         hear: `comity partner confirm {}`.",
        card.code,
        ceiling::default_for(kind),
        card.code
    );
    Ok(Output::made(id, said).with("code", card.code.clone()).with("fingerprint", card.fingerprint()))
}

fn confirm(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.partner(args.need("partner")?)?;
    let code = record.key.clone().unwrap_or_default();
    if partner::is_without_card(&record) {
        let Some(said) = args.maybe_line("called-back")? else {
            return Err(Error::usage(format!(
                "{code} has no card: --called-back says which number was called, and who spoke"
            )));
        };
        let id = workspace.act_alone(partner::CONFIRM, Audience::OwnDesk, |e, _| {
            Ok(partner::called_back(record.id, &said, e.salt()?))
        })?;
        let said = format!("{code} is pinned: it gets files and letters under an agreement, and never bundles.");
        return Ok(Output::made(id, said));
    }
    if args.maybe("called-back").is_some() {
        return Err(Error::usage(format!("--called-back: {code} has a card; compare its --fingerprint aloud")));
    }
    let known = record.text("fingerprint").unwrap_or_default().to_owned();
    let same = match args.maybe("fingerprint") {
        Some(typed) => digits(typed) == digits(&known),
        None => has_groups(workspace, &record, &known, &args.pairs("group")?)?,
    };
    if !same {
        let what = format!("that is not the fingerprint of {}'s card", record.key.as_deref().unwrap_or("the partner"));
        return Err(Error::new(
            ErrorKind::Signature,
            what,
            "do not go on: read all groups aloud again, or ask for the card on another way",
        ));
    }
    let id = workspace.act_alone(crate::record::partner::CONFIRM, Audience::OwnDesk, |_, _| {
        Ok(partner::confirmed(record.id, &known))
    })?;
    Ok(Output::made(id, format!("{} is pinned.", record.key.as_deref().unwrap_or("The partner"))))
}

/// The two groups of a fingerprint that are to be read aloud, from 1. They follow from the salt under which the card was
/// taken in, so that nobody who makes a card can know which they will be.
fn groups_to_read(workspace: &Workspace, record: &Record) -> Result<[usize; 2], Error> {
    let taken = read::changes_of(&workspace.db, record.id)?;
    let leaf = taken.first().map(|c| c.line.leaf()).ok_or_else(|| Error::not_allowed("the partner has no card"))?;
    let drawn = Digest::of([b"comity/groups/1\0".as_slice(), leaf.as_bytes()].concat().as_slice());
    let [a, b, ..] = *drawn.as_bytes();
    let first = usize::from(a) % GROUPS;
    let second = (first + 1 + usize::from(b) % (GROUPS - 1)) % GROUPS;
    Ok([first.min(second) + 1, first.max(second) + 1])
}

fn asked_groups(workspace: &Workspace, args: &Args) -> Result<Vec<PairRow>, Error> {
    let Some(code) = args.maybe("partner") else { return Ok(Vec::new()) };
    let partner = workspace.partner(code)?;
    if partner::is_without_card(&partner) {
        return Ok(Vec::new());
    }
    let groups = groups_to_read(workspace, &partner)?;
    let row = |n: usize| PairRow {
        name: n.to_string(),
        label: format!("group {n}"),
        help: format!(
            "Call the partner on a number that you know. Let it read group {n} of its fingerprint; type it here."
        ),
        article: String::new(),
        required: true,
        words: Vec::new(),
    };
    Ok(groups.into_iter().map(row).collect())
}

/// Whether exactly the groups that are asked were typed, and are those of the fingerprint.
fn has_groups(workspace: &Workspace, record: &Record, known: &str, typed: &[(String, String)]) -> Result<bool, Error> {
    let all: Vec<&str> = known.split_whitespace().collect();
    for n in groups_to_read(workspace, record)? {
        let Some((_, said)) = typed.iter().find(|(name, _)| *name == n.to_string()) else {
            let what = format!("group {n} of the fingerprint is missing");
            return Err(Error::new(
                ErrorKind::Usage,
                what,
                "give the whole --fingerprint, or each group that is asked",
            ));
        };
        if all.get(n - 1).is_none_or(|group| *group != digits(said)) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn channel(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.partner(args.need("partner")?)?;
    let state = args.read("state", "a step of the channel", Channel::parse)?;
    let exercise = args.maybe_line("exercise")?.map(|typed| recorded_exercise(workspace, &typed)).transpose()?;
    let because = match (&exercise, args.maybe_line("because")?) {
        (_, Some(because)) => because,
        (Some(of), None) => workspace.text_of(of, "title")?,
        (None, None) => return Err(Error::usage("--because is missing")),
    };
    let of = exercise.as_ref().map(|e| e.id);
    let id = workspace.act_alone(crate::record::partner::CHANNEL, Audience::OwnDesk, |e, _| {
        Ok(partner::channel_to(record.id, state, &because, of, e.salt()?))
    })?;
    let on_word = state == Channel::Tested && of.is_none();
    let how = if on_word { " No recorded exercise stands behind it: it is so on word alone." } else { "" };
    Ok(Output::made(id, format!("The channel is {state}.{how}")))
}

/// The exercise of that title or id that was recorded here; of several with one title the newest.
fn recorded_exercise(workspace: &Workspace, typed: &str) -> Result<Record, Error> {
    let mut of_title = Vec::new();
    for record in workspace.records().find(&Query::kind(Kind::Exercise))? {
        if workspace.text_of(&record, "title")? == typed {
            of_title.push(record);
        }
    }
    let newest = of_title.into_iter().max_by_key(|r| exercise::recorded_of(r).map(|of| of.until));
    newest.map_or_else(|| workspace.find_record(typed, &[Kind::Exercise]), Ok)
}

/// On what it rests that a channel is tested.
fn basis(workspace: &Workspace, record: &Record) -> Result<String, Error> {
    if matches!(channel_of(record), Channel::Inaugurated | Channel::Suspended) {
        return Ok(String::new());
    }
    let Some(id) = partner::tested_by(record) else {
        return Ok("on word alone: no recorded exercise stands behind it".to_owned());
    };
    let of = workspace.records().get(id)?;
    let title = of.map(|of| workspace.text_of(&of, "title")).transpose()?.unwrap_or_default();
    Ok(format!("the exercise {title} ({})", short(Kind::Exercise, id)))
}

fn suspend(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    stand(workspace, args, true)
}

fn resume(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    if !args.flag("stream") {
        return stand(workspace, args, false);
    }
    let record = workspace.partner(args.need("partner")?)?;
    let (because, code) = (args.line("because")?, record.key.clone().unwrap_or_default());
    let id = workspace.act_alone(partner::RESUME, Audience::OwnDesk, |e, _| {
        Ok(partner::stream_resumed(record.id, &because, e.salt()?))
    })?;
    let stream = stream::with(&workspace.records(), workspace.meta.desk, record.id)?;
    let said = if stream.is(stream::State::Running) {
        format!("Bundles from {code} are taken in again, from what is known of it.")
    } else {
        format!("Another administrator confirms it with `comity partner resume {code} --stream --because WHY`.")
    };
    Ok(Output::made(id, said))
}

/// One side of a fork as it was signed; empty where it is not kept.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Side {
    /// The manifest.
    pub manifest: String,
    /// The signature of the desk's bundle key, in the form of OpenSSH.
    pub desk_signature: String,
    /// The signature of the member who made it.
    pub member_signature: String,
}

impl From<SignedManifest> for Side {
    fn from(signed: SignedManifest) -> Self {
        let SignedManifest { manifest, desk_signature, member_signature } = signed;
        Self { manifest, desk_signature, member_signature }
    }
}

/// Two histories that a partner told.
#[derive(Clone, Debug, Serialize)]
struct ForkShown {
    /// The number of the bundle that told the other one.
    sequence: u64,
    /// When it came.
    at: Timestamp,
    /// The one that is known.
    known: Side,
    /// The other one.
    other: Side,
    /// The bundle that told the other one, where it was not erased with what it may speak of.
    file: Option<String>,
}

fn fork(workspace: &Workspace, partner: &Record) -> Result<Option<ForkShown>, Error> {
    let records = workspace.records();
    let stream = stream::with(&records, workspace.meta.desk, partner.id)?;
    let Some((fork, at)) = stream::fork_of(&stream) else { return Ok(None) };
    let side = |record: Option<Record>| -> Result<Side, Error> {
        let content = record.map(|r| workspace.content(&r)).transpose()?.flatten();
        Ok(content.as_ref().and_then(SignedManifest::read).map(Side::from).unwrap_or_default())
    };
    let known = fork.known.map(|known| received_as(&records, partner.id, &known)).transpose()?.flatten();
    let kept = fork_file(workspace, partner.id);
    Ok(Some(ForkShown {
        sequence: fork.sequence,
        at,
        known: side(known)?,
        other: side(Some(stream))?,
        file: kept.exists().then(|| kept.to_string_lossy().into_owned()),
    }))
}

/// That a partner was set back, as two of its members have declared.
#[derive(Clone, Debug, Serialize)]
struct RestoreShown {
    /// When it was declared.
    #[serde(serialize_with = "or_empty")]
    declared: Option<Timestamp>,
    /// Who declared it.
    by: String,
    /// Why.
    because: String,
    /// How many acts its old log has left.
    held: Option<u64>,
    /// Its acts that are here, and are lost there.
    lost: Vec<ActSummary>,
}

fn restores(workspace: &Workspace, partner: Id) -> Result<Vec<RestoreShown>, Error> {
    let mut shown = Vec::new();
    for record in restore::of_desk(&workspace.records(), partner)? {
        let old = restore::old_of(&record).filter(|_| record.is(restore::State::Confirmed));
        let lost = old.map(|old| read::acts_beyond(&workspace.db, partner, old.replica, old.size)).transpose()?;
        let lost =
            lost.unwrap_or_default().iter().map(|id| audit::by_id(workspace, id)).collect::<Result<Vec<_>, _>>()?;
        let by = record.text("by").and_then(Person::parse).map(|by| workspace.name_of(by)).transpose()?;
        shown.push(RestoreShown {
            declared: record.instant("at"),
            by: by.unwrap_or_default(),
            because: workspace.text_of(&record, "because")?,
            held: restore::old_of(&record).map(|old| old.size),
            lost: lost.into_iter().flatten().collect(),
        });
    }
    Ok(shown)
}

fn stand(workspace: &mut Workspace, args: &Args, suspended: bool) -> Result<Output, Error> {
    let record = workspace.partner(args.need("partner")?)?;
    let because = args.line("because")?;
    let kind = if suspended { partner::SUSPEND } else { partner::RESUME };
    let id = workspace
        .act_alone(kind, Audience::OwnDesk, |e, _| Ok(partner::suspended(record.id, suspended, &because, e.salt()?)))?;
    Ok(Output::made(
        id,
        format!("{} is {}.", shown(args.need("partner")?), if suspended { "suspended" } else { "pinned again" }),
    ))
}
