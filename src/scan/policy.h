#pragma once
#include "config/config.h"
#include "scan/collector.h"
#include "scan/range.h"
#include "scan/silenced.h"
#include "sys/environment.h"
#include "sys/files/beneath.h"
#include "sys/git/repository.h"
#include <optional>
#include <string>

// What silences findings beside fairlead.yml: .gitleaksignore, the baseline, the salt, comments. Of a foreign change it
// is what the base commit has, whatever the change made of it.
namespace fairlead::scan {

// Whose word that is.
struct Word {
    bool of_base = false;
    std::string commit = {}; // with `of_base`; empty: there is no repository, so nothing silences
};

// A file by its path from the top of the work tree, else from the working folder.
Result<sys::Named> place_of(const std::optional<sys::Repository>& repository, const std::string& path);
// As it lies there; empty when it is absent. Error: usage when a link leads it out of the tree.
Result<std::string> read_file(const std::optional<sys::Repository>& repository, const std::string& path);
// The same, or as the base has it.
Result<std::string> read_policy(const std::optional<sys::Repository>& repository, const Word& word,
                                const std::string& path);

// The comments that count in a fragment of the tree or of the index; `staged`: the whole file is asked there.
enum class Staged { no, yes };
Collector::Comments comments_for(const std::optional<sys::Repository>& repository, const Word& word, Staged staged);

// What the base commit says about a file that a fork brings: comments on the whole file, and those in lines that the
// base has, too.
Result<std::vector<Suppression>> comments_at(const sys::Repository& repository, const std::string& base,
                                             const Fragment& part);

Result<std::vector<Suppression>> comments_of(Result<std::string> text);

}
