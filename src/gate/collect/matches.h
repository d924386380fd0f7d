#pragma once
#include "gate/collect/collect.h"
#include "sys/files/beneath.h"
#include <string>
#include <vector>

// Finds the files that match the patterns of an entry.
namespace fairlead::gate {

// The fixed folders at the start of a pattern, and the rest of the pattern.
struct Start {
    sys::Named folder;
    std::string rest;
};
// A flag may name any place; fairlead.yml only names places in its tree. Error (usage): the pattern is outside of it.
Result<Start> start_of(const Expected& expected, const std::string& pattern, const Folders& folders);

struct Match {
    sys::Root root;
    std::string inner;      // path from that root
    std::string path;       // absolute
    std::string identity;   // identity of the file after following links
    std::string refused;    // why it isn't opened
    std::string shard = {}; // the shard that it is from
};
Result<std::vector<Match>> matching(const Expected& expected, const Folders& folders); // each file once

}
