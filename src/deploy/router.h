#pragma once
#include "base/result.h"
#include "deploy/canary/sequential.h"
#include "deploy/instance.h"
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// What users' requests come through: nginx, HAProxy, Caddy. One file per kind in deploy/routers, one row in its table.
namespace fairlead::deploy {

struct World; // deploy/world.h

// An instance and where it listens (deploy/address.h).
struct Upstream {
    Instance instance;
    std::string address;
    int weight = 1; // of the sum of all weights
    bool operator==(const Upstream&) const = default;
};

class Router {
  public:
    struct Features {
        bool weights = false; // can give one release a part of the requests
        bool sockets = false; // reaches unix sockets
        bool tcp = false;     // reaches host:port
        bool counts = false;  // counted() tells users' requests
        std::string may_lose; // what a switch may cost, for the plan; empty: nothing
    };
    virtual ~Router() = default;
    virtual Features features() const = 0;
    virtual std::vector<std::string> notes() { return {}; } // for the plan: what its configuration costs or lacks
    // That it runs, that its configuration is ours and leads to what route() writes; reads only. Error (usage) with
    // file and line where a configuration is to be mended, error (could_not) where it does not answer.
    virtual Result<void> check() = 0;
    // What a switch needs of it that can be known before: most of them switch while they are down. Reads only.
    virtual Result<void> can_route() { return {}; }
    // What its configuration names has to be there before it is read: links, an include. What is there stays.
    virtual Result<void> make() { return {}; }
    virtual Result<std::vector<Upstream>> observe() = 0; // those that get requests; empty: nobody
    // From its return on new requests go where this says. May be repeated after it was interrupted; one that fails
    // leaves what was before.
    virtual Result<void> route(const std::vector<Upstream>& to) = 0;
    // Requests that it still has open with one that it left, those on their way too. An error where nobody can tell.
    virtual Result<int> connections(const Upstream& left) = 0;
    virtual Result<void> commit() { return {}; } // what has to outlive a restart of the router: its state file, say
    // What its access log (deploy/routers/access_log.h) calls those that get requests, by that name; may be empty.
    virtual Result<std::map<std::string, Instance>> logged() { return std::map<std::string, Instance>(); }
    // Users' requests that each instance had since it was started, and those of them that failed. Counters may begin
    // anew at any time: it was started again.
    virtual Result<std::map<Instance, Counted>> counted() { return std::map<Instance, Counted>(); }
    // Its own judgement of its configuration, with `file`, which holds what render() gave: nginx -t, haproxy -c, caddy
    // validate. Error (no) in its words, with file and line; or where what runs is older than the file.
    virtual Result<void> test(const std::string& /*file*/) { return {}; }
    // What is included once in its configuration; never changes from one release to the next.
    virtual Result<std::string> render() = 0;
};

struct RouterKind {
    std::string_view name; // nginx
    std::unique_ptr<Router> (*make)(const World& world);
};
std::span<const RouterKind> router_kinds();
const RouterKind* find_router(std::string_view name);

}
