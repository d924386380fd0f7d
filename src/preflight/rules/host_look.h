#pragma once
#include "preflight/machine.h"
#include "preflight/project.h"
#include "preflight/version_range.h"
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// How the rules of the group host look at a project: what it declares of the machine that is to run it.
namespace fairlead::preflight {

// A version that a file of the project asks of an interpreter.
struct Declared {
    std::string file;
    int line = 0;
    std::string_view program; // of Machine::versions
    std::string range;        // ">=18 <21"
    RangeKind kind = RangeKind::npm;
};
std::vector<Declared> declared_runtimes(const Project& project);

// What a lock file says is to be installed.
struct Locked {
    std::string version;
    bool is_needed = true; // false: of development, or of other platforms; what is missing says nothing then
};
using LockedPackages = std::map<std::string, Locked>; // by name; npm's by path: "node_modules/a/node_modules/b"
// Of package-lock.json and of npm's own record of what it installed. Nothing: it is no such file.
std::optional<LockedPackages> npm_packages(std::string_view text);
// Of requirements.txt, poetry.lock, uv.lock and Pipfile.lock: what has one version. Nothing: it is none of these.
std::optional<LockedPackages> python_packages(std::string_view file_name, std::string_view text);

// Whether images bring what the host lacks.
inline bool runs_in_containers(const Project& project) {
    return !project.dockerfiles.empty() || !project.composes.empty();
}

}
