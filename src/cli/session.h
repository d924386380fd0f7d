#pragma once
#include "cli/evidence.h"
#include "cli/run.h"
#include "cli/words.h"
#include "sys/process/helper.h"
#include <memory>
#include <vector>

namespace fairlead::cli {

// The state of one run while its inputs are read.
struct Session {
    const Spec& spec;
    std::vector<Input> shared = {};
    Words words = {};
    Context context = {};
    Result<void> change = {};                    // error: the job's change could not be determined
    bool read = false;                           // whether fairlead.yml was read, or is known to be absent
    std::shared_ptr<sys::Helper> commenter = {}; // posts the comment; null: none is asked for (cli/comment.h)
    Signer signer = {};                          // signs the verdict (cli/evidence.h)
    bool lists_rules = false;                    // lists the rules, and does nothing else
};

}
