//! A producer thread beside a consumer: reading and computing go on while the database writes. The workspace stays on
//! the consumer's thread.

use std::sync::mpsc::sync_channel;
use std::thread;

/// Values that are handed over at once.
const BATCH: usize = 128;
/// Batches that may wait.
const AHEAD: usize = 8;

/// Runs `make` on a thread of its own and passes the values that it pushes to `take` here, in order. Where `take` fails,
/// pushing returns `false` and `make` should end. Where both fail, the error of `take` is returned.
pub fn beside<T: Send, E: Send>(
    make: impl FnOnce(&mut dyn FnMut(T) -> bool) -> Result<(), E> + Send,
    mut take: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    thread::scope(|scope| {
        let (send, batches) = sync_channel::<Vec<T>>(AHEAD);
        let maker = scope.spawn(move || {
            let mut batch = Vec::with_capacity(BATCH);
            let made = make(&mut |value| {
                batch.push(value);
                batch.len() < BATCH || send.send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH))).is_ok()
            });
            // What was made before a failure is handed over too: it may be what is wrong.
            let _ = send.send(batch);
            made
        });
        let taken = batches.iter().flatten().try_for_each(&mut take);
        drop(batches);
        let made = maker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        taken.and(made)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_in_order_and_failures_end_both_sides() {
        let count = |fails_at: Option<u32>, made: Result<(), &'static str>| {
            let mut seen = Vec::new();
            let done = beside(
                |push| {
                    let _ = (0..1000).all(push);
                    made
                },
                |n| {
                    seen.push(n);
                    if fails_at == Some(n) { Err("taker") } else { Ok(()) }
                },
            );
            (done, seen)
        };
        let (done, seen) = count(None, Ok(()));
        assert!(done.is_ok() && seen == (0..1000).collect::<Vec<_>>());
        assert_eq!(count(Some(200), Ok(())).0, Err("taker"));
        assert_eq!(count(Some(999), Err("maker")).0, Err("taker"));
        assert_eq!(count(None, Err("maker")).0, Err("maker"));
    }
}
