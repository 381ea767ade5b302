//! The nodes of the own logs' trees.

use rusqlite::{Connection, params};

use super::error::{StoreError, damaged};
use super::statement::sql;
use crate::act::tree::{Nodes, completed};
use crate::value::digest::Digest;
use crate::value::id::Id;

/// The tree of one workstation's log.
pub struct SqlTree<'c> {
    conn: &'c Connection,
    replica: Id,
}

impl<'c> SqlTree<'c> {
    /// Returns the tree of that replica's log.
    pub const fn new(conn: &'c Connection, replica: Id) -> Self {
        Self { conn, replica }
    }

    /// Adds the leaf at `index` and the subtrees that become complete with it.
    pub fn add(&self, index: u64, leaf: Digest) -> Result<(), StoreError> {
        let mut add = self.conn.prepare_cached(sql!("node.add"))?;
        for (height, index, hash) in completed(self, index, leaf)? {
            add.execute(params![self.replica, height, index, hash])?;
        }
        Ok(())
    }
}

impl Nodes for SqlTree<'_> {
    type Error = StoreError;

    fn node(&self, height: u8, index: u64) -> Result<Digest, StoreError> {
        let mut get = self.conn.prepare_cached(sql!("node.get"))?;
        let mut rows = get.query(params![self.replica, height, index])?;
        match rows.next()? {
            Some(row) => Ok(row.get(0)?),
            None => Err(damaged("the log's tree")),
        }
    }
}
