//! The program opens no socket and starts no process, and the kernel holds it to that.

use std::process::Command;

/// Tried in a process of its own, since a sandbox cannot be left: this test calls itself.
#[test]
#[cfg(target_os = "linux")]
fn the_kernel_refuses_sockets_and_processes() {
    const INSIDE: &str = "COMITY_TEST_INSIDE_THE_SANDBOX";
    if std::env::var_os(INSIDE).is_none() {
        let me = std::env::current_exe().unwrap();
        let inside = Command::new(me)
            .env(INSIDE, "1")
            .args(["--exact", "sandbox::the_kernel_refuses_sockets_and_processes", "--nocapture"])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&inside.stdout).into_owned();
        assert!(inside.status.success(), "{said}{}", String::from_utf8_lossy(&inside.stderr));
        assert!(said.contains("1 passed"), "it was tried: {said}");
        return;
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

#[test]
fn the_binary_says_how_much_of_the_sandbox_stands() {
    let output = Command::new(env!("CARGO_BIN_EXE_comity")).args(["--json", "doctor"]).output().unwrap();
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said["sandbox"], cfg!(target_os = "linux"), "{said}");
}
