//! What the fuzz targets hold, over their corpus: each file as it is, cut, and with bytes changed. The real runs are those of `fuzz/`.

use std::fs;
use std::path::Path;

use comity::bundle::open::Opened;
use comity::record::kind::Kind;
use comity::record::store::{Query, RecordStore as _};
use comity::seal::age_file;

use crate::desks::{Site, pair};

#[path = "../../fuzz/src/lib.rs"]
mod targets;

/// Numbers that follow from a seed: the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most.max(1)
    }
}

#[test]
fn no_parser_breaks_on_its_corpus_however_it_is_spoilt() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let mut tried = 0;
    for folder in std::fs::read_dir(&root).unwrap() {
        let folder = folder.unwrap();
        let name = folder.file_name().into_string().unwrap();
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let whole = std::fs::read(file.unwrap().path()).unwrap();
            let mut numbers = Numbers(whole.len() as u64);
            for n in 0..40 {
                let mut data = whole.clone();
                match n % 4 {
                    _ if n == 0 => {}
                    0 => data.truncate(numbers.below(whole.len())),
                    1 => (0..4).for_each(|_| {
                        let at = numbers.below(data.len());
                        data[at] = b"\0\"{}[],:\\\xff=+-"[numbers.below(13)];
                    }),
                    2 => {
                        let (from, to) = (numbers.below(data.len()), numbers.below(data.len()));
                        let part = data[from.min(to)..from.max(to)].to_vec();
                        let at = numbers.below(data.len());
                        data.splice(at..at, part.into_iter().take(200));
                    }
                    _ => {
                        let at = numbers.below(data.len());
                        data.drain(at..(at + numbers.below(60)).min(data.len()));
                    }
                }
                if comity::exchange::format(&name).is_some() {
                    targets::file(&name, &data);
                }
                targets::policy(&data);
                targets::card(&data);
                targets::json(&data);
                targets::act(&data);
                targets::note(&data);
                targets::manifest(&data);
                targets::ask(&data);
                targets::bundle(&data);
                tried += 1;
            }
        }
    }
    assert!(tried > 300, "{tried}");
}

/// Writes what the targets of comity's own formats begin with: an act, a card, a note, a list of missing bundles and a bundle, as two
/// desks make them. Without it a fuzzer only ever sees their first line refused.
#[test]
#[ignore = "writes the seeds of the corpus"]
fn the_seeds_of_our_own_formats_are_written() {
    let (_root, a, b) = pair();
    let case = a.case("Seeds");
    let give = || {
        let given = a.indicator(&case, "n1.example");
        a.must(1, "disclosure new", &[("item", &given), ("to", "XB"), ("delete-after", "30d")]);
    };
    let inside = |of: &Site, path: &str| {
        let workspace = of.open(1).unwrap();
        age_file::open_all(&workspace.keyring.keys.age, &fs::read(path).unwrap(), 1 << 20).unwrap().expose().to_vec()
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let write = |target: &str, name: &str, bytes: &[u8]| {
        fs::create_dir_all(root.join(target)).unwrap();
        fs::write(root.join(target).join(name), bytes).unwrap();
    };
    give();
    let bundle = inside(&b, &a.carry(&b, "s1"));
    write("bundle", "first", &bundle);
    write("manifest", "first", &Opened::read(bundle.as_slice()).unwrap().bytes);
    give();
    a.export(&b, "s2");
    give();
    let waits = b.run(1, "bundle import", &[("path", &a.export(&b, "s3"))]).unwrap_err();
    assert!(waits.what.contains("waits"), "{waits:?}");
    let asks = b.path("asks");
    b.must(1, "bundle request-missing", &[("from", "XA"), ("out", &asks)]);
    write("ask", "first", &inside(&a, &asks));
    let card = a.path("seed.card");
    a.must(1, "desk card", &[("out", &card), ("force", "yes")]);
    write("card", "first", &fs::read(card).unwrap());
    let header = "SELECT header FROM act ORDER BY position DESC LIMIT 1";
    let header: Vec<u8> = a.open(1).unwrap().db.query_row(header, [], |row| row.get(0)).unwrap();
    write("act", "header", &header);
    let checkpoint = a.must(1, "audit checkpoint", &[]).text.unwrap();
    write("note", "checkpoint", checkpoint.as_bytes());
    let agreed = a.open(1).unwrap().records().find(&Query::kind(Kind::Agreement)).unwrap()[0].id.to_string();
    let policy = a.path("policy.json");
    a.must(1, "agreement export", &[("agreement", &agreed), ("format", "iep"), ("out", &policy)]);
    write("policy", "agreement.json", &fs::read(policy).unwrap());
}
