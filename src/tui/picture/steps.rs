//! The life of a thing as steps on a line, with their days below, and a mark where it stands.

use super::piece::Stretch;
use crate::tui::language::phrase;
use crate::tui::theme::StyleRole;
use crate::value::text::{pad, width};

/// Where a step stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StepState {
    /// It is done.
    Done,
    /// It comes next.
    Next,
    /// It comes next, and is late.
    Late,
    /// It comes after.
    Later,
    /// It will not be done any more.
    Off,
}

/// A step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// What is done.
    pub name: String,
    /// When it was done, or by when it must be; empty where there is nothing to say.
    pub when: String,
    /// Where it stands.
    pub state: StepState,
}

/// The steps, the first on the left.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Steps(pub Vec<Step>);

impl Step {
    fn role(&self) -> StyleRole {
        match self.state {
            StepState::Done => StyleRole::Good,
            StepState::Next => StyleRole::Accent,
            StepState::Late => StyleRole::Stop,
            StepState::Later | StepState::Off => StyleRole::Note,
        }
    }

    fn label(&self, ascii: bool) -> String {
        let sign = match (self.state, ascii) {
            (StepState::Next | StepState::Late, true) => "> ",
            (StepState::Next | StepState::Late, false) => "◆ ",
            _ => "",
        };
        format!("{sign}{}", self.name)
    }
}

impl Steps {
    pub(super) fn draw(&self, columns: usize, ascii: bool) -> Vec<Vec<Stretch>> {
        let between = if ascii { " - " } else { " ─ " };
        let mut rows: Vec<(Vec<Stretch>, Vec<Stretch>)> = vec![Default::default()];
        let mut used = 0;
        for step in &self.0 {
            let label = step.label(ascii);
            let wide = width(&label).max(width(&step.when));
            // A step that does not fit begins a further row.
            if used > 0 && used + 3 + wide > columns {
                rows.push(Default::default());
                used = 0;
            }
            let Some((above, below)) = rows.last_mut() else { continue };
            if used > 0 {
                above.push((between.to_owned(), StyleRole::Border));
                below.push(("   ".to_owned(), StyleRole::Border));
                used += 3;
            }
            above.push((pad(&label, wide), step.role()));
            let role = if step.state == StepState::Late { StyleRole::Stop } else { StyleRole::Note };
            below.push((pad(&step.when, wide), role));
            used += wide;
        }
        let is_empty = |line: &Vec<Stretch>| line.iter().all(|(text, _)| text.trim().is_empty());
        rows.into_iter().flat_map(|(above, below)| [above, below]).filter(|line| !is_empty(line)).collect()
    }

    pub(super) fn said(&self) -> String {
        let one = |step: &Step| {
            let when = if step.when.is_empty() { String::new() } else { format!(" {}", step.when) };
            match step.state {
                StepState::Done => format!("{}{when}", step.name),
                StepState::Next => phrase!("next: {step}{when}", step = step.name, when),
                StepState::Late => phrase!("late: {step}{when}", step = step.name, when),
                StepState::Later => phrase!("then {step}{when}", step = step.name, when),
                StepState::Off => phrase!("not {step}", step = step.name),
            }
        };
        self.0.iter().map(one).collect::<Vec<_>>().join("; ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::picture::piece::text;

    #[test]
    fn what_is_drawn_is_what_is_said() {
        let step = |name: &str, when: &str, state| Step { name: name.into(), when: when.into(), state };
        let steps = Steps(vec![
            step("sent", "26 Nov", StepState::Done),
            step("acknowledge", "27 Nov", StepState::Late),
            step("answer", "by 24 Jan", StepState::Later),
            step("close", "", StepState::Later),
        ]);
        assert_eq!(steps.said(), "sent 26 Nov; late: acknowledge 27 Nov; then answer by 24 Jan; then close");
        for (columns, ascii) in [(20, false), (40, true), (80, false)] {
            let lines: Vec<String> = steps.draw(columns, ascii).iter().map(|line| text(line)).collect();
            let drawn = lines.join("\n");
            assert!(lines.iter().all(|line| width(line) <= columns), "{drawn}");
            for step in &steps.0 {
                assert!(drawn.contains(&step.name) && drawn.contains(&step.when), "{columns}: {drawn}");
                let marked = drawn.contains(&format!("{} {}", if ascii { '>' } else { '◆' }, step.name));
                assert_eq!(marked, steps.said().contains(&format!("late: {}", step.name)));
            }
        }
        let lines: Vec<String> = steps.draw(80, false).iter().map(|line| text(line)).collect();
        assert_eq!(lines[0], "sent   ─ ◆ acknowledge ─ answer    ─ close");
        assert_eq!(lines[1], "26 Nov   27 Nov          by 24 Jan        ");
    }
}
