//! A command from its beginning to its end: which one is meant, what is known of its form, the question before it, the running,
//! and what follows when it is done.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::State;
use super::work::Step;
use crate::command::command;
use crate::command::definition::{ArgKind, Args, Command, Handler, Key, Output};
use crate::command::plain;
use crate::record::purge::PURGE;
use crate::tui::available_actions::{Prepared, commands_for};
use crate::tui::bulk::{prepare_each, refusal};
use crate::tui::jobs::Running;
use crate::tui::language::{phrase, tr};
use crate::tui::mode::Wait;
use crate::tui::overlay::confirm::Confirm;
use crate::tui::overlay::form::view::{FormView, Submission};
use crate::tui::overlay::menu::entry::{Entry, Pick};
use crate::tui::overlay::menu::list::Menu;
use crate::tui::overlay::reader::Reader;
use crate::tui::page::{RecordRef, StyledText};
use crate::tui::perform::{perform_each, preview};
use crate::tui::theme::StyleRole;
use crate::tui::worker::{CancelOnDrop, Ticket, job};
use crate::value::text::shown_lines;
use crate::workspace::error::{Error, ErrorKind};

/// The gate's answer to the rehearsal of each form, and what they would come to.
type Previews = (Vec<Option<Error>>, Vec<String>);

/// What is said where a capital key means nothing for what is meant.
const NOTHING_OF_THAT_KIND: &str = "Nothing of that kind can be done with this now; {actions} shows what can.";

impl State {
    /// Asks which commands a capital key means for what is meant.
    pub(super) fn offer_commands(&mut self, key: Key) {
        let subjects = self.subjects();
        if subjects.is_empty() && self.view().selected_subject().is_some() {
            return self.show_message_with_keys(tr(NOTHING_OF_THAT_KIND), StyleRole::Due);
        }
        if subjects.is_empty() {
            return self.show_message(StyledText::new(tr("Nothing is selected."), StyleRole::Note));
        }
        let ticket = self.next_ticket();
        self.mode.begin_waiting(Wait::new(ticket));
        let asked = subjects.clone();
        self.read(
            move |workspace| commands_for(workspace, &asked, key),
            move |state, commands| state.commands_offered(ticket, commands, subjects),
        );
    }

    pub(super) fn commands_offered(
        &mut self,
        ticket: Ticket,
        commands: Result<Vec<&'static Command>, Error>,
        subjects: Vec<RecordRef>,
    ) {
        if !self.mode.take_answer(ticket) {
            return;
        }
        match commands.as_deref() {
            Err(failure) => self.show_failure(failure),
            Ok([]) => self.show_message_with_keys(tr(NOTHING_OF_THAT_KIND), StyleRole::Due),
            Ok(some) => self.offer(&some.iter().copied().map(Step::of).collect::<Vec<_>>(), subjects),
        }
    }

    /// Begins a command, or asks which of several.
    pub(super) fn offer(&mut self, steps: &[Step], subjects: Vec<RecordRef>) {
        if let [only] = steps {
            return self.begin_step(only.clone(), subjects);
        }
        let entry = |step: &Step| {
            let (name, about) = (step.name(), StyledText::new(step.command.about, StyleRole::Note));
            let (step, subjects) = (step.clone(), subjects.clone());
            let pick = Pick::close(move |state: &mut Self| state.begin_step(step.clone(), subjects.clone()));
            Entry::new(name, about, pick)
        };
        let entries = steps.iter().map(entry).collect();
        self.mode.push(Box::new(Menu::new(tr("Which of these?"), entries)));
    }

    pub(super) fn begin_named(&mut self, name: &str, subjects: Vec<RecordRef>) {
        if let Some(command) = command(name) {
            self.begin(command, subjects);
        }
    }

    /// Why a command is not begun here, whatever it is done with: it would write where nothing is written.
    pub(super) fn refuses(&self, command: &Command) -> Option<Error> {
        if !matches!(command.run, Handler::Writes(_)) {
            return None;
        }
        self.as_of.map(|as_of| as_of.refusal()).or_else(|| self.is_read_only().then(Error::of_reading_only))
    }

    /// Begins a command. Of several records each is asked about first.
    pub(in crate::tui) fn begin(&mut self, command: &'static Command, subjects: Vec<RecordRef>) {
        self.begin_step(Step::of(command), subjects);
    }

    /// The same; what a task knows is of one record alone.
    pub(super) fn begin_step(&mut self, step: Step, subjects: Vec<RecordRef>) {
        if let Some(failure) = self.refuses(step.command) {
            return self.show_failure(&failure);
        }
        if subjects.len() > 1 {
            self.ask_verdict_of_each(step.command, subjects);
        } else {
            self.prepare(step, subjects);
        }
    }

