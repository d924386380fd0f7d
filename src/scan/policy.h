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

// What can silence findings besides fairlead.yml: .gitleaksignore, the baseline with its salt, comments in files. For a
// foreign change (a fork's), their versions in the base commit count, whatever the change did to them.
namespace fairlead::scan {

// The tree whose versions of these files count.
struct Word {
    bool of_base = false;
    std::string commit = {}; // for `of_base`; empty: there is no repository, so nothing silences findings
};

// Finds a file by its path from the top of the work tree, or else from the working folder.
Result<sys::Named> place_of(const std::optional<sys::Repository>& repository, const std::string& path);
// Reads the file in the work tree; empty if it is absent. Error (usage): a link leads out of the tree.
Result<std::string> read_file(const std::optional<sys::Repository>& repository, const std::string& path);
// Reads the file in the work tree or, by `word`, in the base commit.
Result<std::string> read_policy(const std::optional<sys::Repository>& repository, const Word& word,
                                const std::string& path);

// Returns the comments that count for a fragment of the tree or of the index; `staged`: reads the whole file in the
// index.
enum class Staged { no, yes };
Collector::Comments comments_for(const std::optional<sys::Repository>& repository, const Word& word, Staged staged);

// Returns the base commit's comments for a file in a fork's change: comments on the whole file, and comments in lines
// that the base has, too.
Result<std::vector<Suppression>> comments_at(const sys::Repository& repository, const std::string& base,
                                             const Fragment& part);

Result<std::vector<Suppression>> comments_of(Result<std::string> text);

}
