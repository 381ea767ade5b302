//! `comity tour`: the demo's story, step by step, in plain lines. Before each step it says who acts, what they would type and
//! why the rule is there; at a terminal it waits for Enter in between, and shows again what went before. It decides nothing: the gate answers each step as it
//! answers everybody, and what is said stands in `assets/tour.toml` and with the law.

use std::collections::BTreeMap;
use std::io::{BufRead, IsTerminal as _, Write, stdin, stdout};
use std::path::{Path, PathBuf};

use super::print::quoted;
use crate::demo::selftest;
use crate::demo::story::{Coming, Played, Story};
use crate::demo::tour::{self, Lesson};
use crate::host::clock::Clock;
use crate::host::{file, folder};
use crate::value::class::Role;
use crate::value::text::{shown, shown_lines, width, wrap};
use crate::workspace::error::{Error, ErrorKind};

/// Lines are no wider than this, in columns.
const WIDTH: usize = 79;

/// Tells a shell that the command goes on in the next line.
const MARK: &str = " \\";

/// The part of the story that is played to its end: in the last one act those for whose roles the case has no part.
const WHOLE: u8 = 3;

/// Asks before a step is done.
const DOES: &str = "[Enter does it, b goes back, q leaves] ";

/// Asks where a step is shown again.
const LOOKS: &str = "[Enter goes on, b goes back, q leaves] ";

/// The roles whose steps can be told alone, each with a self-test at the end.
pub const ROLES: &[Role] = Role::ALL;

/// Plays the tour, in a folder of its own that is removed at the end where none is named.
///
/// # Errors
///
/// Where the folder is not empty or cannot be written, and where the story does not go as it should.
pub fn take(dir: Option<PathBuf>, role: Option<Role>) -> Result<(), Error> {
    let folder = match &dir {
        Some(named) => named.clone(),
        None => folder::temporary("comity-tour-")?,
    };
    if dir.is_none() {
        remove_when_interrupted(&folder)?;
    }
    let waits = stdin().is_terminal() && stdout().is_terminal();
    let mut lines = stdin().lock();
    let mut answers: Option<&mut dyn BufRead> = if waits { Some(&mut lines) } else { None };
    let played = play(&folder, role, &mut stdout(), &mut answers);
    if dir.is_none() {
        file::remove_folder(&folder)?;
    }
    played
}

/// Ctrl-C in the middle of a tour leaves nothing behind either.
pub(super) fn remove_when_interrupted(folder: &Path) -> Result<(), Error> {
    let mut signals = signal_hook::iterator::Signals::new([signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM])?;
    let folder = folder.to_owned();
    std::thread::spawn(move || {
        if signals.forever().next().is_some() {
            // There is nobody left to tell what cannot be removed.
            let _ = file::remove_folder(&folder);
            std::process::exit(i32::from(ErrorKind::Cancelled as u8));
        }
    });
    Ok(())
}

/// Plays the story into a folder. `answers`: who is waited for between the steps, if anybody.
fn play(
    folder: &Path,
    role: Option<Role>,
    out: &mut dyn Write,
    answers: &mut Option<&mut dyn BufRead>,
) -> Result<(), Error> {
    let mut story = Story::begin(folder, Clock::System.now())?;
    let of = story.steps(WHOLE);
    // Where each lesson was told first, and the steps that were told, with what came of them.
    let mut given: BTreeMap<(String, bool), usize> = BTreeMap::new();
    let mut done: Vec<Vec<u8>> = Vec::new();
    let mut passed = (0_usize, 0_usize);
    print_wrapped(out, "", "EXERCISE EXERCISE EXERCISE  Two fictional desks, XA and XB, and a case that they share.")?;
    for n in 1_usize.. {
        let Some(coming) = story.coming(WHOLE)? else { break };
        let lesson = tour::about(&coming.command, coming.refused);
        // With a role named, its own steps are told, and everybody's; the others pass, and are counted.
        let told = role.is_none_or(|role| lesson.is_some_and(|l| l.role().is_none_or(|r| r == role)));
        if !told {
            let Some(played) = story.step(WHOLE)? else { break };
            passed = (passed.0 + 1, passed.1 + usize::from(played.refused));
            continue;
        }
        write_passed(&mut passed, out)?;
        let mut page: Vec<u8> = Vec::new();
        writeln!(page, "\n--- {n} of {of}: {}", as_whom(&coming, lesson))?;
        let first = *given.entry((coming.command.clone(), coming.refused)).or_insert(n);
        before(&coming, lesson, Some(first).filter(|first| *first != n), &mut page)?;
        out.write_all(&page)?;
        if !goes_on(out, answers, &done, &page)? {
            return Ok(());
        }
        let Some(played) = story.step(WHOLE)? else { break };
        let before_it = page.len();
        after(&played, &mut page)?;
        out.write_all(page.get(before_it..).unwrap_or_default())?;
        done.push(page);
    }
    write_passed(&mut passed, out)?;
    if let Some(role) = role
        && !self_test(role, out, answers)?
    {
        return Ok(());
    }
    print_wrapped(out, "", "\nThat was the story. Two commands go on from here:")?;
    print_wrapped(out, "  ", "comity demo    the screens, in the middle of it")?;
    print_wrapped(out, "  ", "comity init    your own desk")
}