    /// Finds out what is known of a command's form, and then asks for the rest.
    pub(super) fn prepare(&mut self, step: Step, subjects: Vec<RecordRef>) {
        let Step { command, with } = step;
        let ticket = self.next_ticket();
        self.mode.begin_waiting(Wait::new(ticket));
        let view = self.view();
        let focus = view.params.focus.or(view.page.about.as_ref().map(|s| s.id));
        self.read(
            move |workspace| {
                // Of several it was asked before; what a field may name is only offered, and another may stand there.
                if let [only] = subjects.as_slice()
                    && command.target_arg(only.kind).is_some_and(|arg| arg.positional)
                    && let Some(failure) = refusal(workspace, command, only)?
                {
                    return Err(failure);
                }
                Ok(prepare_each(workspace, command, &subjects, focus)?.of_task(with))
            },
            move |state, known| state.prepared(ticket, command, known),
        );
    }

    pub(super) fn prepared(&mut self, ticket: Ticket, command: &'static Command, known: Result<Prepared, Error>) {
        if !self.mode.take_answer(ticket) {
            return;
        }
        let known = match known {
            Ok(known) => known,
            Err(failure) => return self.show_failure(&failure),
        };
        let mut form = FormView::new(command, &known.form, &known.labels, known.partner)
            .with_others(known.others)
            .of_task(&known.task);
        if self.who.as_ref().is_none_or(|who| !who.is_exercise()) {
            form = form.of_real_work();
        }
        let complete = form.pairs_of().is_none() && form.rows.iter().all(|r| !r.input.is_empty());
        if complete {
            return self.submit(form.submission(self.now()));
        }
        if let Some(draft) = self.drafts.all.get(&form.draft_name()).cloned() {
            form.restore(draft);
            self.show_message(StyledText::new(tr("Your draft is back."), StyleRole::Note));
        }
        self.mode.push(Box::new(form));
        self.ask_for_pairs();
    }

    /// Runs what a form says, after the question that it takes.
    pub(super) fn submit(&mut self, submission: Submission) {
        let Submission { command, forms, about, partner, subject, at_once } = submission;
        if at_once {
            return self.run(command, forms);
        }
        let mut question = Confirm::new(command, forms.clone(), about, partner.as_deref(), Self::run);
        if let Some(cancel) = question.asks_gate().map(CancelOnDrop::flag) {
            question.asked = self.next_ticket();
            self.ask_preview(question.asked, command, forms, subject, cancel);
        }
        self.mode.push(Box::new(question));
    }

    /// Asks the gate what it would say to each form, and what would come of them.
    fn ask_preview(
        &self,
        ticket: Ticket,
        command: &'static Command,
        forms: Vec<Args>,
        subject: Option<RecordRef>,
        cancelled: Arc<AtomicBool>,
    ) {
        self.ask_writer(
            move |workspace| {
                let (mut answers, mut lines) = (Vec::new(), Vec::new());
                for form in &forms {
                    if cancelled.load(Ordering::Relaxed) {
                        return None;
                    }
                    let (answer, preview) = preview(workspace, command, form, subject.as_ref());
                    answers.push(answer);
                    lines.extend(preview);
                }
                Some((answers, lines))
            },
            move |state, previews: Option<Previews>| {
                if let Some((answers, lines)) = previews {
                    state.previewed(ticket, answers, &lines);
                }
            },
        );
    }

    pub(super) fn previewed(&mut self, ticket: Ticket, answers: Vec<Option<Error>>, lines: &[String]) {
        let is_it = |question: &Confirm<Self>| question.asked == ticket;
        if let [Some(failure)] = answers.as_slice()
            && failure.kind == ErrorKind::Usage
            && self.mode.find::<Confirm<Self>>().is_some_and(is_it)
            && self.mode.find::<FormView>().is_some()
        {
            // What was typed does not fit: that is no question for the gate. It is said where it was typed.
            self.close_where(is_it);
            if let Some(form) = self.mode.find_mut::<FormView>() {
                form.refuse(failure.clone());
            }
            return;
        }
        if let Some(question) = self.mode.find_mut::<Confirm<Self>>().filter(|question| question.asked == ticket) {
            question.show_preview(answers, lines);
        }
    }

