//! The main job as its users type it: two fictional desks exchange a case across an air gap. Each line of the story is a
//! command of the real binary, its exit code, and what its JSON must say.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

struct Story {
    root: TempDir,
    words: Vec<(String, String)>,
    last: Value,
}

impl Story {
    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Runs `who: words`, where `who` is a desk and a member, such as `a1`. `{name}` stands for what was kept.
    fn run(&mut self, line: &str) -> (i32, String) {
        let (who, words) = line.split_once(": ").unwrap();
        let mut words = words.to_owned();
        for (name, value) in &self.words {
            words = words.replace(&format!("{{{name}}}"), value);
        }
        let home = self.path("home");
        let output = Command::new(env!("CARGO_BIN_EXE_comity"))
            .current_dir(self.root.path())
            .env_clear()
            .env("HOME", &home)
            .args(["--workspace", &who[..1].to_uppercase(), "--identity", &format!("{who}.id"), "--json"])
            .args(split(&words))
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        self.last = serde_json::from_str(&said).unwrap_or(Value::Null);
        (output.status.code().unwrap_or(-1), format!("{said}{}", String::from_utf8_lossy(&output.stderr)))
    }

    fn must(&mut self, line: &str) -> Value {
        self.ends(line, 0);
        self.last.clone()
    }

    fn ends(&mut self, line: &str, code: i32) -> String {
        let (got, said) = self.run(line);
        assert_eq!(got, code, "{line}\n{said}");
        said
    }

    fn keep(&mut self, name: &str, line: &str) {
        let id = self.must(line)["id"].as_str().unwrap_or_else(|| panic!("{line} made nothing")).to_owned();
        self.words.push((name.to_owned(), id));
    }

    fn word(&mut self, name: &str, value: &str) {
        self.words.push((name.to_owned(), value.to_owned()));
    }
}

/// Words with spaces stand in single quotes.
fn split(line: &str) -> Vec<String> {
    let parts = line.split('\'');
    parts
        .enumerate()
        .flat_map(
            |(n, part)| {
                if n % 2 == 1 { vec![part.to_owned()] } else { part.split_whitespace().map(str::to_owned).collect() }
            },
        )
        .collect()
}

fn rows(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().unwrap().iter()
}

