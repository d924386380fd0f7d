#pragma once
#include "read/version_range.h"
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What manifests and lock files of Python, Node, Go, Java, Ruby and PHP declare: which interpreter, which packages.
namespace fairlead::read {

struct Runtime {
    std::string_view program; // python, node, go, java, ruby, php
    int line = 0;             // 0: it can't be told
    std::string range;        // ">=18 <21"
    RangeKind kind = RangeKind::npm;
};
// What a file of that name asks for: pyproject.toml, Pipfile, package.json, go.mod, pom.xml, build.gradle(.kts),
// composer.json, .tool-versions, .python-version and its like. Empty: nothing, or it is no such file.
std::vector<Runtime> read_runtimes(std::string_view file_name, std::string_view text);

bool is_manifest(std::string_view file_name); // whether it is one of these

// What a lock file says is to be installed.
struct Locked {
    std::string version;
    bool is_needed = true; // false: of development, or of other platforms; what is missing says nothing then
};
using LockedPackages = std::map<std::string, Locked>; // by name; npm's by path: "node_modules/a/node_modules/b"
// Of package-lock.json (npm 7 and later) and of npm's own record of what it installed. Nothing: it is no such file.
std::optional<LockedPackages> read_npm_packages(std::string_view text);
// Of requirements.txt, poetry.lock, uv.lock and Pipfile.lock: what has one version. Nothing: it is none of these.
std::optional<LockedPackages> read_python_packages(std::string_view file_name, std::string_view text);

std::string normal_name(std::string_view package); // PEP 503: "Flask_SQLAlchemy" is flask-sqlalchemy

}
