"""A second reader of bundles, written from docs/bundle.md alone: it says of each bundle whether it is in order or why not.

usage: second_verifier.py KEYS.json < FRAMES     KEYS.json: {"age": AGE-SECRET-KEY-1…, "desk": id, "realm": "live", "card": text of the
sender's card, "members": [their public keys]}. A frame is the length of a bundle (4 bytes, high byte first) and its bytes. It writes
one line for each: "ok", or "no " and the reason. It reads the first bundle of a stream (number 1, one volume), and does not ask the
gate or the law. Needs Python 3.8 and the package `cryptography`.
"""
import base64, datetime, hashlib, hmac, json, re, struct, sys, unicodedata
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

class Refused(Exception):
    pass

def must(good, what):
    if not good:
        raise Refused(what)

def sha(data):
    return hashlib.sha256(data).digest()

def b64(text, padded=True):
    """Base64 in the one way to write it."""
    try:
        data = base64.b64decode(text + ("" if padded else "=" * (-len(text) % 4)), validate=True)
    except ValueError:
        raise Refused("base64")
    again = base64.b64encode(data).decode()
    must((again if padded else again.rstrip("=")) == text, "base64 that is not canonical")
    return data

# --- §2: the outside ---------------------------------------------------------------------------------------------------------

def age_key(text):
    """The bytes of an AGE-SECRET-KEY-1…: Bech32, whose check the caller's own file needs no more."""
    words = ["qpzry9x8gf2tvdw0s3jn54khce6mua7l".index(c) for c in text.lower().rpartition("1")[2][:-6]]
    bits = "".join(format(w, "05b") for w in words)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits) // 8 * 8, 8))

def hkdf(key, salt, info):
    return HKDF(SHA256(), 32, salt, info).derive(key)

def unsealed(data, secret):
    """The plain form of an age file, once its end is proven."""
    lines, at = [], 0
    while True:
        end = data.find(b"\n", at, 16 * 1024)
        must(end >= 0, "the header does not end")
        lines.append(data[at:end])
        at = end + 1
        if lines[-1].startswith(b"---"):
            break
    must(lines[0] == b"age-encryption.org/v1", "no age file")
    must(all(0x20 <= c < 0x7f for line in lines for c in line), "the header is no ASCII")
    stanzas, n = [], 1
    while n < len(lines) - 1:
        must(lines[n].startswith(b"-> "), "no stanza")
        args = lines[n][3:].decode().split(" ")
        must(all(args), "an argument is empty")
        body, n, last = "", n + 1, False
        while not last:
            must(n < len(lines) - 1 and len(lines[n]) <= 64, "a body does not end")
            body, last, n = body + lines[n].decode(), len(lines[n]) < 64, n + 1
        stanzas.append((args, b64(body, False)))
    must(0 < len(stanzas) <= 64 and not any(args[0] == "scrypt" for args, _ in stanzas), "its stanzas")
    own, key = X25519PrivateKey.from_private_bytes(secret), None
    for args, body in stanzas:
        if args[0] != "X25519":
            continue
        must(len(args) == 2 and len(body) == 32, "an X25519 stanza")
        theirs = b64(args[1], False)
        must(len(theirs) == 32, "an X25519 share")
        try:
            shared = own.exchange(X25519PublicKey.from_public_bytes(theirs))
        except ValueError:
            raise Refused("a share of low order")
        wrap = hkdf(shared, theirs + own.public_key().public_bytes_raw(), b"age-encryption.org/v1/X25519")
        try:
            key = key or ChaCha20Poly1305(wrap).decrypt(bytes(12), body, None)
        except InvalidTag:
            pass
    must(key, "not sealed to this desk")
    must(lines[-1].startswith(b"--- "), "no MAC")
    mac = hmac.new(hkdf(key, b"", b"header"), data[:at - len(lines[-1]) - 1 + 3], hashlib.sha256).digest()
    must(hmac.compare_digest(mac, b64(lines[-1][4:].decode(), False)), "the header's MAC")
    must(len(data) >= at + 16, "no payload")
    cipher, rest, plain = ChaCha20Poly1305(hkdf(key, data[at:at + 16], b"payload")), data[at + 16:], b""
    chunks = [rest[i:i + 65552] for i in range(0, len(rest), 65552)] or [b""]
    for n, chunk in enumerate(chunks):
        last = n == len(chunks) - 1
        try:
            piece = cipher.decrypt(n.to_bytes(11, "big") + bytes([last]), chunk, None)
        except (InvalidTag, ValueError):
            raise Refused("a damaged chunk")
        must(piece or n == 0, "an empty last chunk")
        plain += piece
    return plain