#[test]
fn two_desks_exchange_a_case() {
    let mut s = Story { root: TempDir::new().unwrap(), words: Vec::new(), last: Value::Null };
    let extracts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/extracts");
    s.word("extracts", extracts.to_str().unwrap());

    // In touch.
    for who in ["a1", "a2", "b1", "b2"] {
        s.must(&format!("{who}: identity new --name {who} --out {who}.id --no-passphrase"));
    }
    for (site, code) in [("a", "XA"), ("b", "XB")] {
        s.must(&format!("{site}1: init --desk {code} --name 'the {code} desk' --jurisdiction {code} --roles administrator,desk-officer,investigator"));
        s.ends(&format!("{site}1: init --desk {code} --name again --jurisdiction {code} --roles administrator"), 12);
        s.must(&format!("{site}1: member add {site}2.id.pub --roles legal-reviewer,release-officer"));
        s.must(&format!("{site}1: desk card --out {code}.card"));
    }
    s.run("b1: case list");
    let stranger = Command::new(env!("CARGO_BIN_EXE_comity"))
        .current_dir(s.root.path())
        .args(["--workspace", "A", "--identity", "b1.id", "case", "list"])
        .output()
        .unwrap();
    assert_eq!(stranger.status.code(), Some(10), "a stranger's identity opens nothing");
    for (site, other) in [("a", "XB"), ("b", "XA")] {
        s.must(&format!("{site}1: partner add {other}.card --kind law-enforcement"));
        let fingerprint = s.must(&format!("{site}1: partner show {other}"))["fingerprint"].as_str().unwrap().to_owned();
        s.ends(&format!("{site}1: partner confirm {other} --fingerprint '00000 00000'"), 22);
        s.must(&format!("{site}1: partner confirm {other} --fingerprint '{fingerprint}'"));
        for state in ["tested", "operational"] {
            s.must(&format!("{site}1: partner channel {other} {state} --because drill"));
        }
        s.must(&format!("{site}1: agreement add --partner {other} --instrument bc --title MoU --purpose cybercrime --categories indicator,subscriber --tier 2 --from 2026-01-01 --until 2099-01-01 --retention-cap 90d"));
    }

    // Indicators go first: tier 1 needs no second person.
    s.keep("case", "a1: case new --title 'Loader campaign' --purpose cybercrime");
    for (file, format, more) in [
        ("indicators.stix.json", "stix", ""),
        ("event.misp.json", "misp", ""),
        ("addresses.tsv", "csv", "--column value=1 --type ipv4 --delimiter tab --comment '#'"),
    ] {
        let answer = s.must(&format!("a1: item import {{extracts}}/{file} --format {format} --case {{case}} {more}"));
        assert!(answer["imported"].as_u64().unwrap() > 0, "{file}");
    }
    s.ends("a2: case new --title 'not mine' --purpose cybercrime", 40);
    s.must("a1: disclosure new --case {case} --tier 1 --to XB --delete-after 60d");
    assert!(s.ends("a1: bundle preview --to XB", 0).contains("XB"));
    s.must("a1: bundle export --to XB --out ab1");
    s.must("b1: bundle verify ab1");
    s.must("b1: bundle import ab1");
    assert!(s.ends("b1: bundle import ab1", 0).contains("already"));
    s.ends("a1: bundle import ab1", 21);
    assert!(s.ends("b1: case list", 0).contains("Loader campaign"));
    assert!(rows(&s.must("b1: retention list")).all(|r| r["due"].is_string()));

    // A preservation request: complete, reviewed by another, sent, answered.
    s.ends("a1: request new --kind bc29 --case {case} --to XB --field offence=access", 40);
    s.keep("request", "a1: request new --kind bc29 --case {case} --to XB --field authority=XA --field offence=access --field data=4711 --field relation=r --field custodian=c --field necessity=n --field intent=i");
    s.must("a1: request submit {request}");
    let reviews = s.must("a2: review list");
    let request = s.words.iter().find(|(n, _)| n == "request").unwrap().1.clone();
    let review = rows(&reviews).find(|r| r["subject"] == request.as_str()).unwrap()["id"].as_str().unwrap().to_owned();
    s.word("review", &review);
    s.ends("a1: review decide {review} --approve --expires 60d", 40);
    s.must("a2: review assess {review} --all met --less-intrusive 'open sources searched'");
    s.ends("a1: request send {request}", 40);
    s.must("a2: review decide {review} --approve --expires 60d");
    s.must("a1: request send {request}");
    s.must("a1: bundle export --to XB --out ab2");
    s.must("b1: bundle import ab2");
    let inbound = s.must("b1: request list --inbound");
    let clocks = &rows(&inbound).find(|r| r["id"] == request.as_str()).unwrap()["clocks"];
    assert!(rows(clocks).any(|c| c["clock"] == "preservation" && c["due"].is_string()), "{clocks}");
    s.must("b1: request letter {request} --out letter.html");
    assert!(std::fs::read_to_string(s.path("letter.html")).unwrap().contains("Article 29"));
    s.must("b1: request accept {request}");
    s.keep("item", "b1: item add --case {case} --type account --category subscriber --tier 2 --person-class suspect --value 'account 4711: J. Doe' --request {request}");
    assert_eq!(s.must("b1: gate explain {item} --to XA")["allowed"], false);
    s.ends("b1: disclosure new --item {item} --to XA --delete-after 30d", 40);
    s.keep("second", "b1: review open --subject {item} --to XA --purpose cybercrime --level L1");
    s.must("b2: review assess {second} --all met --less-intrusive 'subscriber data only'");
    s.must("b2: review decide {second} --approve --condition no-onward --expires 30d");
    s.ends("b1: disclosure new --item {item} --to XA --delete-after 400d", 40);
    s.keep("disclosure", "b1: disclosure new --item {item} --to XA --delete-after 30d");
    s.ends("b1: disclosure release {disclosure}", 40);
    s.must("b2: disclosure release {disclosure}");
    s.must("b1: request deliver {request}");
    s.must("b1: bundle export --to XA --out ba1");
    s.must("a1: bundle import ba1");
    assert_eq!(s.must("a1: request show {request}")["state"], "delivered");
    let held = s.ends("a1: item list --case {case} --tier 2", 0);
    assert!(held.contains("4711") && held.contains("no-onward"), "{held}");

    // The record.
    s.must("a1: audit verify");
    s.must("b1: audit verify");
    assert!(rows(&s.must("a1: audit witness")).any(|w| w["partner"] == "XB" && w["size"].as_u64() > Some(0)));
    let whole = std::fs::read(s.path("ab2")).unwrap();
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    std::fs::write(s.path("bad"), flipped).unwrap();
    std::fs::write(s.path("cut"), &whole[..1000]).unwrap();
    s.ends("b1: bundle verify bad", 20);
    s.ends("b1: bundle import cut", 20);

    // Deletion: a hold stops it, it is certified, the duty travels, and nothing comes back.
    s.ends("a1: retention purge --item {item} --yes", 40);
    s.keep("hold", "a1: retention hold --item {item} --reason complaint --because 'access request'");
    s.ends("a1: retention purge --item {item} --because asked --yes", 40);
    s.must("a2: retention release {hold} --because closed");
    assert!(s.ends("a1: retention purge --item {item} --because asked --yes", 0).contains("certificate"));
    assert!(!s.ends("a1: item show {item}", 0).contains("J. Doe"));
    s.must("a1: bundle export --to XB --out ab3");
    s.must("b1: bundle import ab3");
    let item = s.words.iter().find(|(n, _)| n == "item").unwrap().1.clone();
    let duties = s.must("b1: retention duties");
    let states: Vec<_> = rows(&duties).filter(|d| d["item"] == item.as_str()).map(|d| d["state"].clone()).collect();
    assert_eq!(states, ["met"]);
    s.must("a1: bundle import ba1");
    s.keep("again", "b1: disclosure new --item {item} --to XA --delete-after 20d");
    s.must("b2: disclosure release {again}");
    s.must("b1: bundle export --to XA --out ba2");
    s.must("a1: bundle import ba2");
    assert!(!s.ends("a1: item show {item}", 0).contains("J. Doe"), "the tombstone holds");
    s.must("a1: audit verify");
    s.must("b1: audit verify");
}
