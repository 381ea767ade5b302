//! Requests of this desk: written against the fields of their kind, submitted, sent, taken back.

use crate::act::header::Audience;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Key, NeededWhere, Needs, Output, PairRow, Preview, STAYS, Undo, Weight,
    Writes,
};
use crate::command::request::running::{VALIDATION, clocks};
use crate::command::request::{BECAUSE, REQUEST, audience_of, binds, caveats, find, kind_of, kinds};
use crate::gate::from_records;
use crate::law::edition::Law;
use crate::law::request::{self as kind, RequestKind, Variant};
use crate::object;
use crate::record::definition::GateInputs;
use crate::record::kind::{ChangeKind, Kind};
use crate::record::request::{self, Sent, Terms, terms_of};
use crate::record::review;
use crate::record::store::{Record, RecordStore as _};
use crate::value::class::{Category, words};
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::text::shown;
use crate::value::word::all_words;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The command that writes one.
pub const NEW: &str = "request new";

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "request",
        name: "new",
        about: "Write a request; what its instrument demands must be there, unless it is a draft",
        args: &[
            Arg::new("kind", ArgKind::Word(kinds), "the kind of request").required(),
            Arg::new(
                "case",
                ArgKind::Record(&[Kind::Case]),
                "the case; without it, that of the item or of what it follows on",
            )
            .needed(NeededWhere::Without(&["item", "follows", "request"])),
            Arg::new("to", ArgKind::Partner, "the partner that is asked; nobody, where the kind is an order at home"),
            Arg::new("urgency", ArgKind::Word(urgencies), "which of its clocks run; without it, the ordinary ones"),
            Arg::new(
                "category",
                ArgKind::Words(all_words::<Category>),
                "the data that are asked for: tier, review and time limits follow it; without it, all that the kind may ask for",
            )
            .repeated(),
            Arg::new("order-days", ArgKind::Number, "the time that the order itself sets, in days"),
            Arg::new("authority-until", ArgKind::Time, "when the warrant or authorisation behind it expires"),
            Arg::new("follows", ArgKind::Record(&[Kind::Request]), "the request that it follows on"),
            Arg::new("item", ArgKind::Record(&[Kind::Item]), "consent: the item that it is about"),
            Arg::new("for", ArgKind::Partner, "consent: the partner that the item would go to"),
            Arg::new("field", ArgKind::PairsOf(fields_of), "what it says: name=text, for each field of its kind")
                .repeated(),
            Arg::new("draft", ArgKind::Flag, "keep it though fields are missing"),
            Arg::new("request", ArgKind::Record(&[Kind::Request]), "a draft to write again"),
        ],
        writes: Some(Writes {
            act: crate::record::request::NEW,
            weight: Weight::Records,
            needs: Needs::Nothing,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::By("request withdraw"),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(new),
    },
    Command {
        noun: "request",
        name: "wider-use",
        about: "Write to who gave material about a use beyond its purpose: ask consent, or give the notice that is owed",
        args: &[
            Arg::new("use", ArgKind::Word(all_words::<WiderUse>), "which use").required(),
            Arg::new("case", ArgKind::Record(&[Kind::Case]), "the case").required(),
            Arg::new("to", ArgKind::Partner, "the partner that gave the material").required(),
            Arg::new("field", ArgKind::Pairs, "what it says: name=text; `law show` of use_consent, use_exculpatory or use_ordered names them")
                .repeated(),
            Arg::new("draft", ArgKind::Flag, "keep it though fields are missing"),
        ],
        writes: Some(Writes {
            act: crate::record::request::NEW,
            weight: Weight::Records,
            needs: Needs::Nothing,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::By("request withdraw"),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(wider_use),
    },
    Command {
        noun: "request",
        name: "submit",
        about: "Submit a request for its legal review",
        args: &[REQUEST],
        writes: Some(Writes {
            act: crate::record::request::SUBMIT,
            weight: Weight::Records,
            needs: Needs::OneOf(request::DRAFT),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::By("request withdraw"),
            alone: false,
            keys: &[Key::Review, Key::Sign],
        }),
        run: Handler::Writes(submit),
    },
    Command {
        noun: "request",
        name: "send",
        about: "Send an approved request",
        args: &[REQUEST],
        writes: Some(Writes {
            act: crate::record::request::SEND,
            weight: Weight::Signs,
            needs: Needs::OneOf(request::AUTHORISED),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::By("request withdraw"),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(send),
    },
    Command {
        noun: "request",
        name: "withdraw",
        about: "Take a request back",
        args: &[REQUEST, BECAUSE],
        writes: Some(Writes {
            act: crate::record::request::WITHDRAW,
            weight: Weight::Destroys,
            needs: Needs::OneOf(request::WITHDRAWABLE),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Destroy],
        }),
        run: Handler::Writes(withdraw),
    },
];

/// The fields of the kind that is chosen; of a draft that is written again, too.
fn fields_of(workspace: &Workspace, args: &Args) -> Result<Vec<PairRow>, Error> {
    let law = workspace.law()?;
    let Some(kind) = args.maybe("kind").and_then(|id| law.request(id)) else { return Ok(Vec::new()) };
    let row = |f: &kind::FieldRow| PairRow {
        name: f.id.clone(),
        label: f.label.clone(),
        help: f.help.clone(),
        article: f.article.clone(),
        required: f.required,
        words: Vec::new(),
    };
    Ok(kind.field.iter().map(row).collect())
}

/// What is known of the form of a request that begins from another: a draft is written again as it stands, another one is followed on.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn begun_from(workspace: &Workspace, record: &Record) -> Result<Args, Error> {
    let mut form = Args::default();
    if !record.is(request::State::Draft) {
        form.set("case", record.case.iter().map(Id::to_string).collect());
        form.set("follows", vec![record.id.to_string()]);
        return Ok(form);
    }
    // What is masked would be written again as if it were empty.
    if workspace.hides(record)? {
        let hint = "say why you look first: `w`, or --reason TEXT";
        return Err(Error::new(ErrorKind::Refused, "what the draft says is masked here", hint));
    }
    let terms = terms_of(record)?;
    let id = |id: Option<Id>| id.iter().map(Id::to_string).collect::<Vec<_>>();
    form.set("kind", vec![terms.kind]);
    form.set("case", vec![terms.case.to_string()]);
    form.set("to", if terms.to == workspace.meta.desk { Vec::new() } else { vec![workspace.code_of(terms.to)?] });
    form.set("urgency", terms.urgency.iter().map(|urgency| urgency.word().to_owned()).collect());
    form.set("category", terms.categories.iter().map(|category| category.word().to_owned()).collect());
    form.set("order-days", terms.order_days.iter().map(i64::to_string).collect());
    form.set("authority-until", terms.authority_until.iter().map(|until| until.to_string()).collect());
    form.set("follows", id(terms.follows));
    form.set("item", id(terms.item));
    form.set("for", terms.recipient.map(|to| workspace.code_of(to)).transpose()?.into_iter().collect());
    let fields = super::row(workspace, record)?.fields;
    form.set("field", fields.into_iter().map(|(name, text)| format!("{name}={text}")).collect());
    form.set("draft", vec!["yes".to_owned()]);
    form.set("request", vec![record.id.to_string()]);
    Ok(form)
}

/// The urgencies that some kind of request knows.
static URGENCIES: [Variant; 5] =
    [Variant::ORDINARY, Variant::EMERGENCY, Variant::URGENT_DIRECT, Variant::URGENT_INDIRECT, Variant::PROVISIONAL];

fn urgencies() -> Vec<&'static str> {
    URGENCIES.iter().map(Variant::word).collect()
}

/// The gate's name for what a request lacks whose instrument binds not both sides.
const IN_FORCE: &str = "in-force";

/// What a request lacks before it may be submitted or sent.
struct Lacking {
    /// Fields of its kind.
    fields: Vec<String>,
    /// That its instrument is in force between the two sides.
    in_force: bool,
    /// Its validation, where it may not go out before there is one.
    unvalidated: bool,
}

impl Lacking {
    /// The gate's names for all of it.
    fn names(&self) -> Vec<String> {
        let mut names = self.fields.clone();
        names.extend(self.in_force.then(|| IN_FORCE.to_owned()));
        names.extend(self.unvalidated.then(|| VALIDATION.to_owned()));
        names
    }
}

words! {
    /// A use of material beyond the purpose for which it was given.
    WiderUse {
        /// Another investigation or proceeding: consent is asked.
        OtherUse = "other-use",
        /// It speaks for an accused person: notice is given.
        Exculpatory = "exculpatory",
        /// The own court orders disclosure: notice is given.
        CourtOrder = "court-order",
    }
}

impl WiderUse {
    /// The kind of request that it is written as.
    const fn kind(self) -> &'static str {
        match self {
            Self::OtherUse => "use_consent",
            Self::Exculpatory => "use_exculpatory",
            Self::CourtOrder => "use_ordered",
        }
    }
}

