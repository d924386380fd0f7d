#pragma once
#include "base/result.h"
#include "tag/expressions.h"
#include "tag/rules/notes.h"
#include "tag/source/facts.h"
#include <string>
#include <utility>
#include <vector>

// Makes labels and annotations by the OCI image specification (annotations.md), and adds the user's own.
namespace fairlead::tag {

using Label = std::pair<std::string, std::string>;

// Returns labels sorted by key; a custom entry replaces the label of the same key. An entry without `=` is dropped and
// noted.
Result<std::vector<Label>> make_labels(const std::vector<Origin>& custom, const RepositoryFacts& repository,
                                       const std::string& version, const Facts& facts, Expressions& expressions,
                                       Notes& notes);

}
