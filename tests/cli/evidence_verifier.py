#!/usr/bin/python3
# needs: python3-cryptography, python3-jsonschema; takes: 2 s; cases: 61
"""evidence_verifier.py BIN: sixty envelopes, which `fairlead evidence` and a verifier without a line of ours accept or refuse alike.

That verifier is written from DSSE's protocol.md and envelope.md, in-toto's Statement v1 and schema/verdict.schema.json, and takes
Ed25519 from Python's cryptography. Each row also says which of the two answers is right.
"""
import base64
import copy
import datetime
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

try:
    import jsonschema
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
except ImportError as missing:
    counted.leave("python3-cryptography", f"{missing.name} is not installed: apt-get install python3-cryptography python3-jsonschema")

BIN = pathlib.Path(sys.argv[1]).resolve()
SCHEMA = json.loads((counted.ROOT / "schema/verdict.schema.json").read_text())
TYPE = "application/vnd.in-toto+json"
OURS, OTHER, SECOND = (Ed25519PrivateKey.from_private_bytes(letter * 32) for letter in (b"o", b"x", b"s"))
COUNTING = (OURS, SECOND)
STATEMENT = {
    "_type": "https://in-toto.io/Statement/v1",
    "subject": [{"name": "commit", "digest": {"gitCommit": "c" * 40}}],
    "predicateType": "https://fairlead.dev/verdict/v1",
    "predicate": {"tool": {"name": "scan", "version": "1.2.3", "command": "range"}, "app": "shop", "environment": "live", "verdict": "pass",
                  "counts": {"error": 0}, "policy": {"sha256": "e" * 64, "given": []}, "waivers": [], "dirty": False, "place": {"actor": "ci"},
                  "started": "2026-03-31T11:00:00Z", "finished": "2026-03-31T11:00:01Z"}}


class Refused(Exception):
    pass


def strictly(text):
    """A UTF-8 object that no two readers can take for two things."""
    def once(pairs):
        names = [name for name, _ in pairs]
        if len(names) != len(set(names)):
            raise Refused("a name twice")
        return dict(pairs)

    def number(word):
        raise Refused(word)
    try:
        value = json.loads(text.decode("utf-8", "strict"), object_pairs_hook=once, parse_constant=number)
    except (ValueError, RecursionError) as error:
        raise Refused(str(error)) from error
    if not isinstance(value, dict):
        raise Refused("no object")
    return value


def decoded(text):
    """Of base64: standard, or URL-safe (envelope.md)."""
    if not isinstance(text, str):
        raise Refused("no base64")
    for alphabet in (b"+/", b"-_"):
        try:
            value = base64.b64decode(text, altchars=alphabet, validate=True)
        except ValueError:
            continue
        if base64.b64encode(value, altchars=alphabet).decode() == text:
            return value
    raise Refused("no base64")


def signed_payload(envelope):
    if envelope.get("payloadType") != TYPE:
        raise Refused("another type")
    payload, signatures = decoded(envelope.get("payload")), envelope.get("signatures")
    if not isinstance(signatures, list) or not 1 <= len(signatures) <= 32 or not all(isinstance(one, dict) for one in signatures):
        raise Refused("no signatures")
    message = b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE.encode(), len(payload), payload)
    all_of_them = [decoded(one.get("sig")) for one in signatures]
    if not all(all_of_them):
        raise Refused("an empty signature")
    for one in all_of_them:
        for key in COUNTING:
            try:
                key.public_key().verify(one, message)
                return payload
            except InvalidSignature:
                continue
    raise Refused("signed by nobody who counts")


def check_statement(statement):
    if statement.get("_type") != STATEMENT["_type"] or statement.get("predicateType") != STATEMENT["predicateType"]:
        raise Refused("another type")
    predicate = statement.get("predicate")
    try:
        jsonschema.validate(predicate, SCHEMA)
    except jsonschema.ValidationError as error:
        raise Refused(error.message) from error
    subjects = statement.get("subject")
    if not isinstance(subjects, list) or not subjects:
        raise Refused("no subject")
    for one in subjects:
        digest = one["digest"]
        about = (one["name"], sorted(digest))
        hexadecimal = all(re.fullmatch("[0-9a-f]{40}|[0-9a-f]{64}", text) for text in digest.values())
        known = about in (("commit", ["gitCommit"]), ("release", ["sha256"]), ("configuration", ["sha256"]))
        if not known or not hexadecimal or (one["name"] == "configuration" and digest["sha256"] != predicate["policy"]["sha256"]):
            raise Refused("about something else")
    if len({one["name"] for one in subjects}) != len(subjects):
        raise Refused("a subject twice")
    began, ended = (datetime.datetime.fromisoformat(predicate[name].replace("Z", "+00:00")) for name in ("started", "finished"))
    if ended < began:
        raise Refused("it ended before it began")


