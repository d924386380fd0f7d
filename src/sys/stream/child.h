#pragma once
#include "base/time.h"
#include "sys/process/pipeline.h"
#include "sys/stream/stream.h"
#include <functional>
#include <memory>
#include <string>
#include <vector>

// A program as one end of a stream: what it prints is a source, what it reads is a sink. It ends with us, however we
// end, and takes with it what it started.
namespace fairlead::sys {

struct ChildLimits {
    Milliseconds timeout{0};     // of its whole life; 0: none; at its end SIGTERM, patience, SIGKILL
    Milliseconds patience{2000}; // between SIGTERM and SIGKILL
    // Of a source: asked each `quiet` while it is read and prints nothing, with how long that has been; an error ends
    // the program, and is what the read gives.
    Milliseconds quiet{0};
    std::function<Result<void>(Milliseconds)> while_quiet = {};
};

// Errors of both (could_not) name the program: how it ended and the line that tells why (base/cause.h), the timeout, or
// the stop request (sys/signals.h) that came meanwhile. Whoever drops one that still runs ends it, with SIGTERM first.
class Said {
  public:
    virtual ~Said() = default;
    // The last 20 lines of its standard error, secrets as ***, each at most 500 bytes.
    virtual std::vector<std::string> said() const = 0;
};

// The end is told only when the program has ended with status 0 and nobody holds its output any more.
class ChildSource : public Source, public Said {
  public:
    // Its input is `input` (at most 64 KiB), then the end. Error: the program is absent or can't be executed.
    static Result<std::unique_ptr<ChildSource>> start(const Stage& stage, const ChildLimits& limits = {},
                                                      std::string_view input = {});
};

enum class Rest {
    needed,  // error: it ended, be it with 0, before all was written
    dropped, // it is well when it ends with 0: `pg_restore --list` wants no more than a beginning
};

// What it prints on its standard output is dropped. close(): it was told of the end and ended with 0. Without it the
// program isn't told of the end, but ended: what was broken off is not mistaken for the whole.
class ChildSink : public Sink, public Said {
  public:
    static Result<std::unique_ptr<ChildSink>> start(const Stage& stage, const ChildLimits& limits = {},
                                                    Rest rest = Rest::needed);
};

}
