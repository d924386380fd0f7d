#pragma once
#include "read/version_range.h"
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Reads the interpreters and packages that manifests and lock files of Python, Node, Go, Java, Ruby and PHP declare.
namespace fairlead::read {

struct Runtime {
    std::string_view program; // python, node, go, java, ruby, php
    int line = 0;             // 0: unknown
    std::string range;        // ">=18 <21"
    RangeKind kind = RangeKind::npm;
};
// Returns the interpreters that a file of this name requires: pyproject.toml, Pipfile, package.json, go.mod, pom.xml,
// build.gradle(.kts), composer.json, .tool-versions, .python-version and similar files. Empty: no interpreter is
// required, or the file has another name.
std::vector<Runtime> read_runtimes(std::string_view file_name, std::string_view text);

bool is_manifest(std::string_view file_name); // whether it is one of these files

// A package in a lock file.
struct Locked {
    std::string version;
    bool is_needed = true; // false: for development or other platforms, so it may be missing
};
using LockedPackages = std::map<std::string, Locked>; // by name; for npm by path: "node_modules/a/node_modules/b"
// Reads package-lock.json (npm 7 and later), or npm's own record of installed packages. Nothing: another file.
std::optional<LockedPackages> read_npm_packages(std::string_view text);
// Reads packages with exactly one version from requirements.txt, poetry.lock, uv.lock and Pipfile.lock. Nothing:
// another file.
std::optional<LockedPackages> read_python_packages(std::string_view file_name, std::string_view text);

std::string normal_name(std::string_view package); // PEP 503: "Flask_SQLAlchemy" becomes "flask-sqlalchemy"

}
