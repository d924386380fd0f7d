#!/usr/bin/python3
"""linked.py BIN: who opens connections links libcurl and OpenSSL, who opens databases libpq and SQLite, nobody else
does (docs/threat-model.md).

Read from the executables themselves: the libraries that they name as needed, and where they are linked statically their symbols.
And actions/install.sh hashes what a tool starts: what its folder of src/ asks for by name.
"""
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
CONNECT = {"fairlead-smoke", "fairlead-deploy", "fairlead-fetch", "fairlead-backup"}
DATABASES = {"fairlead-migrate", "fairlead-backup"}
DATABASE = re.compile(r"\[(lib(pq|sqlite3)\.[^\]]*)\]|\b(PQconnectStartParams|sqlite3_open_v2)$", re.M)
NETWORK = re.compile(r"\[(lib(curl|ssl|crypto)[^\]]*)\]|\b(curl_easy_perform|SSL_connect|EVP_DigestInit_ex)$", re.M)

for program in sorted(BIN.glob("fairlead*")):
    read = [subprocess.run(words, capture_output=True, text=True, check=True, env={"LC_ALL": "C"}).stdout
            for words in (["/usr/bin/readelf", "--dynamic", program], ["/usr/bin/nm", "--defined-only", program])]
    found = sorted({match[1] or match[3] for match in NETWORK.finditer("\n".join(read))})
    if program.name in CONNECT:
        counted.note(f"{program.name} opens connections itself", "" if found else "it links nothing for that")
    else:
        counted.note(f"{program.name} can't", f"it links {', '.join(found)}" if found else "")
    found = sorted({match[1] or match[3] for match in DATABASE.finditer("\n".join(read))})
    if program.name in DATABASES:
        counted.note(f"{program.name} opens databases itself", "" if found else "it links no library for that")
    else:
        counted.note(f"{program.name} opens no database", f"it links {', '.join(found)}" if found else "")

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
hashed = {tool: set(re.findall(r"fairlead-[a-z]+", starts))
          for tools, starts in re.findall(r"^([a-z |]+)\) starts=(.*) ;;$", (ROOT / "actions/install.sh").read_text(), re.M)
          for tool in tools.split(" | ")}
for tool, names in hashed.items():
    sources = [*(ROOT / "src" / tool).rglob("*.cpp"), ROOT / f"tools/{tool}.cpp"]
    text = "".join(source.read_text() for source in sources).replace("sys::Fetcher", '_program("fairlead-fetch")')
    started = set(re.findall(r'_program\("(fairlead-[a-z]+)', text))
    counted.note(f"install.sh hashes what {tool} starts", "" if started == names else f"it starts {started}, hashed are {names}")
counted.close()
