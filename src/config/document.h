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
// checks the size, and removes a UTF-8 byte order mark
Result<std::string> checked_text(std::string text, const Place& place);

// The fairlead.yml that counts: the work tree's, or for a foreign change (config/change.h) that of its base commit. Its
// members are filled by find_source().
struct Source {
    std::string file; // as named; empty: there is no file
    std::string text;
    std::string commit; // the base commit that was searched, even if it has no file; empty: the work tree
    std::string tree;   // the repository's folder, if the commit has the file
    std::string folder; // the file's folder, from the root of the commit
};
// `path` has the meaning of LoadOptions::path, relative to `folder`. Error (usage): the file is wrong, or is absent
// although it was named. Error (could_not), with the way to get it: the base commit isn't in the clone. As root, we
// refuse a file of another user in the work tree, like git does, unless `environment` (null: no variables) shows that
// this is a CI job, where another user checks out, or that this user called sudo.
Result<Source> find_source(const std::string& path, const std::string& folder, const Change& change,
                           const sys::Environment* environment = nullptr);

// Returns the change's base: the commit that the event names, or in a clone of two commits the newer base that the CI
// merged with. Error (could_not): the base isn't in the clone; the message says how to get it.
Result<std::string> base_in_clone(const Change& change, const sys::Repository& repository);

// Returns the nearest fairlead.yml of the commit, searched upwards from `folder`; its name is relative to `folder`.
// Empty: the commit has no such file. Links of the work tree are not followed.
Result<Config> nearest_at(const sys::Repository& repository, const std::string& commit, const std::string& folder);

// Checks the map at `path` (empty: the whole file) against its rows. A required key may be in the common section or in
// the environment's, so Missing::refused is only for the merged section.
enum class Missing { allowed, refused };
Result<void> validate(const sys::YamlNode& node, const std::string& path, std::span<const Field> fields,
                      Missing missing, const Document& document);

// Replaces ${A}, ${A:-d}, ${A:?m} and $${ in every value below `node`; keys stay.
Result<void> interpolate(sys::YamlNode& node, const Document& document, const sys::Environment& environment,
                         const Declared& declared);
bool holds_interpolation(std::string_view text);

}
