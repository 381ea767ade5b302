//! Nothing that exists for networks or for starting processes is built in, and everything comes from the registry.

use std::collections::BTreeSet;

/// The part of the graph that the program is linked with; what tests and build scripts use stays outside of it.
fn packages() -> Vec<(String, String)> {
    let lock: toml::Table = include_str!("../../Cargo.lock").parse().unwrap();
    let of = |p: &toml::Value, key: &str| p.get(key).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
    lock["package"].as_array().unwrap().iter().map(|p| (of(p, "name"), of(p, "source"))).collect()
}

#[test]
fn nothing_banned_is_built_in() {
    let deny: toml::Table = include_str!("../../deny.toml").parse().unwrap();
    let banned: BTreeSet<&str> =
        deny["bans"]["deny"].as_array().unwrap().iter().map(|b| b["crate"].as_str().unwrap()).collect();
    assert!(banned.len() > 5);
    for (name, source) in packages() {
        assert!(!banned.contains(name.as_str()), "{name} is banned in deny.toml");
        let from_registry = source.starts_with("registry+");
        assert!(from_registry || name == "comity", "{name} comes from {source:?}");
    }
}
