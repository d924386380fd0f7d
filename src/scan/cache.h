#pragma once
#include "scan/clean_commits.h"
#include "scan/gitleaks/configuration.h"
#include "scan/options.h"
#include "scan/policy.h"
#include <optional>
#include <string>

// `--cache FILE`: stores the commits without a finding between runs.
namespace fairlead::scan {

struct Cache {
    sys::Named file;
    std::string path; // as it was named
    CleanCommits clean;
};

// Returns a digest of everything except the commit that decides about its findings: this program, its rules, the
// settings, gitleaks' configuration.
std::string key_of(const Options& options, const gitleaks::Configuration& configuration);

// Nothing: `path` is empty, or the change is foreign (its jobs neither read nor write the cache). Error (usage): the
// file isn't a cache.
Result<std::optional<Cache>> open_cache(const std::optional<sys::Repository>& repository, const std::string& path,
                                        const Word& word, const std::string& key);
Result<void> save(const Cache& cache);

}
