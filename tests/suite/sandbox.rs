//! The program opens no socket and starts no process, and the kernel holds it to that.

use std::ffi::OsStr;
use std::process::Command;

/// Runs one test of this file in a process of its own, which a variable tells that it is inside.
fn try_inside(test: &str, variable: &str, value: &OsStr) {
    try_inside_of(&format!("sandbox::{test}"), variable, value);
}

/// The same, for a test of any file.
pub fn try_inside_of(test: &str, variable: &str, value: &OsStr) {
    let inside = Command::new(std::env::current_exe().unwrap())
        .env(variable, value)
        .args(["--exact", test, "--nocapture"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&inside.stdout).into_owned();
    assert!(inside.status.success(), "{said}{}", String::from_utf8_lossy(&inside.stderr));
    assert!(said.contains("1 passed"), "it was tried: {said}");
}

/// Tried in a process of its own, since a sandbox cannot be left: this test calls itself.
#[test]
#[cfg(target_os = "linux")]
fn the_kernel_refuses_sockets_and_processes() {
    const INSIDE: &str = "COMITY_TEST_INSIDE_THE_SANDBOX";
    if std::env::var_os(INSIDE).is_none() {
        return try_inside("the_kernel_refuses_sockets_and_processes", INSIDE, "1".as_ref());
    }
    use comity::host::sandbox::{Sandbox, enter};
    let stands = enter();
    assert_ne!(stands, Sandbox::None, "this kernel has seccomp");
    assert!(std::net::UdpSocket::bind("127.0.0.1:0").is_err(), "no UDP socket");
    assert!(std::net::TcpListener::bind("127.0.0.1:0").is_err(), "no TCP listener");
    assert!(std::net::TcpStream::connect("127.0.0.1:9").is_err(), "no TCP stream");
    assert!(
        std::os::unix::net::UnixListener::bind(std::env::temp_dir().join(format!("s{}", std::process::id()))).is_err()
    );
    assert!(Command::new("/bin/true").status().is_err(), "no process");
    assert!(
        std::thread::spawn(|| std::net::UdpSocket::bind("127.0.0.1:0").is_err()).join().unwrap(),
        "nor in a thread"
    );
    assert!(std::thread::spawn(|| Command::new("/bin/true").status().is_err()).join().unwrap());
}

/// Tried in a process of its own, since a limit cannot be taken back: this test calls itself.
#[test]
#[cfg(target_os = "linux")]
fn the_kernel_keeps_a_command_to_its_files() {
    use comity::host::sandbox::{Reach, Sandbox, enter, is_limited, limit};
    const INSIDE: &str = "COMITY_TEST_WITH_ITS_FILES";
    let Some(root) = std::env::var_os(INSIDE).map(std::path::PathBuf::from) else {
        let root = tempfile::tempdir().unwrap();
        for folder in ["ws", "other"] {
            std::fs::create_dir(root.path().join(folder)).unwrap();
            std::fs::write(root.path().join(folder).join("file"), "x").unwrap();
        }
        std::fs::write(root.path().join("named"), "x").unwrap();
        return try_inside("the_kernel_keeps_a_command_to_its_files", INSIDE, root.path().as_os_str());
    };
    let mut reach = Reach::default().with_folder(&root.join("ws"));
    reach.reads.push(root.join("named"));
    assert!(!limit(&reach) && !is_limited(), "whoever did not enter the sandbox is left alone");
    let can_limit = enter() == Sandbox::Whole;
    assert_eq!(limit(&reach), can_limit);
    let tries = move || {
        assert!(std::fs::read(root.join("ws/file")).is_ok() && std::fs::read(root.join("named")).is_ok());
        std::fs::write(root.join("ws/new"), "x").unwrap();
        std::fs::rename(root.join("ws/new"), root.join("ws/renamed")).unwrap();
        let refused = [
            std::fs::read(root.join("other/file")).is_err(),
            std::fs::read_dir(root.join("other")).is_err(),
            std::fs::write(root.join("other/new"), "x").is_err(),
            std::fs::write(root.join("named"), "y").is_err(),
            std::fs::remove_file(root.join("other/file")).is_err(),
            std::fs::rename(root.join("ws/renamed"), root.join("other/renamed")).is_err(),
            std::fs::read("/etc/hostname").is_err(),
        ];
        assert_eq!(refused, [can_limit; 7]);
    };
    tries.clone()();
    if can_limit {
        std::thread::spawn(tries).join().unwrap();
    }
}

#[test]
fn the_binary_says_how_much_of_the_sandbox_stands() {
    let output = Command::new(env!("CARGO_BIN_EXE_comity")).args(["--json", "doctor"]).output().unwrap();
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said["sandbox"], cfg!(target_os = "linux"), "{said}");
    let has_landlock = said["sandbox_says"].as_str().unwrap().contains("seccomp, Landlock");
    assert_eq!(said["files_limited"], has_landlock, "{said}");
}
