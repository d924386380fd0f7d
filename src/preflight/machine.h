#pragma once
#include "base/result.h"
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

// The machine that the run is on. Rules of the group host judge these values and start nothing themselves.
namespace fairlead::preflight {

struct Machine {
    // What a program says of its version, by its name here: python, node, ruby, go, java, php, docker engine, docker
    // compose. Error: why that can't be known. One that nobody asked isn't in it.
    std::map<std::string, Result<std::string>, std::less<>> versions;
    // Python's packages, by normal name (PEP 503), and where they are: ".venv", "python3". Error: why not.
    Result<std::map<std::string, std::string>> packages = could_not("nobody asked");
    std::string packages_in;
    Result<bool> is_synchronised = could_not("nobody asked");
    std::uint64_t memory = 0, free_disk = 0; // bytes; 0: it can't be told
    double processors = 0;
};

// Asks what those rules need, and nothing else: programs of PATH that no change could have put there, each for at most
// ten seconds, with no variable of the job's but those that lead to a Docker engine.
using Asks = std::function<bool(std::string_view rule)>;
Machine look_at_machine(const std::string& folder, const std::map<std::string, std::string>& variables,
                        const Asks& asks);

// Of Python (PEP 405): a folder with a pyvenv.cfg; and `.venv` or `venv` of a folder, empty: neither is one.
bool is_virtual_environment(const std::string& folder);
std::string virtual_environment_in(const std::string& folder);

}
