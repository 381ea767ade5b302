//! The first databases of a process may be opened by many threads at once. The moment is short and comes once in a
//! process, so the test calls itself many times.

use std::process::Command;
use std::sync::Barrier;

use comity::store::connection::{DatabaseKey, scratch};

const INSIDE: &str = "COMITY_TEST_FIRST_OPEN";
const PROCESSES: usize = 60;
const THREADS: u8 = 16;

#[test]
fn many_threads_open_the_first_databases_of_a_process() {
    if std::env::var_os(INSIDE).is_some() {
        return open_all_at_once();
    }
    for _ in 0..PROCESSES {
        let inside = Command::new(std::env::current_exe().unwrap())
            .env(INSIDE, "1")
            .args(["--exact", "first_open::many_threads_open_the_first_databases_of_a_process"])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&inside.stdout).into_owned();
        assert!(inside.status.success() && said.contains("1 passed"), "{said}");
    }
}

fn open_all_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let together = Barrier::new(THREADS.into());
    let open = |n: u8| {
        let mine = folder.path().join(n.to_string());
        std::fs::create_dir(&mine).unwrap();
        let key = DatabaseKey::new(&[n; 32], &[n; 16]);
        together.wait();
        scratch(&mine, &key).err().map(|e| e.to_string())
    };
    let open = &open;
    let failed: Vec<String> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..THREADS).map(|n| scope.spawn(move || open(n))).collect();
        all.into_iter().filter_map(|t| t.join().unwrap()).collect()
    });
    assert!(failed.is_empty(), "{} of {THREADS}: {failed:?}", failed.len());
}
