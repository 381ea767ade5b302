//! Who looked at which personal data, and why: noted durably before anything is shown, and signed later, many looks in one act.
//!
//! Whoever shows content reads it through the workspace, which remembers what of it was personal; before the page leaves, the look is
//! added to the member's journal and made durable. The journal lies beside the database, so that no reader waits for the writer. An
//! entry that was written and whose page was never shown says too much; none ever says too little. Of a workspace that is only read,
//! nothing can be noted: personal data are masked there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use data_encoding::BASE64;

use crate::act::change::Line;
use crate::act::header::Audience;
use crate::gate::from_records::DESK_PURPOSE;
use crate::host::entropy::Entropy;
use crate::host::file;
use crate::law::accountability::{self, Period};
use crate::law::calendar::Calendar;
use crate::object;
use crate::record::agreement;
use crate::record::consultation::{self, CONSULT, Viewing};
use crate::record::kind::Kind;
use crate::record::kind_def;
use crate::record::store::{Query, Record, RecordStore as _};
use crate::record::{hold, member, privilege, restriction};
use crate::seal::age_file;
use crate::seal::sign::PublicKey;
use crate::store::read;
use crate::value::class::Role;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::{self, Json, Limits};
use crate::value::person::Person;
use crate::value::timestamp::Duration;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::journal::{Masked, Matter, Reasons, Wanted, masked, matter_of};
use crate::workspace::open::Workspace;

/// How the names of journals begin and end; while one is signed, it ends otherwise.
const BEGINS: &str = "consulted-";
const ENDS: &str = ".log";
const SIGNED: &str = ".signing";
/// The longest journal that is read.
const LONGEST: u64 = 256 << 20;
/// So many entries are signed when the workspace is opened the next time, however new they are.
const MANY: usize = 64;
/// Entries that are older are signed when the workspace is opened the next time.
const OLD: Duration = Duration::hours(24);
/// A page that is drawn again within this time is the same look.
const SAME_LOOK: Duration = Duration::minutes(15);
/// The most looks in one act.
const IN_ONE_ACT: usize = 200;
/// The purpose of looking at a complaint.
const REDRESS: &str = "redress";

/// A look that stands in a journal and is not signed yet.
#[derive(Clone, Debug)]
pub struct Pending {
    /// Who looked.
    pub by: Person,
    /// At what.
    pub look: Viewing,
}

struct Entry {
    id: Id,
    looks: Vec<Viewing>,
}

/// How a record may be shown.
#[derive(PartialEq, Eq)]
enum View {
    /// As it is.
    Shown,
    /// Not before a reason is given, which is asked for.
    Asked,
    /// Masked.
    Masked(Masked),
}

/// How an item is held back as privileged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum HeldBack {
    /// Until a filter reviewer has looked.
    Waits,
    /// For good.
    Covered,
}

impl Workspace {
    /// Whether personal data are masked here: nothing can be noted of who looks at them.
    pub const fn masks_personal_data(&self) -> bool {
        self.read_only && !self.is_second_view()
    }

    /// Whether a record is personal data that may not be shown here: that it is there is not told either. Where it may be, that it was
    /// found is a look.
    ///
    /// # Errors
    ///
    /// Where the records cannot be read.
    pub fn hides(&self, record: &Record) -> Result<bool, Error> {
        // What is held back is not found, whoever looks for it.
        if self.is_privileged(record)? {
            return Ok(true);
        }
        // That something was found and is masked is not remembered: it would say that it is there. [`Self::searches_less`] says what is
        // left out.
        Ok(self.view_of(record)? != View::Shown)
    }

    /// Whether a record is shown to every member without anybody saying why, and it is no look to show it.
    ///
    /// # Errors
    ///
    /// Where the records cannot be read.
    pub fn is_shown_freely(&self, record: &Record) -> Result<bool, Error> {
        let asks = self.is_privileged(record)? || self.is_restricted(record)?;
        Ok(!asks && !consultation::is_personal(&self.records(), record, kind_def)?)
    }

