#pragma once
#include "read/compose.h"
#include <string>
#include <string_view>

namespace fairlead::read {

// "services.*.build.args" of the value at `key` in the value at `parent`: names of the user's own are '*'.
std::string compose_path(std::string_view parent, std::string_view key);

// A map or a list of NAME=value (environment, labels, build.args …) as a map; of equal names the later one takes the
// earlier one's place and is noted in `project.duplicates`. Texts are what compose makes of them.
void as_variables(ComposeValue& value, std::string_view path, ComposeProject& project);
bool holds_variables(std::string_view path);
void as_texts(ComposeValue& value); // a text, or a map of hosts, as a list of texts

// compose-spec, "Merge" (compose-go override/merge.go): `other` wins over `base`. !reset leaves its mark, so that what
// it is merged into loses that key as well: strip_marks() takes them away.
void merge_compose(ComposeValue& base, ComposeValue other, std::string_view path, ComposeProject& project);
void strip_marks(ComposeValue& value);

// Lists whose entries are unique by a key: the last one of a key takes the first one's place.
void make_unique(ComposeValue& value, std::string_view path, ComposeProject& project);

}
