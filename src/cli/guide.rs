//! Founding a desk, and joining one, as a conversation: at a terminal it asks for what is missing, one question at a time. After the last
//! answer it runs the commands `identity new` and `init`; before that nothing is made.

use std::io::{BufRead, IsTerminal as _, Write, stderr, stdin, stdout};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::print::{columns, quoted};
use crate::command::command;
use crate::command::definition::{Args, Command, CommandContext, Output};
use crate::command::identity;
use crate::command::init;
use crate::command::run::On;
use crate::host::{file, folder};
use crate::record::card::{self, Card};
use crate::seal::secret::Passphrase;
use crate::value::class::Role;
use crate::value::text::{shown, shown_lines, wrap};
use crate::value::word::all_words;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// A field of `init`: how it is asked for, and why.
struct Question {
    field: &'static str,
    asks: &'static str,
    why: &'static str,
    /// What Enter alone gives.
    default: &'static str,
    /// The words of which some are typed, where they are such.
    choices: Option<fn() -> Vec<&'static str>>,
}

const QUESTIONS: &[Question] = &[
    Question {
        field: "desk",
        asks: "The desk's code",
        why: "Partners name the desk by a few capitals, such as XA, on every request and bundle.",
        default: "",
        choices: None,
    },
    Question {
        field: "name",
        asks: "The desk's name",
        why: "It stands on the desk's card and on its letters, for people to read.",
        default: "",
        choices: None,
    },
    Question {
        field: "jurisdiction",
        asks: "Its jurisdiction",
        why: "It decides which instruments bind the desk, what its deadlines are, and who authorises what.",
        default: "",
        choices: None,
    },
    Question {
        field: "roles",
        asks: "Your roles",
        why: "A role is what you may sign; nobody reviews or releases their own request, so leave these two to a colleague.",
        default: "administrator,desk-officer,investigator",
        choices: Some(all_words::<Role>),
    },
];

/// Sentences are no wider than this, in columns.
const WIDTH: usize = 79;

/// How often a new passphrase is asked for: one from a file does not change by asking again.
const PASSPHRASES: usize = 3;

/// Whether the command is `init`, and something that it needs is missing.
pub fn is_for(command: &Command, form: &Args) -> bool {
    let missing = command.args.iter().any(|f| f.required && form.maybe(f.name).is_none());
    init::COMMANDS.iter().any(|c| c.full_name() == command.full_name()) && missing
}

/// Whether there is somebody to ask.
pub fn has_terminal() -> bool {
    stdin().is_terminal() && stderr().is_terminal()
}

/// Asks a question that is answered with yes or no; whoever says nothing says no.
///
/// # Errors
///
/// Where the terminal cannot be read.
pub fn agrees(question: &str) -> Result<bool, Error> {
    write!(stderr(), "{question}? [y/N] ")?;
    let mut line = String::new();
    stdin().lock().read_line(&mut line)?;
    Ok(matches!(line.trim(), "y" | "yes"))
}

/// Asks for what is missing in the form, and founds the desk: the identity first, where there is none.
///
/// # Errors
///
/// [`ErrorKind::Cancelled`] where the conversation is left: then nothing was made. Otherwise whatever the commands say.
pub fn found(mut form: Args, context: &mut CommandContext) -> Result<(), Error> {
    let asking = Arc::new(AtomicBool::new(true));
    hold_interrupts(&asking)?;
    let mut talk = Talk { lines: &mut stdin().lock(), out: &mut stderr() };
    let keys = talk.all(&mut form, context)?;
    // From here on all is made, or a failure says what was not: an interrupt would leave half of it.
    asking.store(false, Ordering::Relaxed);
    talk.print("One moment: keys are made and sealed.")?;
    let made = make(&form, context, keys)?;
    let card = write_card(&form, context);
    print_result(&made, card.as_ref(), context, &mut stdout().lock())?;
    Ok(())
}