    /// Lets what is shown say that a search leaves something out here, whether anything of that has the words or not.
    ///
    /// # Errors
    ///
    /// Where the records cannot be read.
    pub fn searches_less(&self) -> Result<(), Error> {
        let holds = Query { limit: Some(1), ..Query::state(hold::State::Standing) };
        let why = if self.masks_personal_data() {
            Some(Masked::Unnoted)
        } else if self.journal.session().reason.is_none() && !self.records().find(&holds)?.is_empty() {
            Some(Masked::Restricted)
        } else {
            None
        };
        let mut looks = self.looks.borrow_mut();
        looks.masked = looks.masked.or(why);
        Ok(())
    }

    /// Remembers a look at a record whose data are not read as content: a file that is written out.
    ///
    /// # Errors
    ///
    /// Where it is held or restricted, and no reason was given; where the records cannot be read.
    pub fn looks_at(&self, record: &Record) -> Result<(), Error> {
        let is_restricted = self.is_restricted(record)?;
        let matter = matter_of(record);
        if is_restricted && !self.reasons().cover(record) {
            return Err(wants_a_reason());
        }
        if is_restricted || consultation::is_personal(&self.records(), record, kind_def)? {
            self.looks.borrow_mut().seen.entry(matter).or_default().insert(record.id);
        }
        Ok(())
    }

    /// How a record may be shown here. Where it is shown, and is personal or restricted, the look is remembered.
    fn view_of(&self, record: &Record) -> Result<View, Error> {
        let restricted = self.is_restricted(record)?;
        if !restricted && !consultation::is_personal(&self.records(), record, kind_def)? {
            return Ok(View::Shown);
        }
        let matter = matter_of(record);
        let has_reason = if restricted { self.reasons().cover(record) } else { self.has_reason(matter) };
        let mut looks = self.looks.borrow_mut();
        if self.masks_personal_data() {
            return Ok(View::Masked(Masked::Unnoted));
        }
        if !has_reason && self.is_second_view() && self.journal.session().asks {
            let wanted = looks.wanted.get_or_insert(Wanted { matter, restricted });
            wanted.restricted |= restricted && wanted.matter == matter;
            return Ok(View::Asked);
        }
        if !has_reason && restricted {
            return Ok(View::Masked(Masked::Restricted));
        }
        looks.seen.entry(matter).or_default().insert(record.id);
        Ok(View::Shown)
    }

