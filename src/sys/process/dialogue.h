#pragma once
#include "base/result.h"
#include "base/time.h"
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Talks with a child in the child's own protocol, in both directions at once. Its standard error is kept for messages.
namespace fairlead::sys {

class Dialogue {
  public:
    // Starts the child with the given environment, else that of Child::network (sys/environment.h). Messages call it
    // `name`. No call waits longer than `patience`. If we are killed, the child and all that it started are killed,
    // too. It counts as Whose::ours (sys/process/process.h).
    static Result<Dialogue> start(const std::vector<std::string>& argv, const std::string& name, Milliseconds patience,
                                  std::optional<std::vector<std::string>> environment = {});
    Dialogue(Dialogue&&) noexcept;
    Dialogue& operator=(Dialogue&&) = delete;
    ~Dialogue(); // closes the child's input; ends a child that doesn't end by itself

    // Sends all bytes, and keeps reading the child's output meanwhile. Error (could_not): the child has ended or
    // doesn't read, or a stop was requested during the call (sys/signals.h). After a stop, the rest is sent with the
    // next call, so that the child can still be asked to clean up.
    Result<void> send(std::string_view bytes);
    Result<std::size_t> receive(std::span<char> into); // at least one byte; 0: the end of its output

    Error ended(); // returns the error for a child that ended, with the last line of its standard error

  private:
    struct State;
    explicit Dialogue(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}
