//! The own log of acts: what the workspace is, and where its log ends.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::{StoreError, damaged};
use super::statement::sql;
use super::tree::SqlTree;
use crate::act::checkpoint::{Checkpoint, origin};
use crate::act::header::{Header, act_id};
use crate::act::hybrid::HybridTime;
use crate::act::tree::{Nodes as _, leaf_hash, root};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::realm::Realm;

/// The description of a workspace.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Meta {
    /// The id of the workspace.
    pub workspace: Id,
    /// Its realm.
    pub realm: Realm,
    /// The desk that works in it.
    pub desk: Id,
    /// The replica that this workstation is.
    pub replica: Id,
}

impl Meta {
    /// Writes the description into a new database.
    pub fn write(&self, conn: &Connection) -> Result<(), StoreError> {
        let mut set = conn.prepare_cached(sql!("meta.set"))?;
        for (key, value) in [
            ("workspace", self.workspace.to_string()),
            ("realm", self.realm.to_string()),
            ("desk", self.desk.to_string()),
            ("replica", self.replica.to_string()),
        ] {
            set.execute([key, &value])?;
        }
        Ok(())
    }

    /// Writes that the workspace is another replica from now on.
    ///
    /// # Errors
    ///
    /// Where the database cannot be written.
    pub fn set_replica(&mut self, conn: &Connection, replica: Id) -> Result<(), StoreError> {
        conn.prepare_cached(sql!("meta.replace"))?.execute(["replica", &replica.to_string()])?;
        self.replica = replica;
        Ok(())
    }

    /// Reads the description.
    pub fn read(conn: &Connection) -> Result<Self, StoreError> {
        let mut get = conn.prepare_cached(sql!("meta.get"))?;
        let mut text = |key: &str| -> Result<String, StoreError> {
            get.query_row([key], |r| r.get(0)).optional()?.ok_or_else(|| damaged("the workspace's description"))
        };
        let bad = || damaged("the workspace's description");
        Ok(Self {
            workspace: Id::parse(&text("workspace")?).ok_or_else(bad)?,
            realm: Realm::parse(&text("realm")?).ok_or_else(bad)?,
            desk: Id::parse(&text("desk")?).ok_or_else(bad)?,
            replica: Id::parse(&text("replica")?).ok_or_else(bad)?,
        })
    }
}

/// The end of a log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tip {
    /// How many acts it has.
    pub size: u64,
    /// Its root.
    pub root: Digest,
    /// The id of its last act.
    pub last: Option<Digest>,
    /// The time of its last act.
    pub time: Option<HybridTime>,
}

/// Returns the end of the own log. The last act is read back and compared with its place in the tree.
pub fn tip(conn: &Connection, meta: &Meta) -> Result<Tip, StoreError> {
    let mut last = conn.prepare_cached(sql!("act.last"))?;
    let found = last
        .query_row(params![meta.desk, meta.replica], |r| Ok((r.get::<_, u64>(2)?, r.get::<_, Vec<u8>>(4)?)))
        .optional()?;
    let tree = SqlTree::new(conn, meta.replica);
    let Some((sequence, bytes)) = found else {
        // The log of a new replica goes on after the last act of the one before it.
        let mut before = conn.prepare_cached(sql!("act.last_of_desk"))?;
        let header: Option<Vec<u8>> = before.query_row([meta.desk], |r| r.get(0)).optional()?;
        let time = header.map(|bytes| Header::parse(&bytes)).transpose();
        let time = time.map_err(|_| damaged("the last act of the log"))?.map(|header| header.time);
        return Ok(Tip { size: 0, root: root(&tree, 0)?, last: None, time });
    };
    let header = Header::parse(&bytes).map_err(|_| damaged("the last act of the log"))?;
    let size = sequence.saturating_add(1);
    if header.sequence + 1 != size || tree.node(0, header.sequence)? != leaf_hash(&bytes) {
        return Err(damaged("the last act of the log"));
    }
    Ok(Tip { size, root: root(&tree, size)?, last: Some(act_id(&bytes)), time: Some(header.time) })
}

/// Returns the checkpoint of the own log as it is now.
pub fn checkpoint(conn: &Connection, meta: &Meta) -> Result<Checkpoint, StoreError> {
    let tip = tip(conn, meta)?;
    Ok(Checkpoint { origin: origin(meta.desk, meta.replica, &meta.realm), size: tip.size, root: tip.root })
}

/// Returns whether what a partner's act says that it had seen of this desk's log is what is there.
pub fn seen_log_fits(conn: &Connection, meta: &Meta, header: &Header) -> Result<bool, StoreError> {
    let size = tip(conn, meta)?.size;
    for seen in header.seen.iter().filter(|s| s.desk == meta.desk) {
        let held = if seen.replica == meta.replica { Some(size) } else { size_of(conn, meta.desk, seen.replica)? };
        let fits = match held {
            // What came after the end of a log that members have declared to be lost cannot be compared.
            Some(held) if seen.size > held => seen.replica != meta.replica,
            Some(_) => root(&SqlTree::new(conn, seen.replica), seen.size)? == seen.root,
            None => false,
        };
        if !fits {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Returns how many acts the log of a replica of the own desk has here; `None` where there is none.
pub fn size_of(conn: &Connection, desk: Id, replica: Id) -> Result<Option<u64>, StoreError> {
    let mut size = conn.prepare_cached(sql!("act.size_of"))?;
    Ok(size.query_row(params![desk, replica], |r| r.get(0))?)
}

/// Marks a database as restored from a backup that nobody has declared yet, or takes the mark away.
///
/// # Errors
///
/// Where the database cannot be written.
pub fn mark_restored(conn: &Connection, restored: bool) -> Result<(), StoreError> {
    match restored {
        true => conn.prepare_cached(sql!("meta.replace"))?.execute([RESTORED, "yes"])?,
        false => conn.prepare_cached(sql!("meta.remove"))?.execute([RESTORED])?,
    };
    Ok(())
}

/// Returns whether the database was restored from a backup, and nobody has declared it yet.
///
/// # Errors
///
/// Where the database cannot be read.
pub fn is_restored(conn: &Connection) -> Result<bool, StoreError> {
    Ok(conn.prepare_cached(sql!("meta.get"))?.exists([RESTORED])?)
}

const RESTORED: &str = "restored";
