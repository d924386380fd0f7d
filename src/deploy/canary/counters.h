#pragma once
#include "deploy/canary/sequential.h"
#include "deploy/instance.h"
#include <map>
#include <optional>
#include <string>

// What a router's counters (Router::counted) tell from one look to the next.
namespace fairlead::deploy {

class RouterCounters {
  public:
    struct Grown {
        Counted old, fresh;
    };
    // What each release had since the last look; `slot`: the new one's. Nothing: it is the first look, or one of them
    // went backwards because the router was started again; they are counted from this look on.
    std::optional<Grown> look(const std::map<Instance, Counted>& now, const std::string& slot);
    void begin_anew() { before_.reset(); }

  private:
    std::optional<std::map<Instance, Counted>> before_;
};

}