/// Asks what somebody in a role would do, and tells which of it is right, why, and by which rule. Answers whether it goes on. The
/// result is told to whoever took it, and kept nowhere.
fn self_test(role: Role, out: &mut dyn Write, answers: &mut Option<&mut dyn BufRead>) -> Result<bool, Error> {
    let questions = selftest::of_role(role);
    print_wrapped(out, "", &format!("\n=== A self-test for the {role}: {} situations", questions.len()))?;
    let (mut asked, mut right) = (0, 0);
    for (n, question) in questions.iter().enumerate() {
        print_wrapped(out, "", &format!("\n{}. {}", n + 1, question.situation))?;
        for (m, choice) in question.choices.iter().enumerate() {
            print_wrapped(out, "   ", &format!("{}) {choice}", m + 1))?;
        }
        if let Some(lines) = answers {
            write!(out, "[1 to {}, q leaves] ", question.choices.len())?;
            out.flush()?;
            let mut line = String::new();
            if lines.read_line(&mut line)? == 0 || line.trim() == "q" {
                return Ok(false);
            }
            asked += 1;
            let is_right = line.trim().parse() == Ok(question.right);
            right += usize::from(is_right);
            writeln!(out, "{}", if is_right { "Right." } else { "Not so." })?;
        }
        print_wrapped(out, "", &format!("Right is {}. {}", question.right, question.why))?;
        if let Some(rule) = question.rule() {
            print_wrapped(out, "  ", &format!("{} {}: {} ({})", rule.id, rule.name, rule.source, rule.status))?;
        }
    }
    if asked > 0 {
        print_wrapped(
            out,
            "",
            &format!("\n{right} of {asked} right. Nobody but you knows; the result is kept nowhere."),
        )?;
        let course = format!("comity training add --course 'tour: {role}'");
        print_wrapped(out, "  ", &format!("{course}    in your own workspace, to have it on record"))?;
    }
    Ok(true)
}

fn as_whom(coming: &Coming, lesson: Option<&Lesson>) -> String {
    let role = lesson.and_then(Lesson::role).map(|r| format!(", a lesson for the {r}")).unwrap_or_default();
    format!("{} ({}){role}", shown(&coming.name), shown(&coming.who))
}

/// What is told of a step before it is done. `first`: the step at which its lesson was told already.
fn before(coming: &Coming, lesson: Option<&Lesson>, first: Option<usize>, out: &mut dyn Write) -> Result<(), Error> {
    // Of a step of which the story says nothing, its command says what it does.
    let about = || crate::command::command(&coming.command).map(|command| format!("{}.", command.about));
    print_wrapped(out, "", &coming.say.clone().or_else(about).unwrap_or_default())?;
    for line in command(&coming.words) {
        writeln!(out, "  {line}")?;
    }
    let Some(lesson) = lesson else { return Ok(()) };
    if let Some(first) = first {
        return print_wrapped(out, "", &format!("Why: as at step {first}."));
    }
    print_wrapped(out, "", &format!("Why: {}", lesson.why))?;
    for rule in lesson.rules() {
        let read = match rule.verified.as_str() {
            "unverified" => "nobody has verified it".to_owned(),
            day => format!("verified {day}"),
        };
        print_wrapped(out, "  ", &format!("{} {}: {} ({}; {read})", rule.id, rule.name, rule.source, rule.status))?;
    }
    Ok(())
}

