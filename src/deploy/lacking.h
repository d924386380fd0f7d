#pragma once
#include "base/result.h"
#include "deploy/settings.h"
#include <string>
#include <vector>

// What a deployment would stumble over on this host, found before the first byte is fetched: programs and folders that
// target.user may not use, a file of secrets that git would take, ports that others have, processes that nobody starts.
namespace fairlead::deploy {

struct Lack {
    std::string text;  // with its way out
    bool stops = true; // apply doesn't begin; else it is only told
};

// Only looks. Runs /usr/bin/test as target.user, and git to ask what it ignores.
std::vector<Lack> lacking(const Settings& settings, const sys::Environment& process);

// Error (usage): the first that stops, and how many others there are.
Result<void> check_lacking(const Settings& settings, const sys::Environment& process);

}
