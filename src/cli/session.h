#pragma once
#include "cli/run.h"
#include "cli/words.h"
#include <vector>

namespace fairlead::cli {

// One run of a tool, while what it was given is read.
struct Session {
    const Spec& spec;
    std::vector<Input> shared = {};
    Words words = {};
    Context context = {};
    Result<void> change = {}; // whether it could be told what the job is about
    bool read = false;        // fairlead.yml, or that there is none
    bool lists_rules = false; // instead of the tool's work
};

}
