#!/usr/bin/python3
# needs: root, x86-64; takes: 5 s; argument: none
"""release_check.py: each refusal of release/check fires, once, on a small program that gcc makes with that one fault, in a
folder with a blank, as root and as somebody else; and the list of programs (release/programs.py) says what it is asked for.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

ROOT = counted.ROOT
sys.path.insert(0, str(ROOT / "release"))
sys.dont_write_bytecode = True
import programs  # noqa: E402

CHECK = ROOT / "release/check"
GOOD = ["-O2", "-fPIE", "-pie", "-fstack-protector-all", "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=2", "-s", "-Wl,-z,relro,-z,now",
        "-Wl,-z,noexecstack", "-Wl,--build-id=sha1"]
SOURCE = """#include <stdio.h>
#include <string.h>
static const char *const texts[] = {%s};
int main(int count, char **words) {
    char text[64];
    strcpy(text, words[0]);
    for (unsigned i = 0; i < sizeof texts / sizeof *texts; ++i) puts(texts[i]);
    return printf("%%s %%d", text, count) < 0;
}
"""
LIST = """# program kind network libraries starts
fairlead      tool   -       -        fairlead-net
fairlead-net  helper network curl,ssl -
fairlead-data tool   network pq       -
"""
HERE = pathlib.Path(tempfile.mkdtemp(prefix="fairlead release check."))
HERE.chmod(0o755)
marks = {}
exec(re.search(r"^MARKS = \{.*?^\}", CHECK.read_text(), re.M | re.S)[0], {}, found := {})  # its own table
marks = {library: mark.decode() for library, mark in found["MARKS"].items()}
CARRIES = {"fairlead": [], "fairlead-net": ["curl", "ssl", "crypto"], "fairlead-data": ["pq", "ssl", "crypto"]}


def make(folder, name, texts, *options, source=SOURCE):
    text = ", ".join('"%s"' % one.replace("\\", "\\\\").replace('"', '\\"') for one in ["a text", *texts])
    (folder.parent / "program.c").write_text(source % text)
    subprocess.run(["gcc", *GOOD, "-o", folder / name, folder.parent / "program.c", *options], check=True)


def a_release():
    folder = HERE / "bin"
    folder.mkdir()
    for name, libraries in CARRIES.items():
        make(folder, name, [marks[library] for library in libraries])
    return folder


RELEASE = a_release()
(HERE / "programs").write_text(LIST)


def judged(folder, environment=None, before=()):
    return subprocess.run([*before, "/usr/bin/python3", CHECK, "amd64", folder, HERE / "programs"], capture_output=True, text=True,
                          env={"PATH": os.environ["PATH"], "HOME": "/root", **(environment or {})})


def refuses(what, part, change):
    """A copy of the good release with one change is refused, for that alone."""
    folder = HERE / "changed"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(RELEASE, folder)
    change(folder)
    done = judged(folder)
    complaints = [line for line in done.stdout.splitlines() if not re.search(r"  ok$|^amd64 \d+ of \d+ programs$", line)]
    said = "; ".join(complaints).replace("; choose another", ", choose another") + done.stderr
    right = done.returncode == 1 and re.search(part, said) and "; " not in said
    counted.note(f"{what} is refused, for that alone", "" if right else f"status {done.returncode}: {said}")


def rebuilt(*options, texts=(), name="fairlead", source=SOURCE):
    return lambda folder: make(folder, name, [*(marks[library] for library in CARRIES.get(name, ())), *texts], *options, source=source)


def newer_glibc(folder):
    """As if libm of a newer system had been there."""
    (HERE / "map").write_text("GLIBC_2.38 { newer; };\n")
    (HERE / "newer.c").write_text("int newer(void) { return 1; }\n")
    subprocess.run(["gcc", "-shared", "-fPIC", "-Wl,-soname,libm.so.6", f"-Wl,--version-script={HERE / 'map'}", "-o", HERE / "libnewer.so",
                    HERE / "newer.c"], check=True)
    make(folder, "fairlead", [], HERE / "libnewer.so", source=SOURCE.replace("int main", "int newer(void);\nint main").replace(
        "return printf", "return newer() + printf"))


def other_library(folder):
    (HERE / "other.c").write_text("int other(void) { return 1; }\n")
    subprocess.run(["gcc", "-shared", "-fPIC", "-Wl,-soname,libother.so.1", "-o", HERE / "libother.so", HERE / "other.c"], check=True)
    make(folder, "fairlead", [], HERE / "libother.so", source=SOURCE.replace("int main", "int other(void);\nint main").replace(
        "return printf", "return other() + printf"))


def main():
    done = judged(RELEASE)
    counted.note("a release that keeps every promise is taken", "" if done.returncode == 0 else done.stdout + done.stderr)
    counted.note("and counted", "" if "3 of 3 programs" in done.stdout else done.stdout)
    if os.getuid() == 0:
        tree = HERE / "a tree" # somebody else can't look into root's folders
        for part in ("release", "actions"):
            shutil.copytree(ROOT / part, tree / part)
        done = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/python3", tree / "release/check",
                               "amd64", RELEASE, HERE / "programs"], capture_output=True, text=True, cwd="/",
                              env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"})
        counted.note("an ordinary user sees the same", "" if done.returncode == 0 else done.stdout + done.stderr)
    else:
        counted.skip("root", "an ordinary user sees the same", "this is one")

    refuses("another library", "needs libother.so.1", other_library)
    refuses("a newer glibc", "needs glibc 2.38, the baseline is 2.36", newer_glibc)
    refuses("one without PIE", "not PIE", rebuilt("-no-pie", "-fno-pie"))
    refuses("one without RELRO", "no RELRO", rebuilt("-Wl,-z,norelro"))
    refuses("one that binds late", "not bound at start", rebuilt("-Wl,-z,lazy"))
    refuses("one without a build id", "no build id", rebuilt("-Wl,--build-id=none"))
    refuses("an executable stack", "an executable stack", rebuilt("-Wl,-z,execstack"))
    refuses("one without a stack protector", "no stack protector", rebuilt("-fno-stack-protector"))
    refuses("one that isn't fortified", "not fortified", rebuilt("-U_FORTIFY_SOURCE"))
    refuses("one with its symbols", "not stripped", lambda folder: subprocess.run(
        ["gcc", *(word for word in GOOD if word != "-s"), "-o", folder / "fairlead", HERE / "program.c"], check=True))
    refuses("a search path for libraries", "a search path", rebuilt("-Wl,-rpath,/opt/lib"))
    if os.uname().machine == "x86_64":
        refuses("a text relocation", "text relocations", rebuilt("-Wl,-z,notext", "-Wl,--no-warnings", source=SOURCE.replace(
            "    char text", '    __asm__("movabs $main, %%%%rax" ::: "rax");\n    char text')))
    else:
        counted.skip("x86-64", "a text relocation", "its assembler is of x86-64")
    for part in ("src", "tools", "build", "release"):
        refuses(f"a path of the tree's {part}", f"tells {ROOT}/{part}/", rebuilt(texts=[f"{ROOT}/{part}/x.cpp"]))
    refuses("a path of the cache", r"tells /root/\.cache/fairlead/release/", rebuilt(texts=["/root/.cache/fairlead/release/x-amd64/usr"]))
    refuses("a path of the libraries' build", "tells /fairlead-work", rebuilt(texts=["/tmp/fairlead-work.abc123/curl/lib/x.c"]))
    refuses("one too few", "is missing", lambda folder: (folder / "fairlead").unlink())
    refuses("one too many", "doesn't list it", lambda folder: shutil.copy(folder / "fairlead", folder / "fairlead-more"))

    harmless = HERE / "harmless"
    shutil.copytree(RELEASE, harmless)
    make(harmless, "fairlead", ["~/.cache of root", "/root/.cache/pip", "/build/", "src/init/init.cpp"])
    done = judged(harmless)
    counted.note("a text of ours that looks like a home's cache is none of the build's", "" if done.returncode == 0 else done.stdout)

    for library in sorted(marks):
        network = library in programs.NETWORK
        part = f"carries {library}, which actions/programs doesn't list"
        folder = HERE / "marked"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(RELEASE, folder)
        make(folder, "fairlead", [marks[library]])
        done = judged(folder)
        counted.note(f"{library} in a program without need fires",
                     "" if done.returncode == 1 and part in done.stdout and
                     (f"carries {library} and declares no need of the network" in done.stdout) == network else done.stdout)
    for library, name in (("curl", "fairlead-net"), ("pq", "fairlead-data")):
        refuses(f"a release in which the mark of {library} is nowhere", f"{library}: its mark is in no program that links it", lambda folder:
                make(folder, name, [marks[other] for other in CARRIES[name] if other != library]))
    counted.note("every library that is watched has a mark", "" if set(marks) == set(programs.WATCHED) else
                 f"{sorted(set(marks) ^ set(programs.WATCHED))}")
    the_list()


def the_list():
    """The list and the sources speak of the same programs; what it says of one is what is asked."""
    rows = programs.read()
    counted.note("the list has each source of a program", "" if set(rows) == set(programs.sources()) else str(set(rows) ^ set(programs.sources())))
    for row in rows.values():
        unknown = set(row.starts) - set(rows) - {"any"}
        counted.note(f"{row.name} starts what there is", str(unknown) if unknown else "")
        carried = (set(row.libraries) & programs.NETWORK) or "pq" in row.libraries
        counted.note(f"{row.name} links network code only where it declares the need",
                     f"it links {row.libraries}" if carried and not row.network else "")
    for name, started in (("fairlead-smoke", "fairlead-deploy"), ("fairlead-tag", "fairlead-fetch"), ("fairlead-migrate", "fairlead-backup"),
                          ("fairlead-deploy", "any"), ("fairlead-preflight", "any"), ("fairlead", "any")):
        counted.note(f"{name} is known to start {started}", "" if started in rows[name].starts else str(rows[name].starts))


try:
    main()
finally:
    shutil.rmtree(HERE)
counted.close()
