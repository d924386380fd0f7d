#pragma once
#include "scan/clean_commits.h"
#include "scan/gitleaks/configuration.h"
#include "scan/options.h"
#include "scan/policy.h"
#include <optional>
#include <string>

// `--cache FILE`: where the commits without a finding are kept between runs.
namespace fairlead::scan {

struct Cache {
    sys::Named file;
    std::string path; // as it was named
    CleanCommits clean;
};

// A digest of all that decides about a commit besides the commit: this program, its rules, the settings, gitleaks'
// configuration.
std::string key_of(const Options& options, const gitleaks::Configuration& configuration);

// Nothing: `path` is empty, or the change is foreign, whose jobs neither read nor write it. Error (usage): the file is
// no cache.
Result<std::optional<Cache>> open_cache(const std::optional<sys::Repository>& repository, const std::string& path,
                                        const Word& word, const std::string& key);
Result<void> save(const Cache& cache);

}
