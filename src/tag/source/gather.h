#pragma once
#include "base/result.h"
#include "base/secrets/secret.h"
#include "sys/clock.h"
#include "sys/environment.h"
#include "tag/rules/notes.h"
#include "tag/source/api.h"
#include "tag/source/checkout.h"
#include "tag/source/facts.h"
#include <memory>
#include <string>

// Collects the facts of a run: from the CI's variables and event, the repository, and last the API.
namespace fairlead::tag {

struct Wanted {
    std::string context;         // workflow, git, git:PATH; empty: chosen by the environment
    std::string event, ref, sha; // given by hand; empty: from the context
    std::string tag_prefix;
    Secret token;
    bool deepen = false;                // fetches missing history of a shallow clone
    bool dry_run = false;               // only reports what `deepen` would fetch
    bool acts = false;                  // git will also make and push tags in the repository
    bool holder = true;                 // for a detached HEAD, a branch that contains it becomes the ref
    FetchWith ask_api = {};             // empty: fairlead-fetch is started for each question
    std::function<void()> fetched = {}; // called after git's last fetch
};

struct Gathered {
    Facts facts;
    std::function<RepositoryFacts()> repository; // called when labels are made
    std::function<std::string()> unknown; // call at the end: returns the unknown facts, and why; empty: all known
    std::string source;                   // "the workflow's event", for explanations
    std::shared_ptr<Checkout> checkout;
};

Result<Gathered> gather(const Wanted& wanted, const sys::Environment& variables, sys::Clock& clock, Notes& notes);

// Error (usage): the context is neither empty nor workflow, git or git:PATH.
Result<void> check_context(const std::string& context);

// Returns SOURCE_DATE_EPOCH (reproducible-builds.org), or the clock's time. Error (usage): the variable is not a
// number.
Result<SystemTime> time_of_run(const sys::Environment& variables, sys::Clock& clock);

}