    /// Whether what a record says is held or restricted: it is shown only to who says why they look.
    ///
    /// # Errors
    ///
    /// Where the records cannot be read.
    pub fn is_restricted(&self, record: &Record) -> Result<bool, Error> {
        if restriction::is_of_contents(record.kind) {
            return self.is_restricted_itself(record);
        }
        if restriction::is_of_keeping(record.kind) {
            return Ok(false);
        }
        for about in consultation::speaks_of(record, kind_def) {
            let about = self.records().get(about)?.filter(|about| restriction::is_of_contents(about.kind));
            if about.map_or(Ok(false), |about| self.is_restricted_itself(&about))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn is_restricted_itself(&self, record: &Record) -> Result<bool, Error> {
        let records = self.records();
        if self.looks_back().is_some() {
            // What is restricted since is not read by looking back.
            let now = Record { due: read::due_now(&self.db, record.id)?, ..record.clone() };
            if read::is_restricted_since(&self.db, record)?
                || restriction::is_restricted(&records, &now, kind_def, self.real_now())?
            {
                return Ok(true);
            }
        }
        Ok(restriction::is_restricted(&records, record, kind_def, self.now())?)
    }

    /// Whether it was said why a matter is looked at, by whatever was accepted.
    fn has_reason(&self, matter: Matter) -> bool {
        let session = self.journal.session();
        session.reason.is_some() || session.by_matter.contains_key(&matter)
    }

    /// Why was said to be looked, up to now.
    pub fn reasons(&self) -> Reasons {
        self.journal.reasons()
    }

    /// Why something was masked since this was asked last; `None` where nothing was.
    pub fn take_masked(&self) -> Option<Masked> {
        self.looks.borrow_mut().masked.take()
    }

    /// Refuses where something was masked since no reason was given: what is masked goes into no act.
    pub(super) fn must_have_seen(&self) -> Result<(), Error> {
        if self.looks.borrow().masked == Some(Masked::Restricted) { Err(wants_a_reason()) } else { Ok(()) }
    }

    /// Says why personal data are looked at, for everything that is done with this workspace.
    pub fn give_reason(&self, reason: &str) {
        self.journal.session().reason = Some(reason.to_owned());
    }

    /// Says why a matter is looked at in this session. The purpose that was offered is no reason for what is held.
    ///
    /// # Errors
    ///
    /// Where the records cannot be read.
    pub fn give_reason_for(&self, wanted: Wanted, reason: &str) -> Result<(), Error> {
        let is_typed = wanted.restricted || self.purpose_of(wanted.matter)? != reason;
        self.journal.session().by_matter.insert(wanted.matter, (reason.to_owned(), is_typed));
        Ok(())
    }

    /// Lets a reason be asked for before personal data of a matter are shown in a view beside this one.
    pub fn ask_for_reasons(&self) {
        self.journal.session().asks = true;
    }

    /// The matter whose personal data were masked since no reason is given yet; asked once.
    pub fn wanted_reason(&self) -> Option<Wanted> {
        self.looks.borrow_mut().wanted.take()
    }

    /// The purpose of a matter: what is offered as the reason.
    ///
    /// # Errors
    ///
    /// Where the records cannot be read.
    pub fn purpose_of(&self, matter: Matter) -> Result<String, Error> {
        let purpose = match matter {
            Matter::Case(case) => self.records().get(case)?.and_then(|case| case.text("purpose").map(str::to_owned)),
            Matter::Redress => Some(REDRESS.to_owned()),
            Matter::Desk => None,
        };
        Ok(purpose.unwrap_or_else(|| DESK_PURPOSE.to_owned()))
    }

    /// What will do as the reason for looking at a matter: its purpose, or nothing where another must be typed.
    ///
    /// # Errors
    ///
    /// Where the records cannot be read.
    pub fn offered_reason(&self, wanted: Wanted) -> Result<Option<String>, Error> {
        let Wanted { matter, restricted } = wanted;
        let asks = restricted || self.law_asks_for_a_typed_reason()? || !self.partners_that_ask(matter)?.is_empty();
        if asks { Ok(None) } else { self.purpose_of(matter).map(Some) }
    }

    fn law_asks_for_a_typed_reason(&self) -> Result<bool, Error> {
        let (own, law) = (self.own_record()?, self.law()?);
        Ok(own.text("jurisdiction").and_then(|code| law.jurisdiction(code)).is_some_and(|side| side.typed_reason))
    }

    /// The partners whose agreement asks for a typed reason, as far as something of a matter is theirs.
    fn partners_that_ask(&self, matter: Matter) -> Result<Vec<Id>, Error> {
        let mut all = agreement::that_ask_for_a_typed_reason(&self.records(), self.now())?;
        if let Matter::Case(case) = matter {
            let mut with = Vec::new();
            for partner in all {
                let query = Query { case: Some(case), partner: Some(partner), limit: Some(1), ..Query::default() };
                if !self.records().find(&query)?.is_empty() {
                    with.push(partner);
                }
            }
            all = with;
        }
        Ok(all)
    }

    /// Who asks that a reason is typed before some records of a matter are shown: the law of this desk, or a partner's agreement.
    fn asks_for_a_typed_reason(&self, matter: Matter, seen: &BTreeSet<Id>) -> Result<Option<String>, Error> {
        if self.law_asks_for_a_typed_reason()? {
            return Ok(Some("the law of this desk".to_owned()));
        }
        let asking = self.partners_that_ask(matter)?;
        if asking.is_empty() {
            return Ok(None);
        }
        for id in seen {
            let partner = self.records().get(*id)?.and_then(|r| r.partner);
            if let Some(partner) = partner.filter(|partner| asking.contains(partner)) {
                return Ok(Some(format!("the agreement with {}", self.code_of(partner)?)));
            }
        }
        Ok(None)
    }

    /// Whether a record is held back as privileged, from whomever, or speaks of one that is: no search finds it.
    ///
    /// # Errors
    ///
    /// Where the records cannot be read.
    pub fn is_privileged(&self, record: &Record) -> Result<bool, Error> {
        self.is_or_speaks_of(record, &|record| {
            Ok(privilege::is_held_back(record).is_some() || self.held_back_since(record)?.is_some())
        })
    }

    /// Whether a record is held back as privileged from this member, or speaks of one that is: only who may say what it is reads it.
    ///
    /// # Errors
    ///
    /// Where the records cannot be read.
    pub fn is_held_back(&self, record: &Record) -> Result<bool, Error> {
        self.is_or_speaks_of(record, &|record| {
            let later = self.held_back_since(record)?;
            if privilege::is_held_back(record).is_none() {
                return Ok(later.is_some());
            }
            Ok(later == Some(HeldBack::Covered) || !self.may_filter(record)?)
        })
    }

    /// Whether something is true of a record, or of one that its texts speak of: a custody entry, a review, a mistake that was found.
    fn is_or_speaks_of(&self, record: &Record, is: &dyn Fn(&Record) -> Result<bool, Error>) -> Result<bool, Error> {
        if is(record)? {
            return Ok(true);
        }
        for about in consultation::speaks_of(record, kind_def) {
            if let Some(about) = self.records().get(about)?
                && is(&about)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether this member may look at what is held back: a legal reviewer who has neither held it back nor done anything in its case.
    ///
    /// # Errors
    ///
    /// Where the records cannot be read.
    pub fn may_filter(&self, record: &Record) -> Result<bool, Error> {
        let may = privilege::may_filter(&self.records(), record, self.person(), &self.my_roles()?)?;
        Ok(may && !self.has_worked_on(record.case)?)
    }

    /// Whether this member has done something in a case as an investigator or a desk officer: what reviews of it say is in its records.
    fn has_worked_on(&self, case: Option<Id>) -> Result<bool, Error> {
        let Some(case) = case else { return Ok(false) };
        for position in read::acts_of_case(&self.db, case)? {
            let Some(act) = read::act(&self.db, position)? else { continue };
            let header = act.read_header()?;
            if header.member == self.person() && matches!(header.role, Role::Investigator | Role::DeskOfficer) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// How an item is held back now, where one looks back: it is not read by looking back.
    fn held_back_since(&self, record: &Record) -> Result<Option<HeldBack>, Error> {
        if self.looks_back().is_none() || record.kind != Kind::Item {
            return Ok(None);
        }
        let mut now = None;
        for stored in read::changes_since(&self.db, record.id)? {
            let Line::Change(change) = stored.line else { continue };
            if privilege::HOLD_BACK.is(&change.kind) {
                now = Some(HeldBack::Waits);
            } else if privilege::FILTER.is(&change.kind) {
                let stays = change.read_terms().is_ok_and(|terms| privilege::stays_held_back(&terms));
                now = stays.then_some(HeldBack::Covered);
            }
        }
        Ok(now)
    }

    /// What a record's content is shown as: itself, noted where it is personal, or masked.
    pub(super) fn for_showing(&self, record: &Record, content: Json) -> Result<Json, Error> {
        if self.is_held_back(record)? {
            return Ok(masked(&content));
        }
        match self.view_of(record)? {
            View::Shown => return Ok(content),
            View::Asked => {}
            View::Masked(why) => self.looks.borrow_mut().masked = Some(why),
        }
        Ok(masked(&content))
    }

    /// Notes what was looked at since this was called last, durably. To be called before any of it is shown.
    ///
    /// # Errors
    ///
    /// Where it cannot be written; then nothing may be shown.
    pub fn keep_looks(&self) -> Result<(), Error> {
        let seen = std::mem::take(&mut self.looks.borrow_mut().seen);
        if seen.is_empty() {
            return Ok(());
        }
        let mut session = self.journal.session();
        let at = self.real_now();
        let mut looks = Vec::new();
        for (matter, mut records) in seen {
            if self.is_second_view() {
                let noted = &session.noted;
                records.retain(|id| noted.get(id).is_none_or(|then| at.since(*then) > SAME_LOOK || at < *then));
            }
            let by_matter = session.by_matter.get(&matter).map(|(reason, _)| reason);
            let reason = by_matter.or(session.reason.as_ref()).cloned();
            if reason.is_none()
                && let Some(who) = self.asks_for_a_typed_reason(matter, &records)?
            {
                return Err(Error::new(
                    ErrorKind::Refused,
                    format!("{who} asks for a typed reason before personal data are shown"),
                    "say why with --reason TEXT; the purpose of the case does not do",
                ));
            }
            let purpose = self.purpose_of(matter)?;
            let case = if let Matter::Case(case) = matter { Some(case) } else { None };
            let all: Vec<Id> = records.into_iter().collect();
            for records in all.chunks(consultation::MOST) {
                let (purpose, reason) = (purpose.clone(), reason.clone());
                looks.push(Viewing { at, case, purpose, records: records.to_vec(), reason });
            }
        }
        if looks.is_empty() {
            return Ok(());
        }
        let entry = object! {
            "id" => Entropy::default().id()?.to_string(), "by" => self.person().to_string(),
            "looks" => looks.iter().map(Viewing::to_json).collect::<Vec<_>>(),
        };
        let text = entry.to_text();
        let signature = self.me.signer.sign(&self.meta.realm.namespace("journal"), text.as_bytes())?;
        let signed = object! { "entry" => text, "signature" => signature };
        let sealed = age_file::seal(&[self.keyring.keys.age.recipient()], &signed.to_bytes())?;
        // What an earlier run has left half written ends before this begins.
        file::append(&self.journal_file(ENDS), format!("\n{}\n", BASE64.encode(&sealed)).as_bytes())?;
        for look in &looks {
            session.noted.extend(look.records.iter().map(|id| (*id, at)));
        }
        Ok(())
    }

    fn journal_file(&self, ends: &str) -> PathBuf {
        let whose = Digest::of(self.person().to_string().as_bytes()).to_string();
        self.folder().join(format!("{BEGINS}{}{ends}", whose.get(..16).unwrap_or(&whose)))
    }

    fn entries_of(&self, path: &Path, key: &PublicKey) -> Result<Vec<Entry>, Error> {
        if !file::exists(path) {
            return Ok(Vec::new());
        }
        let all = file::read(path, LONGEST)?;
        // One that cannot be read was never finished: then nothing was shown.
        Ok(all.split(|byte| *byte == b'\n').filter_map(|line| self.entry(line, key)).collect())
    }

    fn entry(&self, line: &[u8], key: &PublicKey) -> Option<Entry> {
        let sealed = BASE64.decode(line).ok().filter(|sealed| !sealed.is_empty())?;
        let limit = usize::try_from(LONGEST).unwrap_or(usize::MAX);
        // What was noted before the desk had new keys opens with those of then.
        let mut keys = std::iter::once(&self.keyring.keys).chain(self.keyring.former.iter().rev());
        let opened = keys.find_map(|keys| age_file::open_all(&keys.age, &sealed, limit).ok())?;
        let signed = json::parse(opened.expose(), Limits::STORED).ok()?;
        let text = signed.get("entry")?.text()?;
        let namespace = self.meta.realm.namespace("journal");
        key.verify(&namespace, text.as_bytes(), signed.get("signature")?.text()?).ok()?;
        let entry = json::parse(text.as_bytes(), Limits::STORED).ok()?;
        let by = entry.get("by")?.text().and_then(Person::parse)?;
        let looks = entry.get("looks")?.items()?.iter().map(Viewing::read).collect::<Option<Vec<_>>>()?;
        let id = entry.get("id")?.text().and_then(Id::parse)?;
        (by == key.person()).then_some(Entry { id, looks })
    }

    /// What all members have noted and not signed yet.
    ///
    /// # Errors
    ///
    /// Where a journal cannot be read.
    pub fn unsigned_looks(&self) -> Result<Vec<Pending>, Error> {
        let mut all = Vec::new();
        for known in member::all(&self.records(), self.meta.desk)? {
            let Some(key) = member::signing_key(&known) else { continue };
            let by = key.person();
            let whose = Digest::of(by.to_string().as_bytes()).to_string();
            for (ends, is_being_signed) in [(SIGNED, true), (ENDS, false)] {
                let path = self.folder().join(format!("{BEGINS}{}{ends}", whose.get(..16).unwrap_or(&whose)));
                for entry in self.entries_of(&path, &key)? {
                    // An act that was made before the journal went says the same.
                    if is_being_signed && self.records().get(look_id(entry.id, 0))?.is_some() {
                        continue;
                    }
                    all.extend(entry.looks.into_iter().map(|look| Pending { by, look }));
                }
            }
        }
        Ok(all)
    }

    /// Signs what this member has noted, where there is much of it, or it is old.
    pub(super) fn sign_old_consultations(&mut self) -> Result<(), Error> {
        let entries = self.entries_of(&self.journal_file(ENDS), &self.me.signer.public())?;
        let now = self.real_now();
        let is_old = entries.iter().flat_map(|e| &e.looks).any(|look| now.since(look.at) > OLD);
        let was_interrupted = file::exists(&self.journal_file(SIGNED));
        if entries.len() >= MANY || is_old || was_interrupted { self.sign_consultations() } else { Ok(()) }
    }

    /// Signs all that this member has noted: acts of many looks. A kill before the journal is removed leaves it to be compared with them.
    ///
    /// # Errors
    ///
    /// Where it cannot be signed now; it stays noted then.
    pub fn sign_consultations(&mut self) -> Result<(), Error> {
        if self.read_only {
            return Ok(());
        }
        let (noted, signing) = (self.journal_file(ENDS), self.journal_file(SIGNED));
        {
            let journal = std::sync::Arc::clone(&self.journal);
            let _alone = journal.session();
            if !file::exists(&signing) {
                if !file::exists(&noted) {
                    return Ok(());
                }
                file::rename(&noted, &signing)?;
            }
        }
        let entries = self.entries_of(&signing, &self.me.signer.public())?;
        let now = self.now();
        let mut looks = Vec::new();
        for entry in entries {
            for (n, look) in entry.looks.into_iter().enumerate() {
                let id = look_id(entry.id, n);
                if self.records().get(id)?.is_none() {
                    // What a clock that was ahead has dated is dated when it is signed: nobody looks in the future, and one such
                    // look does not keep the others from being signed.
                    looks.push((id, Viewing { at: look.at.min(now), ..look }));
                }
            }
        }
        for looks in looks.chunks(IN_ONE_ACT) {
            self.act(CONSULT, Audience::OwnDesk, None, |act, entropy| {
                for (id, look) in looks {
                    let keep = accountability::ends(Period::KeepConsultation, look.at, &Calendar::default());
                    act.change(consultation::new(*id, look, keep, entropy.salt()?))?;
                }
                Ok(())
            })?;
        }
        Ok(file::remove(&signing)?)
    }

    /// The days on which this desk works.
    ///
    /// # Errors
    ///
    /// Where the records cannot be read.
    pub fn calendar(&self) -> Result<Calendar, Error> {
        let (own, law) = (self.own_record()?, self.law()?);
        let side = own.text("jurisdiction").and_then(|code| law.jurisdiction(code));
        Ok(side.map(crate::law::jurisdiction::Jurisdiction::calendar).unwrap_or_default())
    }
}

/// The refusal of what is restricted where nobody has said why they look.
pub fn wants_a_reason() -> Error {
    Error::new(
        ErrorKind::Refused,
        "what is held or restricted is seen only with a reason",
        "say why with --reason TEXT; in the screens, open it and say why",
    )
}

/// The id of the record of a look: it follows from the journal's entry, so that none is signed twice.
fn look_id(entry: Id, n: usize) -> Id {
    let named = [b"comity/consultation/1\0".as_slice(), entry.as_bytes(), &(n as u64).to_be_bytes()].concat();
    Id::from_digest(&Digest::of(&named))
}
