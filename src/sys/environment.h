#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::sys {

// The variables of the process, as a value, so that tests bring their own. An empty value counts as unset where
// get() is used (GitHub passes every undeclared input as an empty string).
class Environment {
  public:
    static Environment of_process(); // once take() was called, what that took
    // Takes the variables out of the process: the values of those that are secret are gone from the block that
    // /proc/PID/environ shows. Before any thread runs.
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

// Of the job that we run in, not the project's to give away: GITHUB_*, RUNNER_*, ACTIONS_*, our inputs, job tokens.
bool belongs_to_runner(std::string_view name);
// Of those, and of other CIs', the few that say nothing but which run of what this is (GITHUB_SHA, CI_COMMIT_TAG).
bool tells_of_run(std::string_view name);

// What a child is for decides what it sees; the table is in the source.
enum class Child {
    program,  // what we start for ourselves: what any program may need, as a service manager would give it
    network,  // the same for what asks another host: also proxies, certificates and ssh's agent
    command,  // the user's own command: ours, less our inputs and their secrets, and less what lets in as the job
    project,  // a program of the project that we start for our own ends: as command, less all that sounds secret
    step,     // a tool of ours: all but INPUT_*, and but for what loads code (LD_PRELOAD) and is not our own process's
    survivor, // what outlives the job: without the runner's tracking variable and workflow files (GITHUB_OUTPUT ...)
};
std::vector<std::string> child_environment(const Environment& environment, Child child);
// Also the variables of those names, where they are set: those that the configuration declares.
std::vector<std::string> child_environment(const Environment& environment, Child child,
                                           const std::vector<std::string>& names);
// Names of what such a child doesn't get because they sound secret: for who has to say why it failed.
std::vector<std::string> kept_back(const Environment& environment, Child child, const std::vector<std::string>& names);
std::vector<std::string> base_environment(const Environment& environment); // of a program

// From now on no process of our user may trace us or read our memory, variables and descriptors (prctl(2),
// PR_SET_DUMPABLE); root may, with its capabilities. What is started is not held to it.
void keep_from_others();

}
