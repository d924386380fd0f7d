#pragma once
#include "init/project.h"
#include "sys/data/json_fwd.h"
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Shared parts of the language recognisers; each language has one source file and one row of `recognisers`.
namespace fairlead::init {

using sys::Json;

constexpr const char* junit_report = "reports/junit.xml"; // the tests have to write it here
constexpr std::size_t largest_manifest = 1u << 20;        // bytes; a larger manifest is not read, and a doubt says so

// One folder of the project, with questions about its files. A file that can't be read becomes a doubt.
class Folder {
  public:
    Folder(const Files& files, std::string path) : files_(files), path_(std::move(path)) {}

    const std::string& path() const { return path_; }
    bool is_root() const { return path_.empty(); }
    bool has(std::string_view name) const; // whether a file exists: "setup.py", "src/main.go"
    // the first existing file; empty: none exists
    std::string first(std::initializer_list<std::string_view> names) const;
    std::vector<std::string> below(std::string_view folder = "") const; // all files, from this folder; sorted
    // Returns files with such an ending that are the project's own source: no tests, no examples.
    std::vector<std::string> sources(std::initializer_list<std::string_view> endings) const;
    bool may_start(std::string_view name) const;
    std::string text(std::string_view name); // empty if absent
    // Null if absent or malformed.
    Json json(std::string_view name), toml(std::string_view name), yaml(std::string_view name);
    Folder above(std::string_view path) const { return Folder(files_, std::string(path)); } // another folder
    void doubt(std::string sentence);
    void unreadable(std::string_view name, std::string sentence); // a doubt about this file

    std::vector<std::string> doubts;
    std::vector<std::pair<std::string, std::string>> unread; // files in `doubts` that can't be read, by name

  private:
    std::string whole(std::string_view name) const;
    const Files& files_;
    std::string path_;
};

// How to treat a manifest below another manifest of the same language.
enum class Below { own, part };

struct Recogniser {
    Language language;
    std::string_view suffix;                     // added to a component's name if a folder has two
    std::span<const std::string_view> manifests; // names of files
    Below below;
    bool alone; // only if no other row has a component in the folder or above
    bool (*describe)(Folder& folder, Component& component); // false: not a component
};
extern const std::span<const Recogniser> recognisers;

// One per language (python.cpp, ...).
bool describe_python(Folder& folder, Component& component);
bool describe_node(Folder& folder, Component& component);
bool describe_go(Folder& folder, Component& component);
bool describe_java(Folder& folder, Component& component);
bool describe_rust(Folder& folder, Component& component);
bool describe_cpp(Folder& folder, Component& component);
bool describe_make(Folder& folder, Component& component);
bool describe_container(Folder& folder, Component& component);

// Returns whether the folder has the project's own files: no examples, test data, documents or other people's files.
bool is_own(std::string_view folder);

// Implemented in hints.cpp: facts that are found in the same way for every language.
void add_hints(Folder& folder, Component& component);              // container, services, secrets, health
std::string health_of(Folder& folder, const Component& component); // health.cpp: /api/health; empty: unknown
std::string container_file(const Folder& folder); // Dockerfile, docker/Dockerfile, Containerfile; empty: not found
// Makes the component a service if the Procfile has a web line. Returns whether that server accepts a socket. `bin`:
// prefix of gunicorn.
bool take_procfile(Folder& folder, Component& component, const std::string& bin);
// Returns a server's command that starts it in this folder: by an option of gunicorn, by env(1) for other servers.
// Paths of programs in the component's folder are adapted.
std::vector<std::string> started_in(std::vector<std::string> words, const std::string& folder);
std::string starts_in(const std::vector<std::string>& words); // the folder of started_in(); empty: the component's
// Does the same with EXPOSE and CMD of a container file.
void take_container(Folder& folder, Component& component, const std::string& bin);
// Returns the Python files that the served module imports, directly or not (python_imports.cpp); empty: not known.
std::vector<std::string> imported_files(Folder& folder, const Component& component);
// Fills in `written` of a component that serves (written.cpp), and decides which of these folders are shared
// (shared.cpp).
void find_written(Folder& folder, Component& component);
void decide_shared(const Files& files, Component& component);
// Removes secrets from all commands and variables, with a doubt for each name. Recognises them by name and place:
// base/secrets/credentials.h.
void leave_out_secrets(Component& component);

// Small parsers.
std::vector<std::string> words_of(std::string_view command_line); // removes quotes; expands nothing
bool is_plain_command(std::string_view command_line);             // it needs no shell
std::vector<std::string> lines_of(std::string_view text);         // trimmed, without empty lines and # comments
bool contains(const std::vector<std::string>& list, std::string_view word);
bool mentions(std::string_view text, std::string_view word); // as a whole word
std::vector<std::string> texts_of(const Json& list);
Json at(const Json& value, std::string_view pointer); // RFC 6901; null if absent
Step step(std::string name, std::vector<std::vector<std::string>> commands, std::string because);
std::string plain_name(std::string_view text); // lower-case letters, digits and hyphens; begins with a letter

}
