//! No word of the program is compared as a string: states, kinds, fields, commands and words of the law are types, and each
//! word stands once, in the row that defines it.
//!
//! The sources are parsed, not searched. Code for tests is free, and so are the files whose subject are strings: those in
//! the table below. The cases at the end are changes that must not pass.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{Attribute, BinOp, Expr, ExprLit, Item, Lit, Macro, Meta, Pat, Token, Type};

/// Files and folders whose subject are strings, and why.
const STRINGS_ARE_THE_SUBJECT: &[(&str, &str)] = &[
    ("src/exchange/", "the words of foreign formats"),
    ("src/exercise/", "the words of foreign formats"),
    ("src/tui/key.rs", "the names of keys"),
    ("src/tui/page.rs", "the heading under which short ids stand"),
    ("src/tui/idle.rs", "the units of a setting"),
    ("src/tui/settings.rs", "variables of the environment"),
    ("src/tui/mod.rs", "variables of the environment"),
    ("src/tui/plain/", "the lines that are typed"),
    ("src/tui/overlay/form/handling.rs", "the lines that are typed"),
    ("src/tui/overlay/menu/handling.rs", "the lines that are typed"),
    ("src/tui/screen/detail.rs", "the names of members of terms"),
    ("src/cli/completion.rs", "the words of the command line, and the names of shells"),
    ("src/cli/guide.rs", "the lines that are typed"),
    ("src/cli/passphrase.rs", "the paths that are typed"),
    ("src/cli/run.rs", "the words of the command line"),
    ("src/cli/tour.rs", "the lines that are typed"),
    ("src/cli/practise.rs", "the lines that are typed"),
    ("src/command/plain.rs", "the names of columns"),
    ("src/command/script.rs", "the lines that are read, and the names of their members"),
    ("src/act/", "the words of the act's own format"),
    ("src/bundle/", "the words of the bundle's own format"),
    ("src/record/arrival.rs", "the names of members that have a bound of their own"),
    ("src/record/card.rs", "the words of a card's own format"),
    ("src/workspace/keyring.rs", "the words of the keyring's own format"),
    ("src/workspace/backup.rs", "the words of a backup's own format"),
    ("src/report/after_action.rs", "the words of a signed report's own format"),
    ("src/seal/identity.rs", "the words of an identity's own format"),
    ("src/store/search.rs", "the names of members of content"),
    ("src/store/connection.rs", "what the database answers"),
    ("src/report/language.rs", "the keys of phrases, and the parts that they take"),
    ("src/law/calendar.rs", "the offset of a time that is typed"),
    ("src/value/", "readers of words"),
];

/// Names of constants that are strings, or lists of them.
type Names = BTreeSet<String>;

/// A comparison with a string.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Found {
    line: usize,
    what: String,
}

/// Finds comparisons with strings in a file.
struct Search<'a> {
    /// Constants that are strings, or lists of them.
    names: &'a Names,
    found: Vec<Found>,
}

/// What compares strings in a file. `elsewhere` are the constants of other files that are strings, or lists of them.
fn search_with(source: &str, elsewhere: &Names) -> Vec<Found> {
    let file = syn::parse_file(source).expect("a source that compiles");
    let (mut names, mut others) = (Names::new(), Names::new());
    names_in(&file.items, &mut names, &mut others);
    names.extend(elsewhere.difference(&others).cloned());
    let mut search = Search { names: &names, found: Vec::new() };
    search.visit_file(&file);
    search.found
}

fn search(source: &str) -> Vec<Found> {
    search_with(source, &Names::new())
}

/// The constants of all files that are strings, or lists of them, and of no file anything else.
fn names_of_all(all: &BTreeMap<String, String>) -> Names {
    let (mut names, mut others) = (Names::new(), Names::new());
    for source in all.values() {
        names_in(&syn::parse_file(source).expect("a source that compiles").items, &mut names, &mut others);
    }
    names.difference(&others).cloned().collect()
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|a| match &a.meta {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) if list.path.is_ident("cfg") => {
            let words: Vec<String> = list.tokens.clone().into_iter().map(|t| t.to_string()).collect();
            words == ["test"]
        }
        _ => false,
    })
}