/// Makes the identity with which a desk enrols its user, where there is none, and reads the card of the desk, where they have it.
///
/// # Errors
///
/// [`ErrorKind::Cancelled`] where the conversation is left: then nothing was made. Otherwise whatever the commands say.
pub fn join(context: &mut CommandContext) -> Result<(), Error> {
    let asking = Arc::new(AtomicBool::new(true));
    hold_interrupts(&asking)?;
    let mut talk = Talk { lines: &mut stdin().lock(), out: &mut stderr() };
    talk.print("A desk enrols you by the public part of your identity. Nothing of the desk itself is made here.")?;
    talk.print("Enter takes what stands in brackets. Ctrl-C leaves everything as it was.")?;
    let keys = talk.keys(context)?;
    let card = talk.card()?;
    asking.store(false, Ordering::Relaxed);
    if let Keys::New(name, passphrase) = &keys {
        talk.print("One moment: keys are made and sealed.")?;
        make_identity(name, passphrase, context)?;
    }
    print_joined(card.as_ref(), context, &mut stdout().lock())?;
    Ok(())
}

/// While `asking`, an interrupt ends the program at once, for nothing was made; else it is passed over. While a passphrase
/// is typed the terminal sends none: Ctrl-C is then read as a key, and leaves too.
fn hold_interrupts(asking: &Arc<AtomicBool>) -> Result<(), Error> {
    let code = i32::from(ErrorKind::Cancelled as u8);
    signal_hook::flag::register_conditional_shutdown(signal_hook::consts::SIGINT, code, Arc::clone(asking))?;
    Ok(())
}

/// Whose keys the founder has.
enum Keys {
    /// Keys to be made, for this name and under this passphrase.
    New(String, Passphrase),
    /// The keys of an existing identity, and its passphrase, if it has one.
    Existing(Option<Passphrase>),
}

/// The two ends of the conversation.
struct Talk<'a> {
    lines: &'a mut dyn BufRead,
    out: &'a mut dyn Write,
}

