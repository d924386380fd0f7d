#pragma once
#include "deploy/routers/nginx_render.h"
#include "deploy/world.h"
#include "sys/process/process.h"
#include <optional>
#include <string>
#include <vector>

// The nginx of this host: its configuration, as far as we may read it, and its processes.
namespace fairlead::deploy {

struct NginxView {
    bool read = false;          // the whole configuration could be read
    bool ours = false;          // the configuration uses what route() writes
    bool keepalive = false;     // set together with our links: kept connections still lead to the old release
    bool reuseport = false;     // a reload loses connections that wait in the queues
    bool without_http2 = false; // https at the url only offers HTTP/1.1
    std::string main;           // the main file
    std::string pid_file;       // from the configuration; empty: the compiled-in default
};
// Never fails: an unreadable configuration has `read` false. The configuration of an nginx in a container is never
// read.
NginxView view_nginx(const World& world);

// From `nginx -V`.
struct NginxBuild {
    std::array<int, 3> version{};
    std::string configuration, pid_file;
};
NginxBuild parse_nginx_build(std::string_view text);
NginxFacts nginx_facts(const World& world, bool version); // asks for the version only if the written file depends on it

// Error (could_not): it doesn't run.
Result<sys::ProcessId> nginx_master(const World& world);
struct NginxWorker {
    sys::ProcessId process;
    bool leaving = false; // it accepts no new connections
};
std::vector<NginxWorker> nginx_workers(const World& world, const sys::ProcessId& master);

}
