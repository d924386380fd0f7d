#pragma once
#include "preflight/project.h"
#include "read/compose.h"
#include "read/place.h"
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

// What the rules of compose have in common.
namespace fairlead::preflight::compose {

using read::ComposePlace;
using read::ComposeProject;
using read::ComposeService;
using read::ComposeValue;

std::string short_word(std::string_view name); // at most 32 characters of it
std::string short_file(std::string_view path); // its last part, likewise

// A hit where a value stands; of a service that no profile selects it counts as info.
Hit& add(Hits& hits, const Compose& compose, const ComposePlace& place, std::string message);
void set_cause_of_port(Hit& hit); // what is told of one port is one mistake
Hit& add(Hits& hits, const Compose& compose, const ComposeService& service, const ComposePlace& place,
         std::string message);

// "ghcr.io/org/app:1.2@sha256:…"
struct ImageParts {
    std::string repository; // "ghcr.io/org/app"
    std::string name;       // "app"
    std::string tag, digest;
};
ImageParts image_parts(std::string_view text);

// What an image is known to keep, and where it listens.
struct Database {
    std::string_view name; // of the image: "postgres"
    std::string_view port;
    std::string_view data; // empty: nothing to keep
    bool sql = false;
};
const Database* database_of(const ComposeService& service);
bool is_proxy(const ComposeService& service);
bool is_local(std::string_view address); // 127.0.0.1, ::1

// Services that end by themselves, on purpose: others wait for that, or their name says so.
class Jobs {
  public:
    explicit Jobs(const ComposeProject& project);
    bool has(const ComposeService& service) const { return names_.contains(service.name); }

  private:
    std::set<std::string> names_;
};
// Of those that run on: built or pulled, no job, no provider's.
bool runs_on(const ComposeService& service, const Jobs& jobs);

// Whether the file is one to lay over others: it uses what it doesn't declare and another file of the project does.
bool is_part(const Compose& compose, const Project& project);

const Dockerfile* dockerfile_of(const ComposeService& service, const Compose& compose, const Project& project);
const ComposeValue* value_of(const ComposeService& service, std::string_view path); // nothing for a null

// Edits for --fix, of files that are read once each.
class Texts {
  public:
    explicit Texts(const Compose& compose, const Project& project) : compose_(compose), project_(project) {}

    // `text` in place of a scalar with its quotes; nothing where it doesn't stand there in one line as read.
    std::optional<Edit> instead(const ComposeValue& scalar, std::string text);
    // In place of `old`, which stands at that place.
    std::optional<Edit> instead(const ComposePlace& place, std::string_view old, std::string text);
    // Lines as the first ones of a service written over several lines, indented as its keys.
    std::optional<Edit> key_of(const ComposeService& service, std::string_view lines);
    std::optional<Edit> append(const std::string& path, std::string lines); // at its end
    std::optional<Edit> without_line(const ComposePlace& place);

  private:
    struct File {
        std::string text;
        std::optional<read::Lines> lines;
    };
    const File* file(int number);
    std::optional<std::size_t> offset(const ComposePlace& place);

    const Compose& compose_;
    const Project& project_;
    std::map<int, File> files_;
};

}