def accepted(text):
    """By the verifier of this file."""
    try:
        if len(text) > 256 << 10:
            raise Refused("too large")
        check_statement(strictly(signed_payload(strictly(text))))
    except (Refused, KeyError, TypeError, AttributeError, ValueError):
        return False
    return True


def sign(payload, kind=TYPE, keys=(OURS,), **more):
    message = b"DSSEv1 %d %s %d %s" % (len(kind.encode()), kind.encode(), len(payload), payload)
    return {"payloadType": kind, "payload": base64.b64encode(payload).decode(),
            "signatures": [{"keyid": "", "sig": base64.b64encode(key.sign(message)).decode()} for key in keys], **more}


def text(envelope):
    return json.dumps(envelope).encode()


def says(path, value=None, **options):
    """A well signed statement that says another thing there; None: nothing at all."""
    statement = copy.deepcopy(STATEMENT)
    *way, last = path.split(".")
    part = statement
    for name in way:
        part = part[int(name) if isinstance(part, list) else name]
    if value is None:
        del part[last]
    else:
        part[last] = value
    return text(sign(json.dumps(statement).encode(), **options))


def rows():
    good = json.dumps(STATEMENT).encode()
    envelope = sign(good)
    raw = text(envelope).decode()
    one, sig = good.decode(), envelope["signatures"][0]["sig"]

    other_alphabet = good[:-1] + b', "more": "???>>>~~~ ???>>>~~~"}'
    padded = good + b" " * (len(good) % 3 == 0)

    def written(payload):
        return text(sign(payload.encode()))

    def but(**members):
        return text({**envelope, **members})
    release, other = {"name": "release", "digest": {"sha256": "d" * 64}}, {"name": "x", "digest": {"sha256": "d" * 64}}
    commit = STATEMENT["subject"][0]
    yield "as it is written", raw.encode(), True
    yield "by the second key that counts", text(sign(good, keys=(SECOND,))), True
    yield "by a foreign key and by ours", text(sign(good, keys=(OTHER, OURS))), True
    yield "by ours and by a foreign key", text(sign(good, keys=(OURS, OTHER))), True
    yield "with blanks and line ends", json.dumps(envelope, indent=3).encode() + b"\n\n", True
    yield "members in another order", json.dumps(dict(reversed(list(envelope.items())))).encode(), True
    yield "statement in another order", written(json.dumps(dict(reversed(list(STATEMENT.items()))))), True
    yield "statement with blanks", written(json.dumps(STATEMENT, indent=2)), True
    yield "members that nobody knows, outside", but(more={"a": [1]}), True
    yield "members that nobody knows, inside", says("predicate.more", {"a": [1]}), True
    yield "without a key's name", but(signatures=[{"sig": sig}]), True
    yield "with a foreign key's name", but(signatures=[{"keyid": "f" * 64, "sig": sig}]), True
    yield "in URL-safe base64", text({**sign(other_alphabet), "payload": base64.urlsafe_b64encode(other_alphabet).decode()}), True
    yield "a no", says("predicate.verdict", "fail"), True
    yield "about a release, too", says("subject", [commit, release]), True
    yield "about a release alone", says("subject", [release]), True
    yield "about a configuration", says("subject", [{"name": "configuration", "digest": {"sha256": "e" * 64}}]), True
    yield "about a commit by SHA-256", says("subject", [{"name": "commit", "digest": {"gitCommit": "c" * 64}}]), True
    yield "without an environment", says("predicate.environment"), True
    yield "by a person", says("predicate.place", {"actor": "person", "run": "https://ci.example/1"}), True
    yield "in letters of another script", says("predicate.app", "магазин"), True
    yield "finished in another zone", says("predicate.finished", "2026-03-31T13:00:01+02:00"), True

    yield "by a foreign key", text(sign(good, keys=(OTHER,))), False
    yield "by nobody", but(signatures=[]), False
    yield "signatures that are no list", but(signatures={"sig": sig}), False
    yield "33 signatures", but(signatures=[{"sig": sig}] * 33), False
    yield "a signature that is empty", but(signatures=[{"sig": ""}]), False
    yield "a signature that is no base64", but(signatures=[{"sig": "*" + sig[1:]}]), False
    yield "a signature that was cut", but(signatures=[{"sig": base64.b64encode(base64.b64decode(sig)[:63]).decode()}]), False
    yield "a signature with a bit changed", but(signatures=[{"sig": base64.b64encode(bytes([base64.b64decode(sig)[0] ^ 1]) + base64.b64decode(sig)[1:]).decode()}]), False
    yield "the payload of another statement", but(payload=base64.b64encode(one.replace("shop", "ship").encode()).decode()), False
    yield "a payload without padding", text({**sign(padded), "payload": base64.b64encode(padded).decode().rstrip("=")}), False
    yield "a payload in two alphabets", text({**sign(other_alphabet), "payload": base64.b64encode(other_alphabet).decode().replace("+", "-", 1)}), False
    yield "a payload with a line end in it", but(payload=envelope["payload"][:60] + "\n" + envelope["payload"][60:]), False
    yield "another type, signed as that", text(sign(good, "text/plain")), False
    yield "another type, signed as ours", but(payloadType="text/plain"), False
    yield "a type in capitals", text(sign(good, TYPE.upper())), False
    yield "the payload twice", raw.replace('{"payloadType"', '{"payload": "e30=", "payloadType"').encode(), False
    yield "the payload twice, once escaped", raw.replace('{"payloadType"', r'{"p\u0061yload": "e30=", "payloadType"').encode(), False
    yield "the signatures twice", raw.replace('{"payloadType"', '{"signatures": [], "payloadType"').encode(), False
    yield "a verdict twice", written(one.replace('"verdict": "pass"', '"verdict": "fail", "verdict": "pass"')), False
    yield "truncated", raw[:len(raw) // 2].encode(), False
    yield "two of them", (raw + raw).encode(), False
    yield "in a list", f"[{raw}]".encode(), False
    yield "not UTF-8", raw.replace('"keyid": ""', '"keyid": "?"').encode().replace(b"?", b"\xff"), False
    yield "larger than 256 KiB", but(more="x" * (256 << 10)), False
    yield "another statement", says("_type", "https://in-toto.io/Statement/v0.1"), False
    yield "another predicate", says("predicateType", "https://slsa.dev/provenance/v1"), False
    yield "no predicate", says("predicate"), False
    yield "no subject", says("subject", []), False
    yield "a subject twice", says("subject", [commit, commit]), False
    yield "a subject that no verdict is about", says("subject", [commit, other]), False
    yield "a commit in capitals", says("subject", [{"name": "commit", "digest": {"gitCommit": "C" * 40}}]), False
    yield "a commit that is shortened", says("subject", [{"name": "commit", "digest": {"gitCommit": "c" * 39}}]), False
    yield "another configuration", says("subject", [{"name": "configuration", "digest": {"sha256": "d" * 64}}]), False
    yield "neither yes nor no", says("predicate.verdict", "passed"), False
    yield "no app", says("predicate.app"), False
    yield "an app with a line end", says("predicate.app", "shop\n"), False
    yield "an environment that is a number", says("predicate.environment", 5), False
    yield "a count below zero", says("predicate.counts", {"error": -1}), False
    yield "a truth that is a text", says("predicate.dirty", "false"), False
    yield "ended before it began", says("predicate.finished", "2026-03-31T10:00:00Z"), False


with tempfile.TemporaryDirectory() as scratch:
    tree = pathlib.Path(scratch)
    store = tree / ".fairlead/evidence"
    store.mkdir(parents=True)
    for key, name in ((OURS, "ours.pub"), (SECOND, "second.pub")):
        (tree / name).write_bytes(key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
    (tree / "fairlead.yml").write_text("version: 1\napp: shop\nevidence: {keys: [ours.pub, second.pub]}\n")
    table = {name: (content, right) for name, content, right in rows()}
    for content, _ in table.values():
        (store / f"{hashlib.sha256(content).hexdigest()}.json").write_bytes(content)
    done = subprocess.run([BIN / "fairlead", "evidence", "list", "--format", "json"], cwd=tree, capture_output=True, text=True, timeout=60,
                          env={"PATH": f"{BIN}:/usr/bin:/bin", "HOME": scratch})
    listed = {one["id"]: one for one in json.loads(done.stdout)["evidence"]} if done.returncode == 0 else {}
    counted.note("all are listed", "" if len(listed) == len(table) >= 60 else f"{len(listed)} of {len(table)}\n{done.stdout[-2000:]}{done.stderr}")
    for name, (content, right) in table.items():
        one = listed.get(hashlib.sha256(content).hexdigest(), {})
        answers = (bool(one.get("signed_by")) and "tool" in one, accepted(content))
        counted.note(name, "" if answers == (right, right) else f"right: {right}; ours, theirs: {answers}; {one}")
counted.close()
