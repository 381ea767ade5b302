//! Whatever a text, a comment or a page calls a command is one, with these flags: nobody is told to type what does not exist.

use clap::Command;
use comity::cli::tree::tree;

use crate::sources::{Kind, files, pieces_in};

/// What texts quote in several small words beside commands: values of the rows of law.
const VALUES: &[&str] = &["in force", "applies from"];

/// What is wrong with words that are typed after the program's name; `None` where they name no command, or one that exists.
/// `must` says that the first word has to be one: after the program's own name in a place for code.
fn wrong_with(tree: &Command, typed: &str, must: bool) -> Option<String> {
    let words: Vec<&str> = typed.split_whitespace().collect();
    let mut words = words.iter().map(|w| w.trim_end_matches([',', '.', ':', ';', ')', '…'])).peekable();
    let has_flag = |command: &Command, flag: &str| {
        let all = tree.get_arguments().chain(command.get_arguments());
        matches!(flag, "help" | "version") || all.into_iter().any(|arg| arg.get_long() == Some(flag))
    };
    // Flags of every command may stand before it.
    while let Some(flag) = words.peek().and_then(|w| w.strip_prefix("--")) {
        if must && !has_flag(tree, flag.split('=').next()?) {
            return Some(format!("no flag --{flag}"));
        }
        words.next();
        let takes =
            tree.get_arguments().find(|a| a.get_long() == Some(flag)).is_some_and(|a| a.get_action().takes_values());
        if takes {
            words.next();
        }
    }
    let name = words.next()?;
    let is_word = |word: &str| {
        !word.is_empty() && !word.starts_with('-') && word.chars().all(|c| c.is_ascii_lowercase() || c == '-')
    };
    let Some(noun) = tree.find_subcommand(name) else {
        return (must && is_word(name) && name != "help").then(|| format!("no command {name}"));
    };
    let mut command = noun;
    if noun.has_subcommands() {
        // A noun alone is no command that is named, a placeholder stands for any, and each noun can be asked for help.
        let action = words.next().filter(|w| is_word(w) && *w != "help")?;
        let Some(found) = noun.find_subcommand(action) else { return Some(format!("no command {name} {action}")) };
        command = found;
    }
    let flags = words.filter_map(|w| w.trim_matches(['[', ']', '(', '"', '\\']).strip_prefix("--"));
    let mut flags = flags.map(|f| f.split(['=', '"', '\\', '\'', '`', ']', '|']).next().unwrap_or_default());
    let flag = flags.find(|flag| !flag.is_empty() && !has_flag(command, flag))?;
    Some(format!("{name} {} has no flag --{flag}", command.get_name()))
}

/// What stands between single backticks in a line.
fn in_backticks(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// What is wrong with the commands that a line names.
fn wrong_in(tree: &Command, line: &str, is_code: bool, is_text: bool) -> Vec<String> {
    let mut wrong = Vec::new();
    for quoted in in_backticks(line) {
        // A noun and a word that is no flag, as in `case new`, is a command too; what a user is told in two words is always one.
        let in_words = is_text
            && quoted.contains(' ')
            && !VALUES.contains(&quoted)
            && quoted.chars().all(|c| c.is_ascii_lowercase() || " -".contains(c));
        let (typed, must) = quoted.strip_prefix("comity ").map_or((quoted, in_words), |typed| (typed, true));
        wrong.extend(wrong_with(tree, typed, must));
    }
    // Outside of backticks prose may go on after the program's name; in a script, a command begins where one can.
    for text in line.split('`').step_by(2) {
        for (at, _) in text.match_indices("comity ") {
            let (before, typed) = (text[..at].trim_end(), &text[at + "comity ".len()..]);
            let begins =
                before.is_empty() || ["|", "&&", "||", ";", "$(", "$", "then", "!"].iter().any(|b| before.ends_with(b));
            if begins || (!is_code && text[..at].ends_with([' ', '('])) {
                let typed = typed.split([';', '|', '#', '\n']).next().unwrap_or_default();
                wrong.extend(wrong_with(tree, typed, is_code));
            }
        }
    }
    wrong
}

/// What is wrong in a file, by line.
fn wrong_in_file(tree: &Command, name: &str, text: &str) -> Vec<(usize, String)> {
    let (mut wrong, mut fenced, mut begun) = (Vec::new(), None::<bool>, String::new());
    for piece in pieces_in(name, text).iter().filter(|p| matches!(p.kind, Kind::Text | Kind::Prose)) {
        if name.ends_with(".md") {
            if let Some(language) = piece.text.trim_start().strip_prefix("```") {
                fenced = if fenced.is_some() { None } else { Some(matches!(language, "sh" | "bash" | "console")) };
                continue;
            }
            // A command may go on in the next line.
            if let (Some(true), Some(line)) = (fenced, piece.text.strip_suffix('\\')) {
                begun.push_str(line);
                continue;
            }
        }
        let line = std::mem::take(&mut begun) + &piece.text;
        let found = match fenced {
            // What is printed on a screen is no command.
            Some(false) => Vec::new(),
            code => wrong_in(tree, &line, code.is_some(), piece.kind == Kind::Text),
        };
        wrong.extend(found.into_iter().map(|what| (piece.line, what)));
    }
    wrong
}

#[test]
fn every_command_that_is_named_exists() {
    let tree = tree();
    let mut wrong = Vec::new();
    let mut named = 0;
    for (name, text) in files(&["src", "docs", "assets", "README.md", "CONTRIBUTING.md"], &["rs", "md", "toml"]) {
        named += text.matches("`comity ").count();
        let of_file = wrong_in_file(&tree, &name, &text).into_iter();
        wrong.extend(of_file.map(|(line, what)| format!("{name}:{line}: {what}")));
    }
    assert!(named > 20, "the texts name commands: {named}");
    assert!(wrong.is_empty(), "{} are named and do not exist:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_does_not_exist_is_found() {
    let tree = tree();
    let check = |file: &str, text: &str, wrong: &[&str]| {
        let found: Vec<String> = wrong_in_file(&tree, file, text).into_iter().map(|(_, what)| what).collect();
        assert_eq!(found, wrong, "{text}");
    };
    let declare = "no command audit declare";
    check("x.rs", "fn f() { hint(\"see `vault declare`\"); }", &["no command vault"]);
    check("x.rs", "fn f() { hint(\"see `audit declare`\"); }", &[declare]);
    check("x.rs", "fn f() { hint(\"then comity audit declare\"); }", &[declare]);
    check("x.rs", "// `audit declare` does it.\nfn f() {}", &[declare]);
    check("x.rs", "fn f() { hint(\"`comity burn`\"); }", &["no command burn"]);
    check("x.rs", "fn f() { hint(\"`case new --titel X`\"); }", &["case new has no flag --titel"]);
    check("x.rs", "fn f() { hint(\"`comity --jsn case list`\"); }", &["no flag --jsn"]);
    check("x.md", "```sh\ncomity case new --title X \\\n  --burn\n```\n", &["case new has no flag --burn"]);
    check("x.md", "`comity --json case new --title \"X\"`; comity makes it, see `review` and `a case closed`.", &[]);
    check("x.md", "```text\n> comity burn\n```\nThe words after comity are `demo --headless`.", &[]);
}
