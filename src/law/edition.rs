//! The law that one desk works by: the rows of the program, as corrected by the desk's own signed changes.
//!
//! A change corrects any row, or adds an instrument, a ground or a jurisdiction. It never adds a kind of request: that
//! needs a letter and forms. The gate's rules, tests and signers are not part of this law: they do not change.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use super::ground::{self, Effect, Ground};
use super::instrument::{self, Instrument};
use super::jurisdiction::{self, Jurisdiction, Recognition};
use super::request::{self, RequestKind};
use super::row::LawRow;
use crate::value::class::{Category, Test, words};
use crate::value::timestamp::Timestamp;

words! {
    /// A table of the law.
    Table {
        /// A treaty, a regulation, an agreement between states.
        Instrument = "instrument",
        /// A kind of request.
        Request = "request",
        /// A ground of refusal.
        Ground = "ground",
        /// A jurisdiction.
        Jurisdiction = "jurisdiction",
    }
}

/// The largest row that is taken, in bytes of its JSON.
pub const LARGEST_ROW: usize = 64 * 1024;

/// Between whom a request is, and for what: which grounds count hangs on it.
#[derive(Clone, Copy, Debug)]
pub struct Between<'a> {
    /// The jurisdiction that is asked.
    pub requested: &'a str,
    /// The jurisdiction that asks.
    pub requesting: &'a str,
    /// The categories of data that were chosen; empty where none was.
    pub categories: &'a [Category],
    /// Now.
    pub now: Timestamp,
}

/// Every table, and how many changes were made to the program's.
#[derive(Clone, Debug)]
pub struct Law {
    instruments: Cow<'static, [Instrument]>,
    requests: Cow<'static, [RequestKind]>,
    grounds: Cow<'static, [Ground]>,
    jurisdictions: Cow<'static, [Jurisdiction]>,
    version: u64,
}

impl Law {
    /// The law without any change: version 0.
    pub fn of_program() -> Arc<Self> {
        static PROGRAM: LazyLock<Arc<Law>> = LazyLock::new(|| {
            Arc::new(Law {
                instruments: Cow::Borrowed(instrument::all()),
                requests: Cow::Borrowed(request::all()),
                grounds: Cow::Borrowed(ground::all()),
                jurisdictions: Cow::Borrowed(jurisdiction::all()),
                version: 0,
            })
        });
        Arc::clone(&PROGRAM)
    }

    /// Adds a row, or replaces the row of the same id, and returns its id.
    ///
    /// # Errors
    ///
    /// Why it is not a valid row of that table, or may not be changed so.
    pub fn put(&mut self, table: Table, row: &str) -> Result<String, String> {
        if row.len() > LARGEST_ROW {
            return Err(format!("a row of the law has at most {LARGEST_ROW} bytes"));
        }
        match table {
            Table::Instrument => place(&mut self.instruments, row, true),
            Table::Request => {
                let id = place(&mut self.requests, row, false)?;
                match (self.request(&id), Self::of_program().request(&id)) {
                    (Some(new), Some(own)) => check_request_change(own, new).map(|()| id),
                    _ => Err(format!("{id}: there is no such row")),
                }
            }
            Table::Ground => place(&mut self.grounds, row, true),
            Table::Jurisdiction => place(&mut self.jurisdictions, row, true),
        }
    }

    /// The same law with another version.
    #[must_use]
    pub fn at_version(self, version: u64) -> Self {
        Self { version, ..self }
    }

    /// How many changes were made to the program's rows.
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// The version in words.
    pub fn version_in_words(&self) -> String {
        version_in_words(self.version)
    }

    /// Every kind of request.
    pub fn requests(&self) -> &[RequestKind] {
        &self.requests
    }

    /// Every instrument.
    pub fn instruments(&self) -> &[Instrument] {
        &self.instruments
    }

    /// Every ground.
    pub fn all_grounds(&self) -> &[Ground] {
        &self.grounds
    }

