//! Reads sources as Rust reads them: which paths stand in each file, in which module, and what its imports are called.
//!
//! Code in a module that is built for tests alone is left out. Nothing here judges, and nothing is looked up on disk.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, Group, Ident, Spacing, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, Lit, Meta, Type, UseTree};

/// The path of a module from the root of the crate, such as `["tui", "app"]`. The binary is the module `main`.
pub type Module = Vec<String>;

/// A path as it stands in the source.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Written {
    /// It begins with `::`, so its first word is a crate.
    pub rooted: bool,
    pub words: Vec<String>,
}

/// How a path is used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum How {
    /// It names one thing.
    Named,
    /// `path::*`.
    Glob,
    /// `pub(in path)`: it says who may see something, and uses nothing.
    Seen,
}

/// A path in a file.
#[derive(Debug)]
pub struct Mention {
    pub line: usize,
    pub within: Module,
    pub written: Written,
    pub how: How,
}

/// A name that an import or a type alias gives to a path.
#[derive(Debug)]
pub struct Alias {
    pub written: Written,
    /// It holds in its whole module, so the name can mean nothing else there.
    pub sure: bool,
    /// It is a type of its own name, not an import.
    pub of_type: bool,
}

/// What the names of a module mean.
#[derive(Default, Debug)]
pub struct Scope {
    pub aliases: BTreeMap<String, Vec<Alias>>,
    pub globs: BTreeSet<Written>,
    /// It is there in every build.
    pub sure: bool,
}

/// One file.
#[derive(Debug)]
pub struct File {
    pub path: String,
    pub module: Module,
    pub mentions: Vec<Mention>,
    /// Each text in the code, with its line; comments are none.
    pub literals: Vec<(usize, String)>,
    /// Lines on which something is `async`.
    pub asyncs: Vec<usize>,
    /// What no rule can see through, with its line and what is wrong with it.
    pub refused: Vec<(usize, String)>,
    /// Modules declared to stand in a file of their own, and whether for tests alone.
    declared: Vec<(Module, bool)>,
    /// Modules in which a macro declares the files that it is given: `mod $name;`.
    declare_by_macro: BTreeSet<Module>,
    /// Where that macro names them: the module and the line.
    named_by_macro: Vec<(Module, usize)>,
    testing: bool,
}

/// All files.
#[derive(Default, Debug)]
pub struct Sources {
    pub files: Vec<File>,
    /// Every module, those inside of files too.
    pub scopes: BTreeMap<Module, Scope>,
}

impl Sources {
    /// Reads files given by their paths from the root of the repository.
    pub fn read(given: &[(&str, &str)]) -> Self {
        let mut sources = Self::default();
        for (path, text) in given {
            let (file, scopes) = read(path, text);
            sources.files.push(file);
            for (module, scope) in scopes {
                let known = sources.scopes.entry(module).or_default();
                known.sure |= scope.sure;
                known.globs.extend(scope.globs);
                for (name, aliases) in scope.aliases {
                    known.aliases.entry(name).or_default().extend(aliases);
                }
            }
        }
        sources.take_in_macros();
        sources.leave_out_tests();
        sources
    }

    /// A macro that declares modules stands in the file of their parent. It is given all files there that nobody else
    /// declares; where it names one of them, it names them all.
    fn take_in_macros(&mut self) {
        let declared: BTreeSet<Module> = self.files.iter().flat_map(|f| &f.declared).map(|(m, _)| m.clone()).collect();
        let alone: Vec<Module> =
            self.files.iter().map(|f| f.module.clone()).filter(|m| m.len() > 1 && !declared.contains(m)).collect();
        for file in &mut self.files {
            let given = |parent: &Module| {
                let parent = parent.clone();
                alone.iter().filter(move |m| m[..m.len() - 1] == parent[..])
            };
            for parent in &file.declare_by_macro {
                file.declared.extend(given(parent).map(|m| (m.clone(), false)));
            }
            for (within, line) in &file.named_by_macro {
                for module in given(within) {
                    let words = [&["crate".to_owned()], module.as_slice()].concat();
                    let written = Written { rooted: false, words };
                    file.mentions.push(Mention { line: *line, within: within.clone(), written, how: How::Named });
                }
            }
        }
    }

