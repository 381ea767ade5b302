//! What a request is answered: by the desk that is asked, and of an order at home by the desk that notes what was said.

use std::sync::Arc;

use crate::act::header::Audience;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Key, Known, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::request::{BECAUSE, REQUEST, TEXT, find, kind_of};
use crate::law::edition::{Between, Law};
use crate::law::ground::{Effect, Ground, RaisedBy};
use crate::law::request::RequestKind;
use crate::record::request::{self, Answer as RequestAnswer, Answered, Preserved, Step, Terms, terms_of};
use crate::record::store::{Record, RecordStore as _};
use crate::value::class::Condition;
use crate::value::id::Id;
use crate::value::text::shown;
use crate::value::word::all_words;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

const CONDITION: Arg =
    Arg::new("condition", ArgKind::Words(all_words::<Condition>), "a condition on the requesting desk").repeated();

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "request",
        name: "acknowledge",
        about: "Say that a request has arrived",
        args: &[REQUEST, TEXT],
        writes: Some(Writes {
            act: crate::record::request::ANSWER,
            weight: Weight::Signs,
            needs: Needs::Step(Step::Answer(RequestAnswer::Acknowledge)),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(acknowledge),
    },
    Command {
        noun: "request",
        name: "accept",
        about: "Accept a request",
        args: &[REQUEST, Arg::new("partly", ArgKind::Flag, "only in part; the text says which"), CONDITION, TEXT],
        writes: Some(Writes {
            act: crate::record::request::ANSWER,
            weight: Weight::Signs,
            needs: Needs::Step(Step::Answer(RequestAnswer::Accept)),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(accept),
    },
    Command {
        noun: "request",
        name: "offer",
        about: "Offer to carry a request out under conditions: those that are ticked, and what the text names",
        args: &[REQUEST, CONDITION, Arg::new("text", ArgKind::Body, "the conditions in words").required()],
        writes: Some(Writes {
            act: crate::record::request::ANSWER,
            weight: Weight::Signs,
            needs: Needs::Step(Step::Answer(RequestAnswer::Offer)),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(offer),
    },
    Command {
        noun: "request",
        name: "consult",
        about: "Consult who asks before a request is refused or postponed: what stands in the way, and what would help",
        args: &[
            REQUEST,
            Arg::new("ground", ArgKind::Known(grounds_to_raise), "the ground that is raised, of the list of its kind"),
            Arg::new("text", ArgKind::Body, "what stands in the way, and what would help").required(),
        ],
        writes: Some(Writes {
            act: crate::record::request::ANSWER,
            weight: Weight::Signs,
            needs: Needs::Step(Step::Answer(RequestAnswer::Consult)),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(consult),
    },
    Command {
        noun: "request",
        name: "postpone",
        about: "Put a request off, with reasons; on a ground, where its instrument names one for that",
        args: &[
            REQUEST,
            Arg::new("ground", ArgKind::Known(grounds_to_postpone), "the ground, of the closed list of its kind"),
            BECAUSE,
        ],
        writes: Some(Writes {
            act: crate::record::request::ANSWER,
            weight: Weight::Signs,
            needs: Needs::Step(Step::Answer(RequestAnswer::Postpone)),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(postpone),
    },
    Command {
        noun: "request",
        name: "execute",
        about: "Say that a request is being carried out",
        args: &[REQUEST, TEXT],
        writes: Some(Writes {
            act: crate::record::request::ANSWER,
            weight: Weight::Signs,
            needs: Needs::Step(Step::Answer(RequestAnswer::Execute)),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(execute),
    },
    Command {
        noun: "request",
        name: "consent",
        about: "Consent to the item of a request going where it asks for",
        args: &[REQUEST, TEXT],
        writes: Some(Writes {
            act: crate::record::request::ANSWER,
            weight: Weight::Signs,
            needs: Needs::Step(Step::Answer(RequestAnswer::Consent)),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(consent),
    },
    Command {
        noun: "request",
        name: "refuse",
        about: "Refuse a request, on a ground of its instrument, with reasons",
        args: &[
            REQUEST,
            Arg::new(
                "ground",
                ArgKind::Known(grounds_to_refuse),
                "the ground, of the closed list of its kind; none where its instrument closes no list",
            ),
            BECAUSE,
        ],
        writes: Some(Writes {
            act: crate::record::request::ANSWER,
            weight: Weight::Signs,
            needs: Needs::Step(Step::Answer(RequestAnswer::Refuse)),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Destroy],
        }),
        run: Handler::Writes(refuse),
    },
    Command {
        noun: "request",
        name: "clarify",
        about: "Ask for clarification of a request",
        args: &[REQUEST, Arg::new("text", ArgKind::Body, "what is unclear").required()],
        writes: Some(Writes {
            act: crate::record::request::ANSWER,
            weight: Weight::Signs,
            needs: Needs::Step(Step::Answer(RequestAnswer::Clarify)),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(clarify),
    },
    Command {
        noun: "request",
        name: "deliver",
        about: "Answer a request: what it asks for was disclosed, or is said in words",
        args: &[
            REQUEST,
            TEXT,
            Arg::new("preserved-since", ArgKind::Time, "of a preservation: since when"),
            Arg::new("preserved-until", ArgKind::Time, "until when; what is not asked for by then is lost"),
            Arg::new("reference", ArgKind::Line, "under which reference whoever preserves it has it"),
        ],
        writes: Some(Writes {
            act: crate::record::request::ANSWER,
            weight: Weight::Signs,
            needs: Needs::Step(Step::Answer(RequestAnswer::Deliver)),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(deliver),
    },
];

fn answer(
    workspace: &mut Workspace,
    args: &Args,
    given: RequestAnswer,
    ground: Option<&str>,
    text: &str,
) -> Result<Id, Error> {
    let conditions = args.words("condition", "a condition", Condition::parse)?;
    answer_with(workspace, args, Answered { answer: given, ground, conditions, text, preserved: None })
}

fn answer_with(workspace: &mut Workspace, args: &Args, said: Answered<'_>) -> Result<Id, Error> {
    let record = find(workspace, args)?;
    let audience = match record.partner {
        Some(_) => Audience::Desks(vec![record.desk]),
        None => Audience::OwnDesk,
    };
    workspace.act_alone(request::ANSWER, audience, |e, _| Ok(request::answered(record.id, said, e.salt()?)))
}

fn acknowledge(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let id = answer(workspace, args, RequestAnswer::Acknowledge, None, &args.body("text")?.unwrap_or_default())?;
    Ok(Output::made(id, "Acknowledged: the partner hears it with the next bundle."))
}

fn accept(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let given = if args.flag("partly") { RequestAnswer::AcceptPartly } else { RequestAnswer::Accept };
    let id = answer(workspace, args, given, None, &args.body("text")?.unwrap_or_default())?;
    Ok(Output::made(id, "Accepted: the partner hears it with the next bundle."))
}

fn offer(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let id = answer(workspace, args, RequestAnswer::Offer, None, &args.body("text")?.unwrap_or_default())?;
    Ok(Output::made(id, "Offered under conditions: the partner takes them, or withdraws."))
}

fn consult(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let ground = match args.maybe("ground") {
        None => None,
        // A ground may be raised whatever it allows in the end.
        Some(_) => {
            ground_of(workspace, args, Effect::Refuse).or_else(|_| ground_of(workspace, args, Effect::Postpone))?
        }
    };
    let text = args.body("text")?.unwrap_or_default();
    let id = answer(workspace, args, RequestAnswer::Consult, ground.as_deref(), &text)?;
    Ok(Output::made(
        id,
        "Consulting: the partner hears it with the next bundle, and answers before anything is decided.",
    ))
}

fn postpone(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let ground = ground_of(workspace, args, Effect::Postpone)?;
    let because = args.body("because")?.unwrap_or_default();
    let answered = answer(workspace, args, RequestAnswer::Postpone, ground.as_deref(), &because);
    let id = consulted_first(workspace, args, answered)?;
    Ok(Output::made(id, "Postponed; the reasons go with it."))
}

fn execute(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let id = answer(workspace, args, RequestAnswer::Execute, None, &args.body("text")?.unwrap_or_default())?;
    Ok(Output::made(id, "It is being carried out: the partner hears it with the next bundle."))
}

fn consent(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let id = answer(workspace, args, RequestAnswer::Consent, None, &args.body("text")?.unwrap_or_default())?;
    Ok(Output::made(id, "Consent is given: the partner hears it with the next bundle."))
}

fn refuse(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let ground = ground_of(workspace, args, Effect::Refuse)?;
    let because = args.body("because")?.unwrap_or_default();
    let answered = answer(workspace, args, RequestAnswer::Refuse, ground.as_deref(), &because);
    let id = consulted_first(workspace, args, answered)?;
    let on = ground.map(|g| format!(" on {g}")).unwrap_or_default();
    Ok(Output::made(id, format!("Refused{on}; the reasons go with it.")))
}

/// Says what to do where whoever asks must be consulted before the request is refused or postponed.
fn consulted_first(workspace: &Workspace, args: &Args, answered: Result<Id, Error>) -> Result<Id, Error> {
    answered.map_err(|e| {
        let law = workspace.law().ok();
        let kind = find(workspace, args).and_then(|r| Ok(terms_of(&r)?)).map(|t| t.kind);
        let consult = law.zip(kind.ok()).and_then(|(law, kind)| law.request(&kind).and_then(|k| k.consult.clone()));
        match consult {
            Some(consult) if e.verdict.as_ref().is_some_and(|v| v.refusal().contains(request::CONSULTATION)) => {
                e.hint(format!("{}: consult who asks first, with `request consult`", consult.source))
            }
            _ => e,
        }
    })
}

fn grounds_to_refuse(workspace: &Workspace, args: &Args) -> Result<Vec<Known>, Error> {
    known_grounds(workspace, args, Effect::Refuse)
}

fn grounds_to_postpone(workspace: &Workspace, args: &Args) -> Result<Vec<Known>, Error> {
    known_grounds(workspace, args, Effect::Postpone)
}

fn grounds_to_raise(workspace: &Workspace, args: &Args) -> Result<Vec<Known>, Error> {
    let mut all = known_grounds(workspace, args, Effect::Refuse)?;
    all.extend(known_grounds(workspace, args, Effect::Postpone)?);
    all.sort_by(|a, b| a.word.cmp(&b.word));
    all.dedup_by(|a, b| a.word == b.word);
    Ok(all)
}

/// A request that is answered, with what its grounds hang on.
struct On {
    law: Arc<Law>,
    terms: Terms,
    requested: String,
    requesting: String,
}

impl On {
    fn of(workspace: &Workspace, args: &Args) -> Result<Self, Error> {
        let record = find(workspace, args)?;
        let jurisdiction =
            |r: Option<Record>| r.as_ref().and_then(|r| r.text("jurisdiction")).unwrap_or_default().to_owned();
        Ok(Self {
            law: workspace.law()?,
            terms: terms_of(&record)?,
            requested: jurisdiction(Some(workspace.own_record()?)),
            requesting: jurisdiction(workspace.records().get(record.desk)?),
        })
    }

    fn kind(&self) -> Result<&RequestKind, Error> {
        kind_of(&self.law, &self.terms.kind)
    }

    fn asked(&self, workspace: &Workspace) -> Between<'_> {
        Between {
            requested: &self.requested,
            requesting: &self.requesting,
            categories: &self.terms.categories,
            now: workspace.now(),
        }
    }
}

/// The grounds on which the request of a form may be refused or postponed, where they count.
fn known_grounds(workspace: &Workspace, args: &Args, effect: Effect) -> Result<Vec<Known>, Error> {
    if args.maybe("request").is_none() {
        return Ok(Vec::new());
    }
    let on = On::of(workspace, args)?;
    let kind = on.kind()?;
    let known = |g: &&Ground| {
        let who = match g.raised_by() {
            RaisedBy::Requested => "",
            RaisedBy::Provider => "; raised by the provider",
            RaisedBy::Enforcing => "; raised by the enforcing authority",
        };
        Known { word: g.id.clone(), text: format!("{} ({}{who})", g.text, g.source_in(&kind.instrument)) }
    };
    Ok(on.law.grounds_between(kind, effect, &on.asked(workspace)).iter().map(known).collect())
}

/// The ground that was named, out of the list of the kind, where it counts; `None` where none is needed.
fn ground_of(workspace: &Workspace, args: &Args, effect: Effect) -> Result<Option<String>, Error> {
    let on = On::of(workspace, args)?;
    let kind = on.kind()?;
    let asked = on.asked(workspace);
    let known: Vec<&str> = on.law.grounds_between(kind, effect, &asked).iter().map(|g| g.id.as_str()).collect();
    let (command, other) =
        if effect == Effect::Refuse { ("refused", "request postpone") } else { ("postponed", "request refuse") };
    let refused = |what: String, next: String| Err(Error::new(ErrorKind::Refused, what, next));
    match args.maybe("ground") {
        None if effect == Effect::Refuse && kind.open_grounds => Ok(None),
        None if effect == Effect::Postpone && known.is_empty() => Ok(None),
        None if known.is_empty() => refused(
            format!("{}: no ground of refusal counts between the two", kind.article),
            "accept it, postpone it, or offer it under conditions; `comity law show` tells what each ground asks"
                .to_owned(),
        ),
        None if effect == Effect::Refuse => args.need("ground").map(|g| Some(g.to_owned())),
        None => refused(
            format!("{}: what is asked under it is {command} on a ground of its closed list alone", kind.article),
            format!("name it with --ground: {}", known.join(", ")),
        ),
        Some(ground) if known.contains(&ground) => Ok(Some(ground.to_owned())),
        Some(ground) if kind.grounds.iter().any(|g| g == ground) => {
            let row = on.law.ground(ground);
            match row.and_then(|row| on.law.why_not_counted(kind, row, &asked)) {
                Some(why) => refused(
                    format!("{}: {ground} does not count here: {why}", kind.article),
                    match known.as_slice() {
                        [] => "no other ground of its list does".to_owned(),
                        all => format!("these do: {}", all.join(", ")),
                    },
                ),
                None => refused(
                    format!("{ground} is no ground on which {} may be {command}", kind.article),
                    format!("use `{other}`, or name another ground"),
                ),
            }
        }
        Some(ground) => refused(
            match known.as_slice() {
                [] => {
                    format!("{} names no ground on which it may be {command}, so not {}", kind.article, shown(ground))
                }
                all => {
                    format!("{} may be {command} on {} alone, not on {}", kind.article, all.join(", "), shown(ground))
                }
            },
            "name a ground of that list; `comity law show` tells what each means".to_owned(),
        ),
    }
}

fn clarify(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let id = answer(workspace, args, RequestAnswer::Clarify, None, &args.body("text")?.unwrap_or_default())?;
    Ok(Output::made(id, "Between for clarification."))
}

/// What a form says of a preservation; `None` where it says nothing of one.
fn preserved<'a>(workspace: &Workspace, args: &'a Args) -> Result<Option<Preserved<'a>>, Error> {
    let [since, until, reference] = ["preserved-since", "preserved-until", "reference"].map(|field| args.maybe(field));
    if since.or(until).or(reference).is_none() {
        return Ok(None);
    }
    let now = workspace.now();
    let (since, until) = (args.time("preserved-since", now)?, args.time("preserved-until", now)?);
    if until <= since {
        return Err(Error::usage("--preserved-until: it ends after it began"));
    }
    Ok(Some(Preserved { since, until, reference: reference.unwrap_or_default() }))
}

fn deliver(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let text = args.body("text")?.unwrap_or_default();
    let said = Answered {
        answer: RequestAnswer::Deliver,
        ground: None,
        conditions: Vec::new(),
        text: &text,
        preserved: preserved(workspace, args)?,
    };
    let id = answer_with(workspace, args, said)?;
    Ok(Output::made(id, "Delivered: the answer leaves with the next bundle."))
}
