#pragma once
#include "base/result.h"
#include <functional>
#include <string>
#include <vector>

// A release's acts: its tag is made, and pushed. Each can be interrupted, and the next run goes on from there.
namespace fairlead::tag {

struct ReleasePlan {
    std::string work_tree, remote;
    std::string tag, commit;
    std::string previous; // the tag before; empty: none
    std::string prefix;   // of the tags of this line
    std::string message;  // of the tag
    bool make = false;    // false: it is here already
    bool sign = false, push = false;
    std::function<bool(const std::string& tag)> is_here = {}; // whether this clone has a tag
};

struct Released {
    bool made = false, pushed = false;
    std::vector<std::string> told; // what was done, a line each
    std::string warning;           // empty: none
};

std::vector<std::string> acts_of(const ReleasePlan& plan); // as commands, for a dry run

// Errors: no, where the remote has the tag at another commit, or versions after the one before that this clone lacks,
// or where it is here without the signature that git asks for (nothing was made then); could_not, with what git says.
Result<Released> carry_out(const ReleasePlan& plan);

}
