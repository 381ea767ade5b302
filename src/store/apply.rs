//! Applying one act, change by change.
//!
//! An own act that is written, a partner's act that is imported and an act that is replayed go through the same
//! [`ActApplier`]. What becomes of a change beside the records is up to its [`ChangeSink`].

use rusqlite::Connection;

use super::authenticated::{Authentication, Buckets};
use super::error::StoreError;
use super::records::{Moved, Speaker, SqlRecordStore};
use super::statement::sql;
use crate::act::change::{Body, Change, Line};
use crate::act::header::{Audience, Header};
use crate::act::tree::Frontier;
use crate::gate::check::{Check, CheckError};
use crate::record;
use crate::record::definition::{ActContext, ApplyError, ChangeDef, ChangeView, Moves, TermsCache, terms_of};
use crate::record::store::{ChangeRow, Record, RecordStore as _};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::Json;

/// What becomes of the changes of an act beside the records that they are applied to.
pub(super) trait ChangeSink {
    /// What a sink is told of a change beside the change.
    type Extra;

    /// Whether the gate is asked for each change.
    fn asks_gate(&self) -> bool {
        true
    }

    /// Whether what is purged is erased; it is not where records alone are made again.
    fn erases(&self) -> bool {
        true
    }

    /// What is done about the digests of records.
    fn authentication(&self) -> Authentication {
        Authentication::Undoable
    }

    /// Takes a change that was withheld: nothing but its leaf is known.
    fn withheld(&mut self, row: ChangeRow, leaf: &Digest) -> Result<(), StoreError>;

    /// Takes a change that the gate has let through, just before it is applied.
    fn change(
        &mut self,
        records: &SqlRecordStore<'_>,
        change: CheckedChange<'_>,
        extra: Self::Extra,
    ) -> Result<(), StoreError>;

    /// Takes a change of a partner's act on what is lost here since this desk was set back: it is kept without its content, and does
    /// nothing.
    fn lost(
        &mut self,
        row: ChangeRow,
        change: &Change,
        leaf: Option<Digest>,
        extra: Self::Extra,
    ) -> Result<(), StoreError>;

    /// Takes of which record a change that was applied is here, where that has another id than the change names.
    fn is_of(&mut self, row: ChangeRow, local: Id) -> Result<(), StoreError>;

    /// Takes that another desk's record has another id here from now on, and all changes of it with it.
    fn moved_aside(&mut self, moved: Moved) -> Result<(), StoreError>;

    /// Takes the end of the act: how many changes came, and their root.
    fn end(&mut self, header: &Header, changes: u64, root: &Digest) -> Result<(), StoreError>;

    /// Returns the error for an act that the gate or the records do not let through.
    fn refused(&self, error: CheckError) -> StoreError {
        error.into()
    }
}

/// A change that the gate has let through.
pub(super) struct CheckedChange<'a> {
    /// The change as it is applied.
    pub(super) view: &'a ChangeView<'a>,
    /// The change as it came.
    pub(super) change: &'a Change,
    /// Its leaf; `None` where the root is not computed.
    pub(super) leaf: Option<Digest>,
}

/// Where an act stands, and what its first change says.
struct Act {
    own_desk: Id,
    header: Header,
    position: i64,
    first_row: i64,
    next_number: i64,
    /// The record and the terms of the first change.
    first: Option<(Id, Json)>,
    terms_cache: TermsCache,
}

impl Act {
    /// Returns the context of the act's changes; `None` before the first.
    fn context(&self) -> Option<ActContext<'_>> {
        self.first.as_ref().map(|(first_record, first)| ActContext {
            position: self.position,
            own_desk: self.own_desk,
            header: &self.header,
            first,
            first_row: ChangeRow(self.first_row),
            first_record: *first_record,
            kinds: record::kind_def,
            terms_cache: &self.terms_cache,
        })
    }
}

/// An act that is being put to the gate and applied, change by change.
pub(super) struct ActApplier<'c, S> {
    act: Act,
    records: SqlRecordStore<'c>,
    check: Check,
    root: Frontier,
    count: u64,
    /// Whether the act is on what is lost here.
    is_on_lost: bool,
    sink: S,
}

