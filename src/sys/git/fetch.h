#pragma once
#include "base/result.h"
#include <string>
#include <string_view>
#include <vector>

// git itself, for what libgit2 doesn't do for us: fetching. It is started so that nothing of a repository runs.
namespace fairlead::sys {

// `arguments` are those of `git fetch`, the remote last; `work_tree` is where it fetches into. Kept are the user's and
// the system's configuration (a fetch may need their helper or proxy) and, of the repository's, what says where from
// and who we are: remotes, insteadOf, the header that actions/checkout wrote. Off: hooks, fsmonitor, maintenance,
// submodules, bare repositories that lie in a tree, every transport but https, http, ssh, git and files.
// Error (could_not): the repository's own configuration would start a program or lead elsewhere (it names the key), git
// is missing, the fetch failed.
Result<void> fetch(const std::string& work_tree, const std::vector<std::string>& arguments);

// The key of `git config --list --show-scope -z` that a repository may not set, or nothing: it starts a program
// (core.sshCommand, credential.*.helper, remote.*.uploadpack) or puts somebody in between (http.proxy).
std::string refused_key(std::string_view listed);

}
