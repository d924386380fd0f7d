#pragma once
#include "read/compose/compose.h"
#include <string>
#include <string_view>

namespace fairlead::read {

// Returns the path of the value at `key` below `parent`, "services.*.build.args": names chosen by the user become '*'.
std::string compose_path(std::string_view parent, std::string_view key);

// Turns a list of NAME=value (environment, labels, build.args …) into a map. Of equal names, the later entry replaces
// the earlier entry in its place, and is noted in `project.duplicates`. Texts are converted as compose does it.
void as_variables(ComposeValue& value, std::string_view path, ComposeProject& project);
bool holds_variables(std::string_view path);
void as_texts(ComposeValue& value); // turns a text, or a map of hosts, into a list of texts

// Merges by compose-spec, "Merge" (compose-go override/merge.go): `other` has priority over `base`. !reset leaves a
// mark, so that later merges also remove the key; strip_marks() removes the marks.
void merge_compose(ComposeValue& base, ComposeValue other, std::string_view path, ComposeProject& project);
void strip_marks(ComposeValue& value);

// In lists with entries that are unique by a key, puts the last entry of a key in place of the first.
void make_unique(ComposeValue& value, std::string_view path, ComposeProject& project);

}
