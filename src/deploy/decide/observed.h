#pragma once
#include "base/result.h"
#include "deploy/instance.h"
#include "deploy/place.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::deploy {

// The current state of the target.
struct Observed {
    Seen seen;
    std::vector<Share> routed;                // instances that get requests, by the router's answer
    std::vector<Stray> strays = {};           // running parts of the application that belong to no slot
    std::string current, slot, previous;      // from the records: the committed release, its slot, the previous release
    std::optional<Error> router_trouble = {}; // why the router gives no answer
    // An instance that was told to end doesn't count as staying, even if it still runs.
    std::vector<Instance> in(std::string_view slot, bool only_running = true) const;
    std::vector<Instance> staying(std::string_view slot) const;
    bool stays(std::string_view slot) const; // at least one instance of the slot stays
    bool stays(const Instance& instance) const;
    // everything that runs in the slot belongs to this release
    bool holds_only(std::string_view slot, std::string_view release) const;
    bool alone(std::string_view slot) const;
    std::string release(std::string_view slot) const;
    std::string routed_slot() const; // the slot that most requests go to; empty: none
    // Returns the slot that the router leads to, or else the committed slot, which doesn't run but can be started
    // again.
    std::string serving_slot() const;
    bool leads_to(std::string_view slot) const;
    bool leads_only_to(std::string_view slot) const;
    // whether the router leads to exactly these instances, with any weights
    bool leads_to_just(std::vector<Instance> those) const;
};

}
