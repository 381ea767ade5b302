//! The page of a kind of request: what `law show` says of it, and with whom it is in force.

use crate::command::law::KindPage;
use crate::law::ground::{Ground, RaisedBy};
use crate::law::request::{ClockRow, Counterpart, Length, Variant};
use crate::tui::language::{phrase, tr, tr_count, tr_joined, tr_law, tr_sentence, tr_word};
use crate::tui::page::{Detail, StyledText};
use crate::tui::sides::Sides;
use crate::tui::theme::StyleRole;
use crate::tui::words::{does, read_on};
use crate::value::text::Shown;
use crate::value::word::WordList;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

/// The page of a kind of request, by its id.
pub(super) fn of_kind(workspace: &Workspace, id: &str) -> Result<Detail, Error> {
    let law = workspace.law()?;
    let Some(kind) = law.request(id) else { return Ok(Detail::new(tr("It is not here."))) };
    let page = KindPage::of(&law, kind, workspace.now());
    let with = Sides::read(workspace)?.bound_by(&law, &kind.instrument);
    let mut d = Detail::new(does(id, &kind.name).into_owned());
    d.aside = Shown::of(id);
    d.line(tr("NAME"), format!("{}, {}", tr_law(&kind.name), tr_law(&kind.article)));
    d.line(tr("UNDER"), tr_law(page.rests_on));
    d.line(
        tr("STATUS"),
        match page.in_force {
            true => StyledText::new(tr_word("in force"), StyleRole::Good),
            false => StyledText::new(tr_sentence(&page.status).into_owned(), StyleRole::Stop),
        },
    );
    d.line(
        tr("WITH"),
        match with.is_empty() {
            true => StyledText::new(tr("not in force with any partner"), StyleRole::Stop),
            false => StyledText::from(with.join(", ")),
        },
    );
    d.line(tr("ASKS"), asked_of(kind.counterpart));
    let review = if kind.review { kind.level.word() } else { tr("none") };
    d.line(tr("TIER"), phrase!("T{tier}; review {review}", tier = kind.tier, review));
    d.line(tr("DATA"), words(&kind.categories));
    d.line(tr("SOURCE"), kind.source.as_str());
    d.line(tr("READ"), read_on(kind.verified));
    match page.costs {
        Some(c) => {
            let said =
                format!("{}: {} ({}; {})", tr_word(c.rule.word()), tr_law(&c.text), c.source, read_on(c.verified));
            d.line(tr("COSTS"), said);
        }
        None => d.line(tr("COSTS"), tr("no row of the law says who bears them")),
    }
    d.line(tr("LAW"), tr_sentence(&page.law).into_owned());
    d.gap();
    heading(&mut d, tr("MUST SAY (* required)"));
    for f in &kind.field {
        let mark = if f.required { "* " } else { "" };
        d.line("", StyledText::new(format!("{mark}{}  [{}]", tr_law(&f.label), tr_law(&f.article)), StyleRole::Base));
        d.line("", StyledText::new(tr_law(&f.help), StyleRole::Note));
    }
    d.gap();
    heading(&mut d, tr("CLOCKS"));
    for c in &kind.clock {
        clock(&mut d, c);
    }
    d.gap();
    grounds(&mut d, &page);
    further(&mut d, &page);
    Ok(d)
}

fn heading(d: &mut Detail, text: &str) {
    d.push("", StyledText::new(text, StyleRole::Heading));
}

/// Words of a closed list, with commas between.
fn words<W: WordList>(all: &[W]) -> String {
    if all.is_empty() {
        return tr("none").to_owned();
    }
    all.iter().map(|word| tr_word((*word).into())).collect::<Vec<_>>().join(", ")
}

/// Of whom it is asked.
fn asked_of(counterpart: Counterpart) -> &'static str {
    tr(match counterpart {
        Counterpart::Domestic => "of whom it binds at home: no partner is asked",
        Counterpart::Desk => "of a desk",
        Counterpart::Provider => "of a provider",
        Counterpart::Authority => "of an authority",
    })
}

