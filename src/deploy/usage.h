#pragma once
#include "base/time.h"
#include "deploy/instance.h"
#include <cstdint>
#include <optional>
#include <string>

// What the instances of a release take of the machine, for people to look at. Counters go up from an instance's start:
// two looks tell what is in use between them.
namespace fairlead::deploy {

struct Usage {
    Instance instance;
    std::string release;   // id
    std::string name;      // as other tools call it: the container's name
    std::string state;     // running, restarting, exited, ...
    std::string health;    // by the check of its own: starting, healthy, unhealthy; empty: it has none
    int restarts = 0;      // since it was made
    Milliseconds age{0};   // since it was started last; all below: 0 where it doesn't run
    Milliseconds at{0};    // of the look, by a clock that nobody sets
    Milliseconds cpu{0};   // time of processors that it had
    double processors = 0; // that it may use; 0: all of the machine's
    std::uint64_t memory = 0, memory_limit = 0;  // bytes, without what the kernel can take back; limit 0: none
    std::optional<std::uint64_t> received, sent; // bytes through networks of its own; nothing: it has none
};

// Processors in use between two looks at the same instance; 0: it was started anew meanwhile.
double processors_between(const Usage& before, const Usage& after);
// Part of its own limit that is in use: 0.8; nothing: it has none.
std::optional<double> of_limit(std::uint64_t used, std::uint64_t limit);

}
