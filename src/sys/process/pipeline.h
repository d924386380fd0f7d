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

// Runs several children joined by pipes, or a single child with large output. Data is never kept as a whole, and the
// exit status of every child is checked.
namespace fairlead::sys {

struct User;     // sys/account.h
class ChildHold; // sys/process/confine.h

struct Stage {
    std::vector<std::string> argv; // never a shell string
    std::string name;              // name in messages; empty: argv[0]
    std::string folder;            // empty: our working folder
    // NAME=value; nothing: Child::program (sys/environment.h). run_pipeline() adds one variable.
    std::optional<std::vector<std::string>> environment;
    const User* user = nullptr; // as in Command (sys/process/process.h)
    bool any_path = false;
    Whose whose = Whose::project;    // sys/process/process.h
    const ChildHold* hold = nullptr; // for a ChildSource or ChildSink: the child's limits; null: no limits
};

struct FromFile { // a regular file, from its beginning
    Path path;
};
struct ToFile { // a new, synced file; error (could_not) if the name exists; removed after a failure
    Path path;
    unsigned mode = 0600;
};
struct ToDescriptor { // the descriptor stays open and belongs to the caller
    int number = -1;
};

struct Pipeline {
    std::vector<Stage> stages;
    // input of the first stage; nothing: /dev/null
    std::variant<std::monostate, std::string, FromFile, PieceSource> input;
    // output of the last stage; nothing: it is dropped
    std::variant<std::monostate, ToFile, ToDescriptor, PieceSink> output;
    Milliseconds timeout{0};     // 0: no limit; then SIGTERM, `patience`, SIGKILL
    Milliseconds patience{2000}; // between SIGTERM and SIGKILL
};

constexpr std::size_t kept_errors = 64u << 10; // bytes kept of a stage's standard error

struct StageEnd {
    std::string name;
    int status = 0; // exit status, or 128 + signal
    int signal = 0;
    bool unheard = false; // ended by SIGPIPE because the next stage stopped reading early and succeeded
    std::string err;      // the end of its standard error, from a line's start, at most kept_errors; secrets as ***
    bool is_well() const { return status == 0 || unheard; }
};

struct PipelineOutput {
    std::vector<StageEnd> stages;      // all stages, in the pipeline's order
    std::optional<std::size_t> failed; // the stage to blame: the one that failed first
    std::uint64_t bytes = 0;           // bytes that the sink took
    // The first stage ended without reading the whole text or source.
    bool input_left = false;

    // Error (could_not): the stage to blame, how it ended and the last line that it printed.
    Result<void> verdict() const;
};

// Runs all stages to their end. As in a shell with pipefail, a stage that ends with another status than 0 failed.
// Exception: if a consumer stops reading, its producer ends by SIGPIPE (or a shell's status 141). If the consumer
// succeeded, the producer counts as successful (`yes | head`); if the consumer failed, it is the stage to blame.
// The failure of a stage is a value; see verdict(). Errors of source and sink end all stages and are returned. Error
// (could_not): a program or its folder is absent (then nothing was started), or a program can't be executed; the
// timeout or a new stop request (sys/signals.h) came; or a process left by the last stage kept the output open, so that
// output could be missing.
// PieceSource and sink run in the caller's thread and block everything else, so they need their own deadlines. If a
// source fails, the first stage's input stays open until that stage ends, so that it can't take incomplete input for
// complete. Later stages see the end of their input when the stage before ends.
// When this returns, no process of the pipeline is left. Its process group is killed, and also processes outside of the
// group that have the variable given to each stage (FAIRLEAD_PIPELINE).
Result<PipelineOutput> run_pipeline(const Pipeline& pipeline);

}