/// The constants among items that are strings, or lists of them; and the others.
fn names_in(items: &[Item], names: &mut Names, others: &mut Names) {
    for item in items {
        let (name, ty) = match item {
            Item::Const(item) => (&item.ident, &item.ty),
            Item::Static(item) => (&item.ident, &item.ty),
            Item::Mod(item) if !is_for_tests(&item.attrs) => {
                names_in(item.content.as_ref().map_or(&[], |(_, items)| items), names, others);
                continue;
            }
            _ => continue,
        };
        let kind = if is_string_type(ty) { &mut *names } else { &mut *others };
        kind.insert(name.to_string());
    }
}

/// `&str`, `&[&str]`, `[&str; 2]`.
fn is_string_type(ty: &Type) -> bool {
    match ty {
        Type::Reference(reference) => is_string_type(&reference.elem),
        Type::Slice(slice) => is_string_type(&slice.elem),
        Type::Array(array) => is_string_type(&array.elem),
        Type::Path(path) => path.path.is_ident("str"),
        _ => false,
    }
}

impl Search<'_> {
    fn note(&mut self, at: proc_macro2::Span, what: &str) {
        self.found.push(Found { line: at.start().line, what: what.to_owned() });
    }

    /// Whether an expression is a string that is written here: a literal, one in `Some`, a constant, a list of them.
    fn is_string(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => !text.value().is_empty(),
            Expr::Paren(inner) => self.is_string(&inner.expr),
            Expr::Reference(inner) => self.is_string(&inner.expr),
            Expr::Array(array) => array.elems.iter().any(|e| self.is_string(e)),
            Expr::Tuple(tuple) => tuple.elems.iter().any(|e| self.is_string(e)),
            Expr::Call(call) => {
                matches!(&*call.func, Expr::Path(path) if path.path.is_ident("Some") || path.path.is_ident("Ok"))
                    && call.args.iter().any(|e| self.is_string(e))
            }
            Expr::MethodCall(call) => {
                let keeps = ["to_owned", "to_string", "into", "as_str", "as_bytes"];
                keeps.iter().any(|name| call.method == name) && self.is_string(&call.receiver)
            }
            Expr::Path(path) => self.is_name(&path.path),
            _ => false,
        }
    }

    /// Whether a path names a constant that is a string; `Type::NAME` belongs to its type.
    fn is_name(&self, path: &syn::Path) -> bool {
        let mut words = path.segments.iter().rev().map(|s| s.ident.to_string());
        let (last, before) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        self.names.contains(&last) && !before.starts_with(char::is_uppercase)
    }

    fn has_string_pattern(&self, pattern: &Pat) -> bool {
        struct Strings<'a>(&'a Search<'a>, bool);
        impl Visit<'_> for Strings<'_> {
            fn visit_pat(&mut self, pattern: &Pat) {
                self.1 |= match pattern {
                    Pat::Lit(lit) => matches!(&lit.lit, Lit::Str(text) if !text.value().is_empty()),
                    Pat::Ident(name) => name.subpat.is_none() && self.0.names.contains(&name.ident.to_string()),
                    Pat::Path(path) => self.0.is_name(&path.path),
                    _ => false,
                };
                visit::visit_pat(self, pattern);
            }
        }
        let mut strings = Strings(self, false);
        strings.visit_pat(pattern);
        strings.1
    }

    /// What stands in a macro: expressions where it reads as such, else its tokens.
    fn macro_body(&mut self, tokens: &TokenStream) {
        if let Ok(all) = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens.clone()) {
            return all.iter().for_each(|e| self.visit_expr(e));
        }
        let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
        let is = |at: Option<&TokenTree>, c: char| matches!(at, Some(TokenTree::Punct(p)) if p.as_char() == c);
        let string = |at: Option<&TokenTree>| match at {
            Some(TokenTree::Literal(lit)) => lit.to_string().starts_with('"') && lit.to_string() != "\"\"",
            Some(TokenTree::Ident(name)) => self.names.contains(&name.to_string()),
            _ => false,
        };
        let mut lines = Vec::new();
        for (n, tree) in trees.iter().enumerate() {
            let compares = (is(Some(tree), '=') || is(Some(tree), '!')) && is(trees.get(n + 1), '=');
            if compares && (string(trees.get(n + 2)) || (n > 0 && string(trees.get(n - 1)))) {
                lines.push(tree.span());
            }
        }
        lines.into_iter().for_each(|span| self.note(span, "it is compared with a string"));
        for tree in trees {
            if let TokenTree::Group(group) = tree {
                self.macro_body(&group.stream());
            }
        }
    }
}

