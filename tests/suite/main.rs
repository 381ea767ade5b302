//! The integration tests, one module each, in one binary: SQLCipher is linked once. They share a process, so none changes its
//! environment or its current folder; what needs a process of its own starts one: the program, or this binary again.

mod agreements;
mod as_of;
#[path = "../attack/mod.rs"]
mod attack;
mod batch;
mod ceilings;
mod clock;
mod dependencies;
mod desks;
mod drawn;
mod emergency;
mod every_kind;
mod exports;
mod first_open;
mod forgeries;
mod formats;
mod fuzzed;
mod gate_table;
mod golden;
mod guide;
mod hostile_bundles;
mod hostile_text;
mod languages;
mod law;
mod law_points;
mod letters;
mod lives;
mod long_lists;
mod menus;
mod named_commands;
mod plain;
mod published;
mod random_keys;
mod read_only;
mod requests;
mod sandbox;
mod screen;
mod secrecy;
mod snapshots;
mod sources;
mod story_on_screens;
mod terminal;
mod tiers;
mod two_desks;
mod words;