/// The command as a shell takes it. Lines break between words alone, so that it can be copied.
fn command(words: &[String]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = "comity".to_owned();
    for word in words.iter().map(|w| quoted(&shown(w))) {
        if width(&line) + 1 + width(&word) + MARK.len() > WIDTH - 2 {
            lines.push(format!("{line}{MARK}"));
            line = format!("    {word}");
        } else {
            line = format!("{line} {word}");
        }
    }
    lines.push(line);
    lines
}

fn after(played: &Played, out: &mut dyn Write) -> Result<(), Error> {
    let answer = if played.refused { "REFUSED: " } else { "Done: " };
    print_wrapped(out, "", &format!("{answer}{}", played.outcome))
}

/// Says in a line how many steps of others went by, and how many of them were refused; nothing where there were none.
fn write_passed(passed: &mut (usize, usize), out: &mut dyn Write) -> Result<(), Error> {
    let (steps, refused) = std::mem::take(passed);
    let steps = match steps {
        0 => return Ok(()),
        1 => "1 step of others".to_owned(),
        n => format!("{n} steps of others"),
    };
    let refused = if refused == 0 { String::new() } else { format!("; the gate refused {refused}") };
    print_wrapped(out, "", &format!("\n    {steps} went before{refused}."))
}

/// Waits for Enter, where there is somebody to wait for, and shows what went before to whoever goes back. Answers whether the tour
/// goes on. `done`: the steps that were told; `coming`: the one that is asked about.
fn goes_on(
    out: &mut dyn Write,
    answers: &mut Option<&mut dyn BufRead>,
    done: &[Vec<u8>],
    coming: &[u8],
) -> Result<bool, Error> {
    let Some(lines) = answers else { return Ok(true) };
    let mut at = done.len();
    loop {
        write!(out, "{}", if at < done.len() { LOOKS } else { DOES })?;
        out.flush()?;
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Ok(false);
        }
        match line.trim() {
            "" if at == done.len() => return Ok(true),
            "" => at += 1,
            "b" if at > 0 => at -= 1,
            "q" => return Ok(false),
            other => {
                let is_first = other == "b";
                print_wrapped(
                    out,
                    "",
                    if is_first { "This is the first step." } else { "Press Enter, or type b or q." },
                )?;
                continue;
            }
        }
        match done.get(at) {
            Some(page) => {
                out.write_all(page)?;
                print_wrapped(out, "", "This is shown again. What was done is done, and is not undone.")?;
            }
            None => out.write_all(coming)?,
        }
    }
}

