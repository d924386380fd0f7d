#pragma once
#include "config/change.h"
#include "config/config.h"
#include "config/declared.h"
#include "sys/files/files.h"
#include <map>

namespace fairlead::config {

// One fairlead.yml as it was read; Values point into it and keep it alive.
struct Document {
    std::string file;   // as named
    std::string folder; // absolute
    std::string text;
    sys::YamlNode root;
    mutable std::map<std::string, sys::YamlNode> merged; // "environment/tool" -> the section laid over

    Place place(const sys::YamlNode& node) const;
};

std::string nearest_file(const std::string& folder); // upward within the repository; empty: none
// Beneath the work tree around it, else beneath `folder`. Error: usage, of the file that `name` shows.
Result<std::string> read_document(const sys::Path& folder, const sys::Path& path, const std::string& name);
Result<std::string> checked_text(std::string text, const Place& place); // its size; without a mark of UTF-8

// The fairlead.yml that counts: the work tree's, of a foreign change that of its base commit. `path` as
// LoadOptions::path, from `folder`.
struct Source {
    std::string file; // as named; empty: there is none
    std::string text;
    std::string commit; // the base commit that was asked, whether it has one or not; empty: the work tree
    std::string tree;   // with a commit that has the file: the repository's folder
    std::string folder; // the file's, from the root of that commit
};
// Error: usage for what is wrong with the file or not there when it was named; could_not, with the way to get it, when
// the base commit isn't in the clone. What the work tree has of another user is refused where we are root, unless
// `environment` (null: an empty one) tells of CI, where another user checks out, or of sudo by that user, as git does.
Result<Source> find_source(const std::string& path, const std::string& folder, const Change& change,
                           const sys::Environment* environment = nullptr);

// The change's base as the clone has it: as the event names it or, in a clone of two commits, the newer one that the CI
// has merged with. Error (could_not) with the way to get it.
Result<std::string> base_in_clone(const Change& change, const sys::Repository& repository);

// The nearest fairlead.yml upwards from `folder` that the commit has, named from there, as find_source does it; empty:
// none. Links of the work tree aren't followed.
Result<Config> nearest_at(const sys::Repository& repository, const std::string& commit, const std::string& folder);

// Checks the map at `path` (empty: the whole file) against its rows. Keys that must be there may stand in the common
// section or in the environment's: only when one is laid over the other they are missed.
enum class Missing { allowed, refused };
Result<void> validate(const sys::YamlNode& node, const std::string& path, std::span<const Field> fields,
                      Missing missing, const Document& document);

// Replaces ${A}, ${A:-d}, ${A:?m} and $${ in every value below `node`; keys stay.
Result<void> interpolate(sys::YamlNode& node, const Document& document, const sys::Environment& environment,
                         const Declared& declared);
bool holds_interpolation(std::string_view text);

}
