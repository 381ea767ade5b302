//! The sandbox: from its start to its end the process opens no socket and starts no process.
//!
//! On Linux the kernel holds it to that: seccomp refuses the calls, Landlock refuses TCP and the execution of files.
//! It must be entered before any thread exists. Elsewhere there is no sandbox, and the first screen and `comity doctor` say so.
//!
//! A command that is given all of its files beforehand is then limited to them: to the workspace, the identity's folder, the
//! settings, and what its arguments name. On the screens files are named as one goes: they are limited
//! to the folders that `keys.toml` names, and to nothing where it names none.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// How much of the sandbox is in force.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sandbox {
    /// seccomp and Landlock.
    Whole,
    /// seccomp alone: the kernel has no Landlock, or an old one.
    Calls,
    /// None.
    None,
}

impl Sandbox {
    /// In words, for `comity doctor`.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Whole => "the kernel refuses sockets and processes (seccomp, Landlock)",
            Self::Calls => "the kernel refuses sockets and processes (seccomp; no Landlock here)",
            Self::None => "no sandbox on this system: only comity's own code keeps it from opening sockets",
        }
    }
}

static ENTERED: OnceLock<Sandbox> = OnceLock::new();
static LIMITED: OnceLock<bool> = OnceLock::new();

/// The files that a command may reach.
#[derive(Clone, Default, Debug)]
pub struct Reach {
    /// Files and folders that it only reads.
    pub reads: Vec<PathBuf>,
    /// Folders in which it reads and writes.
    pub writes: Vec<PathBuf>,
}

impl Reach {
    /// A folder that it works in. Where it is not there yet, the nearest one above it is: it will be made there.
    #[must_use]
    pub fn with_folder(mut self, folder: &Path) -> Self {
        let above = folder.ancestors().map(|p| if p.as_os_str().is_empty() { Path::new(".") } else { p });
        self.writes.extend(above.into_iter().find(|p| p.is_dir()).map(Path::to_owned));
        self
    }

    /// The folder that a file lies in, or will: it is written beside its place.
    #[must_use]
    pub fn with_folder_of(self, file: &Path) -> Self {
        self.with_folder(super::file::folder_of(file))
    }
}

/// Limits the process to these files, as far as the kernel supports it, and returns whether it does. Once, and only where the
/// sandbox was entered: whoever uses the library is left alone. No thread may exist yet.
#[cfg(target_os = "linux")]
pub fn limit(reach: &Reach) -> bool {
    if ENTERED.get().is_none() {
        return false;
    }
    *LIMITED.get_or_init(|| linux::limit(reach).is_ok())
}

/// Limits nothing: there is no sandbox on this system.
#[cfg(not(target_os = "linux"))]
pub fn limit(_: &Reach) -> bool {
    false
}

/// Whether this process is limited to the files that it was given.
pub fn is_limited() -> bool {
    LIMITED.get().copied().unwrap_or(false)
}

/// What the kernel does not hold the process to, in a sentence for the first screen; nothing where it holds it to all, or where the
/// sandbox was never to be entered.
pub fn missing() -> Option<&'static str> {
    match ENTERED.get()? {
        Sandbox::Whole => None,
        Sandbox::Calls => Some("This kernel has no Landlock: it does not limit which files comity reaches."),
        Sandbox::None => {
            Some("This system has no sandbox: only comity's own code keeps it from networks and other files.")
        }
    }
}

/// Enters the sandbox, as far as the kernel supports it, and returns how far that is.
#[cfg(target_os = "linux")]
pub fn enter() -> Sandbox {
    *ENTERED.get_or_init(|| {
        let landlock = linux::landlock().is_ok();
        match (linux::seccomp().is_ok(), landlock) {
            (true, true) => Sandbox::Whole,
            (true, false) => Sandbox::Calls,
            (false, _) => Sandbox::None,
        }
    })
}

/// Enters the sandbox: there is none on this system.
#[cfg(not(target_os = "linux"))]
pub fn enter() -> Sandbox {
    Sandbox::None
}

