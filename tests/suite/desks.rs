//! Desks for tests: each a folder with a workspace and its members' identities, driven by the commands of the table as both front
//! ends drive them, or by the program itself. Nothing here knows more than a user does, but for [`Site::open`].

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use comity::command::command;
use comity::command::definition::{Args, CommandContext, Output};
use comity::command::identity;
use comity::command::run::{On, run};
use comity::host::clock::Clock;
use comity::value::timestamp::{Duration, Timestamp};
use comity::workspace::error::{Error, ErrorKind};
use comity::workspace::open::Workspace;
use comity::workspace::progress::Job;
use tempfile::TempDir;

/// When the tests begin.
pub const NOW: &str = "2026-06-15T12:00:00Z";

/// A desk: member 1 is administrator, desk officer and investigator; member 2 legal reviewer, release officer and
/// administrator; member 3, where there is one, legal reviewer and release officer.
pub struct Site {
    pub folder: PathBuf,
    pub code: &'static str,
    pub now: Timestamp,
}

/// Fields of a command, by name.
pub type Fields<'a> = &'a [(&'a str, &'a str)];

/// A reason for each test that the levels L2 and L3 add.
pub const REASONS: [(&str, &str); 9] = [
    ("reason", "suspicion=the account sent it"),
    ("reason", "privilege=nobody of a protected calling"),
    ("reason", "data_protection=adequacy"),
    ("reason", "oversight=the court reads the log"),
    ("reason", "death_penalty=abolished there"),
    ("reason", "torture=no risk was found"),
    ("reason", "political_offence=fraud"),
    ("reason", "discrimination=no such sign"),
    ("reason", "ne_bis_in_idem=nobody was tried"),
];

/// The jurisdiction of a desk: its code where that is one, else that of the first.
fn jurisdiction_of(code: &str) -> &str {
    if code.len() == 2 { code } else { "XA" }
}

impl Site {
    /// Founds a desk.
    pub fn found(root: &Path, code: &'static str) -> Self {
        Self::found_for(root, code, &[])
    }

    /// Founds a desk with more of what its founding takes, such as the exercise that it belongs to.
    pub fn found_for(root: &Path, code: &'static str, more: Fields<'_>) -> Self {
        let site = Self { folder: root.join(code), code, now: Timestamp::parse(NOW).unwrap() };
        fs::create_dir(&site.folder).unwrap();
        for member in 1..=3 {
            let out = site.identity(member);
            let name = format!("{code}-{member}");
            site.must(member, "identity new", &[("name", &name), ("out", &text(&out)), ("no-passphrase", "yes")]);
        }
        let roles = "administrator,desk-officer,investigator";
        let form = [("desk", code), ("name", code), ("jurisdiction", jurisdiction_of(code)), ("roles", roles)];
        site.must(1, "init", &[form.as_slice(), more].concat());
        for (member, roles) in
            [(2, "legal-reviewer,release-officer,administrator"), (3, "legal-reviewer,release-officer")]
        {
            let file = format!("{}.pub", text(&site.identity(member)));
            site.must(1, "member add", &[("file", &file), ("roles", roles)]);
        }
        site
    }

    pub fn identity(&self, member: u8) -> PathBuf {
        self.folder.join(format!("{member}.id"))
    }

    pub fn workspace(&self) -> PathBuf {
        self.folder.join("ws")
    }

    /// Enrols another member with these roles.
    pub fn enrol(&self, member: u8, roles: &str) {
        let file = text(&self.identity(member));
        let name = format!("{}-{member}", self.code);
        self.must(member, "identity new", &[("name", &name), ("out", &file), ("no-passphrase", "yes")]);
        self.must(1, "member add", &[("file", &format!("{file}.pub")), ("roles", roles)]);
    }

    /// A path in the desk's folder.
    pub fn path(&self, name: &str) -> String {
        text(&self.folder.join(name))
    }

    pub fn place(&self, member: u8) -> CommandContext {
        CommandContext {
            workspace: self.workspace(),
            identity: self.identity(member),
            passphrase: Box::new(|_, _| Err(Error::new(ErrorKind::Key, "no passphrase", ""))),
            clock: Clock::Fixed(self.now),
        }
    }

