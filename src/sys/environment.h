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
    static Environment of_process();
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

// The environment for a child: without our own INPUT_*; for what must outlive a job also without the runner's
// tracking variable and the workflow files (GITHUB_OUTPUT ...).
enum class Child { step, survivor };
std::vector<std::string> child_environment(const Environment& environment, Child child);
// Only what any program may need (PATH, HOME, LANG, TZ ...), as a service manager would give.
std::vector<std::string> base_environment(const Environment& environment);

}
