#pragma once
#include "base/time.h"
#include "config/rows.h"
#include <string>

// deploy.router of fairlead.yml.
namespace fairlead::deploy {

struct RouterSettings {
    std::string kind = "nginx";
    std::string ca; // PEM of the authority that signed the router's certificate; empty: the system's
    std::string certificate, certificate_key; // files with the router's certificate for https; empty: set elsewhere
    std::string config;                       // the router's own main file; empty: the distribution's place
    std::string container;                    // the engine's container with the router; empty: on this host
    std::string sticky;                       // cookie whose users stay with their instance; empty: none

    std::string mode = "socket";                 // nginx: how a switch is done, by links (socket) or a file (include)
    int lanes = 20;                              // nginx, caddy: links that share the requests
    std::string include;                         // nginx with mode include: the file that a switch writes
    Milliseconds min_reload_interval{2000};      // nginx with mode include
    std::string log;                             // nginx: an extra access log, by which a canary is judged
    std::string socket;                          // haproxy: its stats socket, level admin
    std::string server_state;                    // haproxy: the file with its servers' state for a restart
    std::string admin = "http://localhost:2019"; // caddy: its API, or unix//path
    bool by_include() const { return kind == "nginx" && mode == "include"; }
    bool by_links() const { return kind == "caddy" || (kind == "nginx" && !by_include()); } // reaches sockets only
};

const config::Rows<RouterSettings>& router_rows();

// Completes the settings after reading: relative paths start at the folder of fairlead.yml. Error (usage), with its
// place: a value isn't allowed in any router's configuration.
Result<void> settle_router(const config::Config& config, const config::Value& router, RouterSettings& settings);

}