    /// Lets two members say that the machine's clock is right: the program goes by it, and acts of these tests are made long
    /// before.
    pub fn believe_the_machine(&self) {
        let machine = Self { folder: self.folder.clone(), code: self.code, now: Clock::System.now() };
        let Ok(workspace) = machine.open(1) else { return };
        if !workspace.clock_fault().is_ok_and(|fault| fault.is_some()) {
            return;
        }
        drop(workspace);
        machine.state_the_time();
    }

    /// Lets two members say that the clock is right.
    fn state_the_time(&self) {
        let clock = self.make(1, "clock state", &[("is", &self.now.to_date())]);
        self.must(2, "clock confirm", &[("clock", &clock)]);
    }

    /// What is typed after the program's name to run it as a member.
    pub fn words(&self, member: u8, more: &[&str]) -> Vec<String> {
        let (workspace, identity) = (text(&self.workspace()), text(&self.identity(member)));
        let own = ["--workspace", &workspace, "--identity", &identity];
        own.iter().chain(more).map(|word| (*word).to_owned()).collect()
    }

    /// Runs the program as a member, and hands it what is typed.
    pub fn program(&self, member: u8, more: &[&str], typed: &str) -> std::process::Output {
        program(&self.folder, &self.words(member, more), typed)
    }

    /// The workspace, open.
    pub fn open(&self, member: u8) -> Result<Workspace, Error> {
        let mut place = self.place(member);
        let (me, _) = identity::unlock(&mut place)?;
        Workspace::open(&place.workspace, &place.identity, me, place.clock, false)
    }

    /// Runs a command as a member.
    pub fn run(&self, member: u8, name: &str, fields: Fields<'_>) -> Result<Output, Error> {
        self.run_because(member, None, name, fields)
    }

    /// Runs a command as a member who says why they look.
    pub fn run_because(
        &self,
        member: u8,
        reason: Option<&str>,
        name: &str,
        fields: Fields<'_>,
    ) -> Result<Output, Error> {
        let command = command(name).unwrap_or_else(|| panic!("no command {name}"));
        let mut form = Args::default();
        for (field, value) in fields {
            let known = command.field(field).unwrap_or_else(|| panic!("{name} has no field {field}"));
            form.add(known.name, *value);
        }
        if command.needs_workspace(&form) {
            let mut workspace = self.open(member)?;
            reason.into_iter().for_each(|reason| workspace.give_reason(reason));
            run(command, On::Workspace(&mut workspace), &form, &mut Job::silent())
        } else {
            run(command, On::Nothing(&mut self.place(member)), &form, &mut Job::silent())
        }
    }

    /// Runs a command that must succeed.
    pub fn must(&self, member: u8, name: &str, fields: Fields<'_>) -> Output {
        self.run(member, name, fields).unwrap_or_else(|e| panic!("{} {member}: {name} {fields:?}: {e:?}", self.code))
    }

    /// Runs a command that must make something; returns its id.
    pub fn make(&self, member: u8, name: &str, fields: Fields<'_>) -> String {
        let answer = self.must(member, name, fields);
        answer.id().unwrap_or_else(|| panic!("{name} made nothing")).to_string()
    }

    /// Runs a command that must fail with this kind of failure.
    pub fn fails(&self, member: u8, name: &str, fields: Fields<'_>, kind: ErrorKind) -> Error {
        match self.run(member, name, fields) {
            Err(failure) => {
                assert_eq!(failure.kind, kind, "{} {member}: {name} {fields:?}: {failure:?}", self.code);
                failure
            }
            Ok(answer) => panic!("{} {member}: {name} {fields:?} went through: {answer:?}", self.code),
        }
    }

    /// Time passes at this desk.
    pub fn pass(&mut self, hours: i64) {
        self.now = self.now.plus(Duration::hours(hours));
    }

    /// Lets more time pass than a clock is believed for: two members say that it is right.
    pub fn pass_stated(&mut self, hours: i64) {
        self.pass(hours);
        self.state_the_time();
    }

    /// The time so many days from now.
    pub fn in_days(&self, days: i64) -> String {
        self.now.plus(Duration::days(days)).to_string()
    }

