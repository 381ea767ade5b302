//! A workspace that is open: its database, its keyring, and the member who works in it. Every act is made here.

use crate::record::kind::{ChangeKind, Kind};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::act::change::Line;
use crate::act::header::Audience;
use crate::gate::cleared::acting_role;
use crate::gate::from_records;
use crate::gate::purge::MAY_ERASE;
use crate::host::clock::Clock;
use crate::host::entropy::Entropy;
use crate::host::{file, lock};
use crate::law::edition::Law;
use crate::record::card::{self, Card};
use crate::record::exercise::{self, ExerciseClock};
use crate::record::store::{Query, Record, RecordStore};
use crate::record::{self, member, partner};
use crate::seal::identity::{Identity, PublicIdentity};
use crate::seal::sign::Signer;
use crate::store::connection::{self, Database};
use crate::store::log::{self, Meta};
use crate::store::read::StoredChange;
use crate::store::records::SqlRecordStore;
use crate::store::write::{ActWriter, Author, Written};
use crate::store::{past, read, records, replay};
use crate::value::class::Role;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::person::Person;
use crate::value::realm::Realm;
use crate::value::text::{shown, thousands};
use crate::value::timestamp::Timestamp;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::journal::{Journal, Looks};
use crate::workspace::keyring::{KeySet, Keyring};
use crate::workspace::progress::Job;
use crate::workspace::trust_state::{Left, TrustState, TrustStore, Trusted};
use crate::workspace::window;

pub(super) const DATABASE: &str = "workspace.db";
pub(super) const KEYRING: &str = "keyring.age";
const LOCK: &str = "workspace.lock";

/// An open workspace.
pub struct Workspace {
    /// The database.
    pub db: Database,
    /// What the workspace is.
    pub meta: Meta,
    /// The member who works here.
    pub me: Identity,
    /// The keys.
    pub keyring: Keyring,
    /// Randomness.
    pub entropy: Entropy,
    pub(super) folder: PathBuf,
    pub(super) trust: TrustStore,
    /// Whether the trust state is written later, for many acts at once.
    pub(super) trust_waits: bool,
    /// Why the workspace is not the one that its member has seen, where it was opened to say something about that.
    pub(super) alarm: Option<Error>,
    clock: Clock,
    pub(super) read_only: bool,
    /// Whether this is a second view, beside a first one that can write.
    is_second_view: bool,
    rehearsal: Cell<Rehearsal>,
    as_of: Option<AsOf>,
    /// The clock of the exercise that is played here, and at which position of the log it was read.
    play: RefCell<Option<(i64, Option<Play>)>>,
    /// The editions of the law, and at which position of the log they were read.
    editions: RefCell<Option<(i64, record::law::Editions)>>,
    pub(super) left: Option<Left>,
    /// Whether the member has not seen this desk before.
    pub(super) is_first_sight: bool,
    /// What the records come to, as far as this member can tell.
    pub(super) trusted: RefCell<Trusted>,
    /// The position of the last act when it was last looked who else has acted lately, and when they have.
    witnessed: Cell<Option<(i64, Timestamp)>>,
    /// Records that are damaged, and were left out of what was read.
    pub(super) damaged: RefCell<BTreeSet<String>>,
    /// The personal data that were read, and are not on record yet.
    pub(super) looks: RefCell<Looks>,
    /// Where consultations are noted before anything is shown.
    pub(super) journal: Arc<Journal>,
    #[allow(dead_code, reason = "held as long as the workspace is open")]
    lock: Option<lock::Lock>,
}

/// How the clock of the exercise that is played here goes.
#[derive(Clone, Copy)]
struct Play {
    clock: ExerciseClock,
    runs: bool,
    over: bool,
    /// The time of the last act here.
    last_act: Timestamp,
}

impl Play {
    fn time(self, machine: Timestamp) -> Timestamp {
        let time = match (self.runs, self.over) {
            (true, _) => self.clock.time(machine),
            (false, false) => self.clock.at,
            (false, true) => machine.max(self.clock.at),
        };
        time.max(self.last_act)
    }
}

/// Whether what is done is only rehearsed.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Rehearsal {
    /// It is not.
    #[default]
    No,
    /// It is, up to its first act.
    Runs,
    /// Its first act was put to the gate.
    Ended,
}

/// A moment to look back at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Moment {
    /// After an act, by its number.
    Act(i64),
    /// At a time.
    Time(Timestamp),
}

/// The moment that is looked at, where it is not now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AsOf {
    /// The last act that is seen.
    pub act: i64,
    /// The time that counts as now.
    pub at: Timestamp,
}

impl std::fmt::Display for AsOf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, act {}", self.at.to_minute(), thousands(self.act.unsigned_abs()))
    }
}

impl AsOf {
    /// The error for an act that is attempted while one looks back.
    pub fn refusal(&self) -> Error {
        let what = format!("you look at the record as of {self}");
        Error::new(ErrorKind::Refused, what, "come back to now first: what is past is read, never changed or signed")
    }
}

/// What a workspace is opened for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum For {
    /// To work in it.
    Work,
    /// To be read.
    Reading,
    /// To be read at once, or not at all.
    Glancing,
    /// To declare that it was set back, or to confirm that.
    Declaring,
}

/// What a new desk is.
pub struct Founding<'a> {
    /// Its code.
    pub code: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its jurisdiction.
    pub jurisdiction: &'a str,
    /// The founder's roles.
    pub roles: Vec<Role>,
    /// Live, or one exercise.
    pub realm: Realm,
}

/// Whether a folder is a workspace, or was one.
pub fn is_workspace(folder: &Path) -> bool {
    [KEYRING, DATABASE].iter().any(|name| file::exists(&folder.join(name)))
}

/// Makes a workspace. The desk's new root key is added to the founder's identity, which `save` must write before anything
/// else; where the workspace cannot be made, the key is taken out again.
pub fn found(
    folder: &Path,
    me: &mut Identity,
    founding: &Founding<'_>,
    now: Timestamp,
    save: impl Fn(&Identity) -> Result<(), Error>,
) -> Result<Id, Error> {
    let roots = me.roots.len();
    let made = make(folder, me, founding, now, &save);
    if made.is_err() && me.roots.len() > roots {
        me.roots.truncate(roots);
        save(me)?;
    }
    made
}

