//! A workspace that was set back, by a backup or by anybody's copy: one member declares it, another confirms it, and its log goes on
//! as a new replica. What is known to be erased is erased again before anybody works in it. It never decides which copy is right.

use crate::act::header::Audience;
use crate::gate::cleared::acting_role;
use crate::gate::purge::MAY_ERASE;
use crate::host::file;
use crate::record::definition::Content;
use crate::record::kind_def;
use crate::record::restore::{self, Declared, LogEnd};
use crate::record::store::RecordStore as _;
use crate::store::connection::{self, Database};
use crate::store::log;
use crate::store::read;
use crate::store::records::SqlRecordStore;
use crate::store::write::{ActWriter, Author};
use crate::value::class::Role;
use crate::value::id::Id;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::own_file;
use crate::workspace::window;

/// What a declaration came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Declaration {
    /// The declared restore.
    pub id: Id,
    /// Whether another member has to confirm it: at a desk with one member nobody can.
    pub waits: bool,
    /// How many acts the workspace holds.
    pub held: u64,
    /// How many acts its member has seen; `None` where they have not seen it.
    pub seen: Option<u64>,
    /// How many records were erased again.
    pub erased: usize,
}

/// Returns which of these records are here as they were before they were erased.
pub(super) fn to_erase_again<'a>(conn: &Database, ids: impl IntoIterator<Item = &'a Id>) -> Result<Vec<Id>, Error> {
    let records = SqlRecordStore::new(conn);
    let mut found = Vec::new();
    for id in ids {
        let Some(record) = records.get(*id)? else { continue };
        let stands = match kind_def(record.kind).content {
            Content::Own { .. } => !record.is_purged(),
            Content::WithSubject | Content::WithCase | Content::WithItems => {
                record.body.is_some() || read::any_content(conn, *id)?
            }
            Content::None | Content::WithDesk => false,
        };
        if stands {
            found.push(*id);
        }
    }
    Ok(found)
}

/// Removes the files of a workspace that may hold what is erased again: bundles, drafts, and evidence that is named by it.
pub(super) fn remove_files_of(folder: &std::path::Path, erased: &[Id]) -> Result<(), Error> {
    for inner in ["outbox", "inbox"] {
        let inner = folder.join(inner);
        if file::exists(&inner) {
            file::files_in(&inner)?.iter().try_for_each(|path| file::remove(path))?;
        }
    }
    let evidence = folder.join("evidence");
    if file::exists(&evidence) {
        let names: Vec<String> = erased.iter().map(Id::to_string).collect();
        for path in file::files_in(&evidence)? {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if names.iter().any(|id| name.contains(id.as_str())) {
                file::remove(&path)?;
            }
        }
    }
    own_file::forget_all(folder)
}

impl Workspace {
    /// Why the workspace is not the one that its member has seen; `None` where it is.
    pub const fn alarm(&self) -> Option<&Error> {
        self.alarm.as_ref()
    }

    /// Whether the last act of the log is dated later than the clock is now.
    ///
    /// # Errors
    ///
    /// Where the log cannot be read.
    pub fn is_dated_ahead(&self) -> Result<bool, Error> {
        let last = self.last_signed()?;
        Ok(last.is_some_and(|last| window::behind(self.now(), last, crate::record::clock::STATE).is_some()))
    }

