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

std::span<const Field> fields(); // keys that only fairlead.yml has: components, types, release_labels
std::span<const config::Milder> milder();
bool is_of_peer(std::string_view input); // docker/metadata-action has this input, too

// Returns why the checkout must not be released: "pull request #7 comes from a fork". Empty: a branch is checked out.
std::string proposal_in(const config::Change& change);

struct ComponentWanted {
    std::string name; // name of a component in fairlead.yml, or any name
    // given by hand, or the file's tag_prefix; a component's own prefix replaces tag_prefix
    std::optional<std::string> prefix;
    std::vector<std::string> include, exclude;
    Place prefix_place = {}; // place of tag_prefix in the file; without a line: given by hand
    bool by_hand() const { return prefix && prefix_place.line == 0; }
    bool given() const { return prefix || !name.empty(); }
};

// Makes the path of `git:PATH` absolute; returns other contexts unchanged. Error (usage): a link on the way leads out
// of the tree. If the path comes from fairlead.yml (`place` has a line), also: any link is on the way, or the path is
// outside.
Result<std::string> context_of(const std::string& context, const config::Config& config, const Place& place);

// Returns the places of single list entries in fairlead.yml; for other inputs, asks `whole`.
PlaceOf places(const config::Value& section, std::function<Place(const std::string& input)> whole);

// Returns the file's rows of types, followed by today's defaults. Error (usage), at the row's place, as of
// CommitTypes::of_rows.
Result<CommitTypes> types_of(const config::Value& section);
Result<std::vector<std::pair<std::string, Level>>> release_labels_of(const config::Value& section);

// Error (usage): the file has components, but no component of this name. `folder`: the file's folder, where its globs
// start.
Result<Component> component_of(const ComponentWanted& wanted, const config::Value& section, const std::string& folder);
// Returns all components of the file, in its order. Error (usage): a component depends on an unknown name, or
// components depend on each other.
Result<std::vector<Component>> components_of(const config::Value& section, const std::string& folder);
// Returns all components for --all. Error (usage) also: the file has no components, or a single component was asked
// for.
Result<std::vector<Component>> components_for_all(const ComponentWanted& wanted, const config::Value& section,
                                                  const std::string& folder);

}
