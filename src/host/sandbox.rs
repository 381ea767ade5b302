//! The sandbox: from its start to its end the process opens no socket and starts no process.
//!
//! On Linux the kernel holds it to that: seccomp refuses the calls, Landlock refuses TCP and the execution of files.
//! It must be entered before any thread exists. Elsewhere there is no sandbox, and `comity doctor` says so.

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

    use landlock::{ABI, Access as _, AccessFs, AccessNet, Ruleset, RulesetAttr as _, RulesetStatus, Scope};
    use seccompiler::{
        BpfProgram, SeccompAction, SeccompCmpArgLen as Len, SeccompCmpOp as Op, SeccompCondition as Condition,
        SeccompFilter, SeccompRule,
    };

    type Failed = Box<dyn std::error::Error>;

    /// No file may be executed; no TCP port bound or connected; no abstract socket, no signal outside.
    pub(super) fn landlock() -> Result<(), Failed> {
        let ruleset = Ruleset::default()
            .handle_access(AccessFs::Execute)?
            .handle_access(AccessNet::from_all(ABI::V4))?
            .scope(Scope::from_all(ABI::V6))?;
        let status = ruleset.create()?.restrict_self()?;
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