impl Talk<'_> {
    /// Asks everything. Nothing is made.
    fn all(&mut self, form: &mut Args, context: &mut CommandContext) -> Result<Keys, Error> {
        self.print("This founds a desk: one unit, in one jurisdiction, with its encrypted workspace on this machine.")?;
        self.print("Enter takes what stands in brackets. Ctrl-C leaves everything as it was.")?;
        self.fields(form)?;
        context.workspace = self.workspace(&context.workspace)?;
        let keys = self.keys(context)?;
        self.print("")?;
        self.print(&format!("The desk:   {} {}", answer_to(form, "desk"), answer_to(form, "name")))?;
        self.print(&format!("Workspace:  {}", shown(&context.workspace.to_string_lossy())))?;
        self.print(&format!("Identity:   {}", shown(&context.identity.to_string_lossy())))?;
        match self.line("Make it", "yes")?.as_str() {
            "yes" | "y" => Ok(keys),
            _ => Err(left()),
        }
    }

    fn fields(&mut self, form: &mut Args) -> Result<(), Error> {
        for q in QUESTIONS.iter().filter(|q| form.maybe(q.field).is_none()).collect::<Vec<_>>() {
            let choices = q.choices.map(|all| format!(" There are {}.", all().join(", "))).unwrap_or_default();
            self.why(&format!("{}{choices}", q.why))?;
            let answer = self.until(q.asks, q.default, |text| {
                let tried = Args::default().with(q.field, text);
                init::check(q.field, &tried)
            })?;
            form.add(q.field, answer);
        }
        // Fields that were given on the command line are checked now, not after the last question.
        QUESTIONS.iter().try_for_each(|q| init::check(q.field, form))?;
        init::check("exercise", form)
    }

    fn workspace(&mut self, default: &Path) -> Result<PathBuf, Error> {
        self.why("The workspace is the folder of the desk's cases, encrypted; it needs a local disk.")?;
        let is_free = |text: &str| match file::is_empty_folder(&folder::typed(text))? {
            true => Ok(()),
            false => Err(Error::usage("there is something in it already; name another folder")),
        };
        Ok(folder::typed(&self.until("Workspace", &default.to_string_lossy(), is_free)?))
    }

    /// Asks for the identity. An existing one is opened now, so that a wrong passphrase is found before anything is made.
    fn keys(&mut self, context: &mut CommandContext) -> Result<Keys, Error> {
        self.why("Your identity is a file with your own keys: it signs what you do, and lies outside the workspace.")?;
        context.identity = folder::typed(&self.line("Identity", &context.identity.to_string_lossy())?);
        if context.identity.symlink_metadata().is_ok() {
            let (me, passphrase) = identity::unlock(context)?;
            self.print(&format!("It is there: you are {}.", shown(&me.name)))?;
            return Ok(Keys::Existing(passphrase));
        }
        self.why("There is none yet, so one is made: colleagues and partners see your name on what you sign.")?;
        let check = |name: &str| Args::default().with("name", name).line("name").map(drop);
        let name = self.until("Your name", "", check)?;
        self.why("The passphrase seals the file, and nobody can set it back: without it the keys are lost.")?;
        let passphrase = self.new_passphrase(context, &name)?;
        Ok(Keys::New(name, passphrase))
    }

    /// Asks for the card of the desk; `None` where there is none yet. Who it says it is, is shown: its fingerprint is compared aloud.
    fn card(&mut self) -> Result<Option<Card>, Error> {
        self.why(
            "The card says which desk it is, and its fingerprint tells it from any other. You may have it later.",
        )?;
        loop {
            let typed = self.line("The desk's card", "none")?;
            if typed == "none" {
                return Ok(None);
            }
            let read = file::read(&folder::typed(&typed), card::LONGEST as u64).map_err(Error::from);
            match read.and_then(|bytes| Ok(Card::parse(&bytes)?)) {
                Ok(card) => return Ok(Some(card)),
                Err(failure) => self.print(&failure.what)?,
            }
        }
    }

    fn new_passphrase(&mut self, context: &mut CommandContext, name: &str) -> Result<Passphrase, Error> {
        for left in (0..PASSPHRASES).rev() {
            match identity::new_passphrase(context, name) {
                Err(failure) if failure.kind == ErrorKind::Usage && left > 0 => {
                    self.print(&format!("{}: {}", failure.what, failure.hint))?;
                }
                Err(failure) => return Err(failure),
                Ok((passphrase, strength)) => {
                    strength.warning().map_or(Ok(()), |warning| self.print(warning))?;
                    return Ok(passphrase);
                }
            }
        }
        Err(left())
    }

    /// Asks until the answer is taken; what is wrong with it is said.
    fn until(&mut self, asks: &str, default: &str, check: impl Fn(&str) -> Result<(), Error>) -> Result<String, Error> {
        loop {
            let answer = self.line(asks, default)?;
            match check(&answer) {
                Ok(()) => return Ok(answer),
                // In the words of the question, not of an option.
                Err(failure) => {
                    let why = failure.what.strip_prefix("--").and_then(|why| why.split_once([' ', ':']));
                    let why = why.map(|(_, why)| format!("{asks}: {}", why.trim_start()));
                    self.print(why.as_ref().unwrap_or(&failure.what))?;
                }
            }
        }
    }

    fn line(&mut self, asks: &str, default: &str) -> Result<String, Error> {
        let brackets = if default.is_empty() { String::new() } else { format!(" [{}]", shown(default)) };
        write!(self.out, "{asks}{brackets}: ")?;
        self.out.flush()?;
        let mut answer = String::new();
        if self.lines.read_line(&mut answer)? == 0 {
            return Err(left());
        }
        let answer = answer.trim();
        Ok(if answer.is_empty() { default } else { answer }.to_owned())
    }

    fn why(&mut self, sentence: &str) -> Result<(), Error> {
        writeln!(self.out)?;
        self.print(sentence)
    }

    fn print(&mut self, text: &str) -> Result<(), Error> {
        for line in shown_lines(text).iter().flat_map(|line| wrap(line, WIDTH.min(columns()))) {
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }
}

fn left() -> Error {
    Error::new(ErrorKind::Cancelled, "left before the end", "nothing was made; `comity init` begins again")
}

fn answer_to<'a>(form: &'a Args, field: &str) -> std::borrow::Cow<'a, str> {
    shown(form.maybe(field).unwrap_or_default())
}

