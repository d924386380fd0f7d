#pragma once
#include "base/result.h"
#include "base/time.h"
#include "sys/files/files.h"
#include "sys/files/stream.h"
#include "sys/process/process.h"
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// Several children joined by pipes, or a single one whose output is too big to keep. What flows is never held as a
// whole, and every one's end is looked at.
namespace fairlead::sys {

struct User;     // sys/account.h
class ChildHold; // sys/process/confine.h

struct Stage {
    std::vector<std::string> argv; // never a shell string
    std::string name;              // in messages; empty: argv[0]
    std::string folder;            // empty: ours
    // NAME=value; nothing: Child::program (sys/environment.h). One variable is added: see run_pipeline().
    std::optional<std::vector<std::string>> environment;
    const User* user = nullptr; // as in Command (sys/process/process.h)
    bool any_path = false;
    Whose whose = Whose::project;    // sys/process/process.h
    const ChildHold* hold = nullptr; // of a ChildSource or ChildSink: nothing, or what it is held to
};

struct FromFile { // a regular one, from its beginning
    Path path;
};
struct ToFile { // a new one: error (could_not) where something of that name is; synced, and absent again after a
                // failure
    Path path;
    unsigned mode = 0600;
};
struct ToDescriptor { // stays the caller's
    int number = -1;
};

struct Pipeline {
    std::vector<Stage> stages;
    std::variant<std::monostate, std::string, FromFile, PieceSource> input; // of the first; nothing: /dev/null
    std::variant<std::monostate, ToFile, ToDescriptor, PieceSink> output;   // of the last; nothing: it is dropped
    Milliseconds timeout{0};     // 0: none; at its end SIGTERM, patience, SIGKILL
    Milliseconds patience{2000}; // between SIGTERM and SIGKILL
};

constexpr std::size_t kept_errors = 64u << 10; // of what a stage says on its standard error, in bytes

struct StageEnd {
    std::string name;
    int status = 0; // exit status, or 128 + signal
    int signal = 0;
    bool unheard = false; // ended by SIGPIPE, and who read from it had enough and was well
    std::string err; // the end of its standard error, secrets as ***; at most kept_errors, from the start of a line
    bool is_well() const { return status == 0 || unheard; }
};

struct PipelineOutput {
    std::vector<StageEnd> stages;      // in the pipeline's order, all of them
    std::optional<std::size_t> failed; // which stage is to blame: of those that are not well the one that ended first
    std::uint64_t bytes = 0;           // that the sink took
    // The first one ended without hearing the end of a text or a source: it didn't want the rest.
    bool input_left = false;

    // Error (could_not) names the stage to blame, how it ended and the last line that it said.
    Result<void> verdict() const;
};

// Runs all to their end. As in a shell with pipefail, a stage that ended other than with 0 is a failure, with one
// exception: SIGPIPE (or a shell's 141 for it) ends a producer whose consumer stopped reading, and where that consumer
// was well, so was the producer (`yes | head`). Where the consumer failed, it is to blame and not its producer.
// A stage's failure is a value; see verdict(). Error: what source and sink say (it ends all); could_not where a program
// or its folder is absent (nothing was started), where one can't be executed or the timeout came, at a stop request
// (sys/signals.h) that arrives meanwhile, and where a process that the last stage left behind held the output open: it
// might have written more.
// PieceSource and sink run in the caller's thread, and nothing else moves meanwhile: their own waiting needs a deadline
// of its own. A source that fails leaves the first stage's input open until that has ended: what was broken off is not
// mistaken for the whole by who reads from us. Who stands behind another stage hears the end when that one goes.
// When this returns no process of it is left: they are one process group, which is killed, and so is what left it but
// still has the variable that each stage is given (FAIRLEAD_PIPELINE).
Result<PipelineOutput> run_pipeline(const Pipeline& pipeline);

}
