#pragma once
#include "read/compose/compose_value.h"
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

// Reads Compose files (compose-spec) as `docker compose config` does: finds them, interpolates, includes, extends,
// merges, and turns short forms into long forms. A file in the format of Compose 1, whose keys are services, is
// reported as a problem, but still read. Files are opened only by `read`.
namespace fairlead::read {

struct ComposeInput {
    // Reads a file by its path from the project's root ("deploy/compose.yml"); nothing: it is absent.
    std::function<std::optional<std::string>(const std::string& path)> read;
    std::vector<std::string> files;               // as -f names them, merged in this order; relative paths start at the
                                                  // first file's folder
    std::map<std::string, std::string> variables; // of the process; they have priority over env files
    std::vector<std::string> env_files; // --env-file, the last one has priority; empty: .env next to the first file
    std::vector<std::string> profiles;  // in addition to COMPOSE_PROFILES
    std::string directory;              // --project-directory, from the project's root; empty: the first file's folder
};

// The names of the file that compose uses if no file is named; the first existing file counts.
inline constexpr std::string_view compose_file_names[] = {"compose.yaml", "compose.yml", "docker-compose.yml",
                                                          "docker-compose.yaml"};

// Returns the files that compose uses if no file is named: those of COMPOSE_FILE (from `variables`, else .env). Without
// it: the first existing file of compose_file_names in the folder or the nearest folder above, with its override file.
// Empty: there is no such file.
std::vector<std::string> find_compose_files(const ComposeInput& input, std::string folder);

struct ComposeProblem {
    ComposePlace place;
    std::string message; // "services.web.ports is a list in compose.yml:4; a map can't override it; …"
};

// A ${NAME} in a value of one of the files.
struct ComposeReference {
    std::string name;
    std::string key;       // key of that value: "SECRET_KEY", "image"
    std::string operation; // ":-", "-", ":?", "?", ":+", "+"; empty: ${NAME} or $NAME
    std::string operand;   // text after the operation, as written
    bool set = false;      // the process or an env file sets it (for operations with `:`, to a text that isn't empty)
    bool needed = false;   // compose would warn or stop: it is used, unset and has no default
    ComposePlace place;    // of the '$', else of the value
    bool exact = false;    // `place` is that of the '$'
};

// A name that occurs twice in one list of NAME=value.
struct ComposeDuplicate {
    std::string path; // "services.web.environment"
    std::string name;
    ComposePlace first, second;
};

struct ComposePort {
    std::string host_ip;   // empty: every address
    std::string published; // "8080", "8000-8010" (any free port of these); empty: any free port
    std::string target;    // "80"
    std::string protocol = "tcp";
    std::string written; // the short form: "127.0.0.1:8080:80"; empty: written in the long form
    bool quoted = false;
    ComposePlace place;
};

struct ComposeVolume {
    std::string type;   // bind, volume, tmpfs, npipe, cluster, image
    std::string source; // for a bind: from the project's root; empty: anonymous
    std::string target;
    bool read_only = false;
    std::string written; // the short form
    bool quoted = false;
    ComposePlace place;
};

struct ComposeVariable {
    std::string name;
    std::optional<std::string> value;   // nothing: the value of the environment
    const ComposeValue* node = nullptr; // the variable in the service's `value`
    ComposePlace place;
};

struct ComposeDependency {
    std::string service;
    std::string condition = "service_started";
    bool required = true;
    bool short_form = false;
    std::string by = "depends_on"; // or links, volumes_from, network_mode, ipc, pid
    ComposePlace place;
};

struct ComposeEnvFile {
    std::string path; // from the project's root
    bool required = true;
    std::string format; // "raw": read like docker run --env-file
    ComposePlace place;
};

struct ComposeBuild {
    std::string context = ".";             // from the project's root, or a URL
    std::string dockerfile = "Dockerfile"; // from the context
    std::string target;
    bool inline_dockerfile = false;
    ComposePlace place;
};

struct ComposeHealthcheck {
    std::vector<std::string> test; // {"CMD", …}, {"CMD-SHELL", "…"}, {"NONE"}; empty: that of the image
    bool disabled = false;
    std::string interval, timeout, start_period, retries; // as written
    ComposePlace place;
};

struct ComposeService {
    std::string name;
    ComposePlace place; // of its name
    bool active = true; // it has no profiles, or a selected profile
    ComposeValue value; // the whole service, normalised
    std::string image;
    std::optional<ComposeBuild> build;
    std::vector<ComposePort> ports;
    std::vector<ComposeVolume> volumes;
    std::vector<ComposeVariable> environment; // without the variables of env_files
    std::vector<ComposeEnvFile> env_files;
    std::vector<ComposeDependency> depends_on;
    std::optional<ComposeHealthcheck> healthcheck;
    std::vector<std::string> command, entrypoint; // words
    std::vector<std::string> networks;            // "default" if no network is named
    std::vector<std::string> profiles;

    const ComposeValue* at(std::string_view path) const { return value.at(path); }
    std::string_view text(std::string_view path) const { return value.text_at(path); }
};

struct ComposeProject {
    std::vector<std::string> files; // all files that were read, named files first; ComposePlace::file is an index in it
    std::vector<ComposeValue> raw;  // the first document of each file as written: neither merged nor interpolated
    std::size_t named = 0;          // how many of `files` were named
    std::string directory;          // where relative paths start: "." or "deploy"
    ComposeValue model;             // the whole merged model, without `services`
    std::vector<ComposeService> services;
    std::vector<ComposeProblem> problems;
    std::vector<ComposeReference> references;
    std::vector<ComposeDuplicate> duplicates;
    std::map<std::string, std::string> variables; // from the process and the env files

    std::unordered_map<std::string, std::size_t> by_name; // indexes of services

    const ComposeService* service(std::string_view name) const;
    const std::string& file(const ComposePlace& place) const; // path of its file
};

// Never fails: parts that can't be read, included or extended become problems, and all other parts are read.
ComposeProject read_compose(const ComposeInput& input);

// Returns milliseconds for a duration in Go's form: "1m30s", "500ms". Nothing for a number without a unit, "90".
std::optional<std::int64_t> compose_duration(std::string_view text);
// Returns bytes for "2g", "512M", "1.5gb", "1073741824", in powers of 1024.
std::optional<std::int64_t> compose_size(std::string_view text);
// Splits a line like a shell without expansions: quotes and backslashes count. Nothing: a quote isn't closed.
std::optional<std::vector<std::string>> shell_split(std::string_view line);

}