/// Runs the two commands with what was answered.
fn make(form: &Args, context: &mut CommandContext, keys: Keys) -> Result<Output, Error> {
    let (passphrase, is_new) = match keys {
        Keys::Existing(passphrase) => (passphrase, false),
        Keys::New(name, passphrase) => {
            make_identity(&name, &passphrase, context)?;
            (Some(passphrase), true)
        }
    };
    // The identity is opened twice: to found the desk, and to write its card.
    context.passphrase = Box::new(move |_, _| match &passphrase {
        Some(given) => Ok(Passphrase::new(given.expose())?),
        None => Err(left()),
    });
    run("init", context, form).map_err(|failure| {
        let next = if is_new { "; the identity is made and stays: the next `comity init` finds it" } else { "" };
        let hint = format!("{}{next}", failure.hint);
        failure.hint(hint)
    })
}

fn make_identity(name: &str, passphrase: &Passphrase, context: &mut CommandContext) -> Result<(), Error> {
    if let Some(folder) = context.identity.parent().filter(|f| !f.as_os_str().is_empty()) {
        file::private_folder(folder)?;
    }
    let mut again = Some(Passphrase::new(passphrase.expose())?);
    context.passphrase = Box::new(move |_, _| again.take().ok_or_else(left));
    let form = Args::default().with("name", name).with("out", context.identity.to_string_lossy());
    run("identity new", context, &form).map(drop)
}

fn run(name: &str, context: &mut CommandContext, form: &Args) -> Result<Output, Error> {
    let command = command(name)
        .ok_or_else(|| Error::new(ErrorKind::Internal, format!("there is no command {name}"), "please report it"))?;
    crate::command::run::run(command, On::Nothing(context), form, &mut Job::silent())
}

/// Writes the desk's card beside the founder's identity, for partners. Where that cannot be done the desk is founded all the
/// same, and what comes next says how it is written; a file that is there already is never overwritten.
fn write_card(form: &Args, context: &mut CommandContext) -> Option<PathBuf> {
    let card = context.identity.with_file_name(format!("{}.card", form.maybe("desk")?));
    let (me, _) = identity::unlock(context).ok()?;
    let mut workspace = Workspace::open(&context.workspace, &context.identity, me, context.clock, false).ok()?;
    let form = Args::default().with("out", card.to_string_lossy());
    let command = command("desk card")?;
    crate::command::run::run(command, On::Workspace(&mut workspace), &form, &mut Job::silent()).ok()?;
    Some(card)
}

/// Says what was made, and what comes next.
fn print_result(
    made: &Output,
    card: Option<&PathBuf>,
    context: &CommandContext,
    out: &mut dyn Write,
) -> Result<(), Error> {
    let comity = call(context);
    let (workspace, identity) = (context.workspace.to_string_lossy(), context.identity.to_string_lossy());
    writeln!(out, "\nMade:")?;
    writeln!(out, "  the workspace      {}", shown(&workspace))?;
    writeln!(out, "  your identity      {}", shown(&identity))?;
    writeln!(out, "  what others enrol  {}.pub", shown(&identity))?;
    if let Some(card) = card {
        writeln!(out, "  its card           {}", shown(&card.to_string_lossy()))?;
    }
    for line in made.message.iter().flat_map(|answer_to| shown_lines(answer_to)) {
        writeln!(out, "{line}")?;
    }
    writeln!(out, "\nNext:")?;
    writeln!(out, "  {comity} member add COLLEAGUE.pub --roles legal-reviewer,release-officer")?;
    writeln!(out, "      a second person: who asks neither reviews nor releases")?;
    match card {
        Some(_) => writeln!(out, "  give the card to partners: it is public, and its fingerprint is compared aloud")?,
        None => {
            writeln!(out, "  {comity} desk card --out desk.card")?;
            writeln!(out, "      the desk's card, for partners; they compare its fingerprint aloud")?;
        }
    }
    writeln!(out, "  {comity}")?;
    writeln!(out, "      the screens")?;
    Ok(())
}