# --- §1: JSON ----------------------------------------------------------------------------------------------------------------

def strict(text):
    def once(pairs):
        must(len(dict(pairs)) == len(pairs), "a key stands twice")
        return dict(pairs)
    def no(_):
        raise Refused("a number that is no integer")
    def integer(digits):
        must(abs(int(digits)) <= 2 ** 53 and digits != "-0", "an integer that is too large")
        return int(digits)
    try:
        value = json.loads(text, object_pairs_hook=once, parse_float=no, parse_constant=no, parse_int=integer)
    except (ValueError, RecursionError):
        raise Refused("no JSON")
    def look(v, depth):
        must(depth <= 16, "it is too deep")
        for inner in list(v) + list(v.values()) if isinstance(v, dict) else v if isinstance(v, list) else []:
            look(inner, depth + isinstance(inner, (dict, list)))
        if isinstance(v, str):
            must(unicodedata.is_normalized("NFC", v) and not re.search("[\ud800-\udfff]", v), "a text")
    look(value, 1)
    return value

def canonical(v):
    if isinstance(v, dict):
        return "{" + ",".join(canonical(k) + ":" + canonical(x) for k, x in v.items()) + "}"
    if isinstance(v, list):
        return "[" + ",".join(map(canonical, v)) + "]"
    if not isinstance(v, str):
        return json.dumps(v)
    escape = lambda c: "\\" + c[0] if c[0] in '"\\' else "\\u%04x" % ord(c[0])
    return '"' + re.sub(r'["\\\0-\x1f]', escape, v) + '"'

def members(v, names):
    must(isinstance(v, dict) and list(v) == names.split(), "the members of an object: " + names)
    return v