impl<'ast> Visit<'ast> for Search<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Fn(item) => &item.attrs,
            Item::Mod(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Const(item) => &item.attrs,
            Item::Static(item) => &item.attrs,
            _ => return visit::visit_item(self, item),
        };
        if !is_for_tests(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_expr_binary(&mut self, expr: &'ast syn::ExprBinary) {
        let compares = matches!(expr.op, BinOp::Eq(_) | BinOp::Ne(_));
        if compares && (self.is_string(&expr.left) || self.is_string(&expr.right)) {
            self.note(expr.span(), "it is compared with a string");
        }
        visit::visit_expr_binary(self, expr);
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        if self.has_string_pattern(&arm.pat) {
            self.note(arm.pat.span(), "it is matched with a string");
        }
        visit::visit_arm(self, arm);
    }

    fn visit_expr_let(&mut self, expr: &'ast syn::ExprLet) {
        if self.has_string_pattern(&expr.pat) {
            self.note(expr.span(), "it is matched with a string");
        }
        visit::visit_expr_let(self, expr);
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        if self.has_string_pattern(&local.pat) && local.init.as_ref().is_some_and(|init| init.diverge.is_some()) {
            self.note(local.span(), "it is matched with a string");
        }
        visit::visit_local(self, local);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let compares = ["contains", "eq", "ne", "eq_ignore_ascii_case"].iter().any(|name| call.method == name);
        // A part of a text is looked for with a text, an element of a list with a reference to one.
        let element = call.args.iter().any(|arg| match arg {
            Expr::Reference(inner) => self.is_string(&inner.expr),
            other => call.method != "contains" && self.is_string(other),
        });
        let list = matches!(&*call.receiver, Expr::Array(_) | Expr::Path(_)) && self.is_string(&call.receiver);
        if compares && (element || list) {
            self.note(call.span(), "it is looked for among strings");
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, mac: &'ast Macro) {
        if mac.path.segments.last().is_some_and(|s| s.ident == "matches") {
            let parse = |input: syn::parse::ParseStream<'_>| {
                let value: Expr = input.parse()?;
                input.parse::<Token![,]>()?;
                let pattern = Pat::parse_multi_with_leading_vert(input)?;
                let guard =
                    if input.parse::<Option<Token![if]>>()?.is_some() { Some(input.parse::<Expr>()?) } else { None };
                input.parse::<Option<Token![,]>>()?;
                Ok((value, pattern, guard))
            };
            if let Ok((value, pattern, guard)) = parse.parse2(mac.tokens.clone()) {
                if self.has_string_pattern(&pattern) {
                    self.note(pattern.span(), "it is matched with a string");
                }
                self.visit_expr(&value);
                guard.iter().for_each(|guard| self.visit_expr(guard));
                return;
            }
        }
        self.macro_body(&mac.tokens);
    }
}

