#pragma once
#include "preflight/project.h"
#include "read/compose/compose.h"
#include "read/place.h"
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

// Helpers of the compose rules.
namespace fairlead::preflight::compose {

using read::ComposePlace;
using read::ComposeProject;
using read::ComposeService;
using read::ComposeValue;

std::string short_word(std::string_view name); // at most 32 characters of the name
std::string short_file(std::string_view path); // the last part of the path, at most 32 characters

// Adds a hit at a value's place; for a service that no profile selects, it counts as info.
Hit& add(Hits& hits, const Compose& compose, const ComposePlace& place, std::string message);
void set_cause_of_port(Hit& hit); // all hits about one port are one mistake
Hit& add(Hits& hits, const Compose& compose, const ComposeService& service, const ComposePlace& place,
         std::string message);

// "ghcr.io/org/app:1.2@sha256:…"
struct ImageParts {
    std::string repository; // "ghcr.io/org/app"
    std::string name;       // "app"
    std::string tag, digest;
};
ImageParts image_parts(std::string_view text);

// The data and the port that a known image has.
struct Database {
    std::string_view name; // name of the image: "postgres"
    std::string_view port;
    std::string_view data; // its data folder; empty: no data to keep
    bool sql = false;
};
const Database* database_named(std::string_view image);     // null: it is none of these
const Database* database_of(const ComposeService& service); // null also if a client in its image is started
const Database* database_in_image(const ComposeService& service);
bool mounts_settings(const ComposeService& service); // /etc/redis.conf: what it says isn't in the compose file
bool is_proxy(const ComposeService& service);
bool is_local(std::string_view address); // 127.0.0.1, ::1
// Returns whether each network of the service is internal: Docker publishes no port of its container (moby#36174).
bool is_only_internal(const Compose& compose, const ComposeService& service);

// Services that end by themselves on purpose: other services wait for their end, or their name says so.
class Jobs {
  public:
    explicit Jobs(const ComposeProject& project);
    bool has(const ComposeService& service) const { return names_.contains(service.name); }

  private:
    std::set<std::string> names_;
};
// Returns whether a service runs on: it is built or pulled, is not a job, and is not run by a provider.
bool runs_on(const ComposeService& service, const Jobs& jobs);

// Returns whether the file must be merged over other files: it uses something that only another file of the project
// declares.
bool is_part(const Compose& compose, const Project& project);

// Whether nobody says what the service starts: it has neither image nor build, in a file that compose takes by itself,
// and no other file of the project completes it.
bool lacks_image(const Compose& compose, const ComposeService& service, const Project& project);

// The Dockerfile that the service is built of, read for its stage; null: not built, or not of a file of the project.
const Dockerfile* dockerfile_of(const ComposeService& service, const Project& project);
const ComposeValue* value_of(const ComposeService& service, std::string_view path); // null if absent or null

// Returns whether a configuration is mounted as a file, isn't in the project, and no page, script, workflow or program
// names it: it isn't made on the host either, and the container gets a folder in its place.
bool is_file_that_nobody_makes(const Project& project, const Compose& compose, const read::ComposeVolume& volume);

// Returns whether a server starts with an empty password: MYSQL_ALLOW_EMPTY_PASSWORD: 1, POSTGRES_HOST_AUTH_METHOD.
bool lets_in_without_password(const Compose& compose);

// Makes edits for --fix, and reads each file once. Makes none where another service would get the change as well: in a
// block with an anchor that somebody takes, or in a service that another one extends.
class Texts {
  public:
    explicit Texts(const Compose& compose, const Project& project) : compose_(compose), project_(project) {}

    // Replaces a scalar with its quotes by `text`; nothing if the file doesn't have it unchanged in one line.
    std::optional<Edit> instead(const ComposeValue& scalar, std::string text);
    // Replaces `old`, which is at that place.
    std::optional<Edit> instead(const ComposePlace& place, std::string_view old, std::string text);
    // Inserts lines at the start of a service that has several lines, indented like its keys.
    std::optional<Edit> key_of(const ComposeService& service, std::string_view lines);
    std::optional<Edit> append(const std::string& path, std::string lines); // at the file's end
    std::optional<Edit> without_line(const ComposePlace& place);

  private:
    struct File {
        std::string text;
        std::optional<read::Lines> lines;
    };
    const File* file(int number);
    std::optional<std::size_t> offset(const ComposePlace& place);
    bool is_shared(const ComposePlace& place);
    bool is_in_extension(const std::string& service) const;

    const Compose& compose_;
    const Project& project_;
    std::map<int, File> files_;
};

}
