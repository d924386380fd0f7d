#pragma once
#include "base/result.h"
#include "base/time.h"
#include <string>
#include <string_view>
#include <vector>

// The user's commands before and after a deployment, such as a backup before it and a check after it.
namespace fairlead::sys {
struct User;
}

namespace fairlead::deploy {

struct ReleaseInfo; // deploy/release/release.h
struct World;       // deploy/world.h

struct Hook {
    std::string name;      // for the plan, the journal and --skip; default: the program's name
    std::string run;       // one of our tools by its short name: smoke; empty: `exec`
    std::string checklist; // for `run: preflight`: the checklist that must pass; empty: checks the project
    std::vector<std::string> exec;
    // runs in the release's folder after prepare; false: runs in fairlead.yml's folder before the fetch
    bool in_release = false;
    Milliseconds timeout{300'000}; // then the command and all its children are ended
    bool undoes = false;           // post: a failure rolls the release back, so it runs before the old release ends
    bool operator==(const Hook&) const = default;
};

struct Hooks {
    std::vector<Hook> pre, post;
    const Hook* find(std::string_view name) const; // null: there is none
    std::vector<std::string> names() const;
};

// Returns the hooks without those that --skip names. Error (usage): there is no hook of that name.
Result<Hooks> without(Hooks hooks, const std::vector<std::string>& skipped);

// Checks that the programs of the hooks exist. Error (could_not): one is missing. Programs that come with a release
// aren't checked.
Result<void> check_hooks(const World& world);

// Returns the variables that `prepare` gets: the application's, and those about the release. `user` null: the deployer
// runs the command.
std::vector<std::string> release_environment(const World& world, const ReleaseInfo& release, const sys::User* user);
std::string last_lines(const std::string& text); // of a program's output

// Runs a hook to its end, with the variables that `prepare` gets; if we are killed, the hook is killed, too. Error
// (no): it ended with a status other than 0, or took too long. `release_folder`: the folder of the prepared release;
// empty if the place has none.
Result<void> run_hook(const Hook& hook, const World& world, const ReleaseInfo& release,
                      const std::string& release_folder);

// Runs the checks of fairlead.yml's `smoke` with the program fairlead-smoke from our own folder. `address`, in the form
// of Upstream::address, is checked instead of the environment's url, without the router; empty: the url. Error (no): a
// check failed.
Result<void> run_smoke(const World& world, const std::string& address);

}
