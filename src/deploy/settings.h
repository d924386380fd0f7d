#pragma once
#include "config/config.h"
#include "config/milder.h"
#include <span>
#include <string>
#include <vector>

// The deploy section of fairlead.yml as plain values, environment laid over. Paths are absolute.
namespace fairlead::deploy {

struct Health {
    std::string path = "/";
    int lowest = 200, highest = 299; // expected status
    Milliseconds interval{1000}, timeout{2000}, deadline{60000};
    int healthy_after = 3;       // good answers in a row
    int unhealthy_after = 2;     // bad ones in a row, while baking
    std::string version_header;  // one of these two tells which release answers, or neither
    std::string version_pointer; // RFC 6901
    bool tells_version() const { return !version_header.empty() || !version_pointer.empty(); }
};

struct Settings {
    std::string app, environment, url;
    std::string release_path = ".", release_version;
    std::vector<std::string> exclude;                                          // globs from the release's folder
    std::uint64_t max_size = 4ull << 30, max_files = 500'000, max_ratio = 100; // see deploy/release/contents.h
    std::string target = "direct", root, state, supervise = "auto";
    std::string user;         // whose processes prepare and the application are; empty: the deployer's
    std::string socket_group; // who may connect beside the application; empty: nginx's, as far as we can tell
    std::vector<std::string> command, shared;
    std::vector<std::vector<std::string>> prepare;
    std::string strategy = "blue-green";
    std::string promote_from; // environment whose record must be given (deploy/promotion.h); empty: none
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
};

std::span<const Field> fields();
std::span<const config::Milder> milder();

// Error (usage) with the place in fairlead.yml. An empty `environment` is the only one that the file has.
Result<Settings> read_settings(const config::Config& config, const std::string& environment,
                               const sys::Environment& variables);

}