fn wider_use(workspace: &mut Workspace, args: &Args, job: &mut Job) -> Result<Output, Error> {
    let of = args.read("use", "a use", WiderUse::parse)?;
    let mut form = args.clone();
    form.add("kind", of.kind());
    new(workspace, &form, job)
}

/// What is asked for, and how urgently.
struct Asking<'a> {
    urgency: Option<&'a Variant>,
    categories: &'a [Category],
}

/// What a request lacks before it may be submitted or sent.
fn lacks(
    workspace: &Workspace,
    law: &Law,
    kind: &RequestKind,
    to: &Record,
    terms: &Asking<'_>,
    said: impl Fn(&str) -> bool,
) -> Result<Lacking, Error> {
    let is_live = workspace.meta.realm == crate::value::realm::Realm::Live;
    let in_force = is_live && !binds(workspace, law, kind, to, workspace.now())?;
    // An order that nobody has validated may go out in an emergency for some data alone.
    let emergency = terms.urgency == Some(&Variant::EMERGENCY);
    let unvalidated = emergency && !said(VALIDATION) && !kind.may_go_unvalidated(terms.categories);
    Ok(Lacking { fields: kind.missing(&said), in_force, unvalidated })
}

/// Whom a request goes to: a partner, or nobody but the desk itself where it is an order at home.
fn whom(workspace: &Workspace, kind: &RequestKind, args: &Args) -> Result<Record, Error> {
    match args.maybe("to") {
        None if kind.asks_no_partner() => workspace.own_record(),
        Some(_) if kind.asks_no_partner() => Err(Error::usage(format!(
            "--to: {} ({}) asks no partner: leave it out; abroad a request goes to one instead, such as bc29",
            kind.id, kind.name
        ))),
        None => args.need("to").and_then(|to| workspace.partner(to)),
        Some(to) => workspace.partner(to),
    }
}

