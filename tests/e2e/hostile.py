#!/usr/bin/python3
"""Writes the hostile inputs of forgery.sh into a folder: file names, reports, messages, answers.

    hostile.py FOLDER        the files, and FOLDER/texts: the texts, NUL between
    hostile.py serve PORT    an HTTP server whose answers hold them: /N/body, /N/json, /N/header
Each text would, printed as it is, be a command of the runner or a pair of GITHUB_OUTPUT; its word is `forged`.
"""
import http.server
import json
import pathlib
import sys
from xml.sax.saxutils import quoteattr

TEXTS = [
    "::error::forged",
    "   ::warning::forged",
    "\t::notice::forged",
    "::ERROR::forged",
    "::set-output name=forged::forged",
    "::save-state name=forged::forged",
    "::stop-commands::forged",
    "::group::forged",
    "::add-mask::forged",
    "::add-path::forged",
    "x ##[error]forged",
    "##[set-output name=forged]forged",
    "]##[set-env name=forged]forged",
    "x\n::set-output name=forged::forged",
    "x\r::error::forged",
    "x\r\n\r\n::warning::forged",
    "x\n \u00a0\u3000::error::forged",
    "\ufeff\u200b::error::forged",
    "x\u2028::error::forged\u2029##[error]forged",
    "x%0A::error::forged%0D%0A::error::forged",
    "x%250A::error::forged",
    "x\nforged=forged",
    "x\nforged<<EOF\nforged\nEOF\n",
    "ghadelimiter_00\nforged=forged\nghadelimiter_00",
    "x\nEOF\nforged=forged",
    "\x1b[1A\x1b[2K::error::forged",
    "a,title=forged,line=1::forged",
    "<img src=x onerror=forged> | @everyone |\n| forged | [x](javascript:forged)",
    "-- ::error::forged",
    "x" * 4200 + "\n::error::forged",
]
KEY = "AKIA" + "Z7VBNQ4XLJ2M" + "K3PD"  # from parts: no scanner takes this source for a leak


def xml_attribute(text):
    """Line ends as references, or the parser makes blanks of them; what XML can't hold is left out."""
    text = "".join(c for c in text if c in "\t\n\r" or ord(c) >= 0x20)
    return quoteattr(text, {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def junit(texts):
    cases = "".join(f"<testcase classname={xml_attribute(t)} name={xml_attribute(t)} file={xml_attribute(t)} line='3'>"
                    f"<failure message={xml_attribute(t)} type={xml_attribute(t)}/></testcase>\n" for t in texts)
    return f"<testsuite name={xml_attribute(texts[0])}>\n{cases}</testsuite>\n"


def sarif(texts):
    results = [{"ruleId": t, "level": "error", "message": {"text": t}, "locations": [{"physicalLocation": {
        "artifactLocation": {"uri": t}, "region": {"startLine": 2, "startColumn": 3}}}]} for t in texts]
    return json.dumps({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": texts[0]}}, "results": results}]})


def cobertura(texts):
    classes = "".join(f"<class name={xml_attribute(t)} filename={xml_attribute(t)} line-rate='0'><lines>"
                      "<line number='1' hits='0'/></lines></class>" for t in texts)
    return f"<coverage line-rate='0'><packages><package name={xml_attribute(texts[0])}><classes>{classes}" \
           "</classes></package></packages></coverage>"


def lcov(texts):
    return "".join(f"SF:{t}\nDA:1,0\nLF:1\nLH:0\nend_of_record\n" for t in texts)


def config(text):
    """A fairlead.yml with the text as a name, a value and a command's output."""
    quoted = json.dumps(text)
    return (f"version: 1\napp: {quoted}\nrun:\n  - {{name: {quoted}, exec: [cat, hostile-output]}}\n"
            f"  - {{name: second, exec: [sh, -c, \"cat hostile-output >&2; exit 1\"]}}\n  - gate\n"
            f"gate: {{reports: {{tests: {{path: report.xml}}}}}}\n")


def write(folder):
    folder.mkdir(parents=True)
    (folder / "texts").write_bytes(b"\0".join(t.encode() for t in TEXTS) + b"\0")
    names = folder / "names"
    names.mkdir()
    for number, text in enumerate(TEXTS):
        name = text.replace("/", ":")[:200].encode()[:240].decode(errors="ignore")
        (names / name).write_text(f"key = \"{KEY}\" # {text}\n{text} {KEY}\n")
    for kind, make in (("junit.xml", junit), ("sarif.json", sarif), ("cobertura.xml", cobertura), ("lcov.info", lcov)):
        (folder / f"all.{kind}").write_text(make(TEXTS), newline="")
        for number, text in enumerate(TEXTS):
            (folder / f"{number}.{kind}").write_text(make([text]), newline="")
    for number, text in enumerate(TEXTS):
        (folder / f"{number}.broken.xml").write_text(f"<testsuite><testcase name='a'>{text}</{text}>", newline="")
        (folder / f"{number}.wrong.yml").write_text(f"version: 1\n{json.dumps(text)}: {json.dumps(text)}\n")
        chain = folder / f"chain{number}"
        chain.mkdir()
        (chain / "fairlead.yml").write_text(config(text))
        (chain / "hostile-output").write_text(text, newline="")
        (chain / "report.xml").write_text(junit([text]), newline="")


class Answers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"

    def do_GET(self):
        number, kind = self.path.strip("/").split("/")
        text = TEXTS[int(number)]
        one_line = text.replace("\r", " ").replace("\n", " ").encode(errors="replace").decode("latin-1")
        body = {"json": json.dumps({"version": text, text: text}), "header": ""}.get(kind, text).encode()
        reason = one_line if kind == "header" else "OK"
        self.wfile.write(f"HTTP/1.0 {302 if kind == 'header' else 200} {reason}\r\n".encode("latin-1"))
        self.wfile.write(f"Location: {one_line}\r\nX-Release: {one_line}\r\n".encode("latin-1"))
        self.wfile.write(f"Content-Length: {len(body)}\r\n\r\n".encode() + body)

    def log_message(self, *_):
        pass


if sys.argv[1] == "serve":
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Answers).serve_forever()
else:
    write(pathlib.Path(sys.argv[1]))
