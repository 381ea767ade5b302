//! Walking through files of MISP of any size: what is short is read whole; of a long event the attributes and objects are read one by
//! one, after what the event says of them, wherever in it that stands.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::super::format::{FormatError, Options, Sink, text_of};
use super::super::source::Source;
use super::super::stream::{Extent, Stream, TOO_LONG};
use super::parts::{
    Above, NOT_TAKEN, Part, attributes_of, begin, named_by, of_attribute, of_event, of_object, references,
};

/// How deep events may lie in what holds them.
const DEPTH: usize = 4;

/// What a long object of a file is, beside its lists.
#[derive(Default)]
struct Long {
    /// What it says beside its attributes and objects.
    says: Value,
    /// Whether it is an event, or holds attributes without one.
    is_event: bool,
    /// The objects of it that others in it name, and the attributes of each.
    named: HashMap<String, Vec<String>>,
    wanted: HashSet<String>,
}

/// What is known of a file before its first attribute is taken.
#[derive(Default)]
struct Survey {
    events: usize,
    long: Vec<Long>,
    looks_like_stix: bool,
}

/// What the walk is for.
enum For<'w, 's> {
    /// To learn what there is.
    Survey(&'w mut Survey),
    /// To learn of what attributes the objects are that others name.
    Named(&'w mut Survey),
    /// To hand on what there is.
    Items(&'w Survey, &'w mut Sink<'s>),
}

/// A walk through a file, and where it is.
struct Walker<'w, 's> {
    what_for: For<'w, 's>,
    events: usize,
    long: usize,
}

pub(super) fn read(input: &mut Source<'_>, _: &Options, sink: &mut Sink<'_>) -> Result<(), FormatError> {
    let survey = match input.take_kept::<Survey>() {
        Some(survey) => survey,
        None => {
            let mut survey = Survey::default();
            let is_known = walk(input, For::Survey(&mut survey))?;
            if !is_known {
                let what = match survey.looks_like_stix {
                    true => "it holds no MISP event, attribute or object: it looks like STIX",
                    false => "it holds no MISP event, attribute or object",
                };
                return Err(FormatError::new("the file", what));
            }
            input.again()?;
            if survey.long.iter().any(|long| !long.wanted.is_empty()) {
                walk(input, For::Named(&mut survey))?;
                input.again()?;
            }
            Box::new(survey)
        }
    };
    walk(input, For::Items(&survey, sink))?;
    input.keep(survey);
    Ok(())
}

/// Walks through a file. Returns whether it holds anything of MISP, or nothing at all.
fn walk(input: &mut Source<'_>, what_for: For<'_, '_>) -> Result<bool, FormatError> {
    let mut stream = Stream::new(input);
    let mut walker = Walker { what_for, events: 0, long: 0 };
    let is_known = walker.value(&mut stream, 0)?;
    if !walker.is_full() {
        stream.end()?;
    }
    Ok(is_known)
}

fn json(piece: &[u8], stream: &Stream<'_>) -> Result<Value, FormatError> {
    serde_json::from_slice(piece).map_err(|e| stream.wrong(&e.to_string()))
}

impl Walker<'_, '_> {
    fn is_full(&self) -> bool {
        matches!(&self.what_for, For::Items(_, sink) if sink.is_full())
    }

    /// Reads whatever comes next. `false`: it is nothing of MISP.
    fn value(&mut self, stream: &mut Stream<'_>, depth: usize) -> Result<bool, FormatError> {
        let mut piece = Vec::new();
        if let Extent::Whole { has_long } = stream.piece(&mut piece)? {
            let value = json(&piece, stream)?;
            return Ok(self.whole(&value, depth, has_long));
        }
        stream.read_again(piece);
        match stream.peek()? {
            _ if depth > DEPTH => stream.skip().map(|_| false),
            Some(b'[') => self.list(stream, depth),
            Some(b'{') => self.object(stream, depth),
            _ => stream.skip().map(|_| false),
        }
    }

    /// Not one that fails hides the others; a list of nothing but strangers is no file of MISP.
    fn list(&mut self, stream: &mut Stream<'_>, depth: usize) -> Result<bool, FormatError> {
        let mut known = false;
        stream.items(&mut |stream, _| {
            known |= self.value(stream, depth + 1)?;
            Ok(!self.is_full())
        })?;
        Ok(known)
    }

    /// Takes something that was read whole.
    fn whole(&mut self, value: &Value, depth: usize, has_long: bool) -> bool {
        let mut events = Vec::new();
        let known = gather(value, depth, &mut events);
        for event in events {
            self.events += 1;
            match &mut self.what_for {
                For::Survey(survey) => survey.events += 1,
                For::Named(_) => {}
                For::Items(survey, sink) => of_event(event, place_of(survey, self.events), has_long, sink),
            }
        }
        if let For::Survey(survey) = &mut self.what_for {
            survey.looks_like_stix |= !known && depth == 0 && value.get("type").is_some_and(Value::is_string);
        }
        known
    }

    /// Reads a long object: an event, something that holds events, or attributes and objects without an event.
    fn object(&mut self, stream: &mut Stream<'_>, depth: usize) -> Result<bool, FormatError> {
        let number = self.long;
        self.long += 1;
        let mut above = Above::default();
        match &mut self.what_for {
            For::Survey(survey) => survey.long.push(Long::default()),
            For::Named(_) => {}
            For::Items(survey, sink) => {
                if let Some(long) = survey.long.get(number).filter(|long| long.is_event) {
                    self.events += 1;
                    above = begin(&long.says, place_of(survey, self.events), sink);
                }
            }
        }
        let (mut says, mut has_parts, mut known) = (Map::new(), false, false);
        stream.members(&mut |stream, key| {
            let next = stream.peek()?;
            match key {
                "response" => known |= self.value(stream, depth + 1)?,
                "Attribute" | "Object" if matches!(next, Some(b'[' | b'{')) => {
                    has_parts = true;
                    self.parts(stream, key == "Object", number, &above)?;
                }
                _ => {
                    let mut piece = Vec::new();
                    if let Extent::Whole { .. } = stream.piece(&mut piece)? {
                        says.insert(key.to_owned(), json(&piece, stream)?);
                        return Ok(true);
                    }
                    stream.read_again(piece);
                    match NOT_TAKEN.iter().find(|(name, _)| *name == key) {
                        _ if key == "Event" => known |= self.value_of_event(stream, depth)?,
                        Some((_, what)) if next == Some(b'[') => self.not_taken(stream, what)?,
                        _ => {
                            stream.skip()?;
                        }
                    }
                }
            }
            Ok(!self.is_full())
        })?;
        if known || self.is_full() {
            return Ok(true);
        }
        let is_event = has_parts || says.contains_key("info") || says.contains_key("Orgc");
        let says = Value::Object(says);
        if !is_event {
            return Ok(self.whole(&says, depth, true));
        }
        if let For::Survey(survey) = &mut self.what_for {
            survey.events += 1;
            if let Some(long) = survey.long.get_mut(number) {
                (long.says, long.is_event) = (says, true);
            }
        }
        Ok(true)
    }

    /// A long event, or a long list of events.
    fn value_of_event(&mut self, stream: &mut Stream<'_>, depth: usize) -> Result<bool, FormatError> {
        match stream.peek()? {
            Some(b'[') => self.list(stream, depth),
            Some(b'{') => self.object(stream, depth + 1),
            _ => stream.skip().map(|_| false),
        }
    }

    /// Names what stands in a long list of things that are not taken.
    fn not_taken(&mut self, stream: &mut Stream<'_>, what: &'static str) -> Result<(), FormatError> {
        stream.items(&mut |stream, _| {
            stream.skip()?;
            if let For::Items(_, sink) = &mut self.what_for {
                sink.remark(what, "");
            }
            Ok(!self.is_full())
        })?;
        Ok(())
    }

    /// Reads the attributes or the objects of a long event.
    fn parts(
        &mut self,
        stream: &mut Stream<'_>,
        are_objects: bool,
        number: usize,
        above: &Above,
    ) -> Result<(), FormatError> {
        if !are_objects && !matches!(self.what_for, For::Items(..)) {
            return stream.skip().map(drop);
        }
        let mut piece = Vec::new();
        let mut part = |stream: &mut Stream<'_>, n: usize| -> Result<bool, FormatError> {
            let has_long = match stream.piece(&mut piece)? {
                Extent::Whole { has_long } => has_long,
                Extent::Long => {
                    stream.read_again(std::mem::take(&mut piece));
                    stream.skip()?;
                    if let For::Items(_, sink) = &mut self.what_for {
                        let part = if are_objects { "object" } else { "attribute" };
                        sink.fault(format!("{}{part} {n}", above.place), TOO_LONG);
                    }
                    return Ok(!self.is_full());
                }
            };
            let value = json(&piece, stream)?;
            match &mut self.what_for {
                For::Survey(survey) => {
                    survey.long.get_mut(number).into_iter().for_each(|long| long.wanted.extend(named_by(&value)));
                }
                For::Named(survey) => {
                    let long = survey.long.get_mut(number);
                    if let (Some(long), Some(uuid)) = (long, text_of(&value, "uuid"))
                        && long.wanted.contains(uuid)
                    {
                        long.named.entry(uuid.to_owned()).or_insert_with(|| attributes_of(&value));
                    }
                }
                For::Items(survey, sink) if are_objects => {
                    let find = |uuid: &str| survey.long.get(number)?.named.get(uuid).cloned();
                    of_object(&value, n, above, &references(&named_by(&value), find), has_long, sink);
                }
                For::Items(_, sink) => {
                    let place = format!("{}attribute {n}", above.place);
                    of_attribute(&value, above, Part::Alone, place, &[], has_long, sink);
                }
            }
            Ok(!self.is_full())
        };
        // A single one that stands without its list counts as one.
        match stream.peek()? {
            Some(b'[') => stream.items(&mut |stream, n| part(stream, n)),
            _ => part(stream, 1),
        }
        .map(drop)
    }
}

/// Where the parts of an event stand: which event it is, where there are several.
fn place_of(survey: &Survey, number: usize) -> String {
    if survey.events > 1 { format!("event {number}, ") } else { String::new() }
}

/// Finds the events, or what stands without one, in whatever holds them. `false`: it is nothing of MISP.
fn gather<'a>(value: &'a Value, depth: usize, events: &mut Vec<&'a Value>) -> bool {
    if depth > DEPTH {
        return false;
    }
    match value {
        Value::Array(all) => {
            // Not one that fails hides the others; a list of nothing but strangers is no file of MISP.
            let known = all.iter().filter(|v| gather(v, depth + 1, events)).count();
            known > 0 || all.is_empty()
        }
        Value::Object(map) => {
            if let Some(inner) = map.get("response") {
                return gather(inner, depth + 1, events);
            }
            let is_event = map.contains_key("info") || map.contains_key("Orgc");
            match (map.get("Event"), map.get("Attribute").or_else(|| map.get("Object"))) {
                (Some(event @ Value::Object(_)), None) => events.push(event),
                (Some(Value::Array(all)), None) => {
                    let known = all.iter().all(Value::is_object);
                    events.extend(all.iter().filter(|_| known));
                    return known;
                }
                (_, Some(_)) => events.push(value),
                _ if is_event => events.push(value),
                _ => return false,
            }
            true
        }
        _ => false,
    }
}