/// The categories of data that are asked for; none where nothing was chosen.
fn categories_of(kind: &RequestKind, args: &Args) -> Result<Vec<Category>, Error> {
    let chosen = args.words("category", "a category of data", Category::parse)?;
    match chosen.iter().find(|c| !kind.categories.contains(c)) {
        Some(other) => {
            let known: Vec<&str> = kind.categories.iter().map(|c| c.word()).collect();
            Err(Error::usage(format!("--category {other}: {} asks for {}", kind.id, known.join(", "))))
        }
        None => Ok(chosen),
    }
}

fn new(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let law = &*workspace.law()?;
    let kind = kind_of(law, args.need("kind")?)?;
    let record = |field: &str, of: Kind| args.maybe(field).map(|t| workspace.find_record(t, &[of])).transpose();
    let (item, follows) = (record("item", Kind::Item)?, record("follows", Kind::Request)?);
    let around = item.as_ref().or(follows.as_ref()).and_then(|r| r.case);
    let case = match (args.maybe("case"), around) {
        (Some(typed), _) => workspace.find_record(typed, &[Kind::Case])?,
        (None, Some(id)) => workspace.find_record(&id.to_string(), &[Kind::Case])?,
        (None, None) => return Err(Error::usage("--case is missing")),
    };
    let to = whom(workspace, kind, args)?;
    let categories = categories_of(kind, args)?;
    let urgency = args.maybe_read("urgency", "an urgency", |w| URGENCIES.iter().find(|u| u.word() == w).cloned())?;
    let urgency = urgency.filter(|u| *u != Variant::ORDINARY);
    if let Some(urgency) = &urgency
        && !kind
            .clock
            .iter()
            .any(|c| c.variant == *urgency || (c.variant == Variant::VALIDATION && *urgency == Variant::EMERGENCY))
    {
        let known: Vec<&str> = kind.clock.iter().map(|c| c.variant.word()).collect();
        return Err(Error::usage(format!("--urgency {urgency}: {} has {}", kind.id, known.join(", "))));
    }
    if let Some(before) = &follows {
        let follows = terms_of(before)?.kind;
        let may = law.request(&follows).is_some_and(|k| k.follow_on.contains(&kind.id));
        if !may {
            return Err(Error::usage(format!("--follows: {} does not follow on {follows}", kind.id)));
        }
    }
    let recipient = args.maybe("for").map(|p| workspace.partner(p)).transpose()?.map(|p| p.id);
    let mut fields = object! {};
    for (name, value) in args.pairs("field")? {
        if !kind.field.iter().any(|f| f.id == name) {
            let known: Vec<_> = kind.field.iter().map(|f| f.id.as_str()).collect();
            return Err(Error::usage(format!("--field {}: {} has {}", shown(&name), kind.id, known.join(", "))));
        }
        let value =
            crate::value::text::body(&value).map_err(|e| Error::usage(format!("--field {} {e}", shown(&name))))?;
        fields.set(&name, value);
    }
    let said = |id: &str| fields.get(id).and_then(Json::text).is_some_and(|t| !crate::value::text::is_blank(t));
    let asking = Asking { urgency: urgency.as_ref(), categories: &categories };
    let lacking = lacks(workspace, law, kind, &to, &asking, said)?;
    let missing = lacking.names();
    let purpose = case.text("purpose").unwrap_or(from_records::DESK_PURPOSE).to_owned();
    if !missing.is_empty() && !args.flag("draft") {
        // The same question that handing it in will ask.
        let asked = GateInputs { missing: missing.clone(), purpose: Some(purpose), ..GateInputs::default() };
        let facts = from_records::act_facts(
            &workspace.records(),
            &workspace.meta.realm,
            workspace.now(),
            request::SUBMIT,
            workspace.person(),
            &asked,
        )?;
        let demands: Vec<String> = kind
            .field
            .iter()
            .filter(|f| lacking.fields.contains(&f.id))
            .map(|f| format!("{} ({})", f.label, f.article))
            .collect();
        let mut hint = Vec::new();
        if !demands.is_empty() {
            hint.push(format!("say each with --field name=text, or keep it with --draft: {}", demands.join("; ")));
        }
        if lacking.unvalidated {
            hint.push(unvalidated_hint(kind));
        }
        if lacking.in_force {
            hint.push(not_in_force(kind));
        }
        return Err(Error::refused(facts.judge(), None).hint(hint.join("; ")));
    }
    let terms = Terms {
        kind: kind.id.clone(),
        case: case.id,
        to: to.id,
        purpose,
        tier: kind.tier_and_level(&categories).0,
        missing,
        urgency,
        order_days: args.number("order-days")?.filter(|n| *n > 0),
        authority_until: args
            .maybe("authority-until")
            .map(|_| args.time("authority-until", workspace.now()))
            .transpose()?,
        follows: follows.map(|r| r.id),
        categories,
        item: item.map(|r| r.id),
        recipient,
    };
    if !kind.review {
        return ask_consent(workspace, &terms, &fields);
    }
    let id = match args.maybe("request") {
        Some(draft) => workspace.find_record(draft, &[Kind::Request])?.id,
        None => workspace.entropy.id()?,
    };
    workspace.act_alone(crate::record::request::NEW, Audience::OwnDesk, |e, _| {
        Ok(request::drafted(id, &terms, &fields, e.salt()?))
    })?;
    let said = if terms.missing.is_empty() {
        "Written. Submit it with `request submit`.".to_owned()
    } else {
        format!("Kept as a draft; still missing: {}.", terms.missing.join(", "))
    };
    Ok(Output::made(id, said).with("missing", terms.missing))
}