    /// Drops what stands in files that are declared for tests alone, and tells of files that nobody declares.
    fn leave_out_tests(&mut self) {
        let declared: Vec<(Module, bool)> = self.files.iter().flat_map(|file| file.declared.clone()).collect();
        let for_tests = |module: &Module| {
            (1..=module.len()).any(|n| {
                let of: Vec<_> = declared.iter().filter(|(m, _)| *m == module[..n]).collect();
                !of.is_empty() && of.iter().all(|(_, testing)| *testing)
            })
        };
        for file in &mut self.files {
            if !file.module.is_empty() && file.module != ["main"] && !declared.iter().any(|(m, _)| *m == file.module) {
                file.refused.push((1, "is a file that no `mod` declares".into()));
            }
            if file.testing || for_tests(&file.module) {
                file.mentions.clear();
                file.literals.clear();
                file.asyncs.clear();
                self.scopes.retain(|module, _| !module.starts_with(&file.module));
            }
        }
    }
}

/// The module that a file is.
fn module_of(path: &str) -> Module {
    let path = path.strip_prefix("src/").unwrap_or(path);
    let path = path.strip_suffix(".rs").unwrap_or(path);
    let mut words: Module = path.split('/').map(str::to_owned).collect();
    if words == ["lib"] || (words.len() > 1 && words.last().is_some_and(|w| w == "mod")) {
        words.pop();
    }
    words
}

fn read(path: &str, text: &str) -> (File, BTreeMap<Module, Scope>) {
    let module = module_of(path);
    let mut reader = Reader {
        file: File {
            path: path.to_owned(),
            module: module.clone(),
            mentions: Vec::new(),
            literals: Vec::new(),
            asyncs: Vec::new(),
            refused: Vec::new(),
            declared: Vec::new(),
            declare_by_macro: BTreeSet::new(),
            named_by_macro: Vec::new(),
            testing: false,
        },
        scopes: BTreeMap::from([(module.clone(), Scope { sure: true, ..Scope::default() })]),
        within: module,
        testing: false,
        blocks: 0,
        attributes: 0,
        line: None,
        fragments: BTreeSet::new(),
        modules: BTreeSet::new(),
    };
    match (text.parse::<TokenStream>(), syn::parse_file(text)) {
        (Ok(tokens), Ok(parsed)) => {
            refuse(tokens, &mut reader.file.refused);
            reader.file.testing = parsed.attrs.iter().any(for_tests_alone);
            reader.visit_file(&parsed);
        }
        _ => reader.file.refused.push((1, "is no Rust that this test can read".into())),
    }
    (reader.file, reader.scopes)
}

fn word(ident: &Ident) -> String {
    ident.unraw().to_string()
}

fn line_of(tree: &TokenTree) -> usize {
    tree.span().start().line
}

fn is_punct(tree: Option<&TokenTree>, sign: char) -> bool {
    matches!(tree, Some(TokenTree::Punct(p)) if p.as_char() == sign)
}

fn is_word(tree: Option<&TokenTree>, text: &str) -> bool {
    matches!(tree, Some(TokenTree::Ident(i)) if i == text)
}

/// Two colons stand here.
fn colons(all: &[TokenTree], at: usize) -> bool {
    matches!(all.get(at), Some(TokenTree::Punct(p)) if p.as_char() == ':' && p.spacing() == Spacing::Joint)
        && is_punct(all.get(at + 1), ':')
}

/// Finds what is refused wherever it stands: in code for tests and in the tokens of macros too. Each of these brings in
/// code, or a name, that the other rules would not see.
fn refuse(tokens: TokenStream, refused: &mut Vec<(usize, String)>) {
    let all: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, tree) in all.iter().enumerate() {
        match tree {
            TokenTree::Ident(ident) => {
                let told = match ident.unraw().to_string().as_str() {
                    "include" => "names `include`, which brings in code from elsewhere",
                    "macro_use" => "says `macro_use`, which brings in names without a path",
                    "extern" if is_word(all.get(at + 1), "crate") => "says `extern crate`",
                    "unsafe" if ident == "unsafe" => "is unsafe",
                    _ => continue,
                };
                refused.push((line_of(tree), told.into()));
            }
            TokenTree::Group(group) => {
                let inner = is_punct(at.checked_sub(1).and_then(|b| all.get(b)), '!');
                let sign = at.checked_sub(if inner { 2 } else { 1 }).and_then(|b| all.get(b));
                let attribute = group.delimiter() == Delimiter::Bracket && is_punct(sign, '#');
                if attribute && sets_path(group) {
                    refused.push((line_of(tree), "sets `path`, so a module would not be where its name says".into()));
                }
                refuse(group.stream(), refused);
            }
            _ => {}
        }
    }
}

