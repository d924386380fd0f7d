#pragma once
#include "config/rows.h"
#include <cstdint>
#include <string>
#include <vector>

// deploy.target.limits and umask: limits for each process of target.command and target.processes, with its children.
namespace fairlead::deploy {

struct Limits {               // 0: no limit
    std::uint64_t memory = 0; // bytes
    int processes = 0;        // including threads
    int open_files = 0;       // of each process
    double cpus = 0;          // 1.5: as much time as one and a half of the host's processors
    bool operator==(const Limits&) const = default;
    bool any() const { return *this != Limits{}; }
};

const config::Rows<Limits>& limits_rows();
Result<void> check_umask(const config::Value& value, const std::string& name);
int parse_umask(const std::string& text); // "0027"; -1: not set

// The controllers of control groups version 2 that enforce the limits: memory, pids, cpu.
std::vector<std::string> controllers_of(const Limits& limits);

// Returns the limits that can't be enforced if only `controllers` exist and a process may open `most_files` (0: any
// number), one sentence each, with the way out.
std::vector<std::string> not_held(const Limits& limits, const std::vector<std::string>& controllers,
                                  std::uint64_t most_files, const std::string& way_out);

}