    /// The kind of request of that id.
    pub fn request(&self, id: &str) -> Option<&RequestKind> {
        self.requests.iter().find(|r| r.id == id)
    }

    /// The instrument of that id.
    pub fn instrument(&self, id: &str) -> Option<&Instrument> {
        self.instruments.iter().find(|r| r.id.word() == id)
    }

    /// The ground of that id.
    pub fn ground(&self, id: &str) -> Option<&Ground> {
        self.grounds.iter().find(|r| r.id == id)
    }

    /// The grounds of a kind's closed list that allow something, in its order.
    pub fn grounds(&self, kind: &RequestKind, effect: Effect) -> Vec<&Ground> {
        let all = kind.grounds.iter().filter_map(|id| self.ground(id));
        all.filter(|g| g.effect.allows(effect)).collect()
    }

    /// The treaty of mutual assistance, or the legislation in its place, that stands between two sides beside an instrument.
    pub fn treaty_between(&self, beside: &str, one: &str, other: &str, now: Timestamp) -> Option<&Instrument> {
        let others = self.instruments.iter().filter(|i| i.mutual_assistance && i.id.word() != beside);
        others.into_iter().find(|i| self.in_force_between(i.id.word(), one, other, now))
    }

    /// Why a ground of a kind's list does not count between two sides for what is asked; `None` where it does.
    pub fn why_not_counted(&self, kind: &RequestKind, ground: &Ground, asked: &Between<'_>) -> Option<String> {
        let article = |source: &str| format!("({source})");
        if ground.effect == Effect::Never {
            return Some(format!("it is no ground: {} {}", ground.text, article(ground.source_in(&kind.instrument))));
        }
        let party = self.jurisdiction(asked.requested).and_then(|j| j.party(&kind.instrument));
        if ground.reserved && !party.is_some_and(|p| p.reserves.contains(&ground.id)) {
            return Some(format!(
                "{} has not reserved it {}",
                asked.requested,
                article(ground.source_in(&kind.instrument))
            ));
        }
        if !ground.counts_for(asked.categories) {
            return Some(format!(
                "it does not count for what is asked here {}",
                article(ground.source_in(&kind.instrument))
            ));
        }
        let yields = kind.yields.as_ref().filter(|y| y.grounds.contains(&ground.id))?;
        let treaty = self.treaty_between(&kind.instrument, asked.requested, asked.requesting, asked.now)?;
        Some(format!("{} is in force between the two, and it decides {}", treaty.name, article(&yields.source)))
    }

    /// The grounds of a kind's list that allow something, in its order, where they count.
    pub fn grounds_between(&self, kind: &RequestKind, effect: Effect, asked: &Between<'_>) -> Vec<&Ground> {
        let counts = |g: &&Ground| self.why_not_counted(kind, g, asked).is_none();
        self.grounds(kind, effect).into_iter().filter(counts).collect()
    }

    /// What jurisdiction `by` accepts of jurisdiction `of` as meeting a test of its own, also where that has ended.
    pub fn recognition(&self, by: &str, of: &str, test: Test) -> Option<&Recognition> {
        self.jurisdiction(by)?.recognition.iter().find(|r| r.of == of && r.test == test)
    }

    /// The jurisdiction of that code.
    pub fn jurisdiction(&self, code: &str) -> Option<&Jurisdiction> {
        self.jurisdictions.iter().find(|r| r.code == code)
    }

    /// Whether an instrument is in force between two sides at a time. A side that is not known is bound by nothing.
    pub fn in_force_between(&self, instrument: &str, one: &str, other: &str, now: Timestamp) -> bool {
        let bound = |code: &str| self.jurisdiction(code).is_some_and(|j| j.is_bound(instrument, now));
        self.instrument(instrument).is_some_and(|i| i.is_in_force(now)) && bound(one) && bound(other)
    }