/// Whether an attribute is `path = …`, also where it depends on a `cfg`.
fn sets_path(attribute: &Group) -> bool {
    fn anywhere(tokens: TokenStream) -> bool {
        let all: Vec<TokenTree> = tokens.into_iter().collect();
        all.iter().enumerate().any(|(at, tree)| match tree {
            TokenTree::Group(group) => anywhere(group.stream()),
            _ => is_word(Some(tree), "path") && is_punct(all.get(at + 1), '='),
        })
    }
    let first = attribute.stream().into_iter().next();
    (is_word(first.as_ref(), "path") || is_word(first.as_ref(), "cfg_attr")) && anywhere(attribute.stream())
}

/// `#[cfg(test)]`, and `#[cfg(all(…, test))]`.
fn for_tests_alone(attribute: &Attribute) -> bool {
    fn needs_test(meta: &Meta) -> bool {
        match meta {
            Meta::Path(path) => path.is_ident("test"),
            Meta::List(list) if list.path.is_ident("all") => list
                .parse_args_with(syn::punctuated::Punctuated::<Meta, syn::Token![,]>::parse_terminated)
                .is_ok_and(|all| all.iter().any(needs_test)),
            _ => false,
        }
    }
    attribute.path().is_ident("cfg") && attribute.parse_args::<Meta>().is_ok_and(|meta| needs_test(&meta))
}

fn depends_on_build(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|a| a.path().is_ident("cfg") || a.path().is_ident("cfg_attr"))
}

/// Words before which a path does not go on: in `return ::std::fs::read` the path begins after `return`.
const KEYWORDS: &[&str] = &[
    "as", "async", "await", "box", "break", "const", "continue", "do", "dyn", "else", "enum", "extern", "fn", "for",
    "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "static", "struct",
    "trait", "type", "unsafe", "use", "where", "while", "yield",
];

struct Reader {
    file: File,
    scopes: BTreeMap<Module, Scope>,
    within: Module,
    /// The code is built for tests alone.
    testing: bool,
    /// How many blocks lie around the code; a name that is given inside of one does not hold in the whole module.
    blocks: usize,
    /// How many attributes lie around it; texts in them may be paths, as in `#[serde(with = "…")]`.
    attributes: usize,
    /// The line of a text whose words are read: they have none of their own.
    line: Option<usize>,
    /// What a macro takes that may be one word of a path.
    fragments: BTreeSet<String>,
    /// What of it the macro declares as modules.
    modules: BTreeSet<String>,
}

impl Reader {
    fn mention(&mut self, line: usize, written: Written, how: How) {
        if !self.testing {
            let line = self.line.unwrap_or(line);
            self.file.mentions.push(Mention { line, within: self.within.clone(), written, how });
        }
    }

    fn refused(&mut self, line: usize, told: String) {
        if !self.testing {
            self.file.refused.push((self.line.unwrap_or(line), told));
        }
    }

    fn alias(&mut self, name: &str, written: &Written, sure: bool, of_type: bool) {
        if !self.testing && name != "_" {
            let scope = self.scopes.entry(self.within.clone()).or_default();
            scope.aliases.entry(name.to_owned()).or_default().push(Alias { written: written.clone(), sure, of_type });
        }
    }

    fn glob(&mut self, written: &Written) {
        if !self.testing {
            self.scopes.entry(self.within.clone()).or_default().globs.insert(written.clone());
        }
    }

    fn path(&mut self, path: &syn::Path) {
        let written = written(path);
        if written.rooted || written.words.len() > 1 {
            self.mention(path.span().start().line, written, How::Named);
        }
    }

