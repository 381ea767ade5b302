//! Secrets in memory: after a workspace was locked nothing of its keys can be found in the process's own memory, and the kernel
//! writes none of it to a file.

#![cfg(target_os = "linux")]

use std::io::{Read as _, Seek as _, SeekFrom};

use comity::command::definition::{Args, CommandContext};
use comity::command::run::{On, run};
use comity::command::{command, identity};
use comity::host::clock::Clock;
use comity::seal::secret::Passphrase;
use comity::tui::who::Who;
use comity::tui::worker::{Opening, Workers};
use comity::workspace::error::Error;
use comity::workspace::open::Workspace;
use comity::workspace::progress::Job;

use crate::desks::Site;
use crate::sandbox::try_inside_of;

/// What is laid over what is looked for, so that looking for it leaves no copy of it.
const MASK: u8 = 0x5a;

/// Something secret that must not be found, masked.
struct Needle {
    name: &'static str,
    masked: Vec<u8>,
}

impl Needle {
    fn of(name: &'static str, secret: &[u8]) -> Self {
        Self { name, masked: secret.iter().map(|b| b ^ MASK).collect() }
    }

    /// How often it stands in these bytes.
    fn count(&self, bytes: &[u8]) -> usize {
        let first = self.masked[0] ^ MASK;
        let is_here = |w: &&[u8]| w[0] == first && w.iter().zip(&self.masked).all(|(b, m)| b ^ MASK == *m);
        bytes.windows(self.masked.len()).filter(is_here).count()
    }
}

/// Looks for secrets in everything that this process can write to. Says which were found, how often, and in what.
fn found(needles: &[Needle]) -> Vec<String> {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let mut memory = std::fs::File::open("/proc/self/mem").unwrap();
    let mut all = Vec::new();
    let mut block = vec![0; 1 << 20];
    let own = block.as_ptr() as u64;
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let (range, mode) = (words.next().unwrap(), words.next().unwrap());
        if !mode.starts_with("rw") {
            continue;
        }
        let (from, to) = range.split_once('-').unwrap();
        let (mut at, to) = (u64::from_str_radix(from, 16).unwrap(), u64::from_str_radix(to, 16).unwrap());
        while at < to {
            let length = usize::try_from((to - at).min(block.len() as u64)).unwrap();
            // What was read before is not looked at again.
            let is_own = at < own + (block.len() as u64) && own < at + length as u64;
            if !is_own && memory.seek(SeekFrom::Start(at)).is_ok() && memory.read_exact(&mut block[..length]).is_ok() {
                for needle in needles {
                    let times = needle.count(&block[..length]);
                    if times > 0 {
                        let place = line.rsplit_once(' ').map_or("", |(_, p)| p);
                        all.push(format!("{} {times} times in {range} {place}", needle.name));
                    }
                }
            }
            at += length as u64;
        }
    }
    all
}

/// What must not be found: the keys of an open workspace.
fn needles_of(workspace: &Workspace) -> Vec<Needle> {
    let hex = workspace.keyring.database.to_hex();
    let raw = zeroize::Zeroizing::new(data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap());
    vec![
        Needle::of("the database key", &raw[..32]),
        Needle::of("the database key in hex", &hex.as_bytes()[..64]),
        Needle::of("the signing key", workspace.me.signer.seed().as_slice()),
        Needle::of("the root key", workspace.me.roots[0].1.seed().as_slice()),
        Needle::of("the bundle key", workspace.keyring.keys.bundle.seed().as_slice()),
        Needle::of("the log key", workspace.keyring.keys.log.seed().as_slice()),
        Needle::of("the witness key", workspace.keyring.keys.witness.seed().as_slice()),
        Needle::of("the age key of the desk", &workspace.keyring.keys.age.to_text().as_bytes()[16..]),
        Needle::of("the age key of the member", &workspace.me.age.to_text().as_bytes()[16..]),
    ]
}

const PASSPHRASE: &str = "correct zq horse battery staple 7";

