//! Pictures where people would rather look than read. Each is a value: it draws itself in so many columns, and says the same in
//! words, for whoever hears the screens, filters them, or reads them without colour. It knows no screen and reads no record.

pub mod bar;
pub mod days;
pub mod lengths;
pub mod link;
pub mod piece;
pub mod spark;
pub mod steps;
pub mod tree;

use bar::Bar;
use days::{Axis, Days};
use lengths::Lengths;
use link::LinkRow;
use piece::Stretch;
use spark::Spark;
use steps::Steps;
use tree::Tree;

/// A picture.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Picture {
    /// What is due on which of the next days.
    Days(Days),
    /// The dates above such days.
    Axis(Axis),
    /// How much there was, week by week.
    Spark(Spark),
    /// How much of something.
    Bar(Bar),
    /// How long something takes.
    Lengths(Lengths),
    /// The life of a thing, and where it stands.
    Steps(Steps),
    /// Who has a thing from whom; what hangs on what.
    Tree(Tree),
    /// A row of a tree that collapses.
    Link(LinkRow),
}

impl Picture {
    /// Draws it in so many columns; `ascii`: with the signs of ASCII alone.
    pub fn draw(&self, columns: usize, ascii: bool) -> Vec<Vec<Stretch>> {
        match self {
            Self::Days(days) => vec![days.draw(columns, ascii)],
            Self::Axis(axis) => vec![axis.draw(columns, ascii)],
            Self::Spark(spark) => vec![spark.draw(columns, ascii)],
            Self::Bar(bar) => vec![bar.draw(columns, ascii)],
            Self::Lengths(lengths) => vec![lengths.draw(columns, ascii)],
            Self::Steps(steps) => steps.draw(columns, ascii),
            Self::Tree(tree) => tree.draw(columns, ascii),
            Self::Link(row) => vec![row.draw(columns, ascii)],
        }
    }

    /// The same in words.
    pub fn said(&self) -> String {
        match self {
            Self::Days(days) => days.said(),
            Self::Axis(axis) => axis.said(),
            Self::Spark(spark) => spark.said(),
            Self::Bar(bar) => bar.said(),
            Self::Lengths(lengths) => lengths.said(),
            Self::Steps(steps) => steps.said(),
            Self::Tree(tree) => tree.said(),
            Self::Link(row) => row.said(),
        }
    }

    /// Columns that it takes where nothing of it is cut; `None`: it takes what it is given.
    pub fn natural(&self) -> Option<usize> {
        match self {
            Self::Link(row) => Some(row.natural()),
            _ => None,
        }
    }
}
