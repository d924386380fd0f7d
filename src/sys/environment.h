#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::sys {

// The process's variables as a value, so that tests can bring their own. For get(), an empty value counts as unset,
// because GitHub passes every undeclared input as an empty string.
class Environment {
  public:
    static Environment of_process(); // if take() was called: the variables that it returned
    // Returns the process's variables, and erases the values of secret variables from the block that /proc/PID/environ
    // shows. Call it before any thread runs.
    static Environment take();
    explicit Environment(std::map<std::string, std::string> variables) : variables_(std::move(variables)) {}
    std::optional<std::string> get(std::string_view name) const; // unset or empty: nothing
    std::string get_or(std::string_view name, std::string_view fallback) const;
    const std::map<std::string, std::string>& all() const { return variables_; }

  private:
    std::map<std::string, std::string> variables_;
};

enum class Platform { terminal, github, act, gitlab, other_ci };
Platform detect_platform(const Environment& environment);
std::string_view name_of(Platform platform); // "GitHub Actions"
bool parses_commands(Platform platform);     // github and act read ::commands from our output

// Returns whether a variable belongs to the CI job and must not be passed on: GITHUB_*, RUNNER_*, ACTIONS_*, our
// inputs, job tokens.
bool belongs_to_runner(std::string_view name);
// Returns whether a CI's variable only says which run of which commit this is (GITHUB_SHA, CI_COMMIT_TAG).
bool tells_of_run(std::string_view name);

// The purpose of a child process decides which variables it gets; the table is in the .cpp file.
enum class Child {
    program, // started for our own purposes: only variables that any program may need, as from a service manager
    network, // a `program` that asks another host: also gets proxies, certificates and ssh's agent
    command, // the user's own command: all except our inputs, the inputs' secrets and the job's credentials
    project, // a program of the project, started for our own purposes: as `command`, but without possible secrets
    // one of our tools: all except INPUT_*; variables that load code (LD_PRELOAD) only if our own process had them
    step,
    // a process that outlives the job: neither the runner's tracking variable nor its workflow files (GITHUB_OUTPUT
    // ...)
    survivor,
};
std::vector<std::string> child_environment(const Environment& environment, Child child);
// Also passes the variables in `names` (those that the configuration declares), if they are set.
std::vector<std::string> child_environment(const Environment& environment, Child child,
                                           const std::vector<std::string>& names);
// To explain a failure: returns the names in `names` that the child doesn't get because they sound secret.
std::vector<std::string> kept_back(const Environment& environment, Child child, const std::vector<std::string>& names);
std::vector<std::string> base_environment(const Environment& environment); // for Child::program

// Forbids other processes of our user to trace us or to read our memory, variables and descriptors (prctl(2),
// PR_SET_DUMPABLE). Root still may, with its capabilities. Child processes are not protected.
void keep_from_others();

}
