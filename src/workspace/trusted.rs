//! What a member may believe of a workspace: which desk it is, whether its log goes on from what they have seen, and whether its records
//! are what the acts say. What they remember lies outside of the database. Nothing here makes an act.

use std::collections::BTreeSet;

use crate::host::entropy::Entropy;
use crate::host::file;
use crate::record::{self, member, restore};
use crate::seal::sign::PublicKey;
use crate::store::connection::{self, Database};
use crate::store::error::StoreError;
use crate::store::records::SqlRecordStore;
use crate::store::{authenticated, log, read, replay, tree::SqlTree};
use crate::value::person::Person;
use crate::value::text::{counted, shown};
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::trust_state::{Records, TrustState, Trusted};

const CHANGED: &str = "the records are not those that this member has seen: somebody has changed the database";

impl Workspace {
    /// Finds what this member remembers of the desk, by its root key. A desk that they do not know is not taken for one that lay in the
    /// same folder.
    pub(super) fn recognise(&mut self) -> Result<Option<TrustState>, Error> {
        let root = self.root_key()?;
        if let Some(known) = self.trust.of(&root.to_openssh()).cloned() {
            self.left = known.left;
            return Ok(Some(known));
        }
        // Whoever founded it has its root key.
        if self.me.root_of(self.meta.desk).is_some_and(|own| own.public() == root) {
            return Ok(None);
        }
        if self.trust.knows_folder(&self.folder_name()) {
            let what = format!(
                "{} holds another desk than the one that this member has seen there; its fingerprint is {}",
                shown(&self.folder.to_string_lossy()),
                self.card()?.0.fingerprint()
            );
            let hint =
                "somebody has put another workspace in its place; where that is meant, move it to a folder of its own";
            return Err(Error::new(ErrorKind::Signature, what, hint));
        }
        self.is_first_sight = true;
        Ok(None)
    }

    /// What whoever opens this desk for the first time must compare; `None` where they have seen it before, or founded it.
    ///
    /// # Errors
    ///
    /// Where the desk's card cannot be read.
    pub fn first_sight(&self) -> Result<Option<String>, Error> {
        if !self.is_first_sight {
            return Ok(None);
        }
        let (card, _) = self.card()?;
        if card.keys.root != self.root_key()? {
            let what = "the desk's card has another root key than its record";
            return Err(Error::new(
                ErrorKind::Signature,
                what,
                "this is not the desk that it says it is: do not work in it",
            ));
        }
        Ok(Some(format!(
            "You open the desk {} for the first time with this identity. Its fingerprint is\n{}\nCompare it with what its founder \
             reads from `comity desk show`.",
            shown(&card.code),
            card.fingerprint()
        )))
    }

    /// Remembers the desk that is seen for the first time: whoever opened it was told which one it is.
    ///
    /// # Errors
    ///
    /// Where the trust state cannot be written.
    pub fn remember(&mut self) -> Result<(), Error> {
        let is_new = std::mem::take(&mut self.is_first_sight) && !self.read_only;
        if is_new { self.update_trust_state() } else { Ok(()) }
    }

    pub(super) fn root_key(&self) -> Result<PublicKey, Error> {
        Ok(record::desk::keys(&self.records(), self.meta.desk)?.root)
    }

    /// The folder as it is remembered: its real path, whatever name it was opened by.
    pub(super) fn folder_name(&self) -> String {
        file::target_of(&self.folder).to_string_lossy().into_owned()
    }

    pub(super) fn compare_with_trust_state(&self, known: Option<&TrustState>) -> Result<(), Error> {
        if log::is_restored(&self.db)? {
            return Err(rolled_back("this workspace was restored from a backup, and nobody has declared that yet"));
        }
        let records = self.records();
        if let Some(pending) = restore::pending(&records, self.meta.desk)? {
            let by = pending.text("by").and_then(Person::parse).map(|by| self.name_of(by)).transpose()?;
            let what = format!(
                "{} declares that this workspace was set back, and one person is not enough",
                shown(&by.unwrap_or_default())
            );
            return Err(Error::new(
                ErrorKind::Fork,
                what,
                "let another member confirm it with `comity backup confirm`",
            ));
        }
        let Some(known) = known else { return Ok(()) };
        if known.replica != self.meta.replica {
            return self.compare_with_restores(known);
        }
        if self.keyring.generation < known.generation {
            return Err(rolled_back("the keyring is older than the one that this member has seen"));
        }
        let tip = log::tip(&self.db, &self.meta)?;
        let tree = SqlTree::new(&self.db, known.replica);
        let grown = tip.size >= known.size;
        if !grown || crate::act::tree::root(&tree, known.size)? != known.root {
            return Err(rolled_back("the log is not the one that this member has seen, or was rolled back"));
        }
        Ok(())
    }

