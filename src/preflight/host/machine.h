#pragma once
#include "base/result.h"
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

// The machine of this run. Rules of the group host judge these values, and start nothing themselves.
namespace fairlead::preflight {

struct Machine {
    // Version output by program: python, node, ruby, go, java, php, docker engine, docker compose. Error: why the
    // version is unknown. Programs that no rule needs are left out.
    std::map<std::string, Result<std::string>, std::less<>> versions;
    // Python's packages by normal name (PEP 503); packages_in is their place: ".venv", "python3". Error: why they are
    // unknown.
    Result<std::map<std::string, std::string>> packages = could_not("nobody asked");
    std::string packages_in;
    Result<bool> is_synchronised = could_not("nobody asked");
    std::uint64_t memory = 0, free_disk = 0; // bytes; 0: unknown
    double processors = 0;
};

// Runs only the programs that the requested rules need, from folders of PATH where no change could have put a program,
// each at most ten seconds. Variables of the job are passed only if they lead to a Docker engine.
using Asks = std::function<bool(std::string_view rule)>;
Machine look_at_machine(const std::string& folder, const std::map<std::string, std::string>& variables,
                        const Asks& asks);

// The first function: returns whether a folder is a Python virtual environment, with a pyvenv.cfg (PEP 405). The
// second: returns `.venv` or `venv` in a folder; empty: there is neither.
bool is_virtual_environment(const std::string& folder);
std::string virtual_environment_in(const std::string& folder);

}