/// Says what was made, and how the desk goes on.
fn print_joined(card: Option<&Card>, context: &CommandContext, out: &mut dyn Write) -> Result<(), Error> {
    let identity = context.identity.to_string_lossy();
    writeln!(out, "\nYour identity      {}", shown(&identity))?;
    writeln!(out, "What they enrol    {}.pub", shown(&identity))?;
    if let Some(card) = card {
        writeln!(out, "The desk           {} {}, {}", shown(&card.code), shown(&card.name), shown(&card.jurisdiction))?;
        writeln!(out, "Its fingerprint    {}", card.fingerprint())?;
    }
    writeln!(out, "\nNext:")?;
    if card.is_some() {
        writeln!(out, "  read the fingerprint aloud with the desk's administrator: another card is another desk")?;
    }
    writeln!(out, "  give the file that ends in .pub to the administrator; they enrol you:")?;
    writeln!(out, "      comity member add FILE.pub --roles investigator")?;
    writeln!(out, "  open the desk's workspace where it lies, or a copy that they give you:")?;
    writeln!(out, "      comity --workspace FOLDER --identity {}", quoted(&shown(&identity)))?;
    Ok(())
}

/// The program's name with what it needs to find this desk again.
fn call(context: &CommandContext) -> String {
    let mut command = "comity".to_owned();
    for (name, path, default) in
        [("workspace", &context.workspace, folder::workspace()), ("identity", &context.identity, folder::identity())]
    {
        if default.as_ref() != Some(path) {
            command.push_str(&format!(" --{name} {}", quoted(&shown(&path.to_string_lossy()))));
        }
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::clock::Clock;

    /// What a conversation makes of these lines: the form, or the failure; and what it said.
    fn talk(folder: &Path, form: Args, lines: &str) -> (Result<Args, Error>, String) {
        let mut context = CommandContext {
            workspace: folder.join("ws"),
            identity: folder.join("me.age"),
            passphrase: Box::new(|_, _| Ok(Passphrase::new("orbit velvet tundra mosaic lantern")?)),
            clock: Clock::System,
        };
        let (mut form, mut out) = (form, Vec::new());
        let mut talk = Talk { lines: &mut lines.as_bytes(), out: &mut out };
        let done = talk.all(&mut form, &mut context).map(|_| form);
        (done, String::from_utf8(out).unwrap())
    }

    #[test]
    fn it_asks_for_what_is_missing_until_it_can_be_taken_and_makes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let check = |form: Args, lines: &str, kind: Option<ErrorKind>, wanted: &[(&str, &str)], says: &str| {
            let (done, printed) = talk(folder.path(), form, lines);
            assert!(printed.contains(says), "{says}:\n{printed}");
            assert_eq!(done.as_ref().err().map(|f| f.kind), kind, "{lines:?}");
            for (field, value) in wanted {
                assert_eq!(done.as_ref().unwrap().maybe(field), Some(*value), "{field}");
            }
            assert!(file::is_empty_folder(folder.path()).unwrap(), "nothing is made by asking");
        };
        let given = |field, value: &str| Args::default().with(field, value);
        let roles = "administrator,desk-officer,investigator";
        let all = [("desk", "XA"), ("name", "Harbour desk"), ("jurisdiction", "XA"), ("roles", roles)];
        check(Args::default(), "XA\nHarbour desk\nXA\n\n\n\nN. Okafor\n\n", None, &all, "Make it [yes]: ");
        check(
            Args::default(),
            "xa\nXA\nHarbour desk\nXA\n\n\n\nN\n\n",
            None,
            &all,
            "The desk's code: xa: a few capitals",
        );
        check(given("desk", "XB"), "N\nXB\nadministrator\n\n\nN\ny\n", None, &[("desk", "XB")], "Its jurisdiction: ");
        check(given("desk", "xb"), "N\nXB\n\n", Some(ErrorKind::Usage), &[], "Your roles");
        check(
            Args::default(),
            "XA\nN\nXA\ninvestigator\n",
            Some(ErrorKind::Cancelled),
            &[],
            "begins with an administrator",
        );
        check(Args::default(), "XA\nN\nXA\n\n\n\nN\nno\n", Some(ErrorKind::Cancelled), &[], "Make it [yes]: ");
        check(Args::default(), "", Some(ErrorKind::Cancelled), &[], "The desk's code: ");
    }
}