    /// A row as JSON, as a change takes it; `None` where there is none of that id.
    pub fn row(&self, table: Table, id: &str) -> Option<serde_json::Value> {
        fn of<R: LawRow>(rows: &[R], id: &str) -> Option<serde_json::Value> {
            rows.iter().find(|r| r.id() == id).and_then(|r| serde_json::to_value(r).ok())
        }
        match table {
            Table::Instrument => of(&self.instruments, id),
            Table::Request => of(&self.requests, id),
            Table::Ground => of(&self.grounds, id),
            Table::Jurisdiction => of(&self.jurisdictions, id),
        }
    }
}

/// A version in words.
pub fn version_in_words(version: u64) -> String {
    match version {
        0 => "the law as this program brings it".to_owned(),
        1 => "the law as this program brings it, and 1 change signed here".to_owned(),
        n => format!("the law as this program brings it, and {n} changes signed here"),
    }
}

/// Refuses a change of a kind of request that touches its letter, or makes its review less strict.
fn check_request_change(own: &RequestKind, new: &RequestKind) -> Result<(), String> {
    let refused = |what: &str| Err(format!("{}: {what}", own.id));
    match () {
        () if own.template != new.template => refused("`template` names a letter of the program, and stays as it is"),
        () if own.review != new.review => refused("`review` stays as it is"),
        () if new.level < own.level => {
            refused("`level` cannot be lowered: the tests of a review are not rows of this law")
        }
        () if new.tier < own.tier => {
            refused("`tier` cannot be lowered: it says how strictly the data asked for are protected")
        }
        () => Ok(()),
    }
}

