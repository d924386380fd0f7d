#pragma once
#include "base/time.h"
#include "deploy/instance.h"
#include <cstdint>
#include <optional>
#include <string>

// The resources that the instances of a release use, for reports. Counters begin at an instance's start, so the current
// use is the difference of two measurements.
namespace fairlead::deploy {

struct Usage {
    Instance instance;
    std::string release;   // id
    std::string name;      // the name in other tools: that of the container
    std::string state;     // running, restarting, exited, ...
    std::string health;    // by its own health check: starting, healthy, unhealthy; empty: it has no check
    int restarts = 0;      // since it was created
    Milliseconds age{0};   // since its last start; this and all values below: 0 if it doesn't run
    Milliseconds at{0};    // time of the measurement, by a monotonic clock
    Milliseconds cpu{0};   // used processor time
    double processors = 0; // the number that it may use; 0: all of the machine
    // bytes, without memory that the kernel can take back; limit 0: no limit
    std::uint64_t memory = 0, memory_limit = 0;
    std::optional<std::uint64_t> received, sent; // bytes through its own networks; nothing: it has none
};

// Returns the processors in use between two looks at the same instance; 0: it was restarted in between.
double processors_between(const Usage& before, const Usage& after);
// Returns the used part of its own limit: 0.8; nothing: it has no limit.
std::optional<double> of_limit(std::uint64_t used, std::uint64_t limit);

}