fn make(
    folder: &Path,
    me: &mut Identity,
    founding: &Founding<'_>,
    now: Timestamp,
    save: &impl Fn(&Identity) -> Result<(), Error>,
) -> Result<Id, Error> {
    let taken = || {
        let what = format!("{} is not empty", shown(&folder.to_string_lossy()));
        let hint = "name another folder with --workspace; an existing desk is never overwritten";
        Error::new(ErrorKind::Version, what, hint)
    };
    if !file::is_empty_folder(folder)? {
        return Err(taken());
    }
    let mut entropy = Entropy::default();
    let desk = entropy.id()?;
    let meta = Meta { workspace: entropy.id()?, realm: founding.realm.clone(), desk, replica: entropy.id()? };
    let mut keyring = Keyring::generate(meta.workspace, meta.realm.clone(), me, &mut entropy)?;
    let root = Signer::from_seed(&*entropy.seed()?);
    let card = Card {
        desk,
        code: founding.code.to_owned(),
        name: founding.name.to_owned(),
        jurisdiction: founding.jurisdiction.to_owned(),
        realm: meta.realm.clone(),
        keys: keyring.keys.public(root.public()),
    };
    // Everything is made beside its place and moved there whole.
    let being_made = file::NewFolder::beside(folder)?;
    let new = being_made.path();
    for inner in ["evidence", "outbox", "inbox"] {
        file::private_folder(&new.join(inner))?;
    }
    let signed_card = card.sign(&root)?;
    me.roots.push((desk, root));
    save(me)?;
    let db = connection::create(&new.join(DATABASE), &keyring.database)?;
    {
        let tx = connection::begin(&db)?;
        meta.write(&tx)?;
        let root = me.root_of(desk).ok_or_else(no_root)?;
        let author =
            Author { signer: &me.signer, role: Role::Administrator, now, audience: Audience::Partners, basis: None };
        let mut act = ActWriter::begin(&tx, &meta, author)?;
        act.change(record::desk::new(&card, &signed_card, entropy.salt()?))?;
        let certificate = member::MemberCertificate {
            desk,
            realm: meta.realm.clone(),
            signing: me.signer.public(),
            age: me.age.recipient().to_string(),
            roles: founding.roles.clone(),
            serial: 1,
        };
        let who = PublicIdentity { name: me.name.clone(), signing: me.signer.public(), age: me.age.recipient() };
        act.change(member::new(entropy.id()?, &who, &certificate, root, entropy.salt()?)?)?;
        act.finish()?;
        connection::commit(tx)?;
    }
    connection::truncate_wal(&db)?;
    drop(db);
    keyring.write(&new.join(KEYRING), me)?;
    if being_made.place(folder)? { Ok(desk) } else { Err(taken()) }
}

fn no_root() -> Error {
    Error::new(
        ErrorKind::Key,
        "this takes the desk's root key, which is in its founder's identity",
        "let the founder do it, or use the founder's identity with --identity",
    )
}

impl Workspace {
    /// Opens a workspace. The log in this member's trust state must be a beginning of the log that is found.
    ///
    /// ```
    /// use comity::command::identity;
    /// use comity::host::clock::Clock;
    /// use comity::seal::{identity::Identity, sign::Signer, age_file::AgeKey};
    /// use comity::value::{class::Role, realm::Realm};
    /// use comity::workspace::open::{Founding, Workspace, found};
    ///
    /// let root = tempfile::tempdir()?;
    /// let (folder, file, clock) = (root.path().join("workspace"), root.path().join("okafor.age"), Clock::System);
    /// let signer = Signer::from_seed(&[7; 32]); // a real one is drawn by chance: `identity new`
    /// let mut me = Identity { name: "N. Okafor".into(), signer, age: AgeKey::generate(), roots: Vec::new() };
    /// let roles = vec![Role::Administrator, Role::DeskOfficer];
    /// let founding = Founding { code: "XA", name: "Harbour desk", jurisdiction: "XA", roles, realm: Realm::Live };
    /// let desk = found(&folder, &mut me, &founding, clock.now(), |me| identity::write(&file, me, None))?;
    ///
    /// let workspace = Workspace::open(&folder, &file, me, clock, false)?;
    /// assert_eq!(workspace.meta.desk, desk);
    /// # Ok::<(), comity::workspace::error::Error>(())
    /// ```
    pub fn open(folder: &Path, identity: &Path, me: Identity, clock: Clock, read_only: bool) -> Result<Self, Error> {
        Self::open_for(folder, identity, me, clock, if read_only { For::Reading } else { For::Work })
    }

    /// Opens a workspace to be read, where that is done at once and nothing is written for it.
    ///
    /// # Errors
    ///
    /// As [`Self::open`]; and where its member sees it for the first time, it was set back since, or the last program that wrote did not
    /// end.
    pub fn open_at_once(folder: &Path, identity: &Path, me: Identity, clock: Clock) -> Result<Self, Error> {
        Self::open_for(folder, identity, me, clock, For::Glancing)
    }

    /// Opens a workspace that may have been set back, to declare that it was or to confirm it, and for nothing else.
    ///
    /// # Errors
    ///
    /// As [`Self::open`], but for the alarm.
    pub fn open_set_back(folder: &Path, identity: &Path, me: Identity, clock: Clock) -> Result<Self, Error> {
        Self::open_for(folder, identity, me, clock, For::Declaring)
    }

