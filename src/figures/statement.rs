//! A statement to the public, as text and as a page. It says nothing but what was cleared.

use super::page::escaped;
use crate::gate::cleared::Cleared;
use crate::value::text::shown_lines;

/// A statement to the public.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    /// The name of the desk.
    pub desk: String,
    /// The day.
    pub on: String,
    /// Its title.
    pub title: String,
    /// What it says.
    pub text: String,
    /// The day of the statement that it corrects.
    pub corrects: Option<String>,
}

/// Writes a statement.
pub fn write(statement: &Cleared<Statement>, as_page: bool) -> String {
    let Statement { desk, on, title, text, corrects } = statement.value();
    let head = format!("{desk}, {on}. TLP:CLEAR");
    let corrected = corrects.as_ref().map(|day| format!("This corrects the statement of {day}."));
    if !as_page {
        let mut out = shown_lines(title);
        out.extend([head, String::new()]);
        out.extend(corrected.into_iter().flat_map(|said| [said, String::new()]));
        out.extend(shown_lines(text));
        return out.join("\n") + "\n";
    }
    let mut out = vec![
        "<!DOCTYPE html>".to_owned(),
        format!("<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{}</title><style>", escaped(title)),
        "body{font:16px/1.45 sans-serif;max-width:40em;margin:2em auto;padding:0 1em;color:#111;background:#fff}"
            .to_owned(),
        "</style></head><body>".to_owned(),
        format!("<h1>{}</h1>", escaped(title)),
        format!("<p>{}</p>", escaped(&head)),
    ];
    out.extend(corrected.map(|said| format!("<p><b>{}</b></p>", escaped(&said))));
    out.extend(shown_lines(text).iter().map(|line| format!("<p>{}</p>", escaped(line))));
    out.push("</body></html>".to_owned());
    out.join("\n") + "\n"
}
