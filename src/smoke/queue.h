#pragma once
#include "smoke/runner.h"
#include <condition_variable>
#include <mutex>
#include <optional>
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
    std::optional<std::pair<std::string, Tried::End>> missing(const Check& check);

  private:
    bool is_ready(const Check& check) const;

    const std::vector<Check>& checks_;
    std::vector<std::optional<Tried::End>> done_;
    std::vector<bool> taken_;
    std::size_t first_ = 0; // all before it are taken
    bool waits_ = false;    // some check needs another
    std::mutex mutex_;
    std::condition_variable changed_;
};

}