/// An act whose changes are all applied.
pub(super) struct AppliedAct {
    pub(super) header: Header,
    pub(super) position: i64,
    pub(super) first_row: i64,
    /// The number of the first record that it could make.
    pub(super) next_number: i64,
    pub(super) changes: u64,
    /// The root of the changes; of none where no leaf was given.
    pub(super) root: Digest,
}

impl<'c, S: ChangeSink> ActApplier<'c, S> {
    /// Begins to apply the act at a position of the desk `own_desk`, whose changes begin at a row, to the records of a database.
    pub(super) fn begin(
        conn: &'c Connection,
        own_desk: Id,
        header: Header,
        (position, first_row): (i64, i64),
        sink: S,
    ) -> Result<Self, StoreError> {
        let speaker = match (header.desk == own_desk, &header.audience) {
            (false, _) => Some(Speaker { desk: header.desk, is_foreign: true }),
            (true, Audience::Desks(desks)) => match desks.as_slice() {
                [to] => Some(Speaker { desk: *to, is_foreign: false }),
                _ => None,
            },
            (true, Audience::OwnDesk | Audience::Partners) => None,
        };
        let next_number = next_number(conn)?;
        let act =
            Act { own_desk, header, position, first_row, next_number, first: None, terms_cache: TermsCache::default() };
        let buckets = Buckets::for_act(conn, sink.authentication(), position, (next_number, first_row));
        Ok(Self {
            act,
            records: SqlRecordStore::for_act(conn, speaker, sink.erases(), buckets),
            check: Check::default(),
            root: Frontier::default(),
            count: 0,
            is_on_lost: false,
            sink,
        })
    }

    /// The same, where the changes of earlier acts stand in another database.
    pub(super) fn with_changes_in(mut self, log: &'c Connection) -> Self {
        self.records.read_changes_in(log);
        self
    }

    /// The act's header; its count and root of changes are not known before the end of an own act.
    pub(super) const fn header(&self) -> &Header {
        &self.act.header
    }

    /// The record of exactly this id.
    pub(super) fn record(&self, id: Id) -> Result<Option<Record>, StoreError> {
        Ok(self.records.exact(id)?)
    }

    /// How many changes came so far.
    pub(super) const fn count(&self) -> u64 {
        self.count
    }

    /// The row of the change that comes next.
    pub(super) const fn next_row(&self) -> i64 {
        self.act.first_row + self.count as i64
    }

    /// Puts a change to the gate, hands it to the sink, and applies it. Without a leaf it does not count in the root.
    pub(super) fn change(
        &mut self,
        line: &Line,
        leaf: Option<Digest>,
        terms: &Json,
        extra: S::Extra,
    ) -> Result<(), StoreError> {
        let row = ChangeRow(self.next_row());
        self.count += 1;
        let Self { act, records, check, sink, root, is_on_lost, .. } = self;
        if let Some(leaf) = leaf {
            root.push(leaf);
            records.buckets().map_or(Ok(()), |buckets| buckets.leaf(row, &leaf))?;
        }
        let change = match line {
            Line::Change(change) => change,
            Line::Withheld(leaf) => {
                sink.withheld(row, leaf)?;
                if act.first.is_none() {
                    return Err(sink.refused(CheckError::Forged("the first change of an act is withheld".into())));
                }
                return Ok(());
            }
        };
        let Some(def) = record::change(&change.kind) else {
            return Err(sink.refused(CheckError::Unknown));
        };
        if act.first.is_none() {
            *is_on_lost = is_of_lost(records, act, change.record, def).map_err(|e| sink.refused(e.into()))?;
        }
        act.first.get_or_insert_with(|| (change.record, terms.clone()));
        if *is_on_lost {
            return sink.lost(row, change, leaf, extra);
        }
        let Some(act) = act.context() else {
            return Err(sink.refused(empty()));
        };
        let terms = terms_of(act.first, terms).map_err(|e| sink.refused(e.into()))?;
        let has_content = change.body != Body::None;
        let view = ChangeView { record: change.record, def, terms, row, has_content };
        if sink.asks_gate() {
            check.change(records, &act, &view).map_err(|e| sink.refused(e))?;
        }
        sink.change(records, CheckedChange { view: &view, change, leaf }, extra)?;
        (def.apply)(records, &act, &view).map_err(|e| sink.refused(e.into()))?;
        if let Some(moved) = records.moved_aside() {
            sink.moved_aside(moved)?;
        }
        match records.meant_by(change.record) {
            Some(local) => sink.is_of(row, local),
            None => Ok(()),
        }
    }

