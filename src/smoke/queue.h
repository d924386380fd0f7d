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

// Distributes the checks to several threads in the order of the plan, each after the checks that it needs. The needs
// must not form a cycle (needs.h).
class Queue {
  public:
    explicit Queue(const std::vector<Check>& checks);
    // Waits for a check that can be run, or that can be skipped because a needed check didn't pass. Nothing: all checks
    // are taken.
    std::optional<std::size_t> take();
    void end(std::size_t index, Tried::End how);
    // Returns a needed check that didn't pass, and how it ended. Nothing: the check can be run.
    std::optional<std::pair<std::string, Tried::End>> missing(std::size_t index);

  private:
    const std::vector<Check>& checks_;
    std::vector<std::optional<Tried::End>> done_;
    // for each check: the checks that it needs; the checks that need it
    std::vector<std::vector<std::size_t>> needed_, needing_;
    // for each check: how many of the needed checks haven't ended
    std::vector<std::size_t> missing_;
    std::set<std::size_t> ready_;
    std::size_t left_; // number of checks that nobody has taken
    std::mutex mutex_;
    std::condition_variable changed_;
};

}
