//! MISP events, their attributes and objects, and collections of them: every attribute an item. What is not taken is named.

mod parts;
mod walk;

use super::format::Format;

/// `misp`.
pub const FORMAT: Format = Format {
    name: "misp",
    about: "MISP events, attributes or objects",
    read: walk::read,
    write: Some(super::export::misp::write),
};

#[cfg(test)]
mod tests {
    use super::super::format::{FormatError, Found};
    use super::*;
    use crate::value::class::{Credibility, Reliability};
    use crate::value::marking::{Pap, Tlp};

    fn seen(file: &str) -> Result<(Vec<Found>, Vec<String>), FormatError> {
        super::super::format::tests::seen(&FORMAT, file)
    }

    fn all(file: &str) -> Result<Vec<Found>, FormatError> {
        Ok(seen(file)?.0)
    }

    #[test]
    fn a_file_of_any_size_is_read_as_a_short_one_is() {
        let attribute = |n: usize| {
            format!(
                r#"{{"type":"domain","value":"{n}.example","uuid":"a{n}","comment":"{}","distribution":"5"}}"#,
                "x".repeat(2000)
            )
        };
        let all: Vec<String> = (0..1200).map(attribute).collect();
        let all = all.join(",\n");
        assert!(all.len() > super::super::stream::WHOLE);
        let says = r#""info":"t","distribution":"0","Orgc":{"name":"Desk XQ"},"Tag":[{"name":"tlp:red"}],"Galaxy":[{"name":"g"}]"#;
        let object = r#"{"name":"file","uuid":"o1","Attribute":[{"type":"md5","value":"m","uuid":"a-m"}],"ObjectReference":[{"referenced_uuid":"o2"}]},
            {"name":"file","uuid":"o2","Attribute":[{"type":"md5","value":"n","uuid":"a-n"},{"type":"sha1","value":"o","uuid":"a-o"}]}"#;
        let small = r#"{"Event":{"info":"small","Attribute":[{"type":"domain","value":"s.example"}]}}"#;
        for (file, more) in [
            (format!(r#"{{"Event":{{{says},"Attribute":[{all}],"Object":[{object}]}}}}"#), 0),
            (format!(r#"{{"Object":[{object}],"Attribute":[{all}],{says}}}"#), 0),
            (format!(r#"{{"response":[{small},{{"Event":{{"Attribute":[{all}],{says},"Object":[{object}]}}}}]}}"#), 1),
            (format!(r#"[{{"Event":[{{"Attribute":[{all}],{says},"Object":[{object}]}}]}},{small}]"#), 1),
        ] {
            let (found, told) = seen(&file).unwrap();
            assert_eq!(found.len(), 1203 + more, "{}", &file[..40]);
            let in_event: Vec<&Found> = found.iter().filter(|f| f.originator.is_some()).collect();
            assert_eq!(in_event.len(), 1203);
            assert!(in_event.iter().all(|f| f.claim.tlp == Some(Tlp::Red)), "what stands behind the attributes counts");
            let references = &in_event.iter().find(|f| f.value == "m").unwrap().references;
            assert_eq!(*references, ["a-n", "a-o"], "an object that is named stands for its attributes");
            assert!(told.contains(&"galaxy clusters not kept: g".to_owned()), "{told:?}");
            assert_eq!(in_event[0].place.starts_with("event "), more > 0, "{}", in_event[0].place);
            let bad = file.replacen(r#""value":"7.example","#, "", 1);
            assert!(seen(&bad).unwrap().1.iter().any(|t| t.ends_with("attribute 8: it has no type or no value")));
            assert!(seen(&file[..file.len() - 2]).is_err() && seen(&format!("{file}x")).is_err());
        }
        let attached = format!(
            r#"{{"Event":{{{says},"Attribute":[{{"type":"attachment","value":"a.bin","data":"{}"}}]}}}}"#,
            "A".repeat(3 << 20)
        );
        let (found, told) = seen(&attached).unwrap();
        assert!(found.len() == 1 && found[0].has_long && told.contains(&"attached files not taken: a.bin".to_owned()));
        let none = format!("[{}1]", "[1],".repeat(1 << 20));
        assert!(seen(&none).is_err());
    }

    #[test]
    fn grades_of_an_event_are_those_of_its_attributes_unless_they_have_their_own() {
        let file = r#"{"Event":{"info":"t","Tag":[{"name":"admiralty-scale:source-reliability=\"b\""}],
            "Attribute":[{"type":"domain","value":"a.example"},
                         {"type":"domain","value":"b.example","Tag":[
                            {"name":"Admiralty-Scale:Source-Reliability=\"d\""},
                            {"name":"admiralty-scale:information-credibility=\"2\""},
                            {"name":"admiralty-scale:information-credibility=\"9\""}]}]}}"#;
        let got: Vec<_> = all(file).unwrap().iter().map(|f| (f.source_grade, f.information_grade)).collect();
        let want = [(Some(Reliability::B), None), (Some(Reliability::D), Some(Credibility::Two))];
        assert_eq!(got, want);
    }

    #[test]
    fn attributes_of_events_and_objects_are_items_and_the_strictest_claim_holds() {
        let file = r#"{"response":[{"Event":{"distribution":"3","Tag":[{"name":"PAP:RED"}],
            "Attribute":[{"type":"domain","value":"evil.example","distribution":"5","uuid":"u1"},
                         {"type":"md5","value":"x","deleted":true},
                         {"type":"sha1","value":"y","distribution":"0","Tag":[{"name":"tlp:clear"}]},
                         {"type":"port","value":443},
                         {"type":"full-name","value":"J. Doe","Tag":[{"name":"tlp:red"}]}],
            "Object":[{"distribution":"1","name":"file","Attribute":[{"type":"filename","value":"a.exe","object_relation":"filename","distribution":"3"}]},
                      {"deleted":true,"Attribute":[{"type":"filename","value":"gone"}]}]}}]}"#;
        let got: Vec<_> = all(file).unwrap().iter().map(|f| (f.value.clone(), f.claim.tlp.unwrap())).collect();
        let want = [
            ("evil.example", Tlp::Green),
            ("y", Tlp::AmberStrict),
            ("443", Tlp::Green),
            ("J. Doe", Tlp::Red),
            ("a.exe", Tlp::Amber),
        ];
        assert_eq!(got, want.map(|(v, t)| (v.to_owned(), t)));
        assert!(all(file).unwrap().iter().all(|f| f.claim.pap == Some(Pap::Red)));
        for bad in ["", "{}", "[1]", r#"{"type":"bundle"}"#] {
            assert!(all(bad).is_err(), "{bad}");
        }
        for (file, count) in [
            (r#"{"response":{"Attribute":[{"type":"domain","value":"a.example"}]}}"#, 1),
            (r#"{"response":{"Attribute":{"type":"domain","value":"a.example"}}}"#, 1),
            (r#"[{"Event":{"info":"x","Attribute":[{"type":"domain","value":"a.example"}]}}]"#, 1),
            (r#"{"info":"x","Attribute":[{"type":"domain","value":"a.example"}]}"#, 1),
            (r#"{"response":[{"Object":{"name":"file","Attribute":[{"type":"md5","value":"m"}]}}]}"#, 1),
            (r#"{"response":[]}"#, 0),
            ("[]", 0),
        ] {
            assert_eq!(all(file).map(|f| f.len()), Ok(count), "{file}");
        }
    }
}
