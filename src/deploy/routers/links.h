#pragma once
#include "base/result.h"
#include "deploy/router.h"
#include "deploy/world.h"
#include <map>
#include <string>
#include <vector>

// Links to sockets that a router connects to, below target.root/run: current.sock, and, where requests are shared,
// lane/00 to lane/NN, each of which gets as many requests as any other. The router looks a link up at each connection,
// so renaming one over it is the switch.
namespace fairlead::deploy {

bool wants_lanes(const Settings& settings); // its strategy, or its replicas, part the requests
// What a configuration names. Error (usage): longer than a socket's path may be.
Result<std::vector<std::string>> link_paths(const Settings& settings);

// How many of `lanes` each of them gets: by weight, at least one each. Error (could_not): more than there are lanes.
Result<std::vector<int>> lanes_of(const std::vector<Upstream>& to, int lanes);

class Links {
  public:
    explicit Links(const World& world) : world_(world) {}
    Result<void> make();                           // lanes that are missing, which follow current.sock
    Result<std::vector<Upstream>> observe() const; // weight: its lanes
    // Lane 00 first, current.sock last. Lanes that lead where they should stay, so that users do. What fails midway is
    // taken back.
    Result<void> route(const std::vector<Upstream>& to);
    Result<std::map<std::string, Instance>> logged() const; // "unix:/srv/shop/run/lane/00"

  private:
    std::vector<sys::Link> lanes() const; // as they are, in their order
    Result<void> replace(const std::vector<sys::Link>& lanes, const std::string& current);
    const World& world_;
};

}