    fn open_for(folder: &Path, identity: &Path, me: Identity, clock: Clock, what: For) -> Result<Self, Error> {
        let read_only = matches!(what, For::Reading | For::Glancing);
        let keys = folder.join(KEYRING);
        let sealed = Keyring::read_sealed(&keys)?;
        let mut keyring = Keyring::open_sealed(&sealed, &me)?;
        file::must_be_private(folder)?;
        let lock_file = folder.join(LOCK);
        let lock = match what {
            For::Glancing => lock::to_read_at_once(&lock_file)?,
            For::Reading => lock::to_read(&lock_file)?,
            For::Work | For::Declaring => Some(lock::to_write(&lock_file)?),
        };
        if !read_only {
            [folder.to_owned(), folder.join("outbox"), folder.join("inbox")]
                .iter()
                .try_for_each(|f| file::remove_parts(f))?;
        }
        // Between reading the keyring and having the lock another process may have rotated it.
        let sealed_now = Keyring::read_sealed(&keys)?;
        if sealed_now != sealed {
            keyring = Keyring::open_sealed(&sealed_now, &me)?;
        }
        let trust = TrustStore::open(identity, &me)?;
        let path = folder.join(DATABASE);
        let later = || Error::new(ErrorKind::Busy, "the workspace cannot be read at once", "open it first");
        if what == For::Glancing && connection::is_left_open(&path) {
            return Err(later());
        }
        let damaged = || {
            Error::new(
                ErrorKind::Integrity,
                "the database does not open with the workspace's key",
                "its first page is damaged: keep a copy, and restore from a backup",
            )
        };
        let open = |key| match read_only {
            true => connection::open_still(&path, key),
            false => connection::open(&path, key, false),
        };
        let (db, with_next) = match open(&keyring.database)? {
            Some(db) => (db, false),
            None => {
                let next = keyring.next.as_ref().ok_or_else(damaged)?;
                (open(next)?.ok_or_else(damaged)?, true)
            }
        };
        let meta = Meta::read(&db)?;
        if meta.workspace != keyring.workspace || meta.realm != keyring.realm {
            return Err(Error::new(
                ErrorKind::Version,
                "the database belongs to another workspace",
                "restore database and keyring from the same backup",
            ));
        }
        if !read_only {
            crate::store::migrate::to_newest(&db, &meta)?;
        }
        let mut workspace = Self {
            db,
            meta,
            me,
            keyring,
            entropy: Entropy::default(),
            folder: folder.to_owned(),
            trust,
            trust_waits: false,
            alarm: None,
            clock,
            read_only,
            is_second_view: false,
            rehearsal: Cell::default(),
            as_of: None,
            play: RefCell::default(),
            editions: RefCell::default(),
            left: None,
            is_first_sight: false,
            trusted: RefCell::new(Trusted::Unknown),
            witnessed: Cell::default(),
            damaged: RefCell::default(),
            looks: RefCell::default(),
            journal: Arc::default(),
            lock,
        };
        if !read_only && !workspace.can_be_opened() {
            replay::rebuild(&workspace.db, &workspace.meta)?;
        }
        let recognised = workspace.recognise().and_then(|known| workspace.check_keyring().map(|()| known));
        let known = match recognised {
            // One row that is not what the acts say must not keep anybody out: they are made again once, and asked again.
            Err(_) if !read_only => {
                replay::rebuild(&workspace.db, &workspace.meta)?;
                let known = workspace.recognise()?;
                workspace.check_keyring()?;
                known
            }
            recognised => recognised?,
        };
        if what == For::Glancing && known.as_ref().is_none_or(|known| known.replica != workspace.meta.replica) {
            return Err(later());
        }
        match workspace.compare_with_trust_state(known.as_ref()) {
            Err(alarm) if what == For::Declaring && alarm.kind == ErrorKind::Fork => workspace.alarm = Some(alarm),
            compared => compared?,
        }
        if what == For::Declaring {
            workspace.finish_rotation(with_next)?;
            // What is declared was read from its first act on, whatever its member remembers of another history.
            let trusted = workspace.authenticate(None)?;
            *workspace.trusted.get_mut() = trusted;
            return workspace.distrust().map_or(Ok(workspace), Err);
        }
        if !read_only {
            workspace.finish_rotation(with_next)?;
            let trusted = workspace.authenticate(known.as_ref())?;
            *workspace.trusted.get_mut() = trusted;
            if workspace.distrust().is_none() {
                match workspace.mend_recipients() {
                    Err(fault) if fault.kind == ErrorKind::Integrity => {
                        *workspace.trusted.get_mut() = Trusted::No(fault.what);
                    }
                    mended => mended?,
                }
                // A desk that is seen for the first time is remembered once somebody was told which one it is.
                if !workspace.is_first_sight {
                    workspace.update_trust_state()?;
                    // What is noted stays noted where it cannot be signed now.
                    let _ = workspace.sign_old_consultations();
                }
                // Only where the log is known not to be an older one: files that it does not know may be what it lacks.
                if known.is_some() && workspace.distrust().is_none() {
                    crate::workspace::evidence::remove_orphans(&workspace.folder, &workspace.records())?;
                }
            }
        }
        Ok(workspace)
    }