/// Writes text in lines that fit, each with a margin; nothing where there is none.
pub(super) fn print_wrapped(out: &mut dyn Write, margin: &str, text: &str) -> Result<(), Error> {
    if text.is_empty() {
        return Ok(());
    }
    for line in shown_lines(text).iter().flat_map(|line| wrap(line, WIDTH - margin.len())) {
        writeln!(out, "{margin}{line}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(role: Option<Role>, answers: Option<&str>) -> String {
        let folder = tempfile::tempdir().unwrap();
        let mut out = Vec::new();
        let mut lines = answers.map(str::as_bytes);
        let mut answers = lines.as_mut().map(|l| l as &mut dyn BufRead);
        play(folder.path(), role, &mut out, &mut answers).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn each_role_is_taught_its_own() {
        let check = |role: Option<Role>, says: &[&str], never: &[&str]| {
            let text = told(role, None);
            says.iter().for_each(|s| assert!(text.contains(s), "{role:?}: {s}\n{text}"));
            never.iter().for_each(|s| assert!(!text.contains(s), "{role:?}: {s}\n{text}"));
            text
        };
        let all =
            check(None, &["REFUSED: ", "A-03 contents: mandatory contents", "That was the story."], &["Enter does it"]);
        let (story, _) = all.split_once("That was the story.").unwrap();
        let steps = story.matches("\n--- ").count();
        assert_eq!(story.matches("\n  comity ").count(), steps, "each says what would be typed");
        assert!(all.contains(&format!("--- {steps} of {steps}: ")), "none is left out");
        // Two roles show that the others' steps pass: each check plays the whole story.
        check(Some(Role::LegalReviewer), &["the legal-reviewer", "V-04 tests"], &["for the investigator"]);
        check(
            Some(Role::ReleaseOfficer),
            &["the release-officer", "A-04", "steps of others went before; the gate refused 1."],
            &["V-04 tests:", "okafor@XA: case new"],
        );
        check(
            Some(Role::FinanceOfficer),
            &[
                "the finance-officer",
                "budget split",
                "REFUSED: the gate refuses: A-04",
                "budget approve",
                "3 situations",
            ],
            &["for the investigator"],
        );
    }

    #[test]
    fn every_step_has_a_lesson_and_every_role() {
        let folder = tempfile::tempdir().unwrap();
        let mut story = Story::begin(folder.path(), Clock::System.now()).unwrap();
        let mut taught: BTreeMap<Role, usize> = BTreeMap::new();
        while let Some(coming) = story.coming(WHOLE).unwrap() {
            let lesson = tour::about(&coming.command, coming.refused);
            assert!(lesson.is_some(), "{} {}", coming.command, coming.refused);
            lesson.and_then(Lesson::role).into_iter().for_each(|role| *taught.entry(role).or_default() += 1);
            let mut page = Vec::new();
            before(&coming, lesson, Some(1), &mut page).unwrap();
            let page = String::from_utf8(page).unwrap();
            assert!(!page.starts_with("  comity ") && page.contains("Why: "), "{page}");
            let played = story.step(WHOLE).unwrap().unwrap();
            assert_eq!((played.who, played.command), (coming.who, coming.command), "what is told is what is played");
        }
        assert!(ROLES.iter().all(|r| taught.get(r).is_some_and(|n| *n >= 3)), "each has work of their own: {taught:?}");
    }

    #[test]
    fn each_of_the_eight_roles_has_a_self_test_whose_result_is_told_and_not_kept() {
        assert_eq!(ROLES.len(), 8);
        for role in ROLES {
            let check = |typed: &str, says: &str| {
                let mut out = Vec::new();
                let mut lines = typed.as_bytes();
                let mut answers: Option<&mut dyn BufRead> = Some(&mut lines);
                self_test(*role, &mut out, &mut answers).unwrap();
                let text = String::from_utf8(out).unwrap();
                assert!(text.contains(says), "{role}: {text}");
            };
            let right: String = selftest::of_role(*role).iter().map(|q| format!("{}\n", q.right)).collect();
            check(&right, "3 of 3 right");
            check("9\nx\n0\n", "0 of 3 right");
            check("q\n", "[1 to");
        }
    }

    #[test]
    fn a_command_is_broken_between_words() {
        let words: Vec<String> = ["x".repeat(60), "a b".into(), "y".repeat(90)].into();
        let [x, y] = [&words[0], &words[2]];
        assert_eq!(command(&words), [format!("comity {x} 'a b' \\"), format!("    {y}")]);
    }

    #[test]
    fn it_waits_for_enter_and_is_left_with_q() {
        let check = |answers: &str, steps: usize, done: usize| {
            let text = told(None, Some(answers));
            assert_eq!((text.matches("\n--- ").count(), text.matches("Done: ").count()), (steps, done), "{answers:?}");
        };
        check("\n\nq\n", 3, 2);
        check("", 1, 0);
        // Any other word does nothing.
        check("yes\nq\n", 1, 0);
        assert!(told(None, Some("yes\nq\n")).contains("type b or q"));
    }

    #[test]
    fn who_goes_back_sees_the_step_before_and_nothing_is_done_again() {
        let text = told(None, Some("\n\nb\nb\nb\n\n\nq\n"));
        let count = |what: &str| text.matches(what).count();
        // Two are done; back to both, no further; then on again to the third, which is not done.
        assert_eq!((count("\n--- 1 of "), count("\n--- 2 of "), count("\n--- 3 of ")), (2, 3, 2), "{text}");
        assert_eq!((count("is not undone"), count("This is the first step.")), (3, 1), "{text}");
        assert_eq!((count(DOES), count(LOOKS)), (4, 4), "{text}");
    }
}
