#pragma once
#include "base/result.h"
#include "sys/process/process.h"
#include <string>
#include <string_view>
#include <vector>

// Runs git itself for work that libgit2 can't do. No program of the repository is run. Git uses the user's and the
// system's configuration; from the repository's own configuration, only remotes and our identity. Hooks, fsmonitor,
// maintenance, submodules, bare repositories inside a tree, and all transports except https, http, ssh, git and files
// are off.
namespace fairlead::sys {

// fetch: reads from a remote. release: also signs and pushes, with the user's keys.
enum class GitUse { fetch, release };

// Runs `git -C work_tree` with `arguments`. A status other than 0 is returned as a value.
Result<Output> run_git(const std::string& work_tree, const std::vector<std::string>& arguments, GitUse use,
                       const std::string& input = {});

// Error (could_not): the repository's own configuration would start a program or redirect traffic. The message names
// the key, and the command to run in an earlier step, `instead` (empty: there is none).
Result<void> refuse_settings(const std::string& work_tree, GitUse use, const std::string& instead);

// Returns the first key in the output of `git config --list --show-scope -z` that the repository sets, but may not set.
// Such a key starts a program (core.sshCommand, credential.*.helper, remote.*.uploadpack, for a release gpg.program),
// or redirects traffic (http.proxy). Empty: there is no such key.
std::string refused_key(std::string_view listed, GitUse use = GitUse::fetch);

}
