#pragma once
#include "base/time.h"
#include "sys/process/pipeline.h"
#include "sys/stream/stream.h"
#include <functional>
#include <memory>
#include <string>
#include <vector>

// A program as one end of a stream: its output is a source, its input is a sink. If we end in any way, the program and
// all that it started end, too.
namespace fairlead::sys {

struct ChildLimits {
    Milliseconds timeout{0};     // of the whole run; 0: no limit; then SIGTERM, `patience`, SIGKILL
    Milliseconds patience{2000}; // between SIGTERM and SIGKILL
    // For a source: while a read waits and the program prints nothing, called every `quiet` with the time since its
    // last output. An error ends the program, and the read returns this error.
    Milliseconds quiet{0};
    std::function<Result<void>(Milliseconds)> while_quiet = {};
};

// The errors (could_not) of ChildSource and ChildSink name the program and the cause: how it ended, with the line that
// explains it (base/cause.h); the timeout; or a new stop request (sys/signals.h). The destructor ends a program that
// still runs, with SIGTERM first.
class Said {
  public:
    virtual ~Said() = default;
    // Returns the last 20 lines of its standard error, each at most 500 bytes, with secrets as ***.
    virtual std::vector<std::string> said() const = 0;
};

// The source ends only after the program has ended with status 0 and no process has its output open.
class ChildSource : public Source, public Said {
  public:
    // Starts a program with `input` (at most 64 KiB) as its input. Error: the program is absent or can't be executed.
    static Result<std::unique_ptr<ChildSource>> start(const Stage& stage, const ChildLimits& limits = {},
                                                      std::string_view input = {});
};

enum class Rest {
    needed,  // error if the program ended before all was written, even with status 0
    dropped, // success if it ends with status 0: `pg_restore --list` reads only the beginning
};

// Drops the program's standard output. close() closes its input, and succeeds if it ends with 0. Without close() the
// program is killed before its input ends, so that it can't take incomplete input for complete.
class ChildSink : public Sink, public Said {
  public:
    static Result<std::unique_ptr<ChildSink>> start(const Stage& stage, const ChildLimits& limits = {},
                                                    Rest rest = Rest::needed);
};

}