/// How much of the sandbox this process is in.
pub fn stands() -> Sandbox {
    ENTERED.get().copied().unwrap_or(Sandbox::None)
}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeMap;

    use landlock::{
        ABI, Access as _, AccessFs, AccessNet, Ruleset, RulesetAttr as _, RulesetCreatedAttr as _, RulesetStatus,
        Scope, path_beneath_rules,
    };
    use seccompiler::{
        BpfProgram, SeccompAction, SeccompCmpArgLen as Len, SeccompCmpOp as Op, SeccompCondition as Condition,
        SeccompFilter, SeccompRule,
    };

    use super::Reach;

    type Failed = Box<dyn std::error::Error>;

    /// What the system's own libraries read: time zones, and who the user is.
    const SYSTEM: [&str; 10] = [
        "/etc/localtime",
        "/etc/timezone",
        "/etc/passwd",
        "/etc/nsswitch.conf",
        "/usr/share/zoneinfo",
        "/usr/lib",
        "/lib",
        "/lib64",
        "/proc/self",
        "/sys/fs/cgroup",
    ];
    /// The terminal, and where randomness comes from.
    const DEVICES: [&str; 4] = ["/dev/tty", "/dev/pts", "/dev/null", "/dev/urandom"];

    /// Only these files can be opened, and what lies in these folders; nothing of them can be executed.
    pub(super) fn limit(reach: &Reach) -> Result<(), Failed> {
        let all = AccessFs::from_all(ABI::V3) & !AccessFs::Execute;
        let reads = AccessFs::ReadFile | AccessFs::ReadDir;
        let zones = crate::host::folder::variable("TZDIR");
        let status = Ruleset::default()
            .handle_access(all)?
            .create()?
            .add_rules(path_beneath_rules(SYSTEM, reads))?
            .add_rules(path_beneath_rules(zones, reads))?
            .add_rules(path_beneath_rules(DEVICES, reads | AccessFs::WriteFile))?
            .add_rules(path_beneath_rules(&reach.reads, reads))?
            .add_rules(path_beneath_rules(&reach.writes, all))?
            .restrict_self()?;
        if status.ruleset == RulesetStatus::NotEnforced { Err("Landlock is not enforced".into()) } else { Ok(()) }
    }

    /// No file may be executed; no TCP port bound or connected; no abstract socket, no signal outside.
    pub(super) fn landlock() -> Result<(), Failed> {
        // Landlock refuses to move a file from folder to folder unless that is allowed by name.
        let ruleset = Ruleset::default()
            .handle_access(AccessFs::Execute | AccessFs::Refer)?
            .handle_access(AccessNet::from_all(ABI::V4))?
            .scope(Scope::from_all(ABI::V6))?;
        let status = ruleset.create()?.add_rules(path_beneath_rules(["/"], AccessFs::Refer))?.restrict_self()?;
        if status.ruleset == RulesetStatus::NotEnforced { Err("Landlock is not enforced".into()) } else { Ok(()) }
    }

    /// Refuses every call that opens a socket or starts a process. `sendto` stays: on the pairs that exist it is how
    /// signals and resizes are told.
    pub(super) fn seccomp() -> Result<(), Failed> {
        use libc::{
            SYS_accept, SYS_accept4, SYS_bind, SYS_clone, SYS_clone3, SYS_connect, SYS_execve, SYS_execveat,
            SYS_io_uring_setup, SYS_listen, SYS_ptrace, SYS_socket, SYS_socketpair,
        };
        let mut refused: BTreeMap<i64, Vec<SeccompRule>> = [
            SYS_socket,
            SYS_connect,
            SYS_bind,
            SYS_listen,
            SYS_accept,
            SYS_accept4,
            SYS_io_uring_setup,
            SYS_execve,
            SYS_execveat,
            SYS_ptrace,
        ]
        .into_iter()
        .map(|call| (call, Vec::new()))
        .collect();
        #[cfg(target_arch = "x86_64")]
        refused.extend([(libc::SYS_fork, Vec::new()), (libc::SYS_vfork, Vec::new())]);
        let not_unix = Condition::new(0, Len::Dword, Op::Ne, libc::AF_UNIX as u64)?;
        refused.insert(SYS_socketpair, vec![SeccompRule::new(vec![not_unix])?]);
        let thread = libc::CLONE_THREAD as u64;
        let not_a_thread = Condition::new(0, Len::Qword, Op::MaskedEq(thread), 0)?;
        refused.insert(SYS_clone, vec![SeccompRule::new(vec![not_a_thread])?]);
        apply(refused, libc::EPERM as u32)?;
        // clone3 hides its flags in memory; without it the C library falls back to clone.
        apply(BTreeMap::from([(SYS_clone3, Vec::new())]), libc::ENOSYS as u32)
    }

    fn apply(refused: BTreeMap<i64, Vec<SeccompRule>>, errno: u32) -> Result<(), Failed> {
        let arch = std::env::consts::ARCH.try_into()?;
        let filter = SeccompFilter::new(refused, SeccompAction::Allow, SeccompAction::Errno(errno), arch)?;
        let program: BpfProgram = filter.try_into()?;
        Ok(seccompiler::apply_filter_all_threads(&program)?)
    }
}