    /// Declares that the workspace was set back, or that its last act was dated wrong: its log goes on as a new replica, whose first act
    /// names where the old one ends. Nobody works in it before another member confirms.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Refused`] where there is nothing to declare, or where it is declared already.
    pub fn declare_restore(&mut self, because: &str) -> Result<Declaration, Error> {
        if restore::pending(&self.records(), self.meta.desk)?.is_some() {
            let what = "it is declared already that this workspace was set back";
            return Err(Error::not_allowed(what).hint("let another member confirm it with `comity backup confirm`"));
        }
        if self.alarm.is_none() && !self.is_dated_ahead()? {
            let what = "this workspace goes on from what you have seen of it: there is nothing to declare";
            return Err(Error::not_allowed(what).hint("go on working in it"));
        }
        let now = self.may_sign(restore::DECLARE)?;
        let again = self.known_to_be_erased()?;
        let roles = self.my_roles()?;
        let role = acting_role(restore::DECLARE, &roles).unwrap_or(Role::Investigator);
        let tip = log::tip(&self.db, &self.meta)?;
        let old = LogEnd { replica: self.meta.replica, size: tip.size, root: tip.root };
        let known = self.trust.of(&self.root_key()?.to_openssh());
        let remembered = known.map(|known| LogEnd { replica: known.replica, size: known.size, root: known.root });
        let (id, salt) = (self.entropy.id()?, self.entropy.salt()?);
        let mut meta = self.meta.clone();
        let tx = connection::begin(&self.db)?;
        self.must_be_trusted(&tx)?;
        meta.set_replica(&tx, self.entropy.id()?)?;
        log::mark_restored(&tx, false)?;
        let author = |audience, role| Author { signer: &self.me.signer, role, now, audience, basis: None };
        let mut act = ActWriter::begin(&tx, &meta, author(Audience::Partners, role))?;
        act.change(restore::declared(id, &Declared { old, remembered }, because, salt))?;
        act.finish()?;
        if !again.is_empty() {
            let role = acting_role(restore::REAPPLY, &roles).unwrap_or(role);
            let mut act = ActWriter::begin(&tx, &meta, author(Audience::OwnDesk, role))?;
            act.change(restore::reapplied(id))?;
            again.iter().try_for_each(|record| act.change(restore::erased_again(*record)))?;
            act.finish()?;
        }
        self.commit(tx)?;
        self.meta = meta;
        // What this member has seen stays as it is until another confirms: where the newer copy is found after all, it still fits.
        if !again.is_empty() {
            self.bury(&again)?;
        }
        let waits = restore::pending(&self.records(), self.meta.desk)?.is_some();
        if !waits {
            self.alarm = None;
            if !self.is_first_sight {
                self.update_trust_state()?;
            }
        }
        Ok(Declaration { waits, id, held: old.size, seen: remembered.map(|end| end.size), erased: again.len() })
    }

    /// Confirms that the workspace was set back, as another member has declared. Answers the restore, and how many more records were
    /// erased again, since this member knows of them.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Refused`] where nothing is declared, or where it is the same member.
    pub fn confirm_restore(&mut self) -> Result<(Id, usize), Error> {
        let Some(pending) = restore::pending(&self.records(), self.meta.desk)? else {
            let what = "nobody has declared that this workspace was set back";
            return Err(
                Error::not_allowed(what).hint("where it was, one member runs `comity backup declare --because WHY`")
            );
        };
        let inputs = crate::record::definition::GateInputs {
            first: pending.text("by").and_then(crate::value::person::Person::parse),
            ..Default::default()
        };
        let verdict = crate::gate::from_records::act_facts(
            &self.records(),
            &self.meta.realm,
            self.now(),
            restore::CONFIRM,
            self.person(),
            &inputs,
        )?
        .judge();
        if !verdict.allowed() {
            return Err(Error::refused(verdict, None));
        }
        self.may_sign(restore::CONFIRM)?;
        let again = self.known_to_be_erased()?;
        self.trust_waits = true;
        if !again.is_empty() {
            self.act(restore::REAPPLY, Audience::OwnDesk, None, |act, _| {
                act.change(restore::reapplied(pending.id))?;
                Ok(again.iter().try_for_each(|record| act.change(restore::erased_again(*record)))?)
            })?;
        }
        // Also where whoever declared was interrupted: what two members confirm holds nothing that was erased.
        if self.my_roles()?.iter().any(|role| MAY_ERASE.contains(role)) {
            self.bury(&again)?;
        }
        self.act(restore::CONFIRM, Audience::Partners, None, |act, _| Ok(act.change(restore::confirmed(pending.id))?))?;
        self.trust_waits = false;
        self.alarm = None;
        // Whoever sees the desk for the first time is told which one it is when they open it.
        if !self.is_first_sight {
            self.update_trust_state()?;
        }
        Ok((pending.id, again.len()))
    }

    /// What this member knows to be erased, and stands here all the same.
    fn known_to_be_erased(&self) -> Result<Vec<Id>, Error> {
        let root = self.root_key()?.to_openssh();
        let known = self.trust.of(&root).map(|known| &known.erased.records);
        let again = to_erase_again(&self.db, known.into_iter().flatten())?;
        if again.is_empty() || self.my_roles()?.iter().any(|role| MAY_ERASE.contains(role)) {
            return Ok(again);
        }
        let what = "this copy holds what was erased since, and you may not erase";
        Err(Error::new(ErrorKind::Refused, what, "let a desk officer, a release officer or an administrator do it"))
    }

    /// Makes what was erased unreadable: no file has it, and the key that its pages were written with is gone.
    fn bury(&mut self, erased: &[Id]) -> Result<(), Error> {
        if !erased.is_empty() {
            remove_files_of(self.folder(), erased)?;
        }
        connection::truncate_wal(&self.db)?;
        self.rotate()
    }
}