fn sources(folder: &Path, all: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let root = Path::new(env!("CARGO_MANIFEST_DIR"));
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            all.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

/// Modules that are built for tests alone, each in a file of its own.
fn test_files(all: &BTreeMap<String, String>) -> BTreeSet<String> {
    let mut files = BTreeSet::new();
    for (name, source) in all {
        for item in syn::parse_file(source).expect("a source that compiles").items {
            if let Item::Mod(item) = item
                && item.content.is_none()
                && is_for_tests(&item.attrs)
            {
                let folder = match Path::new(name).file_stem().and_then(|s| s.to_str()) {
                    Some("mod" | "lib" | "main") => Path::new(name).parent().unwrap().to_owned(),
                    _ => Path::new(name).with_extension(""),
                };
                files.insert(folder.join(format!("{}.rs", item.ident)).to_string_lossy().into_owned());
            }
        }
    }
    files
}

#[test]
fn no_word_is_compared_as_a_string() {
    let mut all = BTreeMap::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    let (for_tests, names) = (test_files(&all), names_of_all(&all));
    let mut offenders = Vec::new();
    for (name, source) in all.iter().filter(|(name, _)| !for_tests.contains(*name)) {
        let found = search_with(source, &names);
        if !STRINGS_ARE_THE_SUBJECT.iter().any(|(path, _)| name.starts_with(path)) {
            offenders.extend(found.into_iter().map(|f| format!("{name}:{}: {}", f.line, f.what)));
        }
    }
    assert!(offenders.is_empty(), "{} strings are compared:\n{}", offenders.len(), offenders.join("\n"));
}

#[test]
fn every_row_of_the_table_is_of_a_file_that_compares_strings() {
    let mut all = BTreeMap::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    for (path, _) in STRINGS_ARE_THE_SUBJECT {
        let mut files = all.iter().filter(|(name, _)| name.starts_with(path));
        assert!(files.any(|(_, source)| !search(source).is_empty()), "{path} compares none: take its row out");
    }
}

#[test]
fn what_compares_a_string_is_found() {
    for body in [
        "state == \"open\"",
        "\"open\" != state",
        "state.as_deref() == Some(\"open\")",
        "(state, 1) == (\"open\", 1)",
        "*state == *\"open\" || state.as_str() == (\"open\")",
        "state == \"open\".to_owned()",
        "match state { \"open\" | \"shut\" => 1, _ => 2 }",
        "match (state, 1) { (\"open\", _) => 1, _ => 2 }",
        "match state { Some(\"open\") => 1, _ => 2 }",
        "match state { other if other == \"open\" => 1, _ => 2 }",
        "matches!(state, \"open\" | \"shut\")",
        "matches!(state, Some(other) if other == \"open\")",
        "if let Some(\"open\") = state { 1 } else { 2 }",
        "{ let Some(\"open\") = state else { return }; }",
        "states.contains(&\"open\")",
        "[\"open\", \"shut\"].contains(&state)",
        "state.eq(\"open\")",
        "state.eq_ignore_ascii_case(\"open\")",
        "all.iter().filter(|s| s.state == \"open\").count()",
        "format!(\"{}\", if state == \"open\" { 1 } else { 2 })",
        "object! { \"a\" => state == \"open\" }",
        "state == OPEN",
        "matches!(state, OPEN)",
        "match state { OPEN => 1, _ => 2 }",
        "STATES.contains(&state)",
    ] {
        let source =
            format!("const OPEN: &str = \"open\"; const STATES: &[&str] = &[OPEN]; fn f() {{ let _ = {body}; }}");
        assert_eq!(search(&source).len().min(1), 1, "{body}");
        for hidden in ["#[cfg(test)] mod tests", "mod inner"] {
            let inside = format!("{hidden} {{ fn f() {{ let _ = state == \"open\"; }} }} {source}");
            assert!(!search(&inside).is_empty(), "below {hidden}: {body}");
        }
    }
}

#[test]
fn what_compares_no_string_is_passed_over() {
    for body in [
        "state == State::Open",
        "text == \"\"",
        "text.contains(\"open\")",
        "text.starts_with(\"open\")",
        "match state { State::Open => \"open\", State::Shut => \"shut\" }",
        "if is_open { \"open\" } else { \"shut\" }",
        "object! { \"state\" => state.word() }",
        "format!(\"{a} == {b}\", a = \"x\", b = \"y\")",
        "states.contains(&State::Open)",
        "map.get(\"open\")",
    ] {
        let source = format!("const OPEN: State = State::Open; fn f() {{ let _ = {body}; }}");
        assert_eq!(search(&source), [], "{body}");
    }
    assert_eq!(search("#[cfg(test)] mod tests { fn f() { let _ = state == \"open\"; } }"), []);
    assert_eq!(search("#[test] fn f() { assert!(state == \"open\"); }"), []);
}
