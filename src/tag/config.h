#pragma once
#include "base/field.h"
#include "base/result.h"
#include "config/change.h"
#include "config/config.h"
#include "config/milder.h"
#include "tag/rules/notes.h"
#include "tag/version/next_version.h"
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::tag {

std::span<const Field> fields(); // what only fairlead.yml can say: components, types, release_labels
std::span<const config::Milder> milder();
bool is_of_peer(std::string_view input); // docker/metadata-action has it, too

// "pull request #7 comes from a fork": what is checked out is no release of anybody's; empty: it is a branch's.
std::string proposal_in(const config::Change& change);

struct ComponentWanted {
    std::string name;                  // of fairlead.yml, or any
    std::optional<std::string> prefix; // by hand, or tag_prefix of the file, over which a component's own keys go
    std::vector<std::string> include, exclude;
    Place prefix_place = {}; // where the file has tag_prefix; no line: it was given by hand
    bool by_hand() const { return prefix && prefix_place.line == 0; }
    bool given() const { return prefix || !name.empty(); }
};

// `git:PATH` with the absolute path, other contexts as they are. Error (usage): a link of the tree leads out of it on
// the way, or, where fairlead.yml names the path (`place` has a line), it lies outside or any link is on the way.
Result<std::string> context_of(const std::string& context, const config::Config& config, const Place& place);

// Of entries in lists of fairlead.yml, one by one; `whole` knows where an input was written, if there.
PlaceOf places(const config::Value& section, std::function<Place(const std::string& input)> whole);

// The file's table of types before today's. Error (usage), at the row's place, as of CommitTypes::of_rows.
Result<CommitTypes> types_of(const config::Value& section);
Result<std::vector<std::pair<std::string, Level>>> release_labels_of(const config::Value& section);

// Error (usage): the file has components, and none of that name. `folder`: the file's, where its globs start.
Result<Component> component_of(const ComponentWanted& wanted, const config::Value& section, const std::string& folder);
// Every component of the file, in its order. Error (usage): one depends on a name that is none, or they depend on each
// other.
Result<std::vector<Component>> components_of(const config::Value& section, const std::string& folder);
// The same for --all. Error (usage) also: there are none, or one was asked for, too.
Result<std::vector<Component>> components_for_all(const ComponentWanted& wanted, const config::Value& section,
                                                  const std::string& folder);

}