    /// Ends the act: the sink and the gate have seen all its changes.
    pub(super) fn end(mut self) -> Result<AppliedAct, StoreError> {
        let root = self.root.root();
        self.sink.end(&self.act.header, self.count, &root)?;
        if self.sink.asks_gate() {
            let Some(act) = self.act.context() else {
                return Err(self.sink.refused(empty()));
            };
            self.check.end(&self.records, &act).map_err(|e| self.sink.refused(e))?;
        }
        if self.act.header.desk != self.act.own_desk {
            let noted = record::member::note_signature(&mut self.records, &self.act.header);
            noted.map_err(|e| self.sink.refused(e.into()))?;
        }
        self.records.store_what_follows()?;
        let Act { header, position, first_row, next_number, .. } = self.act;
        Ok(AppliedAct { header, position, first_row, next_number, changes: self.count, root })
    }
}

/// Whether a partner's act moves a record that is not here, at a desk that was set back: it is one of those that were lost then.
fn is_of_lost(records: &SqlRecordStore<'_>, act: &Act, record: Id, def: &ChangeDef) -> Result<bool, ApplyError> {
    let moves_another = act.header.desk != act.own_desk && !matches!(def.moves, Moves::Makes);
    if !moves_another || records.get(record)?.is_some() || record == act.header.desk {
        return Ok(false);
    }
    let restores = record::restore::of_desk(records, act.own_desk)?;
    Ok(restores.iter().any(|restore| restore.is(record::restore::State::Confirmed)))
}

/// The number that the next new record takes.
fn next_number(conn: &Connection) -> Result<i64, StoreError> {
    Ok(conn.prepare_cached(sql!("record.next_number"))?.query_row([], |r| r.get(0))?)
}