/// How long a clock runs, in words.
fn length(c: &ClockRow) -> String {
    match c.length() {
        Length::Fixed(n, unit) => tr_count(n, unit.word()),
        Length::OrLonger(n, unit) => {
            phrase!("{time}, or what the order sets where that is longer", time = tr_count(n, unit.word()))
        }
        Length::AtLeast(n, unit) => phrase!(
            "at least {time}, and until the request that follows on is decided",
            time = tr_count(n, unit.word())
        ),
        Length::AsOrdered => tr("as the order or the warrant says").to_owned(),
        Length::Open => tr("no fixed limit").to_owned(),
    }
}

fn clock(d: &mut Detail, c: &ClockRow) {
    let variant = match c.variant == Variant::ORDINARY {
        true => String::new(),
        false => format!(" ({})", tr_joined(c.variant.word())),
    };
    let name = format!("{}{variant}", tr_word(c.clock.word()));
    let said = phrase!(
        "{name}: {length}, from when it is {event}",
        name,
        length = length(c),
        event = tr_word(c.starts.word())
    );
    d.line("", said);
    if c.rolls {
        d.line("", tr("an end on a day off goes on to the next working day"));
    }
    d.line("", StyledText::new(format!("{} ({})", c.source, read_on(c.verified)), StyleRole::Note));
}

fn grounds(d: &mut Detail, page: &KindPage<'_>) {
    let instrument = &page.kind.instrument;
    let source =
        |g: &Ground| StyledText::new(format!("{}; {}", g.source_in(instrument), read_on(g.verified)), StyleRole::Note);
    heading(
        d,
        match page.has_grounds() {
            true => tr("GROUNDS on which it may be refused or postponed, and no others"),
            false => tr("GROUNDS: no closed list"),
        },
    );
    for (who, said) in [
        (RaisedBy::Requested, ""),
        (RaisedBy::Enforcing, "raised by the enforcing authority:"),
        (RaisedBy::Provider, "raised by the provider:"),
    ] {
        for (n, g) in page.raised_by(who).enumerate() {
            if n == 0 && !said.is_empty() {
                d.line("", tr(said));
            }
            d.line(&g.id, tr_law(&g.text));
            d.line("", source(g));
            if g.reserved {
                d.line("", tr("only for a side that reserved it"));
            }
        }
    }
    for (n, g) in page.no_grounds().enumerate() {
        if n == 0 {
            heading(d, tr("NO GROUND"));
        }
        d.line(&g.id, tr_law(&g.text));
        d.line("", source(g));
    }
}

/// What else the law says of it, where it does.
fn further(d: &mut Detail, page: &KindPage<'_>) {
    let kind = page.kind;
    if kind.never_postponed {
        d.line("", tr("NEVER POSTPONED: it is carried out, or refused on a ground of its article"));
    }
    if let Some(consult) = &kind.consult {
        let source = format!("{} ({})", consult.source, read_on(consult.verified));
        d.line(
            "",
            match consult.must {
                true => phrase!("CONSULTED FIRST: {source}", source),
                false => phrase!("CONSULTED FIRST where appropriate: {source}", source),
            },
        );
    }
    if let Some(yields) = &kind.yields {
        d.line(
            "",
            phrase!(
                "WHERE A TREATY OF MUTUAL ASSISTANCE IS IN FORCE between the two, these fall away: {grounds} ({source}; {read})",
                grounds = yields.grounds.join(", "),
                source = yields.source,
                read = read_on(yields.verified)
            ),
        );
    }
    if let Some(may) = &kind.unvalidated {
        d.line("", phrase!("BEFORE VALIDATION it goes out in an emergency for {data} alone", data = words(may)));
    }
    if kind.two_steps {
        d.line("", tr("IN TWO STEPS: what it gives follows only once its conditions are accepted"));
    }
    if !kind.follow_on.is_empty() {
        d.line(tr("FOLLOWED BY"), kind.follow_on.join(", "));
    }
}
