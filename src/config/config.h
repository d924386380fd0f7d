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

// Reads fairlead.yml strictly. Every error has file:line:col, the line, a caret and the nearest known key.
namespace fairlead::config {

constexpr std::string_view file_name = "fairlead.yml";

class Config;
struct Change;
struct LoadOptions;

// A value at a place of the file, or absent. Sections are validated against their field tables before a Value is
// returned, so functions that take a fallback use it only if the value is absent.
class Value {
  public:
    Value() = default;
    bool present() const { return node_ != nullptr; }
    Value operator[](std::string_view key) const; // absent if this isn't a map
    Value at(std::string_view dotted) const;      // "health.path"
    bool is_map() const;
    bool is_list() const;
    bool is_scalar() const;
    std::string text(std::string_view fallback = {}) const;
    bool boolean(bool fallback) const;
    std::int64_t integer(std::int64_t fallback) const;
    double number(double fallback) const;
    Milliseconds duration(Milliseconds fallback) const;
    std::vector<std::string> texts() const; // of a list or scalar; empty if absent
    std::vector<Value> items() const;       // of a list; a single map or scalar counts as a list of one
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
    Config() = default; // without a file, everything is absent
    bool present() const { return document_ != nullptr; }
    std::string file() const;   // as named; empty without a file
    std::string folder() const; // absolute; relative paths in the file start here
    std::string app() const;    // `app:`, else the folder's name
    Value root() const;
    // Returns the tool's section, with environments.<environment>.<tool> merged over it (maps are merged, other values
    // replaced).
    Value section(std::string_view tool, std::string_view environment = {}) const;
    Value environment(std::string_view name) const; // environments.<name>
    std::vector<std::string> environments() const;
    // Returns the names in env.variables of the file and of the environment: its commands get these variables.
    std::vector<std::string> variables(std::string_view environment = {}) const;
    // Returns the same names, and those in env.secrets of the environment.
    std::vector<std::string> declared(std::string_view environment) const;
    // the declared profile, else derived from the name, else production
    Profile profile(std::string_view environment) const;
    // Returns the base commit of a foreign change (config/change.h): policy in any file comes from that commit, even
    // without a fairlead.yml. Empty: policy comes from the work tree.
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
    std::string path;   // --config; empty: the nearest fairlead.yml upwards within the repository, if any
    std::string folder; // start of the search
    const sys::Environment* environment = nullptr; // for ${A}
    bool needs_environment = false;                // true: without environment_name the section may be incomplete
    // -e: of `environments:`, only the values of this environment are interpolated
    std::string environment_name;
    // The tool and the rows of its section; sections of other known tools are skipped.
    std::string tool;
    std::span<const Field> fields;
    // The change that the job is about; null: read from `environment`. For a foreign change, the base commit's file is
    // loaded, so that tools need not care.
    const Change* change = nullptr;
};

// Error (usage): the file is wrong, or is absent although it was named. Error (could_not), with the way to get it: the
// change is foreign, and its base commit isn't in the clone.
Result<Config> load(const LoadOptions& options);
// Loads a text from elsewhere (another commit) in the same way; `file` is its name, relative to options.folder.
Result<Config> load_text(std::string text, const std::string& file, const LoadOptions& options);

// Returns the file without the values of variables, for comparisons.
Result<Config> as_written(const Config& config);
// Returns the file of a commit, without the values of variables; empty if the commit has no such file. Error (usage):
// it can't be parsed.
Result<Config> config_at(const sys::Repository& repository, const std::string& commit, const std::string& path);
// Returns the path of the config's file relative to the root of the work tree; without a file, the usual path; empty:
// it is outside.
std::string path_in(const sys::Repository& repository, const Config& config);

std::span<const Field> common_fields();            // version, app, environments, waivers, run, ...; tools' keys by name
std::span<const std::string_view> built_tools();   // all of tools/*.cpp except the front command
std::span<const std::string_view> planned_tools(); // not built yet: their sections are refused, with an explanation
bool is_tool(std::string_view name);               // whether it is a built tool

// Returns a JSON Schema (draft-07) of fairlead.yml with only this tool's section. script/merge-schema joins the schemas
// of all tools to schema/fairlead.schema.json.
std::string schema(std::string_view tool, std::span<const Field> fields);

}
