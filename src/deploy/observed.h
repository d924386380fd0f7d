#pragma once
#include "base/result.h"
#include "deploy/instance.h"
#include "deploy/place.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::deploy {

// What is true on the target.
struct Observed {
    Seen seen;
    std::vector<Share> routed;                // who gets requests, as the router says
    std::vector<Stray> strays = {};           // what runs of the application and belongs to no slot
    std::string current, slot, previous;      // as committed: release, its slot, the release before
    std::optional<Error> router_trouble = {}; // why it says nothing
    // One that was told to end still runs, and stays no longer: nobody counts on it.
    std::vector<Instance> in(std::string_view slot, bool only_running = true) const;
    std::vector<Instance> staying(std::string_view slot) const;
    bool stays(std::string_view slot) const; // one of it at least
    bool stays(const Instance& instance) const;
    bool holds_only(std::string_view slot, std::string_view release) const; // all that runs there is of that one
    bool alone(std::string_view slot) const;
    std::string release(std::string_view slot) const;
    std::string routed_slot() const; // the one that most requests go to; empty: none
    // What the router leads to; else the slot that was committed: it doesn't run, but can be started again.
    std::string serving_slot() const;
    bool leads_to(std::string_view slot) const;
    bool leads_only_to(std::string_view slot) const;
    bool leads_to_just(std::vector<Instance> those) const; // each of them, in whatever proportion, and nobody else
};

}
