//! Published figures: what is published reveals nobody, the same period is the same bytes, and the folders that engines read hold
//! no person.

use std::fs;

use comity::figures::network::{Arc, CEILING, Network};
use comity::figures::table::Table;
use comity::law::edition::Law;
use comity::tui::page::Page;
use comity::tui::picture::Picture;
use comity::tui::screen::SCREENS;
use comity::tui::screen::definition::ViewParams;
use comity::tui::screen_id::ScreenId;
use comity::value::json::{Limits, parse};
use comity::workspace::error::ErrorKind;
use comity::workspace::progress::Job;
use serde_json::Value;
use tempfile::TempDir;

use crate::desks::{Site, pair};

/// Items, disclosures and reviews enough that some counts are above the threshold and some below.
fn work(a: &Site) {
    let case = a.case("zqtitle");
    for n in 0..13 {
        let item = a.indicator(&case, &format!("zq{n}.example"));
        a.must(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    }
    let form =
        [("case", &*case), ("type", "account"), ("category", "subscriber"), ("tier", "2"), ("value", "zqperson")];
    let item = a.make(1, "item add", &form);
    a.make(1, "review open", &[("subject", &item), ("to", "XB"), ("purpose", "cybercrime"), ("level", "L1")]);
}

fn publish(a: &Site, from: &str, to: &str, out: &str) -> Result<String, ErrorKind> {
    let path = a.path(out);
    let said = a.run(1, "report transparency", &[("from", from), ("to", to), ("out", &path)]);
    said.map(|_| fs::read_to_string(&path).unwrap()).map_err(|e| e.kind)
}

/// A grid of figures as a reader finds it: the rows with their sums, then the sums of the columns. `None` is hidden.
type Grid = Vec<Vec<Option<i64>>>;

fn figure(text: &str) -> Option<i64> {
    assert!(text == "c" || text.parse::<i64>().is_ok(), "one mark for all that is hidden: {text}");
    text.parse().ok()
}

/// The grids of what was published, of each form by its own bytes.
fn grids(name: &str, published: &str) -> Vec<Grid> {
    let within = |text: &str, open: &str, close: &str| -> Vec<String> {
        text.split(open).skip(1).map(|rest| rest.split(close).next().unwrap().to_owned()).collect()
    };
    if name.ends_with("html") {
        let row = |row: &String| within(row, "<td>", "</td>").iter().map(|c| figure(c)).collect();
        let tables = within(published, "<table>", "</table>");
        tables.iter().map(|t| within(t, "<tr>", "</tr>").iter().skip(1).map(row).collect()).collect()
    } else if name.ends_with("json") {
        let json: Value = serde_json::from_str(published).unwrap();
        let grid = |table: &Value| {
            let mut rows: Grid = serde_json::from_value(table["cells"].clone()).unwrap();
            let sums: Vec<Option<i64>> = serde_json::from_value(table["row_totals"].clone()).unwrap();
            rows.iter_mut().zip(sums).for_each(|(row, sum)| row.push(sum));
            let mut last: Vec<Option<i64>> = serde_json::from_value(table["column_totals"].clone()).unwrap();
            last.push(table["total"].as_i64());
            rows.push(last);
            rows
        };
        json["tables"].as_array().unwrap().iter().map(grid).collect()
    } else if name.ends_with("csv") {
        let mut grids: Vec<(String, Grid, String)> = Vec::new();
        for line in published.lines().skip(1) {
            let cells: Vec<&str> = line.rsplitn(2, ',').collect();
            let parts: Vec<&str> = cells[1].split(',').collect();
            if ["withheld", "corrected"].contains(&parts[3]) {
                continue;
            }
            let (table, row) = (parts[3].to_owned(), parts[4].to_owned());
            if grids.last().is_none_or(|(last, ..)| *last != table) {
                grids.push((table, Vec::new(), String::new()));
            }
            let (_, grid, last) = grids.last_mut().unwrap();
            if *last != row || grid.is_empty() {
                grid.push(Vec::new());
                *last = row;
            }
            grid.last_mut().unwrap().push(figure(cells[0]));
        }
        grids.into_iter().map(|(_, grid, _)| grid).collect()
    } else {
        let numbers = |line: &Vec<String>| line[1..].iter().map(|c| figure(c)).collect();
        tables_of_text(published).iter().map(|t| t.iter().map(numbers).collect()).collect()
    }
}

/// The figures of grids as networks, all in one: an arc for each figure, a node for each sum. What is hidden begins at nothing.
fn network(grids: &[Grid]) -> (Vec<Arc>, Vec<bool>) {
    let (mut arcs, mut hidden, mut nodes) = (Vec::new(), Vec::new(), 0);
    for grid in grids {
        let (n, m) = (grid.len() - 1, grid[0].len() - 1);
        let (row, column) = (|i: usize| nodes + i, |j: usize| nodes + n + j);
        let (source, sink) = (nodes + n + m, nodes + n + m + 1);
        for (i, j) in (0..=n).flat_map(|i| (0..=m).map(move |j| (i, j))) {
            let (from, to) = match (i == n, j == m) {
                (false, false) => (row(i), column(j)),
                (false, true) => (source, row(i)),
                (true, false) => (column(j), sink),
                (true, true) => (sink, source),
            };
            arcs.push(Arc { from, to, value: grid[i][j].unwrap_or(0), most: CEILING, cost: None, block: 0 });
            hidden.push(grid[i][j].is_none());
        }
        nodes += n + m + 2;
    }
    (arcs, hidden)
}

/// A filling of what is hidden by which every sum is right: what is too much at a node is led on, over what is hidden, to where it is
/// missing. It knows nothing but what was published.
fn filled(mut arcs: Vec<Arc>, hidden: &[bool]) -> Vec<Arc> {
    let nodes = arcs.iter().map(|a| a.from.max(a.to) + 1).max().unwrap();
    loop {
        let mut over = vec![0_i64; nodes];
        for arc in &arcs {
            over[arc.to] += arc.value;
            over[arc.from] -= arc.value;
        }
        let Some(start) = over.iter().position(|o| *o > 0) else { return arcs };
        let mut came: Vec<Option<(usize, bool)>> = vec![None; nodes];
        let (mut queue, mut at) = (vec![start], 0);
        let end = loop {
            let node = *queue.get(at).expect("what was published adds up");
            at += 1;
            if over[node] < 0 {
                break node;
            }
            for (n, arc) in arcs.iter().enumerate().filter(|(n, _)| hidden[*n]) {
                for (to, forth) in [(arc.to, true), (arc.from, false)] {
                    let leads = if forth { arc.from == node } else { arc.to == node && arc.value > 0 };
                    if leads && to != start && came[to].is_none() {
                        came[to] = Some((n, forth));
                        queue.push(to);
                    }
                }
            }
        };
        let (mut path, mut node) = (Vec::new(), end);
        while node != start {
            let (n, forth) = came[node].unwrap();
            path.push((n, forth));
            node = if forth { arcs[n].from } else { arcs[n].to };
        }
        let room = path.iter().filter(|(_, forth)| !forth).map(|(n, _)| arcs[*n].value);
        let step = room.chain([over[start], -over[end]]).min().unwrap();
        for (n, forth) in path {
            arcs[n].value += if forth { step } else { -step };
        }
    }
}

/// Attacks everything that was published, together, with nothing else than that. Returns how many figures are hidden.
fn attack(grids: &[Grid], threshold: i64) -> usize {
    let (arcs, hidden) = network(grids);
    let network = Network::new(filled(arcs, &hidden));
    assert!(network.arcs().iter().all(|a| (0..=CEILING).contains(&a.value)));
    let found = network.first_narrow(&hidden, threshold).map(|arc| network.range(&hidden, arc));
    assert_eq!(found, None, "narrower than {threshold}");
    hidden.iter().filter(|h| **h).count()
}

/// The tables of a release, read back out of what was published as text: title, and lines of cells.
fn tables_of_text(text: &str) -> Vec<Vec<Vec<String>>> {
    let body = text.split("\n\n").skip(2).filter(|block| !block.starts_with("Withheld"));
    let cells = |line: &str| line.split("  ").map(str::trim).filter(|c| !c.is_empty()).map(str::to_owned).collect();
    body.map(|block| block.lines().skip(2).map(cells).collect()).collect()
}

#[test]
fn a_period_is_published_once_and_again_as_the_same_bytes() {
    let (_root, mut a, _b) = pair();
    work(&a);
    assert_eq!(
        publish(&a, "2026-04-01", "2026-07-01", "early.html").unwrap_err(),
        ErrorKind::Refused,
        "it is not over"
    );
    a.pass_stated(24 * 30);
    let first = publish(&a, "2026-01-01", "2026-07-01", "one.html").unwrap();
    work(&a);
    assert_eq!(first, publish(&a, "2026-01-01", "2026-07-01", "two.html").unwrap());
    for (from, to) in [("2026-04-01", "2026-07-01"), ("2026-01-01", "2026-04-01")] {
        assert_eq!(publish(&a, from, to, "overlap.html").unwrap_err(), ErrorKind::Refused, "{from}");
    }
    publish(&a, "2025-07-01", "2026-01-01", "before.html").unwrap();
    for (from, to) in [("2025-01-02", "2025-04-01"), ("2025-02-01", "2025-05-01"), ("2025-07-01", "2025-01-01")] {
        assert_eq!(publish(&a, from, to, "odd.html").unwrap_err(), ErrorKind::Usage, "{from}");
    }
    let other = [("from", "2026-01-01"), ("to", "2026-07-01"), ("threshold", "5"), ("out", &*a.path("t.html"))];
    a.fails(1, "report transparency", &other, ErrorKind::Refused);
    a.fails(
        3,
        "budget line",
        &[("title", "x"), ("currency", "EUR"), ("amount", "1"), ("period", "y")],
        ErrorKind::Refused,
    );
    assert_eq!(a.must(1, "report releases", &[]).value.as_array().unwrap().len(), 2);
    a.must(1, "audit verify", &[]);
}

#[test]
fn every_form_says_the_same_and_nothing_of_a_case() {
    let (_root, mut a, _b) = pair();
    work(&a);
    a.pass_stated(24 * 30);
    let forms: Vec<String> = ["a.html", "a.txt", "a.csv", "a.json"]
        .map(|name| publish(&a, "2026-04-01", "2026-07-01", name).unwrap())
        .into();
    for form in &forms {
        assert!(!form.contains("zq") && !form.contains("XB"), "{form}");
        assert!(form.to_lowercase().contains("withheld"));
    }
    let json: Value = serde_json::from_str(&forms[3]).unwrap();
    let texts = tables_of_text(&forms[1]);
    let cell = |v: &Value| v.as_i64().map_or_else(|| "c".to_owned(), |n| n.to_string());
    for (table, text) in json["tables"].as_array().unwrap().iter().zip(&texts) {
        for (row, line) in table["cells"].as_array().unwrap().iter().zip(text) {
            let cells: Vec<String> = row.as_array().unwrap().iter().map(cell).collect();
            assert_eq!(line[1..=cells.len()], cells, "{table}");
            let html: String = cells.iter().map(|c| format!("<td>{c}</td>")).collect();
            assert!(forms[0].contains(&html), "{html}");
        }
    }
    let disclosures = &json["tables"].as_array().unwrap()[3];
    assert_eq!(disclosures["total"], 13, "{disclosures}");
    assert!(
        disclosures["cells"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|r| r.as_array().unwrap())
            .all(|c| c.is_null() || c.as_i64().unwrap() >= 10)
    );
}

#[test]
fn benchmarks_hide_few_and_count_what_is_open() {
    let (_root, a, b) = pair();
    let case = a.case("Benchmarks");
    let rows = |a: &Site| a.must(1, "report benchmarks", &[("from", "2026-01-01"), ("to", "2027-01-01")]).value;
    let of = |rows: &Value, what: &str, whose: &str| {
        rows.as_array().unwrap().iter().find(|r| r["what"] == what && r["whose"] == whose).unwrap().clone()
    };
    let few = of(&rows(&a), "sent to decided", "partners");
    assert!(few["count"].is_null() && few["median"].is_null(), "{few}");
    for n in 0..12 {
        let item = a.indicator(&case, &format!("n{n}.example"));
        a.make(1, "review open", &[("subject", &item), ("to", "XB"), ("purpose", "cybercrime"), ("level", "L1")]);
    }
    let reviews = of(&rows(&a), "review opened to decided", "this desk");
    assert_eq!((&reviews["count"], &reviews["open"], &reviews["median"]), (&12.into(), &12.into(), &Value::Null));
    a.carry(&b, "b");
}

#[test]
fn the_folders_of_figures_hold_counts_and_nobody() {
    let (_root, mut a, _b) = pair();
    work(&a);
    let lake = a.path("lake");
    a.must(1, "report figures", &[("out", &lake)]);
    assert!(fs::metadata(&lake).is_err(), "no month is over");
    a.must(1, "report figures", &[("out", &lake), ("open", "yes")]);
    let month = format!("{lake}/desk=XA/period=2026-06");
    let read = |name: &str| fs::read_to_string(format!("{month}/{name}")).unwrap();
    let open = read("acts-open.csv");
    assert!(open.starts_with("desk,period,closed,kind,audience,count,hidden\n"), "{open}");
    assert!(open.contains("\nXA,2026-06,false,item-add,own-desk,14,false\n"), "{open}");
    assert!(!open.contains("case-new") && open.ends_with("\nXA,2026-06,false,other,,,true\n"), "{open}");
    let described: Value = serde_json::from_str(&read("datapackage.json")).unwrap();
    for resource in described["resources"].as_array().unwrap() {
        let head = read(resource["path"].as_str().unwrap()).lines().next().unwrap().to_owned();
        let fields: Vec<&str> =
            resource["schema"]["fields"].as_array().unwrap().iter().map(|f| f["name"].as_str().unwrap()).collect();
        assert_eq!(head, fields.join(","));
        assert!(fields.iter().all(|f| !["member", "name", "value", "title", "content"].contains(f)));
    }
    a.fails(1, "report figures", &[("out", &lake), ("exact", "yes")], ErrorKind::Refused);
    a.pass_stated(24 * 30);
    a.must(1, "report figures", &[("out", &lake)]);
    let closed = read("acts.csv");
    assert!(closed.contains("\nXA,2026-06,true,item-add,own-desk,14,false\n"), "{closed}");
    for form in [open, closed] {
        assert!(!form.contains("zq") && !form.contains("XA-1"));
    }
    a.must(1, "audit verify", &[]);
}

/// What is published is read back, and attacked with nothing else than what stands in it.
#[test]
fn the_published_bytes_alone_give_nothing_closer_than_the_threshold() {
    let table =
        r#"{"threshold":5,"rows":["A","B","C"],"columns":["1","2","3"],"counts":[[3,12,40],[15,20,30],[8,9,1]]}"#;
    let table = Table::read(&parse(table.as_bytes(), Limits::FOREIGN).unwrap()).unwrap();
    let published: Value = serde_json::from_str(&table.suppressed().to_json().to_string()).unwrap();
    let cells: Vec<Vec<Option<i64>>> = serde_json::from_value(published["cells"].clone()).unwrap();
    let (rows, columns): (Vec<Option<i64>>, Vec<Option<i64>>) = (
        serde_json::from_value(published["row_totals"].clone()).unwrap(),
        serde_json::from_value(published["column_totals"].clone()).unwrap(),
    );
    // The attacker solves the sums: each unknown between what the rest of its row and of its column leave to it.
    for range in published["attack"].as_array().unwrap() {
        let (i, j) = (range["cell"][0].as_u64().unwrap() as usize, range["cell"][1].as_u64().unwrap() as usize);
        assert_eq!(cells[i][j], None);
        let left = |total: Option<i64>, line: Vec<Option<i64>>| total.map(|t| t - line.iter().flatten().sum::<i64>());
        let most = [left(rows[i], cells[i].clone()), left(columns[j], cells.iter().map(|r| r[j]).collect())];
        let most = most.into_iter().flatten().min().unwrap_or(i64::MAX);
        let (low, high) = (range["low"].as_i64().unwrap(), range["high"].as_i64().unwrap());
        assert!(low >= 0 && high <= most && high - low >= 5, "{range}");
        assert!((low..=high).contains(&table.counts[i][j]));
    }
}

#[test]
fn all_that_was_published_in_any_form_is_attacked_together_by_its_bytes() {
    let (_root, mut a, _b) = pair();
    work(&a);
    a.pass_stated(24 * 30);
    let mut published: Vec<Grid> = Vec::new();
    for (from, to) in [("2026-04-01", "2026-07-01"), ("2025-01-01", "2026-01-01"), ("2026-01-01", "2026-04-01")] {
        let forms = ["html", "txt", "csv", "json"].map(|form| {
            let name = format!("{from}.{form}");
            grids(&name, &publish(&a, from, to, &name).unwrap())
        });
        assert!(forms.iter().all(|form| *form == forms[0] && form.len() == 4), "{forms:?}");
        published.extend(forms[0].clone());
        assert!(attack(&published, 10) > 0);
    }
    // The attack finds what is not hidden well: one cell of a row alone.
    let open =
        vec![vec![None, Some(20), Some(23)], vec![Some(10), Some(30), Some(40)], vec![Some(13), Some(50), Some(63)]];
    let found = std::panic::catch_unwind(|| attack(&[open], 10));
    assert!(found.is_err());
}

/// A request of another desk, sent.
fn ask(b: &Site, case: &str) {
    let fields = ["authority=a", "offence=o", "data=d", "relation=r", "custodian=c", "necessity=n", "intent=i"];
    let mut form = vec![("kind", "bc29"), ("case", case), ("to", "XA")];
    form.extend(fields.iter().map(|f| ("field", *f)));
    let request = b.make(1, "request new", &form);
    let answer = b.must(1, "request submit", &[("request", &request)]);
    b.decide(answer.value["review"].as_str().unwrap());
    b.must(1, "request send", &[("request", &request)]);
}

#[test]
fn what_was_published_is_corrected_with_a_date_and_tells_nothing_by_the_difference() {
    let (_root, mut a, b) = pair();
    let case = b.case("late");
    (0..24).for_each(|_| ask(&b, &case));
    work(&a);
    a.pass_stated(24 * 30);
    let (from, to) = ("2026-04-01", "2026-07-01");
    let first = publish(&a, from, to, "one.txt").unwrap();
    let release = a.must(1, "report releases", &[]).value[0]["id"].as_str().unwrap().to_owned();
    let correct = |a: &Site, out: &str| {
        let out = a.path(out);
        let late = "came-in-late";
        let said = a.run(1, "report correct", &[("release", &*release), ("because", late), ("out", &out)]);
        said.map(|_| fs::read_to_string(&out).unwrap()).map_err(|e| e.kind)
    };
    assert_eq!(correct(&a, "none.txt").unwrap_err(), ErrorKind::Refused, "nothing differs");
    assert!(fs::metadata(a.path("none.txt")).is_err());
    assert_eq!(first, publish(&a, from, to, "again.txt").unwrap());
    // Requests that were sent in the period, and come in when it was published already.
    b.carry(&a, "late");
    let second = correct(&a, "two.txt").unwrap();
    assert!(second.contains("Corrected on 2026-07-") && second != first, "{second}");
    assert_eq!(second, publish(&a, from, to, "same.txt").unwrap());
    let received = |text: &str| grids("a.txt", text)[1].clone();
    assert_eq!(
        (received(&first).last().unwrap().last(), received(&second).last().unwrap().last()),
        (Some(&None), Some(&Some(24)))
    );
    // One more: beside what was published it would be told from the rest.
    ask(&b, &case);
    b.carry(&a, "later");
    let third = correct(&a, "three.html").unwrap();
    assert!(
        third.matches("Corrected on").count() == 2 && third.contains("what was published of it was wrong"),
        "{third}"
    );
    assert!(grids("a.html", &third)[1].iter().flatten().all(Option::is_none), "{third}");
    assert_eq!(grids("a.html", &third)[3], grids("a.txt", &first)[3], "the others stay as they were");
    assert_eq!(correct(&a, "one.txt").unwrap_err(), ErrorKind::Usage, "nothing is written over");
    a.must(1, "audit verify", &[]);
}

#[test]
fn a_target_is_what_the_two_desks_committed_themselves_to_and_no_limit_of_the_law() {
    let (_root, mut a, b) = pair();
    let case = b.case("targets");
    (0..12).for_each(|_| ask(&b, &case));
    b.carry(&a, "asked");
    let of = |a: &Site, what: &str| {
        let rows = a.must(1, "report benchmarks", &[("from", "2026-01-01"), ("to", "2027-01-01")]).value;
        rows.as_array().unwrap().iter().find(|r| r["what"] == what && r["whose"] == "this desk").unwrap().clone()
    };
    a.pass_stated(24 * 3);
    assert!(of(&a, "sent to acknowledged")["past_own_target"].is_null(), "nobody has committed themselves to anything");
    let ours = a.must(1, "agreement list", &[("partner", "XB")]).value[0]["id"].as_str().unwrap().to_owned();
    let until = a.in_days(300);
    let renew = |target: &str| {
        let form = [("agreement", &*ours), ("until", &*until), ("because", "yearly"), ("target", target)];
        a.run(1, "agreement renew", &form).map_err(|e| e.kind)
    };
    for bad in ["acknowledged", "acknowledged=0", "acknowledged=soon", "answered=3", "acknowledged=4000"] {
        assert_eq!(renew(bad).unwrap_err(), ErrorKind::Usage, "{bad}");
    }
    renew("acknowledged=2d,delivered=30").unwrap();
    let shown = a.must(1, "agreement show", &[("agreement", &ours)]).value;
    assert_eq!(shown["targets"], "acknowledged in 2 days, delivered in 30 days");
    let row = of(&a, "sent to acknowledged");
    assert_eq!((&row["past_own_target"], &row["past_legal_limit"]), (&12.into(), &Value::Null), "{row}");
    assert_eq!(of(&a, "sent to delivered")["past_own_target"], 0);
    a.carry(&b, "told");
    a.must(1, "audit verify", &[]);
    b.must(1, "audit verify", &[]);
    let theirs = b.must(1, "agreement list", &[("partner", "XA")]).value;
    assert!(theirs.as_array().unwrap().iter().any(|r| r["targets"] != ""), "the partner sees it");
}

/// Sends a request of a kind whose law gives a time for the answer.
fn ask_in_time(b: &Site, case: &str) -> String {
    let law = Law::of_program();
    let kind = law.request("eio").unwrap();
    let fields: Vec<String> = kind.field.iter().map(|f| format!("{}=as it is", f.id)).collect();
    let mut form = vec![("kind", "eio"), ("case", case), ("to", "XA")];
    form.extend(fields.iter().map(|f| ("field", f.as_str())));
    let request = b.make(1, "request new", &form);
    let answer = b.must(1, "request submit", &[("request", &request)]);
    let review = answer.value["review"].as_str().unwrap();
    b.decide(review);
    // It takes two.
    b.must(3, "review decide", &[("review", review), ("approve", "yes"), ("expires", "60d")]);
    b.must(1, "request send", &[("request", &request)]);
    request
}

fn reports(site: &Site) -> Page {
    let screen = SCREENS.iter().find(|screen| screen.id == ScreenId::REPORTS).unwrap();
    (screen.fetch)(&site.open(1).unwrap(), &ViewParams::default(), &mut Job::silent()).unwrap()
}

#[test]
fn how_long_things_take_is_drawn_on_the_reports_with_the_target_and_the_limit() {
    let root = TempDir::new().unwrap();
    let [mut a, b] = ["XA", "XB"].map(|code| Site::found_for(root.path(), code, &[("exercise", "north")]));
    a.meet(&b);
    b.meet(&a);
    let case = b.case("bars");
    let bars = |page: &Page| -> Vec<(String, Picture)> {
        let cells = page.bands.iter().flatten().flat_map(|section| &section.rows).map(|row| &row.cells);
        let drawn = cells.flat_map(|cells| cells.iter().map(move |cell| (&cells[0].text, cell)));
        let drawn = drawn.filter_map(|(what, cell)| Some((what.to_string(), cell, cell.picture.clone()?)));
        drawn
            .map(|(what, cell, picture)| {
                assert_eq!(cell.text.as_str(), picture.said(), "the words are those of the picture");
                (what, *picture)
            })
            .collect()
    };
    assert_eq!(bars(&reports(&a)), [], "fewer than ten are hidden");
    let asked: Vec<String> = (0..12).map(|_| ask_in_time(&b, &case)).collect();
    b.carry(&a, "asked");
    let ours = a.must(1, "agreement list", &[("partner", "XB")]).value[0]["id"].as_str().unwrap().to_owned();
    let until = a.in_days(300);
    let target = [("agreement", &*ours), ("until", &*until), ("because", "yearly"), ("target", "decided=5")];
    a.must(1, "agreement renew", &target);
    a.pass_stated(24 * 2);
    asked[..7].iter().for_each(|id| drop(a.must(1, "request accept", &[("request", id)])));
    a.pass_stated(24 * 6);
    asked[7..11].iter().for_each(|id| drop(a.must(1, "request accept", &[("request", id)])));
    let all = a.must(1, "report benchmarks", &[("from", "2026-01-01"), ("to", "2027-01-01")]).value;
    let row = all.as_array().unwrap().iter().find(|r| r["what"] == "sent to decided" && r["whose"] == "this desk");
    let row = row.unwrap();
    assert_eq!((&row["median"], &row["p90"]), (&2880.into(), &11_520.into()), "{row}");
    assert_eq!((&row["own_target"], &row["past_own_target"]), (&7200.into(), &5.into()), "{row}");
    // Thirty days to recognise it, up to the midnight of the place, and further where that is no day of work.
    let limit = row["legal_limit"].as_i64().unwrap();
    assert!((30 * 1440..34 * 1440).contains(&limit) && row["past_legal_limit"] == 0, "{row}");
    let page = reports(&a);
    let (_, picture) = bars(&page).into_iter().find(|(what, _)| what == "sent to decided").unwrap();
    let said = picture.said();
    for words in ["half within 2 d", "nine in ten within 8 d", "own target 5 d", "legal limit 3"] {
        assert!(said.contains(words), "{said}");
    }
    let drawn: String = picture.draw(30, true)[0].iter().map(|(text, _)| text.as_str()).collect();
    let at = |sign: char| drawn.find(sign).unwrap_or_else(|| panic!("no {sign}: {drawn}"));
    assert!(at('#') < at('T') && at('T') < at('L') && drawn.rfind('-').unwrap() > at('T'), "{drawn}");
    assert_eq!(row["bar"].as_str().unwrap().replace(' ', "").chars().last(), Some('L'), "{row}");
    // What is kept for a time is no limit of an answer.
    let kept = b.case("kept");
    (0..12).for_each(|_| ask(&b, &kept));
    b.must(1, "audit verify", &[]);
}

/// A month as whoever has the folder reads it.
struct WrittenMonth {
    name: String,
    /// How many reviews were opened; none: no row says it.
    reviews: Option<i64>,
    /// Whether that may be any number.
    free: bool,
}

fn months(lake: &str) -> Vec<WrittenMonth> {
    let month = |folder: String| {
        let acts = fs::read_to_string(format!("{folder}/acts.csv")).unwrap();
        let row = acts.lines().find(|line| line.contains(",review-open,"));
        let described = fs::read(format!("{folder}/datapackage.json")).unwrap();
        let described: Value = serde_json::from_slice(&described).unwrap();
        WrittenMonth {
            reviews: row.map(|row| row.split(',').nth(5).unwrap().parse().unwrap()),
            free: described["withheld"].as_array().unwrap().iter().any(|kind| kind == "review-open"),
            name: folder.rsplit('=').next().unwrap().to_owned(),
        }
    };
    let folders = fs::read_dir(format!("{lake}/desk=XA")).unwrap();
    let mut all: Vec<WrittenMonth> =
        folders.map(|entry| month(entry.unwrap().path().to_str().unwrap().to_owned())).collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

/// The months of the quarter of these tests.
fn of_quarter(lake: &str) -> Vec<WrittenMonth> {
    let mut all = months(lake);
    all.retain(|month| ["2026-07", "2026-08", "2026-09"].contains(&month.name.as_str()));
    assert_eq!(all.len(), 3);
    all
}

/// The least and the most that the reviews of some months can be in number, from what was written alone: what has no row was done ten
/// times at most.
fn reviews_by_months<'a>(months: impl Iterator<Item = &'a WrittenMonth>) -> (i64, i64) {
    months.fold((0, 0), |(least, most), month| match (month.reviews, month.free) {
        (Some(count), _) => (least + count, most + count),
        (None, true) => (least, most + 1_000_000),
        (None, false) => (least, most + 10),
    })
}

/// Opens so many reviews of a level.
fn open_reviews(a: &Site, case: &str, level: &str, n: usize) {
    for i in 0..n {
        let item = a.indicator(case, &format!("{level}-{i}-{}.example", a.now.seconds()));
        a.make(1, "review open", &[("subject", &item), ("to", "XB"), ("purpose", "cybercrime"), ("level", level)]);
    }
}

/// A quarter with reviews in its first two months and none in the third: a release shows their sum, the months what there is of it, and
/// both together would tell that the third has none.
fn a_quarter(a: &mut Site) {
    let case = a.case("counted");
    a.pass_stated(24 * 20);
    open_reviews(a, &case, "L1", 14);
    a.pass_stated(24 * 31);
    open_reviews(a, &case, "L2", 12);
    a.pass_stated(24 * 75);
}

#[test]
fn months_that_are_written_after_a_release_tell_nothing_that_it_hides() {
    let (_root, mut a, _b) = pair();
    a_quarter(&mut a);
    let release = publish(&a, "2026-07-01", "2026-10-01", "q.txt").unwrap();
    let reviews = grids("q.txt", &release)[2].clone();
    let total = reviews.last().unwrap().last().unwrap().unwrap();
    let lake = a.path("lake");
    a.must(1, "report figures", &[("out", &lake)]);
    let quarter = of_quarter(&lake);
    assert!(quarter.iter().any(|month| month.reviews.is_some()), "what tells nothing is told");
    // Each month that says nothing is as wide as ten beside the sum that the release shows.
    for month in quarter.iter().filter(|month| month.reviews.is_none()) {
        let (least, most) = reviews_by_months(quarter.iter().filter(|other| other.name != month.name));
        let most_here = (total - least).min(if month.free { total } else { 10 });
        let least_here = (total - most).max(0);
        assert!(most_here - least_here >= 10, "{}: {least_here} to {most_here} of {total}", month.name);
    }
    // The same months again are the same bytes, whatever came in meanwhile.
    let first = fs::read(format!("{lake}/desk=XA/period=2026-07/acts.csv")).unwrap();
    let again = a.path("again");
    a.must(1, "report figures", &[("out", &again)]);
    assert_eq!(first, fs::read(format!("{again}/desk=XA/period=2026-07/acts.csv")).unwrap());
    a.must(1, "audit verify", &[]);
}

#[test]
fn a_release_withholds_what_the_months_before_it_would_give_away() {
    let (_root, mut a, _b) = pair();
    let (_other_root, mut same, _) = pair();
    a_quarter(&mut a);
    a_quarter(&mut same);
    let alone = publish(&same, "2026-07-01", "2026-10-01", "alone.txt").unwrap();
    let reviews = |text: &str| grids("a.txt", text)[2].clone();
    assert!(reviews(&alone).iter().flatten().any(Option::is_some), "alone it tells its sum: {alone}");
    let lake = a.path("lake");
    a.must(1, "report figures", &[("out", &lake)]);
    let quarter = of_quarter(&lake);
    let beside = publish(&a, "2026-07-01", "2026-10-01", "beside.txt").unwrap();
    let total = reviews(&alone).last().unwrap().last().unwrap().unwrap();
    // Of the sum that it would show the months leave nothing for the one that has no row.
    let said: i64 = quarter.iter().filter_map(|month| month.reviews).sum();
    assert!(total - said < 10 && quarter.iter().any(|month| month.reviews.is_none()));
    assert!(reviews(&beside).iter().flatten().all(Option::is_none), "{beside}");
    assert!(beside.contains("Legal reviews opened: figures of its months were written before"), "{beside}");
    // What hangs together with no month stays.
    assert_eq!(grids("a.txt", &beside)[3], grids("a.txt", &alone)[3]);
    a.must(1, "audit verify", &[]);
}
