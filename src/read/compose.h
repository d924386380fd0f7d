#pragma once
#include "read/compose_value.h"
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

// Compose files (compose-spec) as `docker compose config` sees them: found, interpolated, with what they include and
// extend, merged, short forms made long. Nothing is opened but by `read`.
namespace fairlead::read {

struct ComposeInput {
    // The text of a file by its path from the project's root ("deploy/compose.yml"); nothing: it isn't there.
    std::function<std::optional<std::string>(const std::string& path)> read;
    std::vector<std::string> files;               // as -f names them, merged in this order; the first one's folder is
                                                  // what paths are from
    std::map<std::string, std::string> variables; // of the process; they win over env files
    std::vector<std::string> env_files;           // --env-file, the last one wins; empty: .env beside the first file
    std::vector<std::string> profiles;            // besides COMPOSE_PROFILES
    std::string directory; // --project-directory, from the project's root; empty: the first file's folder
};

// The files that compose takes where none is named: those of COMPOSE_FILE (from `variables`, else .env), else
// compose.yaml, compose.yml, docker-compose.yml, docker-compose.yaml (the first that is there) of the folder or the
// nearest one above it, and its override file. Empty: none is there.
std::vector<std::string> find_compose_files(const ComposeInput& input, std::string folder);

struct ComposeProblem {
    ComposePlace place;
    std::string message; // "services.web.ports is a list in compose.yml:4; a map can't override it; …"
};

// A ${NAME} of a value that stands in one of the files.
struct ComposeReference {
    std::string name;
    std::string key;       // of the value that it stands in: "SECRET_KEY", "image"
    std::string operation; // ":-", "-", ":?", "?", ":+", "+"; empty: ${NAME} or $NAME
    std::string operand;   // behind it, as written
    bool set = false;      // the process or an env file has it (with `:` and not empty)
    bool needed = false;   // compose would warn or stop: unset, without a default, and in use
    ComposePlace place;    // of the '$'; of the value where that can't be said
    bool exact = false;    // the place is that of the '$'
};

// A name that stands twice in one list of NAME=value.
struct ComposeDuplicate {
    std::string path; // "services.web.environment"
    std::string name;
    ComposePlace first, second;
};

struct ComposePort {
    std::string host_ip;   // empty: every address
    std::string published; // "8080", "8000-8010" (any free one of these), empty: any free one
    std::string target;    // "80"
    std::string protocol = "tcp";
    std::string written; // of the short form: "127.0.0.1:8080:80"; empty: the long one
    bool quoted = false;
    ComposePlace place;
};

struct ComposeVolume {
    std::string type;   // bind, volume, tmpfs, npipe, cluster, image
    std::string source; // of a bind from the project's root; empty: anonymous
    std::string target;
    bool read_only = false;
    std::string written; // of the short form
    bool quoted = false;
    ComposePlace place;
};

struct ComposeVariable {
    std::string name;
    std::optional<std::string> value;   // nothing: that of the environment
    const ComposeValue* node = nullptr; // of the service's `value`
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
    std::string format; // "raw": as docker run --env-file
    ComposePlace place;
};

struct ComposeBuild {
    std::string context = ".";             // from the project's root; or a URL
    std::string dockerfile = "Dockerfile"; // from the context
    std::string target;
    bool inline_dockerfile = false;
    ComposePlace place;
};

struct ComposeHealthcheck {
    std::vector<std::string> test; // {"CMD", …}, {"CMD-SHELL", "…"}, {"NONE"}; empty: the image's
    bool disabled = false;
    std::string interval, timeout, start_period, retries; // as written
    ComposePlace place;
};

struct ComposeService {
    std::string name;
    ComposePlace place; // of its name
    bool active = true; // no profiles, or one that is selected
    ComposeValue value; // all of it, normalised
    std::string image;
    std::optional<ComposeBuild> build;
    std::vector<ComposePort> ports;
    std::vector<ComposeVolume> volumes;
    std::vector<ComposeVariable> environment; // without its env_files'
    std::vector<ComposeEnvFile> env_files;
    std::vector<ComposeDependency> depends_on;
    std::optional<ComposeHealthcheck> healthcheck;
    std::vector<std::string> command, entrypoint; // words
    std::vector<std::string> networks;            // "default" where none is named
    std::vector<std::string> profiles;

    const ComposeValue* at(std::string_view path) const { return value.at(path); }
    std::string_view text(std::string_view path) const { return value.text_at(path); }
};

struct ComposeProject {
    std::vector<std::string> files; // all that were read, the named ones first; places say which
    std::vector<ComposeValue> raw;  // of each file, its first document as written: neither merged nor interpolated
    std::size_t named = 0;          // how many of them
    std::string directory;          // that paths are from: "." or "deploy"
    ComposeValue model;             // all of it, merged; without `services`
    std::vector<ComposeService> services;
    std::vector<ComposeProblem> problems;
    std::vector<ComposeReference> references;
    std::vector<ComposeDuplicate> duplicates;
    std::map<std::string, std::string> variables; // of the process and the env files

    std::unordered_map<std::string, std::size_t> by_name; // services

    const ComposeService* service(std::string_view name) const;
    const std::string& file(const ComposePlace& place) const; // its path
};

// Never fails: what can't be read, included or extended is a problem, the rest is judged.
ComposeProject read_compose(const ComposeInput& input);

// "1m30s", "500ms", "90" (of the Go kind, without a unit nothing); milliseconds.
std::optional<std::int64_t> compose_duration(std::string_view text);
// "2g", "512M", "1.5gb", "1073741824": powers of 1024; bytes.
std::optional<std::int64_t> compose_size(std::string_view text);
// A line as a shell without expansions splits it: quotes and backslashes. Nothing: a quote is open.
std::optional<std::vector<std::string>> shell_split(std::string_view line);

}
