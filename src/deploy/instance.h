#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What runs of a release: its replicas, which requests reach, and the processes beside them.
namespace fairlead::deploy {

struct Instance {
    std::string slot;         // "a" or "b"; the other one holds another release, or nothing
    int number = 1;           // of several alike, from 1
    std::string process = {}; // of target.processes; empty: the one that requests reach
    bool serves() const { return process.empty(); }
    bool operator==(const Instance&) const = default;
    auto operator<=>(const Instance&) const = default;
};

// "a", "a.2", "a-worker", "a-worker.2": of folders, units, sockets, servers of a router, and labels.
std::string name_of(const Instance& instance);
std::optional<Instance> instance_of(std::string_view name); // nothing: it names none

// One of those that get users' requests: `weight` of the sum of all weights.
struct Share {
    Instance to;
    int weight = 1;
    bool operator==(const Share&) const = default;
};

}
