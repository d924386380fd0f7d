#pragma once
#include "smoke/runner.h"
#include <cstddef>
#include <mutex>
#include <string>

namespace fairlead::smoke {

// Shows the progress of the checks on a terminal: "3 of 12 checks, 1 failed; items: status 503 (starting), attempt 4".
// Several threads may call it.
class Progress {
  public:
    explicit Progress(std::size_t checks) : checks_(checks) {}
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress();

    void retry(const Tried& tried); // call it after a failed attempt that will be repeated
    void end(const Tried& tried);
    std::string line() const;

  private:
    void show() const;

    mutable std::mutex mutex_;
    const std::size_t checks_;
    std::size_t ended_ = 0, failed_ = 0;
    std::string waiting_; // the check that was tried last, and its fault
};

}
