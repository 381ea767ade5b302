//! Attacks by whoever has real keys: a partner that lies, a member with the database key, a clock that is wrong. Each test says
//! what must be true afterwards. What does not hold yet is ignored, and says what happens instead; a test that is mended loses
//! its `ignore`.

mod cache;
mod clock;
mod cost;
pub mod doors;
mod forks;
mod growth;
mod keys;
pub mod lying_desk;
#[cfg(unix)]
mod medium;
mod names;
mod ownership;
mod people;
mod refusals;
mod scene;
mod second_reader;
mod set_back;
mod terms;