    /// Pins a partner: its channel operational, an agreement on indicators and subscriber data up to tier 2.
    pub fn meet(&self, other: &Self) {
        let card = other.path("card");
        let answer = other.must(1, "desk card", &[("out", &card), ("force", "yes")]);
        let fingerprint = answer.value["fingerprint"].as_str().unwrap().to_owned();
        self.must(1, "partner add", &[("card", &card), ("kind", "law-enforcement")]);
        self.must(1, "partner confirm", &[("partner", other.code), ("fingerprint", &fingerprint)]);
        for state in ["tested", "operational"] {
            self.must(1, "partner channel", &[("partner", other.code), ("state", state), ("because", "drill")]);
        }
        self.agree(other, "2", "indicator,subscriber");
    }

    /// Records an agreement up to a tier.
    pub fn agree(&self, other: &Self, tier: &str, categories: &str) -> String {
        self.make(
            1,
            "agreement add",
            &[
                ("partner", other.code),
                ("instrument", "bc"),
                ("title", "memorandum"),
                ("purpose", "cybercrime"),
                ("categories", categories),
                ("tier", tier),
                ("from", "2026-01-01"),
                ("until", "2030-01-01"),
                ("retention-cap", "90d"),
            ],
        )
    }

    pub fn case(&self, title: &str) -> String {
        self.make(1, "case new", &[("title", title), ("purpose", "cybercrime")])
    }

    /// A log of calls, of tier 3.
    pub fn calls(&self, case: &str) -> String {
        self.make(
            1,
            "item add",
            &[
                ("case", case),
                ("type", "log"),
                ("category", "traffic"),
                ("tier", "3"),
                ("person-class", "suspect"),
                ("tlp", "AMBER+STRICT"),
                ("value", "calls of 14 days"),
            ],
        )
    }

    /// A tier-1 indicator.
    pub fn indicator(&self, case: &str, value: &str) -> String {
        self.make(
            1,
            "item add",
            &[("case", case), ("type", "domain"), ("category", "indicator"), ("tier", "1"), ("value", value)],
        )
    }

    /// A bundle for a partner, written.
    pub fn export(&self, to: &Self, name: &str) -> String {
        let out = self.path(name);
        self.must(1, "bundle export", &[("to", to.code), ("out", &out)]);
        out
    }

    /// Everything that waits for the other desk, carried there and taken in.
    pub fn carry(&self, to: &Self, name: &str) -> String {
        let out = self.export(to, name);
        to.must(1, "bundle import", &[("path", &out)]);
        out
    }

    /// Opens a review of a record for a partner, assesses and approves it. Returns the review's id.
    pub fn approve(&self, subject: &str, to: &Self, level: &str) -> String {
        let review = self.make(
            1,
            "review open",
            &[("subject", subject), ("to", to.code), ("purpose", "cybercrime"), ("level", level)],
        );
        self.decide(&review);
        review
    }

    /// Assesses and approves a review as member 2.
    pub fn decide(&self, review: &str) {
        let said = [("review", review), ("all", "met"), ("less-intrusive", "open sources were searched")];
        self.must(2, "review assess", &[&said[..], &REASONS[..]].concat());
        self.must(2, "review decide", &[("review", review), ("approve", "yes"), ("expires", "60d")]);
    }
}

/// Runs the program, without a terminal and with nothing of this process's environment, and hands it what is typed.
pub fn program(home: &Path, words: &[impl AsRef<OsStr>], typed: &str) -> std::process::Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_comity"))
        .env_clear()
        .env("HOME", home)
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Where it ends without reading, that is no failure of the test.
    let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
    child.wait_with_output().unwrap()
}

/// Two desks that are in touch.
pub fn pair() -> (TempDir, Site, Site) {
    let root = TempDir::new().unwrap();
    let (a, b) = (Site::found(root.path(), "XA"), Site::found(root.path(), "XB"));
    a.meet(&b);
    b.meet(&a);
    (root, a, b)
}

/// A path as text.
pub fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// Every file of a folder with its bytes, but for the lock; to see that nothing changed.
pub fn bytes_of(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_none_or(|e| e != "lock") && !text(&path).ends_with("-shm") {
                all.push((path.clone(), fs::read(&path).unwrap()));
            }
        }
    }
    all.sort();
    all
}