    /// Runs a command with each of the forms.
    pub(super) fn run(&mut self, command: &'static Command, forms: Vec<Args>) {
        let ticket = self.next_ticket();
        let of_command = |form: &&mut FormView| form.command.full_name() == command.full_name();
        if let Some(form) = self.mode.find_mut::<FormView>().filter(of_command) {
            form.running = Some(ticket);
            form.failure = None;
        }
        for field in command.args.iter().filter(|f| matches!(f.kind, ArgKind::Existing | ArgKind::ToWrite)) {
            if let Some(path) = forms.first().and_then(|f| f.maybe(field.name)).map(PathBuf::from) {
                self.last_folder = path.parent().map(PathBuf::from);
            }
        }
        let Some(workers) = &self.workers else { return };
        let several = forms.len() > 1;
        let cancelled = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&cancelled);
        let request = Box::new(move |workspace: &mut _, outbox: &_| {
            let mut job = job(outbox, ticket, flag, Self::progressed);
            let output = perform_each(workspace, command, &forms, &mut job);
            let _ = outbox.send(Box::new(move |state: &mut Self| state.command_ended(ticket, output)));
        });
        match (self.as_of, command.run) {
            // What only reads, reads what one looks at. What writes was refused when it was asked for, and is by the desk.
            (Some(_), Handler::Law(_) | Handler::Reads(_) | Handler::Writes(_)) => workers.read(request),
            _ if command.writes.is_some_and(|w| w.alone) => workers.write_alone(request),
            _ => workers.write(request),
        }
        let screen = self.screen();
        self.jobs.running.push(Running { ticket, command, screen, several, progress: None, cancelled });
    }

    pub(super) fn command_ended(&mut self, ticket: Ticket, output: Result<Output, Error>) {
        let Some(job) = self.jobs.take(ticket) else { return };
        self.note_end(&job, &output);
        let command = job.command.full_name();
        let is_question = |question: &Confirm<Self>| question.command.full_name() == command;
        self.close_where(is_question);
        match output {
            Ok(output) => self.succeeded(&job, &output),
            Err(_) if self.mode.is_locked() => {}
            Err(failure) => self.failed(&job, failure),
        }
    }

    fn succeeded(&mut self, job: &Running, output: &Output) {
        if job.command.writes.is_some_and(|w| w.act == PURGE) {
            // What was erased may stand in any of them.
            self.drafts.all.clear();
            self.keep_drafts();
        }
        let is_its_form = |form: &FormView| form.running == Some(job.ticket);
        if let Some(name) = self.mode.find::<FormView>().filter(|form| is_its_form(form)).map(FormView::draft_name) {
            self.drafts.all.remove(&name);
            self.close_where(is_its_form);
            self.keep_drafts();
        }
        if let Handler::Writes(_) = job.command.run {
            let id = output.id();
            self.note_command(job.command, output);
            // What is marked elsewhere meanwhile is not what was meant here.
            let view = self.views.of_mut(job.screen);
            view.marks.clear();
            if id.is_some() {
                view.wanted = id;
            }
            self.fetch();
        }
        if !self.mode.is_locked() {
            self.show_output(job.command, output);
        }
    }

    fn failed(&mut self, job: &Running, failure: Error) {
        let mut what = first_line(&failure.what);
        match self.mode.find_mut::<FormView>().filter(|form| form.running == Some(job.ticket)) {
            Some(form) => {
                form.running = None;
                if failure.kind == ErrorKind::Signature {
                    form.clear_pairs();
                }
                form.refuse(failure);
                // In the words of the form, as it stands beside its field.
                what = form.failure.as_ref().map_or(what, |failure| first_line(&failure.what));
            }
            None if failure.kind != ErrorKind::Cancelled => self.show_failure(&failure),
            None => {}
        }
        self.show_message(StyledText::new(format!("{}: {what}", job.name()), StyleRole::Stop));
    }

    fn show_output(&mut self, command: &'static Command, output: &Output) {
        let mut lines = plain::lines(output);
        if let (Some(_), Some(message)) = (&output.text, &output.message) {
            lines.push(String::new());
            lines.extend(shown_lines(message));
        }
        let role = if output.code == 0 { StyleRole::Good } else { StyleRole::Stop };
        let message =
            output.message.clone().unwrap_or_else(|| phrase!("{command}: done.", command = command.full_name()));
        self.show_message(StyledText::new(first_line(&message), role));
        let more = output.text.is_some()
            || output.message.is_none()
            || message.contains('\n')
            || output.value.is_array()
            || output.code != 0;
        if more {
            self.mode.push(Box::new(Reader::of_lines(&command.full_name(), &lines)));
        }
    }
}

/// The first line of a text.
pub(super) fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}
