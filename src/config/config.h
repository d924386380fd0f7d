#pragma once
#include "base/field.h"
#include "base/result.h"
#include "base/time.h"
#include "sys/data/yaml.h"
#include "sys/environment.h"
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::sys {
class Repository;
}

// fairlead.yml: strict, every error with file:line:col, the line, a caret and the nearest known key.
namespace fairlead::config {

constexpr std::string_view file_name = "fairlead.yml";

class Config;
struct Change;
struct LoadOptions;

// A value at a place of the file, or absent. Sections were validated against their field tables before a Value is
// handed out, so the typed readers fall back silently only when the value is absent.
class Value {
  public:
    Value() = default;
    bool present() const { return node_ != nullptr; }
    Value operator[](std::string_view key) const; // absent on anything but a map
    Value at(std::string_view dotted) const;      // "health.path"
    bool is_map() const;
    bool is_list() const;
    bool is_scalar() const;
    std::string text(std::string_view fallback = {}) const;
    bool boolean(bool fallback) const;
    std::int64_t integer(std::int64_t fallback) const;
    double number(double fallback) const;
    Milliseconds duration(Milliseconds fallback) const;
    std::vector<std::string> texts() const;                     // list or scalar; absent: empty
    std::vector<Value> items() const;                           // of a list; a lone map or scalar is a list of one
    std::vector<std::pair<std::string, Value>> entries() const; // of a map
    Place place() const;
    Error error(std::string message) const; // Kind::usage at this place
    std::string json() const;               // the merged value as JSON text

  private:
    friend class Config;
    friend Result<Config> load_text(std::string text, const std::string& file, const LoadOptions& options);
    Value(const sys::YamlNode* node, std::shared_ptr<const struct Document> document);
    const sys::YamlNode* node_ = nullptr;
    std::shared_ptr<const struct Document> document_; // keeps the nodes alive
};

enum class Profile { development, staging, production };
std::string_view name_of(Profile profile);

class Config {
  public:
    Config() = default; // no file: everything is absent
    bool present() const { return document_ != nullptr; }
    std::string file() const;   // as named; empty without one
    std::string folder() const; // absolute: relative paths of the file start here
    std::string app() const;    // `app:`, else the folder's name
    Value root() const;
    // The tool's section with environments.<environment>.<tool> laid over it (maps merge, the rest is replaced).
    Value section(std::string_view tool, std::string_view environment = {}) const;
    Value environment(std::string_view name) const; // environments.<name>
    std::vector<std::string> environments() const;
    // What the file declares by env.variables, and by that of the environment: its commands get them.
    std::vector<std::string> variables(std::string_view environment = {}) const;
    // The same, and env.secrets of the environment.
    std::vector<std::string> declared(std::string_view environment) const;
    Profile profile(std::string_view environment) const; // as written, else by name, else production
    // Of a foreign change (config/change.h): the commit whose word counts, for policy in other files, too; empty: the
    // work tree's does. There is one without a file as well.
    const std::string& base_commit() const { return base_commit_; }

  private:
    friend Result<std::string> believed_file(const Config& config, const std::string& named, std::string_view way_out);
    friend Result<Config> load(const LoadOptions& options);
    friend Result<Config> as_written(const Config& config);
    friend Result<Config> load_text(std::string text, const std::string& file, const LoadOptions& options);
    std::shared_ptr<const struct Document> document_;
    std::string base_commit_;
    std::string base_tree_, base_folder_; // of Source
};

struct LoadOptions {
    std::string path;   // --config; empty: the nearest fairlead.yml upward within the repository, or none
    std::string folder; // where to start
    const sys::Environment* environment = nullptr; // for ${A}
    std::string environment_name;                  // -e: in `environments:` only this one's values are interpolated
    // The tool's own section is checked with these rows; sections of tools that are known but not ours are skipped.
    std::string tool;
    std::span<const Field> fields;
    // The change that the job is about; null: it is asked of `environment`. Of a foreign one the base commit's file is
    // loaded, so that no tool needs to know.
    const Change* change = nullptr;
};

// Error (usage) for everything that is wrong with the file, including "not there" when it was named; could_not, with
// the way to get it, when the change is foreign and its base commit isn't in the clone.
Result<Config> load(const LoadOptions& options);
// The same of a text that came from elsewhere (another commit); `file` names it, from options.folder.
Result<Config> load_text(std::string text, const std::string& file, const LoadOptions& options);

// The same without what variables filled in; for comparisons.
Result<Config> as_written(const Config& config);
// As a commit has it, without variables; empty when it has none. Error (usage): it can't be read as such.
Result<Config> config_at(const sys::Repository& repository, const std::string& commit, const std::string& path);
// Its path from the root of the work tree; the usual one without a file, empty when it lies outside.
std::string path_in(const sys::Repository& repository, const Config& config);

std::span<const Field> common_fields();            // version, app, environments, waivers, run, ...; tools' keys by name
std::span<const std::string_view> built_tools();   // all of tools/*.cpp but the front command
std::span<const std::string_view> planned_tools(); // still to come: their sections are refused, and why is said
bool is_tool(std::string_view name);               // a built one

// JSON Schema (draft-07) of fairlead.yml, with the definition of this one tool's section;
// script/merge-schema makes schema/fairlead.schema.json of all of them.
std::string schema(std::string_view tool, std::span<const Field> fields);

}
