#pragma once
#include "deploy/routers/nginx_render.h"
#include "deploy/world.h"
#include "sys/process/process.h"
#include <optional>
#include <string>
#include <vector>

// The nginx of this host: its configuration as far as we may read it, and its processes.
namespace fairlead::deploy {

struct NginxView {
    bool read = false;          // all of it could be
    bool ours = false;          // it leads where route() writes
    bool keepalive = false;     // beside our links: kept connections go on to the old release
    bool reuseport = false;     // a reload loses what waits in the queues
    bool without_http2 = false; // where the url is served: https only by HTTP/1.1
    std::string main;           // the file that was read
    std::string pid_file;       // as it says; empty: the one that nginx was built with
};
// Never fails: what can't be read isn't `read`. Of a nginx in a container nothing is.
NginxView view_nginx(const World& world);

// Of `nginx -V`.
struct NginxBuild {
    std::array<int, 3> version{};
    std::string configuration, pid_file;
};
NginxBuild parse_nginx_build(std::string_view text);
NginxFacts nginx_facts(const World& world, bool version); // the version only where what is written depends on it

// Error (could_not): it does not run.
Result<sys::ProcessId> nginx_master(const World& world);
struct NginxWorker {
    sys::ProcessId process;
    bool leaving = false; // it takes no new connections
};
std::vector<NginxWorker> nginx_workers(const World& world, const sys::ProcessId& master);

}
