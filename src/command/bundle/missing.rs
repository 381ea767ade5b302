//! What is missing of a partner's stream: a small signed file asks for it, and is taken in at the desk that sent it. Nothing of a case
//! leaves with it, only numbers.

use serde::Serialize;

use super::make::keys_for;
use super::source;
use crate::bundle::ask::{self, Ask, OpenedAsk};
use crate::bundle::manifest::Receipt;
use crate::command::bundle::quarantine;
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Output};
use crate::command::destination::{Destination, FORCE};
use crate::gate::cleared;
use crate::record::bundle;
use crate::record::member;
use crate::record::partner;
use crate::record::store::Record;
use crate::record::stream::{self, Wanted};
use crate::seal::age_file::{Recipient, seal};
use crate::value::text::joined;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[Command {
    noun: "bundle",
    name: "request-missing",
    about: "Write a small file that asks a partner for the bundles that are missing here",
    args: &[
        Arg::new("from", ArgKind::Partner, "the partner whose bundles are missing").required(),
        Arg::new("out", ArgKind::ToWrite, "the file to write").required(),
        FORCE,
    ],
    writes: None,
    run: Handler::Reads(request),
}];

/// What a partner asks for.
#[derive(Clone, Debug, Serialize)]
pub struct AskedFor {
    /// Who asks.
    pub from: String,
    /// The numbers of this desk's bundles that are missing there.
    pub missing: Vec<u64>,
    /// Whether it was known already.
    pub already: bool,
}

impl AskedFor {
    /// In words.
    pub fn said(&self) -> String {
        let (from, which) = (&self.from, joined(&self.missing));
        if self.already {
            return format!("{from} asks for {which} again: already noted.");
        }
        let first = self.missing.first().copied().unwrap_or(0);
        format!(
            "{from} lacks {which} of this desk's bundles: `comity bundle export --to {from} --again {first} --out FILE` writes it as it was."
        )
    }
}

#[derive(Serialize)]
struct Requested {
    from: String,
    missing: Vec<u64>,
}

fn request(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let from = workspace.partner(args.need("from")?)?;
    let code = from.key.clone().unwrap_or_default();
    let out = Destination::of(args, "out")?;
    let missing = quarantine::missing_from(workspace, from.id)?;
    if missing.is_empty() {
        let said = format!("Nothing is known to be missing of {code}: nothing was written.");
        return Ok(Output::thing(&Requested { from: code, missing }).with_message(said));
    }
    out.write(&sealed(workspace, &from, missing.clone())?)?;
    let said = format!("It asks {code} for {}; {} holds it.", joined(&missing), out.shown());
    Ok(Output::thing(&Requested { from: code, missing }).with_message(said))
}

/// What asks a partner for bundles, signed and sealed.
pub fn sealed(workspace: &Workspace, from: &Record, missing: Vec<u64>) -> Result<Vec<u8>, Error> {
    let now = workspace.may_sign(bundle::EXPORT)?;
    let stream = stream::with(&workspace.records(), workspace.meta.desk, from.id)?;
    let ask = Ask {
        realm: workspace.meta.realm.clone(),
        from: workspace.meta.desk,
        replica: workspace.meta.replica,
        to: from.id,
        made: now,
        by: workspace.person(),
        received: stream::received(&stream).map(|(sequence, manifest)| Receipt { sequence, manifest }),
        missing,
    };
    let (realm, me) = (&workspace.meta.realm, workspace.person());
    let cleared = cleared::clear_bundle(&workspace.trusted_records()?, realm, now, me, from.id, ask.to_bytes())?
        .map_err(|verdict| Error::refused(verdict, None))?;
    let namespace = realm.namespace(ask::PURPOSE);
    // The partner checks with the keys that it knows: those that it seals to.
    let heard = stream::received(&stream).map(|_| stream::keys_known(&stream).unwrap_or(0));
    let desk = keys_for(workspace, heard)?.bundle.sign(&namespace, cleared.value())?;
    let member = workspace.me.signer.sign(&namespace, cleared.value())?;
    let mut plain = Vec::new();
    ask::emit(&cleared, [&desk, &member], &mut plain)?;
    let recipient = Recipient::parse(&partner::keys(&workspace.records(), from.id)?.age).ok_or_else(|| {
        Error::new(ErrorKind::Integrity, "the partner's age key is damaged", "run `comity audit verify`")
    })?;
    Ok(seal(&[recipient], &plain)?)
}

/// Takes in what asks for bundles of this desk, and notes it. One that came before, or is older than another that did, is a no-op.
pub fn take_ask(workspace: &mut Workspace, opened: &OpenedAsk) -> Result<AskedFor, Error> {
    let ask = &opened.ask;
    let (partner, keys) = source::known(workspace, ask.from)?;
    let code = partner.key.clone().unwrap_or_default();
    source::signed_by_any(&keys, |keys| Ok(opened.is_signed_by_desk(&keys.bundle)?))?;
    // Of a desk whose first bundle has not come yet, or is what is missing, no member is known: the desk's own signature must do.
    if let Some(signer) = member::by_person(&workspace.records(), ask.from, ask.by)? {
        let may = cleared::acting_role(bundle::EXPORT, &member::roles_of(&signer)).is_some();
        let key = member::signing_key(&signer).filter(|_| may && signer.is(member::State::Active));
        let nobody = || {
            let what = format!("what asks for bundles was signed by nobody who may do that at {code}");
            Error::new(ErrorKind::Signature, what, "nothing was changed")
        };
        opened.is_signed_by_member(&key.ok_or_else(nobody)?)?;
    }
    source::is_pinned(&partner)?;
    let stream = stream::with(&workspace.records(), workspace.meta.desk, partner.id)?;
    let never = |n: u64| {
        let what = format!("{code} asks for bundle {n} of this desk, which was never made here");
        let next =
            "nothing was changed; call the partner: this workspace was set back, or another one has this desk's keys";
        Error::new(ErrorKind::Fork, what, next)
    };
    if let Some(receipt) = &ask.received {
        let ours = bundle::numbered(&workspace.records(), partner.id, bundle::State::Sent, receipt.sequence)?;
        if ours.is_none_or(|r| r.text("manifest") != Some(receipt.manifest.to_string().as_str())) {
            return Err(never(receipt.sequence));
        }
    }
    let sent = stream::sent(&stream).map_or(0, |(n, _)| n);
    if let Some(n) = ask.missing.iter().find(|n| **n > sent) {
        return Err(never(*n));
    }
    let mut asked = AskedFor { from: code, missing: ask.missing.clone(), already: true };
    if stream::asked_for(&stream).is_some_and(|before| before.made >= ask.made) {
        return Ok(asked);
    }
    let received = ask.received.as_ref().map_or(0, |r| r.sequence);
    let wanted = Wanted { made: ask.made, received, missing: ask.missing.clone() };
    workspace.act_alone(stream::ASKED, crate::act::header::Audience::OwnDesk, |_, _| {
        Ok(stream::wanted(partner.id, &wanted))
    })?;
    asked.already = false;
    Ok(asked)
}