    /// A path that begins with a type in angle brackets.
    fn path_of_type(&mut self, of: &syn::QSelf, path: &syn::Path) {
        let mut inner = &*of.ty;
        while let Type::Paren(syn::TypeParen { elem, .. }) | Type::Group(syn::TypeGroup { elem, .. }) = inner {
            inner = elem;
        }
        if let Type::Path(syn::TypePath { qself: None, path: begin, .. }) = inner {
            let mut whole = written(begin);
            whole.words.extend(written(path).words);
            self.mention(path.span().start().line, whole, How::Named);
        }
        self.visit_type(&of.ty);
        for segment in &path.segments {
            self.visit_path_segment(segment);
        }
    }

    fn imports(&mut self, tree: &UseTree, before: &Written, sure: bool) {
        let with = |ident: &Ident| {
            let mut all = before.clone();
            if ident != "self" || all.words.is_empty() {
                all.words.push(word(ident));
            }
            all
        };
        let line = tree.span().start().line;
        match tree {
            UseTree::Path(path) => self.imports(&path.tree, &with(&path.ident), sure),
            UseTree::Group(group) => group.items.iter().for_each(|item| self.imports(item, before, sure)),
            UseTree::Glob(_) => {
                self.glob(before);
                self.mention(line, before.clone(), How::Glob);
            }
            UseTree::Name(name) => {
                let whole = with(&name.ident);
                if let Some(last) = whole.words.last() {
                    self.alias(last, &whole, sure, false);
                }
                self.mention(line, whole, How::Named);
            }
            UseTree::Rename(rename) => {
                let whole = with(&rename.ident);
                self.alias(&word(&rename.rename), &whole, sure, false);
                self.mention(line, whole, How::Named);
            }
        }
    }

    fn literal(&mut self, literal: &Lit) {
        let line = self.line.unwrap_or_else(|| literal.span().start().line);
        let text = match literal {
            Lit::Str(text) => text.value(),
            Lit::ByteStr(bytes) => String::from_utf8_lossy(&bytes.value()).into_owned(),
            Lit::CStr(text) => text.value().to_string_lossy().into_owned(),
            _ => return,
        };
        if self.attributes > 0
            && let Ok(tokens) = text.parse::<TokenStream>()
        {
            let outer = self.line.replace(line);
            self.tokens(tokens, false);
            self.line = outer;
        }
        if !self.testing {
            self.file.literals.push((line, text));
        }
    }

    /// Reads tokens that syn does not parse: those of macros. `importing` where they are the braces of a `use`.
    fn tokens(&mut self, tokens: TokenStream, importing: bool) {
        let all: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while let Some(tree) = all.get(at) {
            let before = at.checked_sub(1).and_then(|b| all.get(b));
            match tree {
                TokenTree::Group(group) => {
                    let comment = group.delimiter() == Delimiter::Bracket
                        && is_punct(before, '#')
                        && is_word(group.stream().into_iter().next().as_ref(), "doc");
                    let seen_by = group.delimiter() == Delimiter::Parenthesis && is_word(before, "pub");
                    if is_punct(before, '$') && colons(&all, at + 1) {
                        self.refused(line_of(tree), "builds a path of words that a macro is given".into());
                    }
                    if !comment && !seen_by {
                        self.tokens(group.stream(), is_word(before, "use"));
                    }
                    at += 1;
                }
                TokenTree::Literal(literal) => {
                    self.literal(&Lit::new(literal.clone()));
                    at += 1;
                }
                TokenTree::Ident(ident) if ident == "mod" => at = self.module_in_tokens(&all, at + 1),
                TokenTree::Ident(_) => at = self.path_in_tokens(&all, at, importing),
                TokenTree::Punct(_) if colons(&all, at) => at = self.path_in_tokens(&all, at, importing),
                TokenTree::Punct(_) => at += 1,
            }
        }
    }

    /// Reads what follows `mod`, and answers where it ends.
    fn module_in_tokens(&mut self, all: &[TokenTree], start: usize) -> usize {
        match (all.get(start), all.get(start + 1)) {
            (Some(TokenTree::Ident(name)), Some(TokenTree::Group(group))) => {
                self.within.push(word(name));
                if !self.testing {
                    self.scopes.entry(self.within.clone()).or_default();
                }
                self.tokens(group.stream(), false);
                self.within.pop();
                start + 2
            }
            (Some(TokenTree::Ident(name)), _) => {
                let module = self.within.iter().cloned().chain([word(name)]).collect();
                self.file.declared.push((module, self.testing));
                start + 1
            }
            (dollar, Some(TokenTree::Ident(_))) if is_punct(dollar, '$') && !self.testing => {
                self.file.declare_by_macro.insert(self.within.clone());
                start + 2
            }
            _ => start,
        }
    }

