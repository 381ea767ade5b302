//! Randomness from the operating system: for ids, salts and keys.

use zeroize::{Zeroize as _, Zeroizing};

use crate::act::change::Salt;
use crate::value::id::Id;

/// The operating system gave no randomness: nothing that needs it may be made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the operating system gives no randomness")]
pub struct EntropyError;

/// A small store of randomness, so that an import of many salts asks the system less often.
#[derive(Default)]
pub struct Entropy {
    pool: Zeroizing<Vec<u8>>,
}

impl Entropy {
    const POOL: usize = 4096;

    fn take<const N: usize>(&mut self) -> Result<[u8; N], EntropyError> {
        if self.pool.len() < N {
            let mut fresh = Zeroizing::new(vec![0; Self::POOL]);
            getrandom::fill(&mut fresh).map_err(|_| EntropyError)?;
            self.pool = fresh;
        }
        let rest = self.pool.len() - N;
        let mut out = [0; N];
        out.copy_from_slice(self.pool.get(rest..).ok_or(EntropyError)?);
        // What was handed out does not stay here.
        if let Some(used) = self.pool.get_mut(rest..) {
            used.zeroize();
        }
        self.pool.truncate(rest);
        Ok(out)
    }

    /// A new record id.
    pub fn id(&mut self) -> Result<Id, EntropyError> {
        self.take().map(Id::from_bytes)
    }

    /// A new salt.
    pub fn salt(&mut self) -> Result<Salt, EntropyError> {
        self.take()
    }

    /// A new key.
    pub fn seed(&mut self) -> Result<Zeroizing<[u8; 32]>, EntropyError> {
        self.take().map(Zeroizing::new)
    }
}

#[cfg(test)]
mod tests {
    use super::Entropy;

    #[test]
    fn nothing_is_handed_out_twice() {
        let mut entropy = Entropy::default();
        let mut all: Vec<_> = (0..1000).map(|_| entropy.salt().unwrap()).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 1000);
        assert!(all.iter().all(|s| *s != [0; 32]));
    }
}
