#pragma once
#include "base/result.h"
#include "deploy/router.h"
#include "deploy/world.h"
#include <map>
#include <string>
#include <vector>

// Links to sockets that a router connects to, below target.root/run: current.sock and, if requests are divided, lane/00
// to lane/NN. Each lane gets the same number of requests. The router resolves a link at each connection, so replacing a
// link by a rename is the switch.
namespace fairlead::deploy {

bool wants_lanes(const Settings& settings); // whether the strategy or the replicas divide the requests
// Returns the paths in a configuration. Error (usage): a path is too long for a socket.
Result<std::vector<std::string>> link_paths(const Settings& settings);

// Returns how many of `lanes` each upstream gets: by weight, at least one each. Error (could_not): there are more
// upstreams than lanes.
Result<std::vector<int>> lanes_of(const std::vector<Upstream>& to, int lanes);

class Links {
  public:
    explicit Links(const World& world) : world_(world) {}
    Result<void> make();                           // creates missing lanes, which follow current.sock
    Result<std::vector<Upstream>> observe() const; // weight: its number of lanes
    // Changes lane 00 first, current.sock last. Lanes that already lead to the right instance aren't changed, so their
    // users stay there. If it fails midway, undoes its changes.
    Result<void> route(const std::vector<Upstream>& to);
    Result<std::map<std::string, Instance>> logged() const; // "unix:/srv/shop/run/lane/00"

  private:
    std::vector<sys::Link> lanes() const; // their current state, in order
    Result<void> replace(const std::vector<sys::Link>& lanes, const std::string& current);
    const World& world_;
};

}
