#include "deploy/canary/counters.h"
#include <utility>

namespace fairlead::deploy {

std::optional<RouterCounters::Grown> RouterCounters::look(const std::map<Instance, Counted>& now,
                                                          const std::string& slot) {
    const auto before = std::exchange(before_, now);
    if (!before) return {};
    Grown grown;
    for (const auto& [instance, then] : *before) {
        const auto found = now.find(instance);
        const Counted counted = found == now.end() ? Counted{} : found->second;
        if (counted.requests < then.requests || counted.bad < then.bad) return {};
        (instance.slot == slot ? grown.fresh : grown.old) += {counted.requests - then.requests, counted.bad - then.bad};
    }
    return grown;
}

}
