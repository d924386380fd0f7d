#pragma once
#include "config/config.h"
#include "config/milder.h"
#include "deploy/canary/settings.h"
#include "deploy/direct/limits.h"
#include "deploy/policy/settings.h"
#include "deploy/routers/settings.h"
#include <span>
#include <string>
#include <vector>

// The deploy section of fairlead.yml as plain values, environment laid over. Paths are absolute.
namespace fairlead::deploy {

struct Health {
    std::string path = "/";
    int lowest = 200, highest = 299; // expected status
    Milliseconds interval{1000}, timeout{2000}, deadline{60000};
    int healthy_after = 3;                                    // good answers in a row
    int unhealthy_after = 2;                                  // bad ones in a row, while baking
    std::vector<std::pair<std::string, std::string>> headers; // sent with each question: X-Forwarded-Proto, say
    std::string version_header;  // one of these two tells which release answers, or neither
    std::string version_pointer; // RFC 6901
    bool tells_version() const { return !version_header.empty() || !version_pointer.empty(); }
};

// Works beside the application and has no socket: a queue's consumer, say.
struct Process {
    std::string name;
    std::vector<std::string> command;
    int count = 1;
};

// A part of the application that is deployed by a fairlead.yml of its own (deploy/components/group.h).
struct Part {
    std::string name, config;
    std::vector<std::string> needs; // names of those that come before it
};

struct Settings {
    std::string app, environment, url;
    std::string profile;          // of the environment: development, staging, production
    std::vector<Part> components; // instead of a target
    std::string component;        // whose settings these are; empty: of a file that is read by itself
    std::string release_path = ".", release_version;
    std::vector<std::string> exclude;                                          // globs from the release's folder
    std::uint64_t max_size = 4ull << 30, max_files = 500'000, max_ratio = 100; // see deploy/release/contents.h
    std::string target = "direct", root, state, supervise = "auto";
    std::string found_target; // name of the compose file that makes it compose, where no target is written
    std::string user;         // whose processes prepare and the application are; empty: the deployer's
    std::string socket_group; // who may connect beside the application; empty: nginx's, as far as we can tell
    std::vector<std::string> command, shared;
    std::vector<Process> processes;
    int replicas = 1;
    int port = 0; // first of those that TCP applications listen at: two for each replica; 0: they bind sockets
    std::vector<std::vector<std::string>> prepare;
    Milliseconds prepare_timeout{15 * 60'000}; // of each of its commands
    RouterSettings router;
    CanarySettings canary;
    PolicySettings policy;
    // of target kind compose
    std::vector<std::string> files, profiles, services; // as compose takes them; services: the one that serves first
    std::string project;                                // empty: as compose names it
    std::string secrets_as = "files", reach = "host";
    int scale = 0; // containers that serve; 0: as the compose file says
    // of target kind exec: commands
    std::vector<std::string> exec_deploy, exec_rollback, exec_down, exec_current;
    Milliseconds exec_timeout{15 * 60'000}; // of each
    std::string strategy = "blue-green";
    int batch = 1;                           // rolling: replicas that take turns at once
    Milliseconds keep_warm{0};               // how long the old release stays for a rollback without a start
    bool migrate = false;                    // its database migrations run with it
    Milliseconds migrate_timeout{3'600'000}; // of each of the two halves
    std::string promote_from;                // environment whose record must be given (deploy/promotion.h); empty: none
    Health health;
    Milliseconds drain_timeout{30000}, stop_timeout{30000}, bake{30000};
    std::string stop_signal = "SIGTERM";
    int verify_requests = 20;
    std::size_t retain = 5;
    std::string env_file;              // absolute, empty: none
    std::string env_folder;            // that of fairlead.yml; the file lies in the tree around it
    std::vector<std::string> secrets;  // names
    std::vector<std::string> env_from; // argv that prints NAME=value lines
    std::vector<std::string> declared; // variables of ours that it sees, too
    std::string umask;                 // of the application's processes, in octal; empty: 0022
    Limits limits;                     // of each of them
    std::string reload; // signal at which the running process takes the next release; empty: a new one starts
    // What a rollback runs; empty: what its containers do.
    const std::vector<std::string>& command_of_rollback() const {
        if (target != "exec") return command;
        return exec_rollback.empty() ? exec_deploy : exec_rollback;
    }
    bool uses_sockets() const { return port == 0 && (router.by_links() || !root.empty()); } // a container
};

std::span<const Field> fields();
std::span<const config::Milder> milder();

// What is deployed together; none: the file has a target of its own. Error (usage) where it has both.
Result<std::vector<Part>> read_parts(const config::Config& config, const std::string& environment);

// What target.state is where nothing is written: below /var/lib, XDG_STATE_HOME or HOME. Never in a folder that others
// write to, as /tmp: they would make the lock, or the state, before us.
Result<std::string> default_state(const sys::Environment& variables, bool root);

// Error (usage) with the place in fairlead.yml. An empty `environment` is the only one that the file has.
Result<Settings> read_settings(const config::Config& config, const std::string& environment,
                               const sys::Environment& variables);

}