    /// Reads the path that begins at a token, and answers where it ends.
    fn path_in_tokens(&mut self, all: &[TokenTree], start: usize, importing: bool) -> usize {
        let before = start.checked_sub(1).and_then(|b| all.get(b));
        let importing = importing || is_word(before, "use");
        let mut path = Written { rooted: false, words: Vec::new() };
        let mut at = start;
        if colons(all, at) {
            path.rooted = !is_punct(before, '>');
            at += 2;
        }
        let variable = is_punct(before, '$') && !is_word(all.get(at), "crate");
        if let Some(TokenTree::Ident(name)) = all.get(at)
            && variable
            && colons(all, at + 1)
        {
            let (name, line) = (name.to_string(), line_of(&all[at]));
            if self.modules.contains(&name) {
                self.file.named_by_macro.push((self.within.clone(), line));
            } else if self.fragments.contains(&name) {
                self.refused(line, "builds a path of words that a macro is given".into());
            }
        }
        self.rest_in_tokens(all, at, path, importing, variable)
    }

    /// Reads on from the next word of a path.
    fn rest_in_tokens(
        &mut self,
        all: &[TokenTree],
        start: usize,
        mut path: Written,
        importing: bool,
        variable: bool,
    ) -> usize {
        let mut at = start;
        loop {
            let Some(tree) = all.get(at) else { return at };
            match tree {
                TokenTree::Ident(ident) => {
                    let text = ident.to_string();
                    if text == "async" && !self.testing {
                        self.file.asyncs.push(self.line.unwrap_or_else(|| line_of(tree)));
                    }
                    at += 1;
                    if KEYWORDS.contains(&text.as_str()) {
                        return at;
                    }
                    if text != "self" || path.words.is_empty() {
                        path.words.push(word(ident));
                    }
                    if colons(all, at) {
                        at += 2;
                        continue;
                    }
                    if importing {
                        let name = match (all.get(at), all.get(at + 1)) {
                            (Some(TokenTree::Ident(a)), Some(TokenTree::Ident(name))) if a == "as" => {
                                at += 2;
                                Some(word(name))
                            }
                            _ => path.words.last().cloned(),
                        };
                        if let Some(name) = name {
                            self.alias(&name, &path, false, false);
                        }
                    } else if path.words == ["crate"] {
                        self.refused(line_of(tree), "passes the root of the crate to a macro".into());
                    }
                    if !variable && (importing || path.rooted || path.words.len() > 1) {
                        self.mention(line_of(tree), path, How::Named);
                    }
                    return at;
                }
                TokenTree::Punct(sign) if sign.as_char() == '*' && (importing || path.rooted) => {
                    self.glob(&path);
                    self.mention(line_of(tree), path, How::Glob);
                    return at + 1;
                }
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                    for part in inner.split(|tree| is_punct(Some(tree), ',')) {
                        self.rest_in_tokens(part, 0, path.clone(), true, variable);
                    }
                    return at + 1;
                }
                TokenTree::Punct(sign) => {
                    let module = |w: &String| w.chars().next().is_some_and(char::is_lowercase);
                    if sign.as_char() == '$' && !variable && (path.rooted || path.words.last().is_some_and(module)) {
                        self.refused(line_of(tree), "hides in a macro what it names".into());
                    }
                    // What stands before `::<…>`.
                    if !variable && (path.rooted || path.words.len() > 1) && !path.words.is_empty() {
                        self.mention(line_of(tree), path, How::Named);
                    }
                    return at;
                }
                _ => return at,
            }
        }
    }
}

fn written(path: &syn::Path) -> Written {
    Written {
        rooted: path.leading_colon.is_some(),
        words: path.segments.iter().map(|segment| word(&segment.ident)).collect(),
    }
}

