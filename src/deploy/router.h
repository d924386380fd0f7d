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

// The router that passes users' requests on: nginx, HAProxy or Caddy. Each kind has one file in deploy/routers and one
// row in its table.
namespace fairlead::deploy {

struct World; // deploy/world.h

// An instance and its address (deploy/address.h).
struct Upstream {
    Instance instance;
    std::string address;
    int weight = 1; // its share of the requests is `weight` divided by the sum of all weights
    bool operator==(const Upstream&) const = default;
};

class Router {
  public:
    struct Features {
        bool weights = false; // can give one release a part of the requests
        bool sockets = false; // reaches unix sockets
        bool tcp = false;     // reaches host:port
        bool counts = false;  // counted() returns users' requests
        std::string may_lose; // possible loss by a switch, for the plan; empty: none
    };
    virtual ~Router() = default;
    virtual Features features() const = 0;
    // Returns, for the plan, the disadvantages of the router's configuration, and its missing parts.
    virtual std::vector<std::string> notes() { return {}; }
    // Checks, as far as possible, that the router runs and that its configuration follows what route() writes; only
    // reads. Error (usage) names the file and line to fix. Error (could_not): the router doesn't answer.
    virtual Result<void> check() = 0;
    // Checks, as far as possible, that a switch could be done; only reads. Checks nothing by default: links can be
    // switched even while the router that follows them is down.
    virtual Result<void> can_route() { return {}; }
    // Creates the files that the router's configuration names (links, an include), before the router reads it. Existing
    // files stay.
    virtual Result<void> make() { return {}; }
    virtual Result<std::vector<Upstream>> observe() = 0; // the instances that get requests; empty: there are none
    // After it returns, new requests go to `to`. May be repeated after an interruption; if it fails, the previous state
    // stays.
    virtual Result<void> route(const std::vector<Upstream>& to) = 0;
    // Returns the number of open requests to an instance that gets no new requests any more, including requests on
    // their way to it. Error: the number can't be found out.
    virtual Result<int> connections(const Upstream& left) = 0;
    // Saves what must survive a restart of the router, such as HAProxy's state file.
    virtual Result<void> commit() { return {}; }
    // Returns the instances that get requests, each under the name that the router's access log uses for it
    // (deploy/routers/access_log.h); may be empty.
    virtual Result<std::map<std::string, Instance>> logged() { return std::map<std::string, Instance>(); }
    // Returns how many requests of users each instance got since its start, and how many of them failed. If the router
    // is restarted, the counters begin again at 0.
    virtual Result<std::map<Instance, Counted>> counted() { return std::map<Instance, Counted>(); }
    // Lets the router check its own configuration together with `file`, the output of render(): nginx -t, haproxy -c,
    // caddy validate. Error (no): the router rejects it (the message has the router's words), or `file` is newer than
    // the configuration that nginx has loaded.
    virtual Result<void> test(const std::string& /*file*/) { return {}; }
    // Returns the file that the router's configuration must include; it is the same for every release.
    virtual Result<std::string> render() = 0;
};

struct RouterKind {
    std::string_view name; // nginx
    std::unique_ptr<Router> (*make)(const World& world);
};
std::span<const RouterKind> router_kinds();
const RouterKind* find_router(std::string_view name);

}
