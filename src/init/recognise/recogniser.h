#pragma once
#include "init/project.h"
#include "sys/data/json_fwd.h"
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// What the recognisers of languages have in common: one source and one row of `recognisers` each.
namespace fairlead::init {

using sys::Json;

constexpr const char* junit_report = "reports/junit.xml"; // where the tests are told to write it
constexpr std::size_t largest_manifest = 1u << 20;        // bytes; a longer one is not read, and a doubt says so

// One folder of the project, and what is asked about it. What can't be read becomes a doubt.
class Folder {
  public:
    Folder(const Files& files, std::string path) : files_(files), path_(std::move(path)) {}

    const std::string& path() const { return path_; }
    bool is_root() const { return path_.empty(); }
    bool has(std::string_view name) const;                                  // a file: "setup.py", "src/main.go"
    std::string first(std::initializer_list<std::string_view> names) const; // that is there; empty: none
    std::vector<std::string> below(std::string_view folder = "") const;     // all files, from this folder; sorted
    // Of those, the ones with that ending that are the project's own source: no tests, no examples.
    std::vector<std::string> sources(std::initializer_list<std::string_view> endings) const;
    bool may_start(std::string_view name) const;
    std::string text(std::string_view name); // empty where there is none
    // Null where there is none, and where it is malformed.
    Json json(std::string_view name), toml(std::string_view name), yaml(std::string_view name);
    Folder above(std::string_view path) const { return Folder(files_, std::string(path)); } // another one
    void doubt(std::string sentence);
    void unreadable(std::string_view name, std::string sentence); // a doubt about a file of that name

    std::vector<std::string> doubts;
    std::vector<std::pair<std::string, std::string>> unread; // of those, files that can't be read, by name

  private:
    std::string whole(std::string_view name) const;
    const Files& files_;
    std::string path_;
};

// What a manifest is that lies below another of the same language.
enum class Below { own, part };

struct Recogniser {
    Language language;
    std::string_view suffix;                     // of a component's name where a folder holds two
    std::span<const std::string_view> manifests; // names of files
    Below below;
    bool alone; // only where no other row has a component in that folder or above it
    bool (*describe)(Folder& folder, Component& component); // false: it is none
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

// Whether a folder's files are the project's own, not examples, tests' data, documents or somebody else's.
bool is_own(std::string_view folder);

// hints.cpp: what says the same in every language.
void add_hints(Folder& folder, Component& component);              // container, services, secrets, health
std::string health_of(Folder& folder, const Component& component); // health.cpp: /api/health; empty: none is known
std::string container_file(const Folder& folder); // Dockerfile, docker/Dockerfile, Containerfile; empty: none
// A web line makes it a service; true: it names a server that can be told its socket. `bin`: before gunicorn.
bool take_procfile(Folder& folder, Component& component, const std::string& bin);
// EXPOSE and CMD of a container file likewise.
void take_container(Folder& folder, Component& component, const std::string& bin);
// Of all commands and variables, with a doubt per name. By name and place: base/credentials.h.
void leave_out_secrets(Component& component);

// Small readers.
std::vector<std::string> words_of(std::string_view command_line); // quotes are taken off; no expansion
bool is_plain_command(std::string_view command_line);             // nothing in it needs a shell
std::vector<std::string> lines_of(std::string_view text);         // trimmed, without empty ones and # comments
bool contains(const std::vector<std::string>& list, std::string_view word);
bool mentions(std::string_view text, std::string_view word); // as a whole word
std::vector<std::string> texts_of(const Json& list);
Json at(const Json& value, std::string_view pointer); // RFC 6901; null: not there
Step step(std::string name, std::vector<std::vector<std::string>> commands, std::string because);
std::string plain_name(std::string_view text); // small letters, digits and hyphens; begins with a letter

}