    /// Checks that the keyring is signed by a member who has or had a role that may sign it, and is sealed to nobody who was
    /// never enrolled here. Anybody could seal another keyring: that takes only the members' public keys.
    fn check_keyring(&self) -> Result<(), Error> {
        let records = self.records();
        let signer = member::by_person(&records, self.meta.desk, self.keyring.signed_by.person())?;
        // Whoever may erase changes the key of the database, and seals the keyring again.
        let may = |r: &Role| MAY_ERASE.contains(r);
        let might = |m: &Record| member::roles_ever(m).iter().any(may);
        let enrolled = member::all(&records, self.meta.desk)?;
        let known = |r: &String| enrolled.iter().any(|m| m.text("age") == Some(r.as_str()));
        if signer.as_ref().is_some_and(might) && self.keyring.recipients.iter().all(known) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Signature,
            "the keyring is not signed by a member who may sign it, or is sealed to somebody who is not a member",
            "somebody has replaced the keyring: restore the right one from a backup",
        ))
    }

    fn finish_rotation(&mut self, with_next: bool) -> Result<(), Error> {
        let Some(next) = self.keyring.next.clone() else { return Ok(()) };
        if !with_next {
            connection::rekey(&self.db, &next)?;
        }
        self.adopt_next()
    }

    /// Makes the next key the database's only key.
    fn adopt_next(&mut self) -> Result<(), Error> {
        let Some(next) = self.keyring.next.take() else { return Ok(()) };
        self.keyring.database = next;
        self.keyring.generation += 1;
        let damaged = || {
            Error::new(
                ErrorKind::Integrity,
                "the database does not open with its new key",
                "keep a copy, and restore from a backup",
            )
        };
        self.db = connection::open(&self.database_path(), &self.keyring.database, false)?.ok_or_else(damaged)?;
        self.keyring.write(&self.folder.join(KEYRING), &self.me)
    }

    /// Gives the database a new key: a keyring with both, the rotation, a keyring with the new one alone.
    pub fn rotate_database_key(&mut self) -> Result<(), Error> {
        self.rotate()?;
        self.update_trust_state()
    }

    /// The same, where the trust state does not learn of it yet.
    pub(super) fn rotate(&mut self) -> Result<(), Error> {
        let next = self.keyring.fresh_key(&mut self.entropy)?;
        self.keyring.next = Some(next.clone());
        self.keyring.generation += 1;
        self.keyring.write(&self.folder.join(KEYRING), &self.me)?;
        connection::rekey(&self.db, &next)?;
        self.adopt_next()
    }

    /// Seals the keyring to exactly the active members. Only an administrator's signature counts for that.
    pub fn mend_recipients(&mut self) -> Result<(), Error> {
        let may = self.my_roles()?.contains(&Role::Administrator);
        self.seal_to_members(may)
    }

    /// The same, where this member may, or might before the act that they have just made: whoever revokes themselves is out, too.
    pub fn seal_to_members(&mut self, may: bool) -> Result<(), Error> {
        let records = self.trusted_records()?;
        let members = member::all(&records, self.meta.desk)?;
        // A row that somebody has removed would lock its member out: the desk's record says how many there are.
        let desk = record::definition::need(&records, self.meta.desk, Kind::Desk)?;
        if member::enrolled_of(&desk).is_some_and(|enrolled| enrolled != members.len() as i64) {
            return Err(Error::new(
                ErrorKind::Integrity,
                "the record of a member is missing: somebody has changed the database",
                "the keyring was not changed; `comity audit rebuild` makes the records again from the log",
            ));
        }
        let mut active: Vec<String> = members
            .iter()
            .filter(|m| m.is(member::State::Active))
            .filter_map(|m| m.text("age").map(str::to_owned))
            .collect();
        active.sort();
        if active == self.keyring.recipients || !may {
            return Ok(());
        }
        self.keyring.recipients = active;
        self.keyring.generation += 1;
        self.keyring.write(&self.folder.join(KEYRING), &self.me)?;
        // An older keyring is one that somebody has put back, from now on.
        if self.is_first_sight { Ok(()) } else { self.update_trust_state() }
    }

    /// Gives the desk new keys: the keyring has them before the act says so, so that no partner seals to what nobody has. Partners hear
    /// of it with the next bundle, signed with the keys that they know. It takes the desk's root key. `leaves`: this member is revoked
    /// next, so that the keyring with the new keys is not sealed to them.
    ///
    /// # Errors
    ///
    /// Where this member has not founded the desk, or may not sign it.
    pub fn take_new_keys(&mut self, leaves: bool) -> Result<(), Error> {
        self.root()?;
        let number = record::desk::number_of(&self.own_record()?) + 1;
        // Where a run was killed before its act, the keyring has them already.
        if self.keyring.former.len() as u64 != number {
            self.keyring.take(KeySet::generate(&mut self.entropy)?);
            let own = self.me.age.recipient().to_string();
            self.keyring.recipients.retain(|recipient| !leaves || *recipient != own);
            self.keyring.write(&self.folder.join(KEYRING), &self.me)?;
        }
        let (card, salt) = (self.card()?.0, self.entropy.salt()?);
        let keys = &self.keyring.keys;
        let card = Card { keys: keys.public(card.keys.root), ..card };
        let damaged =
            || Error::new(ErrorKind::Integrity, "the keyring lacks the keys from before", "restore it from a backup");
        let before = self.keyring.former.last().ok_or_else(damaged)?;
        let (root, log, witness) = (self.root()?, &keys.log, &keys.witness);
        let by = record::desk::KeySigners { root, before: &before.bundle, bundle: &keys.bundle, log, witness };
        let change = record::desk::keys_taken(&card, &card.sign(root)?, number, &by, salt)?;
        self.act_alone(record::desk::KEYS, Audience::Partners, |_, _| Ok(change))?;
        Ok(())
    }

    /// When its member last left the screens.
    pub const fn left(&self) -> Option<Left> {
        self.left
    }

    /// Notes that its member leaves the screens now: when they are back, the screens show what is new.
    pub fn leave(&mut self) -> Result<(), Error> {
        let root_key = self.root_key()?.to_openssh();
        // What is noted stays noted where it cannot be signed now.
        let _ = self.sign_consultations();
        let Some(seen) = self.trust.of(&root_key).cloned().filter(|_| !self.read_only) else { return Ok(()) };
        let left = Left { at: self.now(), act: read::last(&self.db)?.max(0) as u64 };
        self.trust.put(&root_key, TrustState { left: Some(left), ..seen })
    }

    /// A second view of the same workspace, to be read beside it by another thread of this process.
    pub fn reader(&self) -> Result<Self, Error> {
        let text = self.me.to_text()?;
        let me = Identity::parse(&crate::seal::secret::Secret::new(text.as_bytes().to_vec()))?;
        let (meta, folder) = (self.meta.clone(), self.folder.clone());
        let beside_writer = !self.read_only || self.is_second_view;
        Closed {
            meta,
            me,
            folder,
            clock: self.clock,
            left: self.left,
            is_first_sight: self.is_first_sight,
            beside_writer,
            journal: Arc::clone(&self.journal),
        }
        .reopen()
    }

    /// A view of the workspace as it was: the acts up to that moment, applied again in memory. Nothing can be written in it.
    /// What was erased since stays erased.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] where there was no act yet or there is none of that number; cancelled where the job is.
    pub fn as_of(&self, moment: Moment, job: &mut Job) -> Result<Self, Error> {
        let (log, mut back) = (self.reader()?, self.reader()?);
        let found = match moment {
            Moment::Act(n) => read::end_of_import(&log.db, n)?,
            Moment::Time(at) => read::position_at(&log.db, at)?,
        };
        let act = found.ok_or_else(|| match moment {
            Moment::Act(n) => Error::unknown(format!("there is no act {n}")),
            Moment::Time(at) => {
                let what = format!("at {} there was no act yet", at.to_minute());
                Error::unknown(what).hint("name a later time")
            }
        })?;
        let at = match moment {
            Moment::Time(at) => at.min(self.clock.now()),
            Moment::Act(n) => {
                let damaged = || Error::unknown(format!("there is no act {n}"));
                let own = read::act(&log.db, n)?.and_then(|a| a.via).unwrap_or(n);
                read::act(&log.db, own)?.ok_or_else(damaged)?.read_header()?.time.at
            }
        };
        let of = read::act(&log.db, act)?.map(|a| a.first_row as u64 + a.changes);
        past::show(&log.db, &back.db, &self.meta, act, |p| job.go_on("reading the log", p.changes, of))?;
        back.as_of = Some(AsOf { act, at });
        Ok(back)
    }

    /// Lets others work in the workspace until there is something to do here: it is closed, `until` is asked again and again, and when it
    /// answers yes it is opened again, once nobody else has it.
    ///
    /// # Errors
    ///
    /// What `until` fails with, or why the workspace cannot be opened again. It can then not be used any more.
    pub fn step_aside(&mut self, mut until: impl FnMut(Timestamp) -> Result<bool, Error>) -> Result<(), Error> {
        let (folder, identity, clock, read_only) =
            (self.folder.clone(), self.trust.identity(), self.clock, self.read_only);
        let text = self.me.to_text()?;
        self.db = connection::nothing()?;
        self.lock = None;
        loop {
            if !until(clock.now())? {
                continue;
            }
            let me = Identity::parse(&crate::seal::secret::Secret::new(text.as_bytes().to_vec()))?;
            match Self::open(&folder, &identity, me, clock, read_only) {
                Err(busy) if busy.kind == ErrorKind::Busy => {}
                opened => {
                    *self = opened?;
                    return Ok(());
                }
            }
        }
    }

    /// The moment that is looked at; `None`: now.
    pub const fn looks_back(&self) -> Option<AsOf> {
        self.as_of
    }

    /// Closes a second view, so that the key can be rotated; it is opened again by [`Closed::reopen`].
    pub fn close(self) -> Closed {
        let beside_writer = !self.read_only || self.is_second_view;
        Closed {
            meta: self.meta,
            me: self.me,
            folder: self.folder,
            clock: self.clock,
            left: self.left,
            is_first_sight: self.is_first_sight,
            beside_writer,
            journal: Arc::clone(&self.journal),
        }
    }

    /// Does something that changes very many records, with room in memory for their pages.
    ///
    /// # Errors
    ///
    /// Those of what is done, and where the room cannot be given.
    pub fn with_room<T>(&mut self, change: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        connection::give_room(&self.db)?;
        let done = change(self);
        connection::take_room_back(&self.db)?;
        done
    }

    // --- reading -----------------------------------------------------------------------------------------------------

    /// Reads at one moment: everything that is read in it is of the same state of the log. A moment within another is the same one.
    pub fn glance<T>(&self, read: impl FnOnce(&Self) -> Result<T, Error>) -> Result<T, Error> {
        let _moment = self.db.is_autocommit().then(|| connection::snapshot(&self.db)).transpose()?;
        read(self)
    }

    /// The record store.
    pub fn records(&self) -> SqlRecordStore<'_> {
        SqlRecordStore::new(&self.db).leaving_out(&self.damaged)
    }

    /// Now; or the moment that is looked at. In an exercise that is played, the time of its own clock, unless another was named.
    pub fn now(&self) -> Timestamp {
        if let Some(as_of) = self.as_of {
            return as_of.at;
        }
        match (self.clock, &self.meta.realm) {
            (Clock::System, Realm::Exercise(_)) => self.time_in_play(self.clock.now()),
            (clock, _) => clock.now(),
        }
    }

    /// The time of the exercise at a moment of the machine's clock. It never goes back: not before the last act either.
    fn time_in_play(&self, machine: Timestamp) -> Timestamp {
        // Where it cannot be read, the machine's time is no worse than none: what is signed by it is checked all the same.
        let play = self.play().unwrap_or_default();
        play.map_or(machine, |play| play.time(machine))
    }

    fn play(&self) -> Result<Option<Play>, Error> {
        let at = read::last(&self.db)?;
        let mut known = self.play.borrow_mut();
        if let Some((read_at, play)) = *known
            && read_at == at
        {
            return Ok(play);
        }
        let last_act = self.last_signed()?.unwrap_or(Timestamp::EPOCH);
        let current = exercise::current(&self.records(), self.meta.desk)?;
        let play = current.and_then(|record| {
            let clock = exercise::clock_of(&record)?;
            let runs = record.is(exercise::State::Running);
            let over = !exercise::IN_PLAY.contains(&record.state);
            Some(Play { clock, runs, over, last_act })
        });
        *known = Some((at, play));
        Ok(play)
    }

    /// What the machine's clock says, whatever time it is in an exercise.
    pub fn machine_time(&self) -> Timestamp {
        Clock::System.now()
    }

    /// Who works here.
    pub fn person(&self) -> Person {
        self.me.person()
    }

    /// Their roles; none once they are revoked.
    pub fn my_roles(&self) -> Result<Vec<Role>, Error> {
        let me =
            member::by_person(&self.records(), self.meta.desk, self.person())?.filter(|m| m.is(member::State::Active));
        Ok(me.as_ref().map(member::roles_of).unwrap_or_default())
    }

    /// Whether the workspace is open only to be read.
    pub const fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// Where the workspace lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the database lies.
    pub fn database_path(&self) -> PathBuf {
        self.folder.join(DATABASE)
    }

    /// The desk's own record.
    pub fn own_record(&self) -> Result<Record, Error> {
        Ok(record::definition::need(&self.records(), self.meta.desk, Kind::Desk)?)
    }

    /// The law as this desk's own signed changes have made it.
    pub fn law(&self) -> Result<Arc<Law>, Error> {
        self.law_before(i64::MAX)
    }

    /// The law as it stood before the act at a position. Each edition is made once for a position of the log.
    pub fn law_before(&self, position: i64) -> Result<Arc<Law>, Error> {
        self.with_editions(|editions| editions.before(position))
    }

    /// Whether this desk has never changed the law.
    pub fn has_law_of_program(&self) -> Result<bool, Error> {
        self.with_editions(|editions| editions.are_of_program())
    }

    fn with_editions<T>(&self, read: impl FnOnce(&mut record::law::Editions) -> T) -> Result<T, Error> {
        let now = read::last(&self.db)?;
        let mut kept = self.editions.borrow_mut();
        let known = kept.take().filter(|(at, _)| *at == now);
        let known = known.map_or_else(|| record::law::Editions::read(&self.records()).map(|read| (now, read)), Ok)?;
        Ok(read(&mut kept.insert(known).1))
    }

    /// The content of a record; nothing where there is none, or none any more. Where it is personal data, that it was read is noted, or
    /// it is masked.
    pub fn content(&self, record: &Record) -> Result<Option<Json>, Error> {
        let content = read::content(&self.db, record.body)?;
        content.map(|content| self.for_showing(record, content)).transpose()
    }

    /// Every change of a record with its content, as [`Self::content`] hands it out.
    pub fn changes_of(&self, record: &Record) -> Result<Vec<StoredChange>, Error> {
        let mut all = read::changes_of(&self.db, record.id)?;
        for stored in &mut all {
            let Line::Change(change) = &mut stored.line else { continue };
            let Ok(Some(content)) = change.read_content() else { continue };
            let shown = self.for_showing(record, content.clone())?;
            if shown != content {
                change.show_instead(&shown);
            }
        }
        Ok(all)
    }

    /// The time of the machine, also while the record is looked at as it was.
    pub(super) fn real_now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Whether this view is one beside another that can write.
    pub(super) const fn is_second_view(&self) -> bool {
        self.is_second_view
    }

    /// Whether one looks back at a record that had content then and has none any more.
    pub fn is_erased_since(&self, record: &Record) -> bool {
        let gone = || self.content(record).is_ok_and(|content| content.is_none());
        self.as_of.is_some() && !record.is_purged() && record.body.is_some() && gone()
    }

    /// A text of a record's content; empty where there is none.
    pub fn text_of(&self, record: &Record, key: &str) -> Result<String, Error> {
        Ok(self.content(record)?.and_then(|c| c.get(key).and_then(Json::text).map(str::to_owned)).unwrap_or_default())
    }

    /// The record of one of these kinds with this id, or with an id that begins so (4 hex digits or more, with or without the
    /// kind's letter). A member of this desk is found by their name or fingerprint, too.
    pub fn find_record(&self, typed: &str, kinds: &[Kind]) -> Result<Record, Error> {
        let words = kinds.iter().map(|k| k.word()).collect::<Vec<_>>().join(" or ");
        let unknown = || {
            let error = Error::unknown(format!("there is no {words} {}", shown(typed)));
            if kinds.contains(&Kind::Member) { error.hint("`comity member list` names them") } else { error }
        };
        if kinds.contains(&Kind::Member)
            && let Some(member) = self.member_named(typed)?
        {
            return Ok(member);
        }
        // `XB:` before an id means the record that this partner knows by it.
        let (of, typed) = match typed.split_once(':') {
            Some((code, id)) => (Some(self.partner(code)?.id), id),
            None => (None, typed),
        };
        if let Some(id) = Id::parse(typed) {
            let mut found = self.records().named(id)?;
            found.retain(|r| kinds.contains(&r.kind) && of.is_none_or(|desk| r.partner == Some(desk)));
            let exact = found.iter().position(|r| r.id == id);
            return match (exact, found.len()) {
                (Some(n), _) => Ok(found.swap_remove(n)),
                (None, 0) => Err(unknown()),
                (None, 1) => Ok(found.swap_remove(0)),
                (None, _) => {
                    let whose: Vec<String> = found
                        .iter()
                        .filter_map(|r| r.partner)
                        .map(|desk| Ok(format!("{}:{id}", self.code_of(desk)?)))
                        .collect::<Result<_, Error>>()?;
                    Err(Error::usage(format!("{id} names a record of each of several desks"))
                        .hint(format!("say whose is meant: {}", whose.join(" or "))))
                }
            };
        }
        let digits = typed.split_once('-').map_or(typed, |(_, d)| d);
        if digits.len() < 4 || !digits.chars().all(|c| c.is_ascii_hexdigit()) {
            return Err(unknown());
        }
        let mut found = Vec::new();
        for kind in kinds {
            found.extend(records::by_prefix(&self.db, *kind, digits, 2)?);
        }
        match found.as_slice() {
            [one] => self.records().get(*one)?.ok_or_else(unknown),
            [] => Err(unknown()),
            _ => Err(Error::usage(format!("{} is the beginning of several ids: type more of it", shown(typed)))),
        }
    }

    /// The partner with that code.
    pub fn partner(&self, code: &str) -> Result<Record, Error> {
        let found = partner::by_code(&self.records(), code)?;
        found.ok_or_else(|| Error::unknown(format!("there is no partner {}", shown(code))))
    }

    /// The code of a desk: this one's, or a partner's; the beginning of its id where it is neither.
    pub fn code_of(&self, desk: Id) -> Result<String, Error> {
        Ok(records::code_of(&self.db, desk)?.unwrap_or_else(|| desk.short()))
    }

    /// The code of the partner that a record is of; `None` where it is of none.
    pub fn partner_of(&self, record: &Record) -> Result<Option<String>, Error> {
        record.partner.map(|partner| self.code_of(partner)).transpose()
    }

    /// The name of a member of any desk.
    pub fn name_of(&self, person: Person) -> Result<String, Error> {
        let Some(record) = member::anywhere(&self.records(), person)? else { return Ok(person.to_string()) };
        let name = self.text_of(&record, "name")?;
        Ok(if name.is_empty() { person.to_string() } else { name })
    }

    /// The members of this desk who are active, with their roles.
    pub fn active_members(&self) -> Result<Vec<(Person, Vec<Role>)>, Error> {
        let members = member::all(&self.records(), self.meta.desk)?;
        let active = members.iter().filter(|r| r.is(member::State::Active));
        let named = |r: &Record| Some((r.key.as_deref().and_then(Person::parse)?, member::roles_of(r)));
        Ok(active.filter_map(named).collect())
    }

    /// Every partner.
    pub fn partners(&self) -> Result<Vec<Record>, Error> {
        Ok(self.records().find(&Query::kind(Kind::Partner))?)
    }

    // --- acting ------------------------------------------------------------------------------------------------------

    /// Makes an act: `build` writes its changes. It is stored whole or not at all; where `build` writes no change, no act
    /// is made.
    pub fn act<T>(
        &mut self,
        kind: ChangeKind,
        audience: Audience,
        basis: Option<String>,
        build: impl FnOnce(&mut ActWriter<'_, '_>, &mut Entropy) -> Result<T, Error>,
    ) -> Result<(T, Option<Written>), Error> {
        let now = self.may_sign(kind)?;
        self.must_have_seen()?;
        let roles = self.my_roles()?;
        // A role that may not sign this is refused by the gate, which then says which rule it is.
        let role = acting_role(kind, &roles).or_else(|| roles.first().copied()).unwrap_or(Role::Investigator);
        // The transaction borrows the database alone, so that `build` can have the entropy.
        let tx = connection::begin(&self.db)?;
        self.must_be_trusted(&tx)?;
        let author = Author { signer: &self.me.signer, role, now, audience, basis };
        let mut act = ActWriter::begin(&tx, &self.meta, author)?;
        let value = build(&mut act, &mut self.entropy)?;
        if act.count() == 0 {
            return Ok((value, None));
        }
        let written = act.finish()?;
        if self.rehearsal.get() != Rehearsal::No {
            // Dropping the transaction undoes everything: it was put to the gate, and nothing was done.
            self.rehearsal.set(Rehearsal::Ended);
            return Err(Error::new(ErrorKind::Cancelled, "rehearsed", "nothing was changed"));
        }
        // What was read for a file or a letter that is written next is on record before it is.
        self.keep_looks()?;
        self.commit(tx)?;
        if !self.trust_waits {
            self.update_trust_state()?;
        }
        Ok((value, Some(written)))
    }

    /// Runs something up to its first act, which is put to the gate and undone. Returns the error that it would end with;
    /// `None` where it would succeed. Only for commands that touch nothing outside the database before their first act.
    pub fn rehearse<T>(&mut self, run: impl FnOnce(&mut Self) -> Result<T, Error>) -> Option<Error> {
        self.rehearsal.set(Rehearsal::Runs);
        let said = run(self);
        let has_ended = self.rehearsal.replace(Rehearsal::No) == Rehearsal::Ended;
        said.err().filter(|f| !(has_ended && f.kind == ErrorKind::Cancelled))
    }

    /// Makes an act of one change, and returns the id of its record.
    pub fn act_alone(
        &mut self,
        kind: ChangeKind,
        audience: Audience,
        change: impl FnOnce(&mut Entropy, Timestamp) -> Result<crate::act::change::Change, Error>,
    ) -> Result<Id, Error> {
        let (id, _) = self.act(kind, audience, None, |act, entropy| {
            let change = change(entropy, act.now())?;
            let id = change.record;
            act.change(change)?;
            Ok(id)
        })?;
        Ok(id)
    }

    /// Returns when an act that begins with a change of this kind would be made.
    ///
    /// # Errors
    ///
    /// Where the workspace is only read here, where it is looked at as it was, or where the clock cannot be right.
    pub fn may_sign(&self, kind: ChangeKind) -> Result<Timestamp, Error> {
        let now = self.could_sign(kind)?;
        if self.is_second_view {
            return Err(Error::new(ErrorKind::Internal, "a second view signs nothing", "please report it"));
        }
        Ok(now)
    }

    /// The same for whoever works in the workspace: a second view of it answers as the first would.
    ///
    /// # Errors
    ///
    /// As [`Self::may_sign`].
    pub fn could_sign(&self, kind: ChangeKind) -> Result<Timestamp, Error> {
        if let Some(as_of) = &self.as_of {
            return Err(as_of.refusal());
        }
        if self.read_only && !self.is_second_view {
            return Err(Error::of_reading_only());
        }
        if let Some(fault) = self.clock_fault_for(kind)? {
            return Err(fault);
        }
        let now = self.now();
        if kind == record::purge::PURGE && self.meta.realm == Realm::Live && !self.is_witnessed(now)? {
            let witnessed = self.witnessed_time()?.or(self.last_signed()?).unwrap_or(now);
            return window::unconfirmed(now, witnessed).map_or(Ok(now), Err);
        }
        Ok(now)
    }

    /// Whether somebody else than this member has acted so lately that the time is believed. The newest acts are looked at
    /// first: a menu asks this for every record that could be erased.
    fn is_witnessed(&self, now: Timestamp) -> Result<bool, Error> {
        let (since, last) = (now.minus(window::AHEAD), read::last(&self.db)?);
        // What was not there for an earlier time is not there for a later one.
        if let Some((_, at)) = self.witnessed.get().filter(|(position, _)| *position == last) {
            return Ok(at >= since);
        }
        let found = self.newest_of_others(since)?;
        self.witnessed.set(Some((last, found.unwrap_or(Timestamp::EPOCH))));
        Ok(found.is_some())
    }

    /// When the newest act since a time was made by somebody else than this member: as they have signed it, whatever the tables say.
    fn newest_of_others(&self, since: Timestamp) -> Result<Option<Timestamp>, Error> {
        let records = SqlRecordStore::authenticated(&self.db);
        let mut keys = std::collections::BTreeMap::new();
        let mut found = None;
        read::newest_since::<Error>(&self.db, since, |act| {
            let Ok(header) = act.read_header() else { return Ok(false) };
            // What this desk's log said before it was set back or corrected is no sign of the time: it may have been dated wrong.
            let former = header.desk == self.meta.desk && header.replica != self.meta.replica;
            if header.member == self.person() || header.time.at < since || former {
                return Ok(false);
            }
            let whose = (header.desk, header.member);
            if let std::collections::btree_map::Entry::Vacant(place) = keys.entry(whose) {
                let signer = member::by_person(&records, header.desk, header.member)?;
                place.insert(signer.as_ref().and_then(member::signing_key));
            }
            let key = keys.get(&whose).copied().flatten();
            let signed =
                key.is_some_and(|key| key.verify(&header.realm.namespace("act"), &act.header, &act.signature).is_ok());
            if signed {
                found = Some(header.time.at);
            }
            Ok(signed)
        })?;
        Ok(found)
    }

    /// When the newest act of a partner that is held here was made.
    pub(super) fn newest_of_partners(&self) -> Result<Option<Timestamp>, Error> {
        let mut found = None;
        read::newest_since::<Error>(&self.db, Timestamp::EPOCH, |act| {
            let theirs = act.read_header().ok().filter(|header| header.desk != self.meta.desk);
            found = theirs.map(|header| header.time.at);
            Ok(found.is_some())
        })?;
        Ok(found)
    }

    /// Returns the latest time that somebody else than this member has given a sign of; of a desk with one member alone, its last
    /// act's. `None` where there is none.
    ///
    /// # Errors
    ///
    /// Where the workspace cannot be read.
    pub fn witnessed_time(&self) -> Result<Option<Timestamp>, Error> {
        let records = self.records();
        let active = member::all(&records, self.meta.desk)?.iter().filter(|m| m.is(member::State::Active)).count();
        if active < 2 {
            return self.last_signed();
        }
        let corrected = record::restore::newest_confirmed(&records, self.meta.desk)?;
        let corrected = corrected.map(|restore| records.place_of(restore.id)).transpose()?.flatten();
        let mut confirmed = Vec::new();
        for (id, at) in record::clock::confirmed_times(&records)? {
            // What was stated before the log was corrected may have been dated wrong too.
            if corrected.is_none() || records.place_of(id)? > corrected {
                confirmed.push(at);
            }
        }
        Ok(window::witnessed(self.newest_of_others(Timestamp::EPOCH)?, &confirmed))
    }

    /// When the last act here was made; `None` where there is none.
    pub fn last_signed(&self) -> Result<Option<Timestamp>, Error> {
        Ok(log::tip(&self.db, &self.meta)?.time.map(|last| last.at))
    }

    /// The error where the clock is behind the last act, or further ahead of it than it is believed: what is due may not look as
    /// it is.
    pub fn clock_fault(&self) -> Result<Option<Error>, Error> {
        self.clock_fault_for(record::purge::PURGE)
    }

    /// The same for an act that begins with a change of this kind. The clock of an exercise is its own: it is never ahead.
    fn clock_fault_for(&self, kind: ChangeKind) -> Result<Option<Error>, Error> {
        let (now, is_live) = (self.now(), self.meta.realm == Realm::Live);
        let ahead = |last| window::ahead(now, last, kind).filter(|_| is_live);
        Ok(self.last_signed()?.and_then(|last| window::behind(now, last, kind).or_else(|| ahead(last))))
    }

    /// Asks the gate whether this member may sign a kind of act at all, and why not.
    pub fn may(&self, kind: ChangeKind) -> Result<crate::gate::verdict::Verdict, Error> {
        let facts = from_records::act_facts(
            &self.records(),
            &self.meta.realm,
            self.now(),
            kind,
            self.person(),
            &Default::default(),
        )?;
        Ok(facts.judge())
    }

    /// The member of this desk with this name or fingerprint; `None` where nobody has it.
    fn member_named(&self, typed: &str) -> Result<Option<Record>, Error> {
        let mut found = Vec::new();
        for record in member::all(&self.records(), self.meta.desk)? {
            if record.key.as_deref() == Some(typed) || self.text_of(&record, "name")? == typed {
                found.push(record);
            }
        }
        if found.len() > 1 {
            let what = format!("several members are called {}", shown(typed));
            return Err(Error::usage(what).hint("name one by their fingerprint"));
        }
        Ok(found.pop())
    }

    /// The desk's root key, where this member founded the desk.
    pub fn root(&self) -> Result<&Signer, Error> {
        self.me.root_of(self.meta.desk).ok_or_else(no_root)
    }

    /// The newest serial of the desk's certificates, plus one.
    pub fn next_serial(&self) -> Result<i64, Error> {
        let members = member::all(&self.records(), self.meta.desk)?;
        Ok(members.iter().filter_map(|m| m.terms.get("serial").and_then(Json::int)).max().unwrap_or(0) + 1)
    }

    /// The desk's card, as it was signed when the desk was founded.
    pub fn card(&self) -> Result<(Card, String), Error> {
        let file = self.text_of(&self.own_record()?, "card")?;
        Ok((card::Card::parse(file.as_bytes())?, file))
    }
}