/// What to do where an order may not go out before it is validated.
fn unvalidated_hint(kind: &RequestKind) -> String {
    let may: Vec<&str> = kind.unvalidated.iter().flatten().map(|c| c.word()).collect();
    format!(
        "{}: before it is validated it goes out in an emergency for {} alone: choose those with --category, or name who \
         validated it with --field {VALIDATION}=…",
        kind.article,
        may.join(" and ")
    )
}

fn submit(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = find(workspace, args)?;
    let terms = terms_of(&record)?;
    let law = &*workspace.law()?;
    let kind = kind_of(law, &terms.kind)?;
    let (_, level) = kind.tier_and_level(&terms.categories);
    let about_person = kind.identifies(&terms.categories);
    let scope = review::Scope {
        subject: record.id,
        to: terms.to,
        purpose: terms.purpose,
        level,
        tier: terms.tier,
        about_person,
    };
    must_bind(workspace, law, kind, terms.to, request::SUBMIT, &scope.purpose)?;
    let id = workspace.entropy.id()?;
    workspace.act(crate::record::request::SUBMIT, Audience::OwnDesk, None, |act, _| {
        act.change(request::submitted(record.id))?;
        act.change(review::new(id, &scope))?;
        Ok(())
    })?;
    Ok(Output::made(record.id, format!("Submitted; its review is V-{}, level {}.", id.short(), scope.level))
        .with("review", id))
}