/// The names of what a macro takes that may be one word of a path, and of what it declares as modules.
fn fragments(tokens: TokenStream, found: &mut BTreeSet<String>, modules: &mut BTreeSet<String>) {
    let all: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, tree) in all.iter().enumerate() {
        match (tree, all.get(at + 1), all.get(at + 2), all.get(at + 3)) {
            (TokenTree::Group(group), ..) => fragments(group.stream(), found, modules),
            (TokenTree::Ident(key), dollar, Some(TokenTree::Ident(name)), _)
                if key == "mod" && is_punct(dollar, '$') =>
            {
                modules.insert(name.to_string());
            }
            (dollar, Some(TokenTree::Ident(name)), colon, Some(TokenTree::Ident(kind)))
                if is_punct(Some(dollar), '$') && is_punct(colon, ':') && (kind == "ident" || kind == "tt") =>
            {
                found.insert(name.to_string());
            }
            _ => {}
        }
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        item.attrs.iter().for_each(|a| self.visit_attribute(a));
        self.visit_visibility(&item.vis);
        let outer = self.testing;
        self.testing |= item.attrs.iter().any(for_tests_alone);
        self.within.push(word(&item.ident));
        if !self.testing {
            let sure = self.blocks == 0 && !depends_on_build(&item.attrs);
            self.scopes.entry(self.within.clone()).or_default().sure |= sure;
        }
        match &item.content {
            Some((_, items)) => {
                let blocks = std::mem::take(&mut self.blocks);
                items.iter().for_each(|item| self.visit_item(item));
                self.blocks = blocks;
            }
            None => self.file.declared.push((self.within.clone(), self.testing)),
        }
        self.within.pop();
        self.testing = outer;
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        item.attrs.iter().for_each(|a| self.visit_attribute(a));
        self.visit_visibility(&item.vis);
        let begin = Written { rooted: item.leading_colon.is_some(), words: Vec::new() };
        let sure = self.blocks == 0 && !depends_on_build(&item.attrs);
        self.imports(&item.tree, &begin, sure);
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        if let Type::Path(syn::TypePath { qself: None, path, .. }) = &*item.ty {
            let sure = self.blocks == 0 && !depends_on_build(&item.attrs);
            self.alias(&word(&item.ident), &written(path), sure, true);
        }
        visit::visit_item_type(self, item);
    }

    fn visit_block(&mut self, block: &'ast syn::Block) {
        self.blocks += 1;
        visit::visit_block(self, block);
        self.blocks -= 1;
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.path(path);
        visit::visit_path(self, path);
    }

    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        match &path.qself {
            Some(of) if of.position == 0 => self.path_of_type(of, &path.path),
            _ => visit::visit_expr_path(self, path),
        }
    }

    fn visit_type_path(&mut self, path: &'ast syn::TypePath) {
        match &path.qself {
            Some(of) if of.position == 0 => self.path_of_type(of, &path.path),
            _ => visit::visit_type_path(self, path),
        }
    }

    fn visit_vis_restricted(&mut self, seen: &'ast syn::VisRestricted) {
        let path = written(&seen.path);
        if path.words.len() > 1 {
            self.mention(seen.span().start().line, path, How::Seen);
        }
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        // Comments are attributes too; what they speak of is not used.
        if attribute.path().is_ident("doc") {
            return;
        }
        self.attributes += 1;
        visit::visit_attribute(self, attribute);
        self.attributes -= 1;
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        let outer = (self.fragments.clone(), self.modules.clone());
        fragments(called.tokens.clone(), &mut self.fragments, &mut self.modules);
        visit::visit_macro(self, called);
        (self.fragments, self.modules) = outer;
    }

    fn visit_token_stream(&mut self, tokens: &'ast TokenStream) {
        self.tokens(tokens.clone(), false);
    }

    fn visit_lit(&mut self, literal: &'ast Lit) {
        self.literal(literal);
    }

    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        if let Some(word) = &signature.asyncness
            && !self.testing
        {
            self.file.asyncs.push(word.span.start().line);
        }
        visit::visit_signature(self, signature);
    }

    fn visit_expr(&mut self, expression: &'ast Expr) {
        let word = match expression {
            Expr::Async(block) => Some(&block.async_token),
            Expr::Closure(closure) => closure.asyncness.as_ref(),
            _ => None,
        };
        if let Some(word) = word
            && !self.testing
        {
            self.file.asyncs.push(word.span.start().line);
        }
        visit::visit_expr(self, expression);
    }
}
