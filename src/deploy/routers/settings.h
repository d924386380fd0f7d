#pragma once
#include "base/time.h"
#include "config/rows.h"
#include <string>

// deploy.router of fairlead.yml.
namespace fairlead::deploy {

struct RouterSettings {
    std::string kind = "nginx";
    std::string ca;                           // PEM of who signed the router's certificate; empty: the system's
    std::string certificate, certificate_key; // files that the router serves https with; empty: told elsewhere
    std::string config;                       // the router's own main file; empty: where the distribution has it
    std::string container;                    // of an engine, that the router runs in; empty: on this host
    std::string sticky;                       // cookie whose users stay where they are; empty: nobody does

    std::string mode = "socket";                 // nginx: how a switch reaches it
    int lanes = 20;                              // nginx, caddy: links that the requests are spread over
    std::string include;                         // nginx by include: the file that a switch writes
    Milliseconds min_reload_interval{2000};      // nginx by include
    std::string log;                             // nginx: an access log of its own, that a canary is judged by
    std::string socket;                          // haproxy: its stats socket, level admin
    std::string server_state;                    // haproxy: file that its servers come back from after a restart
    std::string admin = "http://localhost:2019"; // caddy: its API, or unix//path
    bool by_include() const { return kind == "nginx" && mode == "include"; }
    bool by_links() const { return kind == "caddy" || (kind == "nginx" && !by_include()); } // reaches sockets only
};

const config::Rows<RouterSettings>& router_rows();

// Once it is read: relative paths become absolute, from the folder of fairlead.yml. Error (usage): what can be in
// no router's configuration, at its place.
Result<void> settle_router(const config::Config& config, const config::Value& router, RouterSettings& settings);

}