fn not_in_force(kind: &RequestKind) -> String {
    format!("NOT IN FORCE between the two sides: {} is for drafts and exercises alone", kind.article)
}

/// Refuses, outside of exercises, what rests on an instrument that is not in force between the two sides.
fn must_bind(
    workspace: &Workspace,
    law: &Law,
    kind: &RequestKind,
    to: Id,
    act: ChangeKind,
    purpose: &str,
) -> Result<(), Error> {
    let to = workspace.records().get(to)?;
    let live = workspace.meta.realm == crate::value::realm::Realm::Live;
    let Some(to) = to.filter(|_| live) else { return Ok(()) };
    if binds(workspace, law, kind, &to, workspace.now())? {
        return Ok(());
    }
    let asked =
        GateInputs { missing: vec![IN_FORCE.into()], purpose: Some(purpose.to_owned()), ..GateInputs::default() };
    let facts = from_records::act_facts(
        &workspace.records(),
        &workspace.meta.realm,
        workspace.now(),
        act,
        workspace.person(),
        &asked,
    )?;
    Err(Error::refused(facts.judge(), None).hint(not_in_force(kind)))
}

/// Asks an originator whether an item of theirs may go on to another desk. It needs no review: it gives nothing away.
fn ask_consent(workspace: &mut Workspace, terms: &Terms, fields: &Json) -> Result<Output, Error> {
    let (Some(_), Some(_)) = (terms.item, terms.recipient) else {
        return Err(Error::usage("a consent is asked for an --item and the partner that it is --for"));
    };
    let id = workspace.entropy.id()?;
    workspace.act_alone(request::CONSENT, Audience::Desks(vec![terms.to]), |e, _| {
        Ok(request::consent_asked(id, terms, fields, e.salt()?))
    })?;
    Ok(Output::made(id, format!("Asked: it leaves with the next bundle to {}.", workspace.code_of(terms.to)?)))
}

/// Clocks as they travel: without the source, which is a sentence.
fn without_sources(clocks: Json) -> Json {
    let Json::Arr(mut all) = clocks else { return clocks };
    all.iter_mut().for_each(|clock| {
        clock.remove("source");
    });
    Json::Arr(all)
}

fn send(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = find(workspace, args)?;
    let terms = terms_of(&record)?;
    let law = &*workspace.law()?;
    let kind = kind_of(law, &terms.kind)?;
    must_bind(workspace, law, kind, terms.to, request::SEND, &terms.purpose)?;
    let content = workspace.content(&record)?;
    let fields = content.as_ref().and_then(|c| c.get("fields")).cloned().unwrap_or_else(|| object! {});
    let (realm, me) = (workspace.meta.realm.clone(), workspace.person());
    let validated = fields.get(VALIDATION).and_then(Json::text).is_some_and(|said| !said.trim().is_empty());
    let clocks = without_sources(clocks(workspace, law, kind, &terms, validated, workspace.now())?);
    // The decision of the review and its conditions travel; its reasoning stays here.
    let review = review::deciding(&workspace.records(), &[record.id], terms.to)?;
    let conditions = review.as_ref().map(review::conditions_of).unwrap_or_default();
    let caveats = caveats(workspace, &record, content.as_ref())?;
    let home = terms.to == workspace.meta.desk;
    let audience = if home { Audience::OwnDesk } else { Audience::Desks(vec![terms.to]) };
    workspace.act(request::SEND, audience, Some(kind.id.clone()), |act, entropy| {
        let inputs = request::inputs_to_send(record.id, &terms);
        let facts = from_records::act_facts(&act.records(), &realm, act.now(), request::SEND, me, &inputs)?;
        let sent = Sent { clocks, asked: facts.to_json(), conditions, caveats, fields };
        act.change(request::sent(record.id, &terms, sent, entropy.salt()?))?;
        Ok(())
    })?;
    if home {
        return Ok(Output::made(record.id, "Issued: `request letter` writes it for whom it binds."));
    }
    Ok(Output::made(record.id, format!("Sent: it leaves with the next bundle to {}.", workspace.code_of(terms.to)?)))
}

fn withdraw(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = find(workspace, args)?;
    let because = args.body("because")?.unwrap_or_default();
    // What never left is withdrawn at home.
    let left = record.text("sent").is_some();
    let audience = if left { audience_of(&record) } else { Audience::OwnDesk };
    let id = workspace.act_alone(crate::record::request::WITHDRAW, audience, |e, _| {
        Ok(request::withdrawn(record.id, &because, e.salt()?))
    })?;
    Ok(Output::made(id, "Withdrawn."))
}
