#pragma once
#include "base/result.h"
#include "base/time.h"
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// A child that is talked with in a protocol of its own, in both directions at once; what it says on its standard error
// is kept for messages.
namespace fairlead::sys {

class Dialogue {
  public:
    // With the environment of Child::network (sys/environment.h), or another one. `name` is what messages call it. No
    // call waits longer than `patience`. It is killed with all that it started when we are. It counts as ours
    // (Whose, sys/process/process.h).
    static Result<Dialogue> start(const std::vector<std::string>& argv, const std::string& name, Milliseconds patience,
                                  std::optional<std::vector<std::string>> environment = {});
    Dialogue(Dialogue&&) noexcept;
    Dialogue& operator=(Dialogue&&) = delete;
    ~Dialogue(); // its input is closed; who doesn't go by that is ended

    // All of it, whatever it says meanwhile. Error (could_not): it has ended, doesn't read, or a stop was asked for
    // during the call (sys/signals.h); then the rest goes out with the next call, so that it may still be told to tidy
    // up.
    Result<void> send(std::string_view bytes);
    Result<std::size_t> receive(std::span<char> into); // at least one byte; 0: it said the last one

    Error ended(); // that it did, and the last that it said on its standard error

  private:
    struct State;
    explicit Dialogue(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}
