#pragma once
#include "deploy/canary/sequential.h"
#include "deploy/instance.h"
#include <map>
#include <optional>
#include <string>

// Computes how much a router's counters (Router::counted) grew between two looks.
namespace fairlead::deploy {

class RouterCounters {
  public:
    struct Grown {
        Counted old, fresh;
    };
    // Returns each release's requests since the last look; `slot`: the new release's slot. Nothing: it is the first
    // look, or a counter went back because the router was restarted; then counting begins with this look.
    std::optional<Grown> look(const std::map<Instance, Counted>& now, const std::string& slot);
    void begin_anew() { before_.reset(); }

  private:
    std::optional<std::map<Instance, Counted>> before_;
};

}
