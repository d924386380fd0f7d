#pragma once
#include "base/result.h"
#include "base/secret.h"
#include "sys/clock.h"
#include "sys/environment.h"
#include "tag/rules/notes.h"
#include "tag/source/api.h"
#include "tag/source/checkout.h"
#include "tag/source/facts.h"
#include <memory>
#include <string>

// Where the facts of a run come from: the CI's variables and event, the repository, at last the API.
namespace fairlead::tag {

struct Wanted {
    std::string context;         // workflow, git, git:PATH; empty: as the surroundings are
    std::string event, ref, sha; // given by hand; empty: as found
    std::string tag_prefix;
    Secret token;
    bool deepen = false;                // fetch what a shallow clone lacks
    bool dry_run = false;               // only say how
    bool acts = false;                  // git also makes and pushes tags there
    bool holder = true;                 // the branch that holds a detached HEAD is its ref
    FetchWith ask_api = {};             // empty: fairlead-fetch is started when it is asked
    std::function<void()> fetched = {}; // called when nothing more is fetched by git
};

struct Gathered {
    Facts facts;
    std::function<RepositoryFacts()> repository; // asked when labels are made
    std::function<std::string()> unknown;        // at the end: what nobody could tell, and why; empty: nothing
    std::string source;                          // "the workflow's event", for explanations
    std::shared_ptr<Checkout> checkout;
};

Result<Gathered> gather(const Wanted& wanted, const sys::Environment& variables, sys::Clock& clock, Notes& notes);

// Error (usage): neither empty nor workflow, git or git:PATH.
Result<void> check_context(const std::string& context);

// SOURCE_DATE_EPOCH (reproducible-builds.org) or the clock. Error (usage): it is no number.
Result<SystemTime> time_of_run(const sys::Environment& variables, sys::Clock& clock);

}