/// A second view that is closed for a while.
pub struct Closed {
    meta: Meta,
    me: Identity,
    folder: PathBuf,
    clock: Clock,
    left: Option<Left>,
    is_first_sight: bool,
    beside_writer: bool,
    journal: Arc<Journal>,
}

impl Closed {
    /// Opens it again, with the keyring as it is now.
    pub fn reopen(self) -> Result<Workspace, Error> {
        let keyring = Keyring::open(&self.folder.join(KEYRING), &self.me)?;
        let gone = || {
            Error::new(
                ErrorKind::Integrity,
                "the database does not open a second time",
                "close comity and open it again",
            )
        };
        let path = self.folder.join(DATABASE);
        let db = match self.beside_writer {
            true => connection::open(&path, &keyring.database, true)?,
            false => connection::open_still(&path, &keyring.database)?,
        };
        let db = db.ok_or_else(gone)?;
        Ok(Workspace {
            db,
            meta: self.meta,
            me: self.me,
            keyring,
            entropy: Entropy::default(),
            folder: self.folder,
            trust: TrustStore::of_reader(),
            trust_waits: false,
            alarm: None,
            clock: self.clock,
            read_only: true,
            is_second_view: self.beside_writer,
            rehearsal: Cell::default(),
            as_of: None,
            play: RefCell::default(),
            editions: RefCell::default(),
            left: self.left,
            is_first_sight: self.is_first_sight,
            trusted: RefCell::new(Trusted::Unknown),
            witnessed: Cell::default(),
            damaged: RefCell::default(),
            looks: RefCell::default(),
            journal: self.journal,
            lock: None,
        })
    }
}