fn place<R: LawRow>(rows: &mut Cow<'static, [R]>, json: &str, may_add: bool) -> Result<String, String> {
    let row: R = serde_json::from_str(json).map_err(|e| format!("not a row of that table: {e}"))?;
    let id = row.id().to_owned();
    let token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if id.is_empty() || id.len() > 32 || !id.chars().all(token) {
        return Err("its id is 1 to 32 letters, digits, `-` and `_`".to_owned());
    }
    if let Some(problem) = row.problem() {
        return Err(format!("{id}: {problem}"));
    }
    let known = rows.iter().position(|r| r.id() == id);
    if known.is_none() && !may_add {
        return Err(format!(
            "{id}: there is no such row, and a new kind of request needs a program that knows its letter"
        ));
    }
    let rows = rows.to_mut();
    match known.and_then(|n| rows.get_mut(n)) {
        Some(old) => *old = row,
        None => rows.push(row),
    }
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(table: Table, row: &serde_json::Value) -> Result<Law, String> {
        let mut law = Law::clone(&Law::of_program());
        law.put(table, &row.to_string()).map(|_| law.at_version(1))
    }

    #[test]
    fn what_rows_name_is_there() {
        let law = Law::of_program();
        for kind in law.requests() {
            assert!(law.instrument(&kind.instrument).is_some(), "{} rests on {}", kind.id, kind.instrument);
            assert!(kind.grounds.iter().all(|g| law.ground(g).is_some()), "{}", kind.id);
        }
        for side in &*law.jurisdictions {
            assert!(side.instrument.iter().all(|p| law.instrument(&p.id).is_some()), "{}", side.code);
        }
    }

    #[test]
    fn every_row_of_the_program_may_be_put_back_as_it_is() {
        let law = Law::of_program();
        fn rows<'l>(table: Table, ids: impl Iterator<Item = &'l str>) -> Vec<(Table, &'l str)> {
            ids.map(|id| (table, id)).collect()
        }
        let all = [
            rows(Table::Instrument, law.instruments.iter().map(LawRow::id)),
            rows(Table::Request, law.requests.iter().map(LawRow::id)),
            rows(Table::Ground, law.grounds.iter().map(LawRow::id)),
            rows(Table::Jurisdiction, law.jurisdictions.iter().map(LawRow::id)),
        ]
        .concat();
        for (table, id) in all {
            let row = law.row(table, id).unwrap();
            let same = changed(table, &row).unwrap_or_else(|e| panic!("{table} {e}"));
            assert_eq!(same.row(table, id), Some(row), "{table} {id}");
        }
    }

    #[test]
    fn what_is_not_in_force_between_both_is_in_force_for_neither() {
        let law = Law::of_program();
        let now = Timestamp::parse("2026-11-25T00:00:00Z").unwrap();
        for (id, one, other, want) in [
            ("bc", "XA", "XB", true),
            ("bc", "XA", "XF", false),
            ("2ap", "XA", "XB", false),
            ("e-evidence", "XA", "XE", true),
            ("e-evidence", "XA", "XB", false),
            ("untoc", "XA", "XF", true),
            ("bc", "XA", "ZZ", false),
            ("none", "XA", "XB", false),
        ] {
            assert_eq!(law.in_force_between(id, one, other, now), want, "{id} {one} {other}");
        }
    }

    #[test]
    fn a_change_takes_the_place_of_a_row_or_adds_one() {
        let now = Timestamp::parse("2026-11-25T00:00:00Z").unwrap();
        let law = Law::of_program();
        assert!(!law.in_force_between("2ap", "XA", "XB", now));
        let mut row = law.row(Table::Instrument, "2ap").unwrap();
        row["status"] = "in force".into();
        let law = changed(Table::Instrument, &row).unwrap();
        assert!(law.instrument("2ap").unwrap().is_in_force(now));
        assert_eq!(law.version_in_words(), "the law as this program brings it, and 1 change signed here");
        let mut new = law.row(Table::Jurisdiction, "XA").unwrap();
        new["code"] = "QM".into();
        let law = changed(Table::Jurisdiction, &new).unwrap();
        assert!(law.jurisdiction("QM").is_some() && law.jurisdiction("XA").is_some());
    }

    #[test]
    fn what_is_no_sound_row_is_refused() {
        let law = Law::of_program();
        type Spoil = fn(&mut serde_json::Value);
        let cases: &[(Table, &str, Spoil, &str)] = &[
            (Table::Instrument, "bc", |r| r["surprise"] = 1.into(), "not a row"),
            (Table::Instrument, "bc", |r| r["status"] = "perhaps".into(), "status"),
            (Table::Instrument, "bc", |r| r["status"] = "applies from".into(), "applies_from"),
            (Table::Instrument, "bc", |r| r["verified"] = "yesterday".into(), "verified"),
            (Table::Instrument, "bc", |r| r["id"] = "\u{202e}".into(), "id"),
            (Table::Instrument, "bc", |r| r["note"] = "n".repeat(LARGEST_ROW).into(), "at most"),
            (Table::Request, "bc29", |r| r["id"] = "bc99".into(), "no such row"),
            (Table::Request, "bc29", |r| r["template"] = "none".into(), "template"),
            (Table::Request, "bc29", |r| r["level"] = "L9".into(), "level"),
            (Table::Request, "bc34", |r| r["level"] = "L1".into(), "level"),
            (Table::Request, "bc34", |r| r["tier"] = 1.into(), "tier"),
            (Table::Request, "bc34", |r| r["review"] = false.into(), "review"),
            (
                Table::Jurisdiction,
                "XA",
                |r| r["assurances_required"] = serde_json::json!(["torture", "boredom"]),
                "assurances",
            ),
            (Table::Request, "bc29", |r| r["tier"] = 9.into(), "tier"),
            (Table::Request, "bc29", |r| r["clock"][0]["unit"] = "moon".into(), "clock"),
            (Table::Ground, "R1", |r| r["effect"] = "maybe".into(), "effect"),
            (Table::Jurisdiction, "XA", |r| r["weekend"][0] = "someday".into(), "weekend"),
            (Table::Jurisdiction, "XA", |r| r["holidays"] = serde_json::json!(["soon"]), "holiday"),
            (Table::Jurisdiction, "XA", |r| r["threshold"][0]["rank"] = 7.into(), "threshold"),
        ];
        for (table, id, spoil, why) in cases {
            let mut row = law.row(*table, id).unwrap_or_else(|| panic!("{id}"));
            spoil(&mut row);
            let said = changed(*table, &row).expect_err(why);
            assert!(said.contains(why), "{id}: {said}");
        }
    }
}
