#include "config/commits.h"
#include "base/shell.h"
#include "config/change.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::config {
namespace {

// Returns the argument of git fetch for a name: ids as they are, branches with the place they go to.
std::string refspec(const std::string& name, const std::string& remote) {
    if (is_commit_id(name)) return name;
    for (const std::string& prefix : {remote + "/", std::string("origin/")})
        if (name.starts_with(prefix))
            return fmt::format("+refs/heads/{}:refs/remotes/{}", name.substr(prefix.size()), name);
    return fmt::format("{0}:{0}", name);
}

std::string fetch_command(const sys::Repository& repository, const std::vector<std::string>& names) {
    const std::string remote = repository.remote();
    std::string command = repository.is_shallow() ? "git fetch --no-tags --unshallow " : "git fetch --no-tags ";
    command += shell_word(remote);
    for (const std::string& name : names)
        if (!name.empty() && name.find_first_of("~^@") == name.npos && !repository.resolve(name).ok())
            command += " " + shell_word(refspec(name, remote));
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
    const bool is_fetchable = repository.remote_url(repository.remote()).has_value();
    if (!is_fetchable || name.find_first_of(" :?*[\\") != name.npos) // git-check-ref-format(1)
        return could_not(
            fmt::format("{}: '{}' is not a commit here; name a branch, a tag or the id of a commit", about, name));
    auto missing = others;
    if (std::find(missing.begin(), missing.end(), name) == missing.end()) missing.push_back(name);
    return could_not(
        fmt::format("{}: commit {} is not in this clone; run: {}", about, name, fetch_command(repository, missing)));
}

}
