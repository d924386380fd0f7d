#pragma once
#include "base/result.h"
#include "sys/descriptor.h"
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace fairlead::sys {

// A process of ours that answers questions for this one: started before this one is confined (sys/process/confine.h),
// it may still do what this one can't, and does only what `answer` does. It ends with its owner.
class Helper {
  public:
    using Answer = std::function<std::optional<std::string>(std::string_view question)>;
    static Result<Helper> start(const Answer& answer); // forks: no thread may run yet
    Helper(Helper&& other) noexcept : pid_(std::exchange(other.pid_, 0)), line_(std::move(other.line_)) {}
    Helper& operator=(Helper&&) = delete;
    ~Helper();
    std::optional<std::string> ask(std::string_view question); // nothing: it has no answer, or is gone

  private:
    Helper(int pid, Descriptor line) : pid_(pid), line_(std::move(line)) {}
    int pid_;
    Descriptor line_;
};

}
