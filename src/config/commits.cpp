#include "config/commits.h"
#include "base/shell.h"
#include "config/change.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::config {
namespace {

// Returns the argument of git fetch for a name: ids as they are, branches with the place they go to.
std::string refspec(const std::string& name) {
    constexpr std::string_view origin = "origin/";
    if (is_commit_id(name)) return name;
    if (!name.starts_with(origin)) return fmt::format("{0}:{0}", name);
    return fmt::format("+refs/heads/{}:refs/remotes/{}", name.substr(origin.size()), name);
}

std::string fetch_command(const sys::Repository& repository, const std::vector<std::string>& names) {
    std::string command = "git fetch --no-tags";
    if (repository.is_shallow()) command += " --unshallow";
    command += " origin";
    for (const std::string& name : names)
        if (!name.empty() && name.find_first_of("~^@") == name.npos && !repository.resolve(name).ok())
            command += " " + shell_word(refspec(name));
    return command;
}

}

Result<std::string> find_commit(const sys::Repository& repository, const std::string& about, const std::string& name,
                                const std::vector<std::string>& others) {
    auto id = repository.resolve(name);
    if (id.ok()) return id;
    if (const auto broken = repository.damage(); !broken.empty())
        return could_not(fmt::format("{}: commit {} can't be read: {}, and git fetch does not replace it; clone again",
                                     about, name, broken));
    if (name.find_first_of(" :?*[\\") != name.npos) // git-check-ref-format(1)
        return could_not(
            fmt::format("{}: '{}' is not a commit here; name a branch, a tag or the id of a commit", about, name));
    auto missing = others;
    if (std::find(missing.begin(), missing.end(), name) == missing.end()) missing.push_back(name);
    return could_not(
        fmt::format("{}: commit {} is not in this clone; run: {}", about, name, fetch_command(repository, missing)));
}

}