def signed_json(data, names):
    """An object in canonical form."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Refused("no UTF-8")
    value = members(strict(text), names)
    must(canonical(value) == text, "not in canonical form")
    return value

def fits(pattern, text):
    must(isinstance(text, str) and re.fullmatch(pattern, text), "not well formed: " + pattern)
    return text

def count(v, least=0):
    must(type(v) is int and v >= least, "a number")
    return v

def ident(text):
    return fits("[0-9a-f]{32}", text)

def digest(text):
    return bytes.fromhex(fits("[0-9a-f]{64}", text))

def time(text):
    fits(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.(?!000)\d{3})?Z", text)
    try:
        # Python knows no year 0, which is a leap year as 2000 is.
        datetime.datetime.strptime(re.sub("^0000", "2000", text)[:19], "%Y-%m-%dT%H:%M:%S")
    except ValueError:
        raise Refused("no such time")
    must(not text[17:19] >= "60", "no such second")

# --- §5: signatures ----------------------------------------------------------------------------------------------------------

def ssh_key(text):
    wire = b64(fits("ssh-ed25519 [A-Za-z0-9+/=]+", text)[12:])
    must(len(wire) == 51 and wire[:19] == b"\0\0\0\x0bssh-ed25519\0\0\0\x20", "no key")
    return wire

def person(wire):
    return "SHA256:" + base64.b64encode(sha(wire)).decode().rstrip("=")

def string(data):
    return struct.pack(">I", len(data)) + data

def check_signature(armour, message, wire, purpose):
    name = (purpose + ".v1.live@comity").encode()
    must(len(armour) <= 2048, "a signature that is too long")
    lines = armour.decode("latin-1").split("\n")
    must(lines[0] == "-----BEGIN SSH SIGNATURE-----" and lines[-2:] == ["-----END SSH SIGNATURE-----", ""], "its armour")
    must(all(len(line) == 70 for line in lines[1:-3]) and 0 < len(lines[-3]) <= 70, "the lines of its armour")
    blob = b64("".join(lines[1:-2]))
    head = b"SSHSIG\0\0\0\x01" + string(wire) + string(name) + string(b"") + string(b"sha512")
    inner = blob[len(head):]
    must(blob.startswith(head) and len(inner) == 87 and inner[:23] == b"\0\0\0\x53\0\0\0\x0bssh-ed25519\0\0\0\x40", "its form")
    signed = b"SSHSIG" + string(name) + string(b"") + string(b"sha512") + string(hashlib.sha512(message).digest())
    verify(wire, inner[23:], signed)

def verify(wire, signature, message):
    try:
        Ed25519PublicKey.from_public_bytes(wire[19:]).verify(signature, message)
    except InvalidSignature:
        raise Refused("a signature does not fit")

# --- §7, §8: the tree and the checkpoint -------------------------------------------------------------------------------------

def tree_root(leaves):
    if len(leaves) < 2:
        return leaves[0] if leaves else sha(b"")
    left = 1 << (len(leaves) - 1).bit_length() - 1
    return sha(b"\1" + tree_root(leaves[:left]) + tree_root(leaves[left:]))

def included(leaf, index, size, proof, root):
    """RFC 9162 §2.1.3.2."""
    must(index < size, "it lies outside of the tree")
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        must(sn, "a proof that is too long")
        if fn & 1 or fn == sn:
            r = sha(b"\1" + p + r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = sha(b"\1" + r + p)
        fn, sn = fn >> 1, sn >> 1
    must(not sn and r == root, "it is not in the log")

def checkpoint(note, origin, wire):
    must(isinstance(note, str) and len(note.encode()) <= 64 * 1024, "a checkpoint")
    text, gap, lines = note.partition("\n\n")
    body = text.split("\n")
    must(gap and len(body) == 3 and body[0] == origin and lines.endswith("\n"), "the form of a checkpoint")
    lines, ours, text = lines[:-1].split("\n"), 0, text + "\n"
    must(len(lines) <= 64, "too many signatures")
    key_id = sha(origin.encode() + b"\n\1" + wire[19:])[:4]
    for line in lines:
        name, blob = fits("\u2014 [^ \\n]+ [^ \\n]+", line)[2:].split(" ")
        blob = b64(blob)
        if name == origin and blob[:4] == key_id:
            must(len(blob) == 68, "a signature of the log")
            verify(wire, blob[4:], text.encode())
            ours += 1
    must(ours, "the log did not sign")
    root = b64(body[2])
    must(len(root) == 32, "a root")
    return int(fits("0|[1-9][0-9]{0,18}", body[1])), root

# --- §6: acts ----------------------------------------------------------------------------------------------------------------

def leaf(line):
    must(len(line) <= (2 << 20) + 1023, "a line that is too long")
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise Refused("no UTF-8")
    withheld = re.fullmatch('{"leaf":"([0-9a-f]{64})"}', text)
    if withheld:
        return bytes.fromhex(withheld[1]), True
    head = re.match('{"record":"([0-9a-f]{32})","kind":"([a-z0-9-]{1,64})","terms":(?={)', text)
    must(head, "the form of a change")
    def value(at):
        try:
            end = json.JSONDecoder().raw_decode(text, at)[1]
        except (ValueError, RecursionError):
            raise Refused("no JSON in a change")
        strict(text[at:end])
        must(len(text[at:end].encode()) <= 1 << 20, "terms or content that are too long")
        return text[at:end].encode(), end
    terms, at = value(head.end())
    record, kind = bytes.fromhex(head[1]), head[2].encode()
    if text[at:] == "}":
        tail = b"\0"
    elif text.startswith(',"commitment":', at):
        tail = b"\1" + bytes.fromhex(fits(',"commitment":"[0-9a-f]{64}"}', text[at:])[15:-2])
    else:
        must(text.startswith(',"content":{', at), "the form of a change")
        content, at = value(at + 11)
        salt = bytes.fromhex(fits(',"salt":"[0-9a-f]{64}"}', text[at:])[9:-2])
        bound = b"comity/content/1\0" + record + string(kind) + content
        tail = b"\1" + hmac.new(salt, bound, hashlib.sha256).digest()
    return sha(b"\0comity/change/1\0" + record + string(kind) + string(terms) + tail), False

ACT = "comity realm desk replica sequence previous seen time tick member role basis audience changes"

def act(body, m, size, root, people, before):
    first, _, rest = body.partition(b"\n")
    must(len(first) < 4096, "an act's first line")
    numbers = " ".join(["(0|[1-9][0-9]{0,18})"] * 4)
    line = re.fullmatch("comity-act/1 " + numbers + " (-|[A-Za-z0-9+/=,]+)", first.decode("latin-1"))
    must(line, "an act's first line")
    index, header, signature, changes = (int(n) for n in line.groups()[:4])
    proof = [] if line[5] == "-" else [b64(p) for p in line[5].split(",")]
    must(header <= 64 * 1024 and signature <= 2048 and len(proof) <= 63 and all(len(p) == 32 for p in proof), "its limits")
    header, signature, lines = rest[:header], rest[header:header + signature], rest[header + signature:]
    h = signed_json(header, ACT)
    must(h["comity"] == "act/1" and h["sequence"] == index > before and h["realm"] == m["realm"], "its header")
    must(h["desk"] == m["from"]["desk"] and h["replica"] == m["from"]["replica"], "an act of somebody else")
    must(h["audience"] == "partners" or isinstance(h["audience"], list) and m["to"] in h["audience"], "not addressed to us")
    must(members(h["changes"], "count root")["count"] == changes > 0, "how many changes")
    must(lines.endswith(b"\n") and lines.count(b"\n") == changes, "the lines of its changes")
    leaves = [leaf(one) for one in lines[:-1].split(b"\n")]
    must(not leaves[0][1], "its first change is withheld")
    must(tree_root([one for one, _ in leaves]) == digest(h["changes"]["root"]), "other changes than were signed")
    included(sha(b"\0" + header), index, size, proof, root)
    must(h["member"] in people, "nobody of that desk")
    check_signature(signature, header, people[h["member"]], "act")
    return index

# --- §3, §4: the bundle ------------------------------------------------------------------------------------------------------

MANIFEST = ("comity critical realm from to sequence previous made by acknowledges checkpoint growth cosigned parts volumes")

def check(data, keys):
    plain = unsealed(data, keys["secret"])
    first, found, rest = plain[:128].partition(b"\n")
    line = re.fullmatch(rb"comity-bundle/1 " + b" ".join([rb"([1-9][0-9]{0,18})"] * 4), first)
    must(found and line, "the first line")
    length, desk, member, volume = map(int, line.groups())
    must(length <= 1 << 20 and desk <= 2048 and member <= 2048 and volume == 1, "the first line's numbers")
    at, cuts = len(first) + 1, []
    for n in (length, desk, member):
        cuts.append(plain[at:at + n])
        at += n
    must(at <= len(plain), "it is cut short")
    m = signed_json(cuts[0], MANIFEST)
    must(m["comity"] == "bundle/1" and m["critical"] == [], "another format")
    must(m["realm"] == keys["realm"] and m["to"] == keys["desk"], "not for us")
    sender = members(m["from"], "desk replica")
    must(sender["desk"] == keys["card"]["desk"], "an unknown sender")
    ident(sender["replica"])
    time(m["made"])
    must(m["sequence"] == 1 and m["previous"] is m["acknowledges"] is m["growth"] is m["cosigned"] is None, "not the first")
    must(isinstance(m["parts"], list) and len(m["parts"]) <= 4096 and isinstance(m["volumes"], list), "its lists")
    must(len(m["volumes"]) == 1, "volumes")
    for part in m["parts"]:
        must(members(part, "kind bytes sha256")["kind"] in ("act", "padding") and count(part["bytes"]) <= 2 << 30, "a part")
    must([p["kind"] for p in m["parts"]].count("padding") == 1 and m["parts"][-1]["kind"] == "padding", "its padding")
    slice_ = members(m["volumes"][0], "bytes sha256")
    must(sum(p["bytes"] for p in m["parts"]) == count(slice_["bytes"]), "lengths that differ")
    check_signature(cuts[1], cuts[0], ssh_key(keys["card"]["keys"]["bundle"]), "bundle")
    must(m["by"] in keys["people"], "made by nobody of that desk")
    check_signature(cuts[2], cuts[0], keys["people"][m["by"]], "bundle")
    body, end = plain[at:at + slice_["bytes"]], plain[at + slice_["bytes"]:]
    must(sha(body) == digest(slice_["sha256"]) and end == b"comity-end\n", "its slice, or its end")
    origin = "comity/%s/%s/live" % (sender["desk"], sender["replica"])
    size, root = checkpoint(m["checkpoint"], origin, ssh_key(keys["card"]["keys"]["log"]))
    at, before = 0, -1
    for part in m["parts"]:
        piece = body[at:at + part["bytes"]]
        at += part["bytes"]
        must(sha(piece) == digest(part["sha256"]), "a part's digest")
        if part["kind"] == "padding":
            must(not piece.strip(b"\0"), "padding that holds something")
        else:
            before = act(piece, m, size, root, keys["people"], before)

def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        keys = json.load(f)
    keys["secret"] = age_key(keys["age"])
    card = json.loads(keys["card"])
    keys["card"] = card["card"]
    root = ssh_key(keys["card"]["keys"]["root"])
    check_signature(card["signature"].encode(), canonical(keys["card"]).encode(), root, "card")
    keys["people"] = {person(ssh_key(k)): ssh_key(k) for k in keys["members"]}
    while True:
        length = sys.stdin.buffer.read(4)
        if not length:
            break
        try:
            check(sys.stdin.buffer.read(struct.unpack(">I", length)[0]), keys)
            print("ok")
        except Refused as why:
            print("no", str(why).encode("ascii", "replace").decode())

main()
