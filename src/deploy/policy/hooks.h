#pragma once
#include "base/result.h"
#include "base/time.h"
#include <string>
#include <string_view>
#include <vector>

// Commands of the user's around a deployment: a backup before it, say, and a look at it afterwards.
namespace fairlead::sys {
struct User;
}

namespace fairlead::deploy {

struct ReleaseInfo; // deploy/release/release.h
struct World;       // deploy/world.h

struct Hook {
    std::string name;      // of the plan, the journal and --skip; default: what is run
    std::string run;       // a tool of the family by its short name: smoke; empty: `exec`
    std::string checklist; // of `run: preflight`: the one that has to pass; empty: the project is judged
    std::vector<std::string> exec;
    bool in_release = false; // in its folder, once it is prepared; else in that of fairlead.yml, before it is fetched
    Milliseconds timeout{300'000}; // then it is ended with all that it started
    bool undoes = false;           // post: what it says no to is taken back, so it runs before the old release goes
    bool operator==(const Hook&) const = default;
};

struct Hooks {
    std::vector<Hook> pre, post;
    const Hook* find(std::string_view name) const; // null: there is none
    std::vector<std::string> names() const;
};

// Without those that --skip names. Error (usage): there is none of that name.
Result<Hooks> without(Hooks hooks, const std::vector<std::string>& skipped);

// That the programs of their commands are there. Error (could_not): one isn't; what a release will bring isn't looked
// for.
Result<void> check_hooks(const World& world);

// The variables of the application, and what `prepare` is told of the release. Null: the deployer runs it.
std::vector<std::string> release_environment(const World& world, const ReleaseInfo& release, const sys::User* user);
std::string last_lines(const std::string& text); // of what a program said

// Runs it to its end, with the variables that `prepare` gets; it dies with us. Error (no): it ended with another status
// than 0, or was not done in time. `release_folder`: of a prepared release, empty where the place has none.
Result<void> run_hook(const Hook& hook, const World& world, const ReleaseInfo& release,
                      const std::string& release_folder);

// The checks of fairlead.yml's `smoke`, by fairlead-smoke beside us. `address` (as Upstream's): where to ask instead of
// the environment's url, past the router; empty: as users do. Error (no): one failed.
Result<void> run_smoke(const World& world, const std::string& address);

}