    /// Whether restores that two members have declared lead from the log that this member has seen to the one that is here. Then it
    /// is read from its first act on before anything is believed.
    fn compare_with_restores(&self, known: &TrustState) -> Result<(), Error> {
        let way = restore::between(&self.records(), self.meta.desk, known.replica, self.meta.replica)?;
        let way = way.ok_or_else(|| rolled_back("the log is not the one that this member has seen"))?;
        // A copy from before somebody was revoked takes them for a member. Whoever declares it last has seen what was declared before.
        let last = way.last();
        let by = ["by", "confirmed_by"].into_iter().filter_map(|key| last?.text(key).and_then(Person::parse));
        if let Some(revoked) = by.into_iter().find(|by| known.members.revoked.contains(by)) {
            let what = format!(
                "{} has declared or confirmed that this workspace was set back, and was revoked before",
                shown(&self.name_of(revoked)?)
            );
            let next = "do not work in it before two others declare it: `comity backup declare --because WHY`, then `comity backup \
                        confirm`; and revoke them again";
            return Err(Error::new(ErrorKind::Fork, what, next));
        }
        if self.read_only { self.verify_log(|_| true).map(drop) } else { Ok(()) }
    }

    pub(super) fn update_trust_state(&mut self) -> Result<(), Error> {
        let tip = log::tip(&self.db, &self.meta)?;
        let root_key = self.root_key()?.to_openssh();
        let known = self.trust.of(&root_key);
        let (position, same) = (read::last(&self.db)?, known.is_some_and(|known| known.replica == self.meta.replica));
        // What was erased stays known, whatever copy is restored.
        let mut erased = known.map(|known| known.erased.clone()).unwrap_or_default();
        let looked_at = if same { erased.position } else { 0 };
        if looked_at < position {
            erased.records.extend(read::erased_since(&self.db, looked_at)?);
        }
        erased.position = position;
        let mut members = known.map(|known| known.members.clone()).unwrap_or_default();
        let serial = member::newest_of(&self.own_record()?).unwrap_or(0);
        if !same || serial != members.serial {
            let all = member::all(&self.records(), self.meta.desk)?;
            let revoked = all.iter().filter(|m| m.is(member::State::Revoked));
            members.revoked.extend(revoked.filter_map(|m| m.key.as_deref().and_then(Person::parse)));
            members.serial = serial;
        }
        let seen = TrustState {
            workspace: self.meta.workspace,
            folder: Some(self.folder_name()),
            generation: self.keyring.generation,
            replica: self.meta.replica,
            size: tip.size,
            root: tip.root,
            records: match &*self.trusted.borrow() {
                Trusted::Root(root) => Some(Records { position, root: *root }),
                Trusted::Unknown | Trusted::No(_) => None,
            },
            left: known.and_then(|seen| seen.left),
            erased,
            members,
        };
        self.trust.put(&root_key, seen)
    }

    /// Updates the trust state. To be called after every commit that was not made by [`Workspace::act`].
    pub fn after_commit(&mut self) -> Result<(), Error> {
        self.update_trust_state()
    }

    /// Lets the trust state wait while many acts are made; whoever says so calls [`Self::after_commit`] now and then, and at the end.
    /// A kill before that leaves a log that is longer than it says, which raises no alarm.
    pub const fn hold_trust_state(&mut self, waits: bool) {
        self.trust_waits = waits;
    }

    /// Finds what the records come to: what the member remembers, with the acts judged again that came since. Where they have not
    /// seen the records yet, the whole log is verified once.
    ///
    /// A fault of the records does not keep anybody from reading them: it is told by whatever would act on them.
    pub(super) fn authenticate(&self, known: Option<&TrustState>) -> Result<Trusted, Error> {
        // Of a log that was set back nothing is remembered that could be compared: all of it is read.
        let known = known.filter(|known| known.replica == self.meta.replica);
        let remembered = known.and_then(|known| known.records.map(|records| (known.size, records)));
        let found = match remembered {
            Some((_, records)) if records.position == read::last(&self.db)? => {
                let is_same = authenticated::root(&self.db)? == records.root;
                if is_same { Ok(Some(records.root)) } else { Err(StoreError::Integrity(CHANGED.to_owned()).into()) }
            }
            Some((size, Records { position, root })) => {
                let seen = replay::Remembered { position, size, records: root };
                replay::judge_since(&self.db, &self.meta, seen).map_err(Error::from)
            }
            None => Ok(None),
        };
        let verified = found.and_then(|root| match root {
            Some(root) => Ok(root),
            None => {
                self.verify_log(|_| true)?;
                Ok(authenticated::root(&self.db)?)
            }
        });
        match verified {
            Ok(root) => Ok(Trusted::Root(root)),
            Err(fault) if fault.kind == ErrorKind::Integrity => Ok(Trusted::No(fault.to_string())),
            Err(other) => Err(other),
        }
    }

    /// Verifies the whole log, and compares all tables with what it says.
    ///
    /// # Errors
    ///
    /// Where anything is not what the log says, and where the work is cancelled.
    pub fn verify_log(&self, go_on: impl FnMut(replay::Progress) -> bool) -> Result<replay::Progress, Error> {
        let key = self.keyring.fresh_key(&mut Entropy::default())?;
        let (scratch, _file) = connection::scratch(&self.folder, &key)?;
        // Restoring erases again what its member knows to be erased; the act that says so comes with the declaration.
        let known = if log::is_restored(&self.db)? { self.trust.of(&self.root_key()?.to_openssh()) } else { None };
        let nothing = BTreeSet::new();
        let gone = known.map_or(&nothing, |known| &known.erased.records);
        Ok(replay::verify(&self.db, &scratch, &self.meta, gone, go_on)?)
    }

