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

// Adds a hit at a value's place, with level info for a service that no profile selects.
Hit& add(Hits& hits, const Compose& compose, const ComposePlace& place, std::string message);
void set_cause_of_port(Hit& hit); // so that all hits about one port count as one mistake
Hit& add(Hits& hits, const Compose& compose, const ComposeService& service, const ComposePlace& place,
         std::string message);

// "ghcr.io/org/app:1.2@sha256:…"
struct ImageParts {
    std::string repository; // "ghcr.io/org/app"
    std::string name;       // "app"
    std::string tag, digest;
};
ImageParts image_parts(std::string_view text);

// The data folder and the port of a known image.
struct Database {
    std::string_view name; // name of the image: "postgres"
    std::string_view port;
    std::string_view data; // its data folder; empty: no data to keep
    bool sql = false;
};
const Database* database_named(std::string_view image); // null: not a known database
// also null if the service only starts a client from the image
const Database* database_of(const ComposeService& service);
const Database* database_in_image(const ComposeService& service);
bool mounts_settings(const ComposeService& service); // such as /etc/redis.conf, whose content isn't in the compose file
bool is_proxy(const ComposeService& service);
bool is_local(std::string_view address); // 127.0.0.1, ::1
// Returns whether all networks of the service are internal, so that Docker publishes none of its ports (moby#36174).
bool is_only_internal(const Compose& compose, const ComposeService& service);

// Services that are meant to end by themselves: others wait for their end, or their name says so.
class Jobs {
  public:
    explicit Jobs(const ComposeProject& project);
    bool has(const ComposeService& service) const { return names_.contains(service.name); }

  private:
    std::set<std::string> names_;
};
// Returns whether a service keeps running: it is built or pulled, is not a job, and is not run by a provider.
bool runs_on(const ComposeService& service, const Jobs& jobs);

// Returns whether the file must be merged over other files, because it uses something that only another file of the
// project declares.
bool is_part(const Compose& compose, const Project& project);

// Returns whether it is unknown what the service starts: it has neither image nor build, compose uses its file without
// -f, and no other file of the project completes it.
bool lacks_image(const Compose& compose, const ComposeService& service, const Project& project);

// Returns the Dockerfile that the service is built from, read for its stage; null: it isn't built, or not from a file
// of the project.
const Dockerfile* dockerfile_of(const ComposeService& service, const Project& project);
const ComposeValue* value_of(const ComposeService& service, std::string_view path); // null if absent or null

// Returns whether a configuration is mounted as a file, isn't in the project, and isn't named by any page, script,
// workflow or program. Then nobody makes it on the host, and the container gets a folder in its place.
bool is_file_that_nobody_makes(const Project& project, const Compose& compose, const read::ComposeVolume& volume);

// Returns whether a server starts with an empty password: MYSQL_ALLOW_EMPTY_PASSWORD: 1, POSTGRES_HOST_AUTH_METHOD.
bool lets_in_without_password(const Compose& compose);

// Makes edits for --fix, and reads each file once. Makes no edit that would also change another service: in a block
// with a used anchor, or in a service that another service extends.
class Texts {
  public:
    explicit Texts(const Compose& compose, const Project& project) : compose_(compose), project_(project) {}

    // Replaces a scalar with its quotes by `text`; nothing if the file doesn't contain exactly this value on one line.
    std::optional<Edit> instead(const ComposeValue& scalar, std::string text);
    // Replaces `old`, which must be at that place.
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
