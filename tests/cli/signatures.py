#!/usr/bin/python3
# needs: nothing; takes: 3 s
"""signatures.py BIN: what `fairlead attest` signs OpenSSL verifies, and what OpenSSL signs `fairlead verify` accepts.

Keys, envelope and statement are made and read here from their specifications (RFC 8410, DSSE protocol.md, in-toto Statement v1),
without a line of ours.
"""
import base64
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
TYPE = "application/vnd.in-toto+json"


def run(*words):
    return subprocess.run(words, cwd=FOLDER, capture_output=True)


def openssl(*words):
    done = run("openssl", *words)
    if done.returncode:
        raise SystemExit(f"openssl {words[0]}: {done.stderr.decode()}")
    return done.stdout


def signed_bytes(payload):
    return b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE.encode(), len(payload), payload)


def put(name, content):
    (FOLDER / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def verify(*words):
    done = run(BIN / "fairlead", "verify", "f", "--key", "public.pem", *words)
    return done.returncode, (done.stdout + done.stderr).decode().strip()


def ours_by_openssl():
    done = run(BIN / "fairlead", "attest", "f", "--key", "private.pem", "--predicate", "p.json", "--provenance", "ours.json")
    if done.returncode:
        return done.stderr.decode()
    envelope = json.loads((FOLDER / "ours.json").read_text())
    payload, [signature] = base64.b64decode(envelope["payload"]), envelope["signatures"]
    put("message", signed_bytes(payload))
    put("signature", base64.b64decode(signature["sig"]))
    done = run("openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "public.pem", "-rawin", "-in", "message", "-sigfile", "signature")
    statement = json.loads(payload)
    der = openssl("pkey", "-pubin", "-in", "public.pem", "-outform", "DER")
    wanted = {"_type": "https://in-toto.io/Statement/v1", "subject": [{"name": "f", "digest": {"sha256": SHA256}}],
              "predicateType": "https://slsa.dev/provenance/v1", "predicate": PREDICATE}
    return "" if (done.returncode == 0 and statement == wanted and envelope["payloadType"] == TYPE and
                  signature["keyid"] == hashlib.sha256(der).hexdigest()) else f"{done.stderr.decode()} {statement} {envelope}"


def theirs_by_us():
    payload = json.dumps({"predicateType": "https://slsa.dev/provenance/v1", "predicate": PREDICATE, "_type": "https://in-toto.io/Statement/v1",
                          "subject": [{"digest": {"sha512": "00", "sha256": SHA256}, "name": "f"}]}, indent=1).encode()
    put("message", signed_bytes(payload))
    openssl("pkeyutl", "-sign", "-inkey", "private.pem", "-rawin", "-in", "message", "-out", "signature")
    signature = bytearray((FOLDER / "signature").read_bytes())

    def envelope(signature):
        put("theirs.json", json.dumps({"signatures": [{"sig": base64.b64encode(signature).decode()}], "payloadType": TYPE,
                                       "payload": base64.b64encode(payload).decode()}))
        return verify("--provenance", "theirs.json")
    status, said = envelope(signature)
    if status:
        return said
    signature[ROUND * 3 % 64] ^= 1 << ROUND % 8
    status, said = envelope(signature)
    return "" if status == 1 else f"a flipped bit of the signature: {said}"


os.umask(0o077)
for ROUND in range(12):
    with tempfile.TemporaryDirectory(prefix="fairlead signatures ") as folder:
        FOLDER, PREDICATE = pathlib.Path(folder), {"ä": ["\u2028", 1.5, None], "round": ROUND}
        artefact = os.urandom(ROUND * 5000)
        SHA256 = hashlib.sha256(artefact).hexdigest()
        put("f", artefact)
        put("p.json", json.dumps(PREDICATE))
        openssl("genpkey", "-algorithm", "ed25519", "-out", "private.pem")
        openssl("pkey", "-in", "private.pem", "-pubout", "-out", "public.pem", *(["-text"] if ROUND % 2 else []))
        if ROUND % 2:  # OpenSSL writes its text behind the key; before it is where RFC 7468 has it
            text = (FOLDER / "public.pem").read_text()
            start, end = text.index("-----BEGIN"), text.index("-----END PUBLIC KEY-----") + 25
            put("public.pem", text[end:] + text[:start] + text[start:end])
        counted.note(f"round {ROUND}, what we sign", ours_by_openssl())
        counted.note(f"round {ROUND}, what OpenSSL signs", theirs_by_us())
counted.close()
