#pragma once
#include "base/result.h"
#include "sys/descriptor.h"
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace fairlead::sys {

// A process of ours that answers the questions of its owner. It is started before the owner is confined
// (sys/process/confine.h), so it has rights that the owner lacks, but it only runs `answer`. It ends with its owner.
class Helper {
  public:
    using Answer = std::function<std::optional<std::string>(std::string_view question)>;
    static Result<Helper> start(const Answer& answer); // forks, so no thread may run yet
    Helper(Helper&& other) noexcept : pid_(std::exchange(other.pid_, 0)), line_(std::move(other.line_)) {}
    Helper& operator=(Helper&&) = delete;
    ~Helper();
    std::optional<std::string> ask(std::string_view question); // nothing: there is no answer, or the helper has ended

  private:
    Helper(int pid, Descriptor line) : pid_(pid), line_(std::move(line)) {}
    int pid_;
    Descriptor line_;
};

}
