#pragma once
#include "base/result.h"
#include <functional>
#include <string>
#include <vector>

// Carries out a release: makes its tag and pushes the tag. After an interruption, the next run continues.
namespace fairlead::tag {

struct ReleasePlan {
    std::string work_tree, remote;
    std::string tag, commit;
    std::string previous; // the previous tag; empty: there is no earlier tag
    std::string prefix;   // prefix of this line's tags
    std::string message;  // message of the tag
    bool make = false;    // false: the tag exists here already
    bool sign = false, push = false;
    std::function<bool(const std::string& tag)> is_here = {}; // whether this clone has a tag
};

struct Released {
    bool made = false, pushed = false;
    std::vector<std::string> told; // what was done, one line each
    std::string warning;           // empty: no warning
};

std::vector<std::string> acts_of(const ReleasePlan& plan); // the acts as commands, for a dry run

// Error (no): the remote has the tag at another commit, or has versions after `previous` that this clone lacks; or the
// tag is here, but lacks a signature that git asks for (nothing is made then). Error (could_not): with git's message.
Result<Released> carry_out(const ReleasePlan& plan);

}
