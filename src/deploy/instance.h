#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The running parts of a release: its replicas, which get requests, and its other processes.
namespace fairlead::deploy {

struct Instance {
    std::string slot;         // "a" or "b"; the other slot has another release, or is empty
    int number = 1;           // number among equal instances, from 1
    std::string process = {}; // a name in target.processes; empty: the process that gets requests
    bool serves() const { return process.empty(); }
    bool operator==(const Instance&) const = default;
    auto operator<=>(const Instance&) const = default;
};

// "a", "a.2", "a-worker", "a-worker.2": the name of its folder, unit, socket, router server and label.
std::string name_of(const Instance& instance);
bool is_slot(std::string_view name);
std::optional<Instance> instance_of(std::string_view name); // nothing: the name isn't that of an instance

// An instance that gets users' requests. Its share of them is `weight` divided by the sum of all weights.
struct Share {
    Instance to;
    int weight = 1;
    bool operator==(const Share&) const = default;
};

}
