#pragma once
#include "base/result.h"
#include "sys/process/process.h"
#include <string>
#include <string_view>
#include <vector>

// git itself, for what libgit2 doesn't do for us. It is started so that nothing of a repository runs: kept are the
// user's and the system's configuration and, of the repository's, what says where from and who we are. Off: hooks,
// fsmonitor, maintenance, submodules, bare repositories that lie in a tree, every transport but https, http, ssh, git
// and files.
namespace fairlead::sys {

// fetch: reads from a remote. release: also signs and pushes, with the user's keys.
enum class GitUse { fetch, release };

// `arguments` follow `git -C work_tree`. A status other than 0 is a value.
Result<Output> run_git(const std::string& work_tree, const std::vector<std::string>& arguments, GitUse use,
                       const std::string& input = {});

// Error (could_not): the repository's own configuration would start a program or lead elsewhere; it names the key and
// `instead`, the command to run in a step before; empty: there is none.
Result<void> refuse_settings(const std::string& work_tree, GitUse use, const std::string& instead);

// The key of `git config --list --show-scope -z` that a repository may not set, or nothing: it starts a program
// (core.sshCommand, credential.*.helper, remote.*.uploadpack, for a release gpg.program) or puts somebody in between
// (http.proxy).
std::string refused_key(std::string_view listed, GitUse use = GitUse::fetch);

}
