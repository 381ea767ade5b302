//! What the fuzz targets hold, over their corpus: each file as it is, cut, and with bytes changed. The real runs are those of `fuzz/`.

use std::path::Path;

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
                match name.as_str() {
                    "json" => {}
                    format => targets::file(format, &data),
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
