#pragma once
#include "base/result.h"
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

// The two ends of a stream: a producer writes bytes into a sink, a consumer reads bytes from a source. A compressor, a
// cipher, a file or a child wraps the next sink or source. Each keeps at most a few MiB. After an error it must not be
// used again; its destructor leaves no partial output that looks complete.
namespace fairlead::sys {

class Sink {
  public:
    Sink() = default;
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;
    virtual ~Sink() = default; // without close(), the written bytes are discarded
    virtual Result<void> write(std::string_view bytes) = 0;
    virtual Result<void> close() = 0; // completes this sink and the sinks after it; call it once
};

class Source {
  public:
    Source() = default;
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;
    virtual ~Source() = default;
    // Reads at least one byte. 0: the end, and the stream was complete. `into` is not empty.
    virtual Result<std::size_t> read(std::span<char> into) = 0;
};

// Return a wrapper; the caller keeps the sink or source itself, for example to read its figures later.
std::unique_ptr<Sink> borrowed(Sink& sink);
std::unique_ptr<Source> borrowed(Source& source);

// Reads large pieces from `from`, even if the caller reads small ones.
std::unique_ptr<Source> buffered(std::unique_ptr<Source> from);

constexpr std::size_t stream_piece = 256u << 10; // bytes for one read or write

// Copies all bytes without closing the sink, and returns their number. Error (could_not): a stop request
// (sys/signals.h).
Result<std::uint64_t> pour(Source& from, Sink& into);
// Reads until `into` is full or the source ends, and returns the number of bytes.
Result<std::size_t> read_fully(Source& from, std::span<char> into);
// Error (no) with `name`: the source has more than `limit` bytes.
Result<std::string> read_all(Source& from, std::size_t limit, std::string_view name);

}
