#pragma once
#include "smoke/runner.h"
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace fairlead::smoke {

// Hands out the checks to several threads in the order of the plan, each after the checks that it needs. These must not
// need one another in a circle (needs.h).
class Queue {
  public:
    explicit Queue(const std::vector<Check>& checks);
    // Waits until a check may be run, or need not be run any more. Nothing: all are taken.
    std::optional<std::size_t> take();
    void end(std::size_t index, Tried::End how);
    // A needed check that didn't pass, and how it ended. Nothing: the check may be run.
    std::optional<std::pair<std::string, Tried::End>> missing(std::size_t index);

  private:
    const std::vector<Check>& checks_;
    std::vector<std::optional<Tried::End>> done_;
    std::vector<std::vector<std::size_t>> needed_, needing_; // of each check: those that it needs, and the other way
    std::vector<std::size_t> missing_;                       // how many that it needs haven't ended
    std::set<std::size_t> ready_;
    std::size_t left_; // that nobody has taken
    std::mutex mutex_;
    std::condition_variable changed_;
};

}
