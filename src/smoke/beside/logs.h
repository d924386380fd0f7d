#pragma once
#include "base/result.h"
#include "smoke/runner.h"
#include "sys/files/tail.h"
#include "sys/pattern/pattern.h"
#include <memory>
#include <string>
#include <vector>

// Searches the lines that an application logs while the checks run.
namespace fairlead::smoke {

// Error (usage), at its place: a pattern is not a regular expression, or a log has no patterns.
Result<void> check_logs(const std::vector<ForbiddenLines>& logs);

class Logs {
  public:
    // Remembers where the logs end. Error (could_not): a log can't be read.
    static Result<Logs> begin(const std::vector<ForbiddenLines>& wanted);
    // Returns one result for each log, about the complete lines that were written since begin(). A rotated log is first
    // read to its end. A log that is absent, or can't be read any more, is a failure.
    std::vector<Tried> judge();

  private:
    struct Followed {
        ForbiddenLines wanted;
        sys::Tail tail;
        std::vector<sys::Pattern> patterns;
    };
    std::vector<Followed> logs_;
};

}
