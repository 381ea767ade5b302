//! The process's own memory: the kernel writes none of it into a file and lets no other process of its user read it, and none of it
//! is swapped out where the user may lock memory without a limit; what secrets have left on a stack is written over.
//!
//! A smaller limit is not used: keys lie all over the memory of the libraries that work with them, and a process that may lock
//! some of it gets no more memory once that is used up. There the swap space is encrypted, or there is none.

use std::hint::black_box;

use zeroize::Zeroize as _;

/// Lets the kernel write no core file of this process, and no other process of its user look into it. To be called before any
/// secret is in memory. Where the kernel refuses, everything works as before.
#[cfg(target_os = "linux")]
pub fn protect() {
    use rustix::mm::{MlockAllFlags, mlockall};
    use rustix::process::{DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit};
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    let limit = getrlimit(Resource::Memlock);
    if limit.maximum.is_none() && setrlimit(Resource::Memlock, Rlimit { current: None, maximum: None }).is_ok() {
        // Pages are locked once something is in them: what the program never uses takes no memory.
        let _ = mlockall(MlockAllFlags::CURRENT | MlockAllFlags::FUTURE | MlockAllFlags::ONFAULT);
    }
}

/// Does nothing: this system is not asked.
#[cfg(not(target_os = "linux"))]
pub fn protect() {}

/// How much of the stack is written over: more than the deepest call that holds a key takes.
const DEEP: usize = 512 * 1024;

/// Writes over the stack below whoever calls: libraries move keys about, and what they leave there stays until something else takes
/// its place. The stack of a thread that has ended is kept for the next one.
#[inline(never)]
pub fn wipe_stack() {
    let mut block = [0u8; DEEP];
    black_box(&mut block).zeroize();
    black_box(&block);
}
