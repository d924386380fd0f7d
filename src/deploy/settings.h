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

// The section deploy of fairlead.yml as plain values, with the environment's values applied. Paths are absolute.
namespace fairlead::deploy {

struct Health {
    std::string path = "/";
    int lowest = 200, highest = 299; // expected status
    Milliseconds interval{1000}, timeout{2000}, deadline{60000};
    int healthy_after = 3;   // good answers in a row
    int unhealthy_after = 2; // bad answers in a row while the new release is watched (bake)
    std::vector<std::pair<std::string, std::string>> headers; // sent with each request, for example X-Forwarded-Proto
    std::string version_header;  // at most one of these two is set: where the answer has its version
    std::string version_pointer; // a JSON pointer, RFC 6901
    bool tells_version() const { return !version_header.empty() || !version_pointer.empty(); }
};

// A process next to the application that has no socket, for example a queue's consumer.
struct Process {
    std::string name;
    std::vector<std::string> command;
    int count = 1;
};

// A part of the application with its own fairlead.yml (deploy/components/group.h).
struct Part {
    std::string name, config;
    std::vector<std::string> needs; // names of the parts that come before it
};

struct Settings {
    std::string app, environment, url;
    std::string profile;          // of the environment: development, staging, production
    std::vector<Part> components; // instead of a target
    std::string component;        // the component of these settings; empty: the file is read on its own
    std::string release_path = ".", release_version;
    std::vector<std::string> exclude; // globs, relative to the release's folder
    std::uint64_t max_size = 4ull << 30, max_files = 500'000, max_ratio = 100; // see deploy/release/contents.h
    std::string target = "direct", root, state, supervise = "auto";
    std::string found_target; // name of the compose file that implies target compose, if no target is given
    std::string user;         // runs prepare and the application; empty: the deployer
    // group that may connect, in addition to the application; empty: that of nginx, if we can find it
    std::string socket_group;
    std::vector<std::string> command, shared;
    std::vector<Process> processes;
    int replicas = 1;
    int port = 0; // the first port of TCP applications: two ports for each replica; 0: they bind sockets
    std::vector<std::vector<std::string>> prepare;
    Milliseconds prepare_timeout{15 * 60'000}; // for each of its commands
    RouterSettings router;
    CanarySettings canary;
    PolicySettings policy;
    // for target kind compose
    std::vector<std::string> files, profiles, services; // as for compose; the first of `services` gets the requests
    std::string project;                                // empty: compose chooses the name
    std::string secrets_as = "files", reach = "host";
    int scale = 0; // number of serving containers; 0: the compose file decides
    // commands for target kind exec
    std::vector<std::string> exec_deploy, exec_rollback, exec_down, exec_current;
    Milliseconds exec_timeout{15 * 60'000}; // for each command
    std::string strategy = "blue-green";
    int batch = 1;                           // rolling: number of replicas that are replaced at once
    Milliseconds keep_warm{0};               // how long the old release stays, for a rollback without a start
    bool migrate = false;                    // runs its database migrations
    Milliseconds migrate_timeout{3'600'000}; // for each of the two phases
    std::string promote_from;                // environment whose record must be given (deploy/promotion.h); empty: none
    Health health;
    Milliseconds drain_timeout{30000}, stop_timeout{30000}, bake{30000};
    std::string stop_signal = "SIGTERM";
    int verify_requests = 20;
    std::size_t retain = 5;
    std::string env_file;              // absolute; empty: none
    std::string env_folder;            // the folder of fairlead.yml; the file is in the tree around it
    std::vector<std::string> secrets;  // names
    std::vector<std::string> required; // names of variables that a release can't do without
    std::vector<std::string> env_from; // argv that prints NAME=value lines
    std::vector<std::string> declared; // our variables that the application gets, too
    std::string umask;                 // of the application's processes, in octal; empty: 0022
    Limits limits;                     // for each of the application's processes
    std::string reload; // signal at which the running process loads the next release; empty: a new process is started
    // Returns the command of a rollback; empty: the command of its containers.
    const std::vector<std::string>& command_of_rollback() const {
        if (target != "exec") return command;
        return exec_rollback.empty() ? exec_deploy : exec_rollback;
    }
    bool uses_sockets() const { return port == 0 && (router.by_links() || !root.empty()); } // for a container
};

std::span<const Field> fields();
std::span<const config::Milder> milder();

// Returns the components that are deployed together; empty: the file has its own target. Error (usage): it has both.
Result<std::vector<Part>> read_parts(const config::Config& config, const std::string& environment);

// Returns the default of target.state: below /var/lib, XDG_STATE_HOME or HOME. Never in a folder where others may
// write, such as /tmp: they could create the lock or the state before us.
Result<std::string> default_state(const sys::Environment& variables, bool root);

// Returns the profile of the environment. For settings stored by a version without profiles, it depends on the name
// alone.
config::Profile profile_of(const Settings& settings);
Error which_environment(const config::Config& config); // asks for --env
// Error (usage) with the place in fairlead.yml. An empty `environment` is the only one that the file has.
Result<Settings> read_settings(const config::Config& config, const std::string& environment,
                               const sys::Environment& variables);

}
