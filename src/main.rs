//! comity.
fn main() {}