#[test]
fn after_locking_no_key_is_found_in_memory() {
    const INSIDE: &str = "COMITY_TEST_MEMORY";
    let Some(root) = std::env::var_os(INSIDE).map(std::path::PathBuf::from) else {
        let root = tempfile::tempdir().unwrap();
        Site::found(root.path(), "XA").case("A case");
        return try_inside_of("secrecy::after_locking_no_key_is_found_in_memory", INSIDE, root.path().as_os_str());
    };
    let site = Site {
        folder: root.join("XA"),
        code: "XA",
        now: comity::value::timestamp::Timestamp::parse(crate::desks::NOW).unwrap(),
    };
    let opening = Opening {
        workspace: site.workspace(),
        identity: site.identity(1),
        clock: Clock::Fixed(site.now),
        readonly: false,
        reason: Some("the test".to_owned()),
    };
    let (outbox, mut inbox) = tokio::sync::mpsc::unbounded_channel();
    // As the screens open it: on threads that end when it is locked.
    let unlock = move || {
        let mut context = CommandContext {
            workspace: site.workspace(),
            identity: site.identity(1),
            passphrase: Box::new(|_, _| Ok(Passphrase::new(PASSPHRASE).unwrap())),
            clock: Clock::Fixed(site.now),
        };
        Ok(identity::unlock(&mut context)?.0)
    };
    let opened = |_: &mut Vec<Needle>, opened: Result<Who, Error>| drop(opened.unwrap());
    let workers = Workers::start(opening, unlock, None, outbox, opened);
    workers.write(Box::new(|workspace, outbox| {
        let needles = needles_of(workspace);
        let case = [("title", "Another"), ("purpose", "cybercrime")];
        let form = case.iter().fold(Args::default(), |form, (name, value)| form.with(name, *value));
        run(command("case new").unwrap(), On::Workspace(workspace), &form, &mut Job::silent()).unwrap();
        let _ = outbox.send(Box::new(move |state: &mut Vec<Needle>| *state = needles));
    }));
    let mut needles = Vec::new();
    while needles.is_empty() {
        inbox.blocking_recv().unwrap()(&mut needles);
    }
    workers.join();
    let found = found(&needles);
    assert!(found.is_empty(), "{} places:\n{}", found.len(), found.join("\n"));
}

#[test]
fn what_is_looked_for_would_be_found() {
    let needle = Needle::of("a marker", &[b"zqmemory".as_slice(), b"marker"].concat());
    let kept = Box::new(*b"..zqmemorymarker..");
    assert!(!found(std::slice::from_ref(&needle)).is_empty());
    drop(kept);
}

/// Tried in a process of its own, since it cannot be taken back.
#[test]
fn no_core_is_written_and_nobody_else_looks_in() {
    use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};
    const INSIDE: &str = "COMITY_TEST_PROTECTED";
    if std::env::var_os(INSIDE).is_none() {
        return try_inside_of("secrecy::no_core_is_written_and_nobody_else_looks_in", INSIDE, "1".as_ref());
    }
    comity::host::secrecy::protect();
    assert_eq!(getrlimit(Resource::Core).maximum, Some(0));
    assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
}

/// What may be locked is inherited: the program is started from a shell that has raised the limit, where this user may, and from
/// one that has lowered it.
#[test]
fn memory_is_kept_from_swap_where_its_user_may_lock_all_of_it() {
    let locked = |limit: &str| -> Option<u64> {
        let root = tempfile::tempdir().unwrap();
        let program = env!("CARGO_BIN_EXE_comity");
        // It waits for the passphrase, and does nothing meanwhile.
        let mut child = std::process::Command::new("sh")
            .args(["-c", &format!("ulimit -l {limit} || exit 99; exec '{program}' --passphrase-file - identity new --name A --out a.id")])
            .current_dir(root.path())
            .env("HOME", root.path())
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let mut line = None;
        for _ in 0..200 {
            let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
            let of = |key: &str| status.lines().find_map(|l| l.strip_prefix(key)).map(|v| v.trim().to_owned());
            // Its sandbox is entered after its memory was locked.
            if of("Name:").is_some_and(|n| n == "comity") && of("Seccomp:").is_some_and(|s| s == "2") {
                line = of("VmLck:");
                break;
            }
            if child.try_wait().unwrap().is_some() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let _ = child.kill();
        child.wait().unwrap();
        line.map(|l| l.trim_end_matches(" kB").parse().unwrap())
    };
    assert_eq!(locked("64"), Some(0), "a small limit is not used up");
    // Only who administers a machine raises it.
    if let Some(kib) = locked("unlimited") {
        assert!(kib > 1000, "{kib} KiB are locked");
    }
}
