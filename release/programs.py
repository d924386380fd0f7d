#!/usr/bin/python3
"""release/programs.py BIN: prints actions/programs, the one list of what a release holds; script/generate writes it.

One line per program: its name; tool or helper; whether its declaration names the network; which of WATCHED are linked into it;
what it may start, "any" for what its user names. Everything is read from tools/, from the rooms of src/ that a tool includes,
and from the executables of a build with the distribution's libraries. actions/install.sh, actions/source.sh, release/check,
release/package, the tests and the pages read the list by `read()`.
"""
import collections
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIST = ROOT / "actions" / "programs"
HEAD = """\
# Rendered by script/generate; do not edit. What a release holds: program, kind, network (its declaration asks for it),
# libraries (those that are watched), what it may start.
"""
# As the linker calls them. What opens connections or databases, and what is big.
WATCHED = ("crypto", "curl", "git2", "hs", "pg_query", "pq", "sqlite3", "ssl")
NETWORK = {"crypto", "curl", "ssl"}  # only where the network is declared; libpq brings OpenSSL
LAYERS = {"attest", "base", "cli", "config", "ledger", "read", "report", "sys"}  # every tool links them

Program = collections.namedtuple("Program", "name kind network libraries starts")


def read(path=LIST):
    """The rows of the list, by their names."""
    return rows_of(path.read_text())


def rows_of(text):
    rows = (line.split() for line in text.splitlines() if not line.startswith("#"))
    words = lambda field: [] if field == "-" else field.split(",")
    return {name: Program(name, kind, network == "network", words(libraries), [] if starts == ["-"] else starts)
            for name, kind, network, libraries, *starts in rows}


def sources():
    """Program: the source of its main()."""
    tools = {"fairlead" if path.stem == "fairlead" else f"fairlead-{path.stem}": path for path in (ROOT / "tools").glob("*.cpp")}
    return dict(sorted((tools | {f"fairlead-{path.stem}": path for path in (ROOT / "tools/helpers").glob("*.cpp")}).items()))


def is_helper(source):
    return source.parent.name == "helpers"


def includes(text):
    return re.findall(r'^\s*#\s*include\s+"([^"]+)"', text, re.M)


def text_of(source):
    """The sources of a tool and of the rooms that are not everybody's, comments left out."""
    files = [source, *(ROOT / "tools/inputs").glob(source.stem + ".h")]
    rooms = {name.split("/")[0] for file in files for name in includes(file.read_text())} - LAYERS - {"inputs"}
    for room in sorted(rooms):
        files += [path for path in sorted((ROOT / "src" / room).rglob("*")) if path.suffix in (".h", ".cpp")]
    return re.sub(r"//[^\n]*", "", "\n".join(file.read_text() for file in files))


def by_header():
    """Header of a layer: the programs that its source starts."""
    found, texts = {}, {path: path.read_text() for layer in LAYERS for path in (ROOT / "src" / layer).rglob("*.cpp")}
    header_of = lambda path: str(path.with_suffix(".h").relative_to(ROOT / "src"))
    for path, text in texts.items():
        if started := set(re.findall(r'_program\("(fairlead-[a-z]+)"\)', text)):
            found[header_of(path)] = started
    users = {header_of(path): started for path, text in texts.items()
             for header in includes(text) if (started := found.get(header)) and header_of(path) not in found}
    return found | users


def starts(every):
    """Program: what it may start by its name, and the helpers of that; "any" where its user names it."""
    headers, direct = by_header(), {}
    for name, source in every.items():
        text = "" if is_helper(source) else text_of(source)
        direct[name] = {found for found in re.findall(r'"(fairlead-[a-z]+)"', text) if found in every}
        direct[name] |= {started for header in includes(text) for started in headers.get(header, ())}
        if re.search(r'\b(tool|helper)_program\((?!"fairlead-[a-z]+"\))', text):  # its name is put together, or read
            direct[name].add("any")
    helpers = {name for name, source in every.items() if is_helper(source)}
    return {name: (direct[name] | {helper for one in direct[name] for helper in direct.get(one, set()) & helpers}) - {name} for name in every}


def linked(program):
    dynamic = subprocess.run(["readelf", "--dynamic", program], stdout=subprocess.PIPE, text=True, check=True,
                             env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}).stdout
    return sorted(set(re.findall(r"\(NEEDED\).*\[lib([\w-]+)\.so", dynamic)) & set(WATCHED))


def needs_network(source):
    text = source.read_text()
    return "Need::network" in text or (is_helper(source) and any(name.startswith("sys/http/") for name in includes(text)))


def render(folder):
    every = sources()
    started = starts(every)
    rows = [[name, "helper" if is_helper(source) else "tool", "network" if needs_network(source) else "-",
             ",".join(linked(folder / name)) or "-", " ".join(sorted(started[name], key=lambda one: (one == "any", one))) or "-"] for name, source in every.items()]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return HEAD + "".join(" ".join([*(f"{field:<{width}}" for field, width in zip(row, widths)), row[4]]) + "\n" for row in rows)


BEGIN, END = "<!-- programs: rendered by script/generate -->\n", "<!-- /programs -->\n"


def in_page(text, rows):
    """docs/release.md with the list as a table."""
    code = lambda names: ", ".join(f"`{name}`" for name in names)
    short = lambda names: ", ".join("any tool" if name == "any" else code([name.removeprefix("fairlead-")]) for name in names)
    table = "| program | network | libraries | starts |\n|---|---|---|---|\n" + "".join(
        f"| `{row.name}`{' (a helper)' if row.kind == 'helper' else ''} | {'yes' if row.network else 'no'} | {code(row.libraries)} | "
        f"{short(row.starts)} |\n" for row in rows.values())
    before, rest = text.split(BEGIN)
    return before + BEGIN + table + END + rest.split(END)[1]


if __name__ == "__main__":
    print(render(pathlib.Path(sys.argv[1])), end="")
