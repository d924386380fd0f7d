#pragma once
#include "gate/collect/collect.h"
#include "sys/files/beneath.h"
#include <string>
#include <vector>

// Finds the files that the patterns of an entry mean.
namespace fairlead::gate {

// Where the names of a pattern start, its fixed folders included, and what of it is left.
struct Start {
    sys::Named folder;
    std::string rest;
};
// A flag may name any place; fairlead.yml only names places in its tree. Error (usage): the pattern is outside of it.
Result<Start> start_of(const Expected& expected, const std::string& pattern, const Folders& folders);

struct Match {
    sys::Root root;
    std::string inner;      // from that root
    std::string path;       // absolute
    std::string identity;   // of the file behind links
    std::string refused;    // why it isn't opened
    std::string shard = {}; // that it is from
};
Result<std::vector<Match>> matching(const Expected& expected, const Folders& folders); // each file once

}