fn empty() -> CheckError {
    CheckError::Forged("an act without a change".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::act::hybrid::HybridTime;
    use crate::act::tree::empty_root;
    use crate::record::case;
    use crate::seal::sign::Signer;
    use crate::store::statement::{FORMAT, schema};
    use crate::value::class::Role;
    use crate::value::realm::Realm;
    use crate::value::timestamp::Timestamp;

    /// Notes what it is given.
    #[derive(Default)]
    struct Notes {
        asks_gate: bool,
        seen: Vec<String>,
    }

    impl ChangeSink for &mut Notes {
        type Extra = &'static str;

        fn asks_gate(&self) -> bool {
            self.asks_gate
        }

        fn withheld(&mut self, row: ChangeRow, _: &Digest) -> Result<(), StoreError> {
            self.seen.push(format!("{} withheld", row.0));
            Ok(())
        }

        fn change(
            &mut self,
            records: &SqlRecordStore<'_>,
            CheckedChange { view, leaf, .. }: CheckedChange<'_>,
            extra: &'static str,
        ) -> Result<(), StoreError> {
            let known = if records.get(view.record)?.is_some() { "known" } else { "new" };
            let leaf = if leaf.is_some() { "leaf" } else { "no leaf" };
            self.seen.push(format!("{} {} {known} {leaf} {extra}", view.row.0, view.def.kind));
            Ok(())
        }

        fn lost(&mut self, row: ChangeRow, _: &Change, _: Option<Digest>, _: &'static str) -> Result<(), StoreError> {
            self.seen.push(format!("{} lost", row.0));
            Ok(())
        }

        fn is_of(&mut self, row: ChangeRow, local: Id) -> Result<(), StoreError> {
            self.seen.push(format!("{} is of {local}", row.0));
            Ok(())
        }

        fn moved_aside(&mut self, moved: Moved) -> Result<(), StoreError> {
            self.seen.push(format!("{} is {}", moved.name, moved.id));
            Ok(())
        }

        fn end(&mut self, _: &Header, changes: u64, _: &Digest) -> Result<(), StoreError> {
            self.seen.push(format!("{changes} changes"));
            Ok(())
        }

        fn refused(&self, error: CheckError) -> StoreError {
            StoreError::Input(format!("refused: {error}"))
        }
    }

    const HOME: Id = Id::from_bytes([1; 16]);
    const CASE: Id = Id::from_bytes([2; 16]);

    fn database() -> Connection {
        let db = crate::store::connection::in_memory().unwrap();
        db.execute_batch(&schema(FORMAT)).unwrap();
        db
    }

    fn begin<'c>(db: &'c Connection, notes: &'c mut Notes) -> ActApplier<'c, &'c mut Notes> {
        let header = Header {
            realm: Realm::Live,
            desk: HOME,
            replica: HOME,
            sequence: 0,
            previous: None,
            seen: Vec::new(),
            time: HybridTime::after(None, Timestamp::EPOCH),
            member: Signer::from_seed(&[3; 32]).public().person(),
            role: Role::DeskOfficer,
            basis: None,
            audience: Audience::OwnDesk,
            changes: 0,
            root: empty_root(),
        };
        ActApplier::begin(db, HOME, header, (5, 40), notes).unwrap()
    }

    fn open_case() -> (Line, Json) {
        let change = case::new(CASE, "cybercrime", "a title", [0; 32]);
        let terms = change.read_terms().unwrap();
        (Line::Change(change), terms)
    }

    #[test]
    fn each_change_goes_to_the_sink_before_it_is_applied() {
        let (db, mut notes) = (database(), Notes::default());
        let ((line, terms), withheld) = (open_case(), Digest::of(b"withheld"));
        let mut applier = begin(&db, &mut notes);
        applier.change(&line, Some(line.leaf()), &terms, "first").unwrap();
        applier.change(&Line::Withheld(withheld), Some(withheld), &Json::Null, "second").unwrap();
        assert_eq!((applier.count(), applier.next_row()), (2, 42));
        let applied = applier.end().unwrap();
        let mut root = Frontier::default();
        root.push(line.leaf());
        root.push(withheld);
        let place = (applied.position, applied.first_row, applied.changes, applied.root);
        assert_eq!(place, (5, 40, 2, root.root()));
        assert_eq!(notes.seen, ["40 case-new new leaf first", "41 withheld", "2 changes"]);
        assert_eq!(SqlRecordStore::new(&db).get(CASE).unwrap().and_then(|r| r.body), Some(ChangeRow(40)));
    }

    #[test]
    fn without_leaves_there_is_no_root() {
        let (db, mut notes) = (database(), Notes::default());
        let (line, terms) = open_case();
        let mut applier = begin(&db, &mut notes);
        applier.change(&line, None, &terms, "").unwrap();
        assert_eq!(applier.end().unwrap().root, empty_root());
        assert_eq!(notes.seen, ["40 case-new new no leaf ", "1 changes"]);
    }

    #[test]
    fn what_is_refused_is_neither_handed_on_nor_applied_and_the_sink_words_it() {
        let (line, terms) = open_case();
        let unknown = Change::of_terms(CASE, "case-forge", &Json::Obj(Vec::new()));
        let cases = [
            (true, line.clone(), "A-01"),
            (false, Line::Change(unknown), "does not know"),
            (false, Line::Withheld(Digest::of(b"x")), "the first change of an act is withheld"),
        ];
        for (asks_gate, line, expected) in cases {
            let (db, mut notes) = (database(), Notes { asks_gate, ..Notes::default() });
            let error = begin(&db, &mut notes).change(&line, None, &terms, "").unwrap_err().to_string();
            assert!(error.starts_with("refused: "), "{error}");
            assert!(error.contains(expected), "{error}");
            assert!(!notes.seen.iter().any(|seen| seen.contains("case")), "{:?}", notes.seen);
            assert_eq!(SqlRecordStore::new(&db).get(CASE).unwrap(), None);
        }
        // What was applied may not be applied again, whether the gate is asked or not.
        let (db, mut notes) = (database(), Notes::default());
        let mut applier = begin(&db, &mut notes);
        applier.change(&line, None, &terms, "").unwrap();
        let error = applier.change(&line, None, &terms, "").unwrap_err().to_string();
        assert!(error.starts_with("refused: there is a record"), "{error}");
    }

    #[test]
    fn an_act_without_a_change_is_refused_where_the_gate_is_asked() {
        for (asks_gate, expected) in [(true, Some("refused: an act without a change")), (false, None)] {
            let (db, mut notes) = (database(), Notes { asks_gate, ..Notes::default() });
            let error = begin(&db, &mut notes).end().err().map(|e| e.to_string());
            assert_eq!(error.as_deref(), expected);
            assert_eq!(notes.seen, ["0 changes"]);
        }
    }
}