    /// Whether the records without which a workspace cannot be opened are there: the desk's, and its members'.
    pub(super) fn can_be_opened(&self) -> bool {
        let records = self.records();
        let members = member::all(&records, self.meta.desk);
        record::desk::keys(&records, self.meta.desk).is_ok()
            && members.is_ok_and(|all| all.iter().any(|m| m.key == Some(self.person().to_string())))
            && self.damaged.borrow().is_empty()
    }

    /// Makes the records again from the log, and verifies all of it.
    ///
    /// # Errors
    ///
    /// Where the workspace is only read, and where the log itself is not as it was signed.
    pub fn rebuild(&mut self, go_on: impl FnMut(replay::Progress) -> bool) -> Result<replay::Progress, Error> {
        if self.read_only {
            return Err(Error::new(
                ErrorKind::Refused,
                "the workspace is open to be read only",
                "run `comity audit rebuild` on the command line, without --readonly",
            ));
        }
        replay::rebuild(&self.db, &self.meta)?;
        self.damaged.get_mut().clear();
        let progress = self.verify_log(go_on)?;
        *self.trusted.get_mut() = Trusted::Root(authenticated::root(&self.db)?);
        self.update_trust_state()?;
        Ok(progress)
    }

    /// Why nothing can be done with what the records say; `None` where it can.
    pub(super) fn distrust(&self) -> Option<Error> {
        let what = match &*self.trusted.borrow() {
            Trusted::Root(_) => return None,
            Trusted::Unknown => "what the records say is not authenticated here".to_owned(),
            Trusted::No(why) => why.clone(),
        };
        Some(Error::new(
            ErrorKind::Integrity,
            what,
            "nothing is signed, shared or erased on it; `comity audit verify` says more, and `comity audit rebuild` makes the \
             records again from the log",
        ))
    }

    /// What is wrong with the records as far as it was seen, in a sentence or two; `None` where nothing is.
    pub fn damage(&self) -> Option<String> {
        let damaged = self.damaged.borrow();
        let named: Vec<&str> = damaged.iter().take(5).map(String::as_str).collect();
        let more = if damaged.len() > named.len() { ", …" } else { "" };
        let left_out = (!damaged.is_empty()).then(|| {
            format!(
                "{} damaged and left out ({}{more}): `comity audit rebuild` makes the records again from the log.",
                counted(damaged.len(), "record"),
                named.join(", ")
            )
        });
        let distrusted = match &*self.trusted.borrow() {
            Trusted::No(why) => Some(format!("Nothing can be done in this workspace: {why}.")),
            Trusted::Root(_) | Trusted::Unknown => None,
        };
        let said: Vec<String> = [left_out, distrusted].into_iter().flatten().collect();
        (!said.is_empty()).then(|| said.join(" "))
    }

    /// Checks that what the records say is what the last commit left, in the transaction or the snapshot that is open.
    pub(super) fn must_be_trusted(&self, conn: &Database) -> Result<(), Error> {
        if let Some(fault) = self.distrust() {
            return Err(fault);
        }
        let stored = authenticated::root(conn)?;
        if *self.trusted.borrow() != Trusted::Root(stored) {
            *self.trusted.borrow_mut() = Trusted::No(CHANGED.to_owned());
        }
        self.distrust().map_or(Ok(()), Err)
    }

    /// Begins a transaction in which acts are made.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Integrity`] where the records are not what the acts say.
    pub fn begin(&self) -> Result<connection::Transaction<'_>, Error> {
        let transaction = connection::begin(&self.db)?;
        self.must_be_trusted(&transaction)?;
        Ok(transaction)
    }

    /// Ends a transaction and keeps what it wrote. [`Self::after_commit`] must follow.
    ///
    /// # Errors
    ///
    /// Where the medium fails; nothing is kept then.
    pub fn commit(&self, transaction: connection::Transaction<'_>) -> Result<(), Error> {
        let root = authenticated::root(&transaction)?;
        connection::commit(transaction)?;
        *self.trusted.borrow_mut() = Trusted::Root(root);
        Ok(())
    }

    /// The records to decide by what leaves: each is compared with its digest before it is believed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Integrity`] where the records are not what the acts say.
    pub fn trusted_records(&self) -> Result<SqlRecordStore<'_>, Error> {
        self.must_be_trusted(&self.db)?;
        Ok(SqlRecordStore::authenticated(&self.db))
    }
}

fn rolled_back(what: &str) -> Error {
    let hint = "stop working in it and put the newer copy back; where there is none, declare that with \
                `comity backup declare --because WHY`, and let another member confirm it with `comity backup confirm`";
    Error::new(ErrorKind::Fork, what, hint)
}
