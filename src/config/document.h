#pragma once
#include "config/change.h"
#include "config/config.h"
#include "config/declared.h"
#include "sys/files/files.h"
#include <map>

namespace fairlead::config {

// A fairlead.yml as it was read; Values point into it and keep it alive.
struct Document {
    std::string file;   // as named
    std::string folder; // absolute
    std::string text;
    sys::YamlNode root;
    // by "environment/tool": sections with the environment's keys merged over them
    mutable std::map<std::string, sys::YamlNode> merged;

    Place place(const sys::YamlNode& node) const;
};

std::string nearest_file(const std::string& folder); // searches upwards within the repository; empty: not found
// Reads a file beneath the work tree around it, else beneath `folder`. Error: usage, with `name` for the file.
Result<std::string> read_document(const sys::Path& folder, const sys::Path& path, const std::string& name);
Result<std::string> checked_text(std::string text, const Place& place); // checks the size, and removes a UTF-8 mark

// The fairlead.yml that counts: the work tree's, or for a foreign change (config/change.h) that of its base commit.
// `path` as LoadOptions::path, from `folder`.
struct Source {
    std::string file; // as named; empty: there is no file
    std::string text;
    std::string commit; // the base commit that was searched, even if it has no file; empty: the work tree
    std::string tree;   // the repository's folder, if the commit has the file
    std::string folder; // the file's folder, from the root of the commit
};
// Error (usage): the file is wrong, or is absent although it was named. Error (could_not), with the way to get it: the
// base commit isn't in the clone. If we are root, a file of another user in the work tree is refused, like git does.
// Exception: `environment` (null: no variables) shows a CI, in which another user checks out, or sudo by that user.
Result<Source> find_source(const std::string& path, const std::string& folder, const Change& change,
                           const sys::Environment* environment = nullptr);

// Returns the change's base in this clone: the base that the event names. In a clone of two commits, returns the newer
// base that the CI merged with. Error (could_not), with the way to get it.
Result<std::string> base_in_clone(const Change& change, const sys::Repository& repository);

// Returns the nearest fairlead.yml of the commit, upwards from `folder`, named from there like in find_source; empty if
// it has no such file. Links of the work tree are not followed.
Result<Config> nearest_at(const sys::Repository& repository, const std::string& commit, const std::string& folder);

// Checks the map at `path` (empty: the whole file) against its rows. Required keys may be in the common section or in
// the environment's, so they are only reported as missing after merging both.
enum class Missing { allowed, refused };
Result<void> validate(const sys::YamlNode& node, const std::string& path, std::span<const Field> fields,
                      Missing missing, const Document& document);

// Replaces ${A}, ${A:-d}, ${A:?m} and $${ in every value below `node`; keys stay.
Result<void> interpolate(sys::YamlNode& node, const Document& document, const sys::Environment& environment,
                         const Declared& declared);
bool holds_interpolation(std::string_view text);

}
