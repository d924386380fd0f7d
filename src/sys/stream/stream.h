#pragma once
#include "base/result.h"
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

// The two ends of what flows: whoever makes bytes pushes them into a sink, whoever wants some pulls them from a source.
// A compressor, a cipher, a file or a child is one of them in front of the next. None keeps more than a few MiB. After
// an error nothing more may be asked of it, and its destructor leaves nothing half done that looks whole.
namespace fairlead::sys {

class Sink {
  public:
    Sink() = default;
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;
    virtual ~Sink() = default; // without close() what was written doesn't count
    virtual Result<void> write(std::string_view bytes) = 0;
    virtual Result<void> close() = 0; // all is where it belongs, in what is behind it too; once
};

class Source {
  public:
    Source() = default;
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;
    virtual ~Source() = default;
    // At least one byte; 0: the end, and that it was a good one. `into` is not empty.
    virtual Result<std::size_t> read(std::span<char> into) = 0;
};

// What stands in front of another that somebody else keeps: a chain whose links are asked for their figures afterwards.
std::unique_ptr<Sink> borrowed(Sink& sink);
std::unique_ptr<Source> borrowed(Source& source);

// Asks `from` for large pieces only, whatever is asked of it.
std::unique_ptr<Source> buffered(std::unique_ptr<Source> from);

constexpr std::size_t stream_piece = 256u << 10; // what is read and written at once

// All of it, without closing the sink. How many bytes. A stop request (sys/signals.h) ends it: could_not.
Result<std::uint64_t> pour(Source& from, Sink& into);
// Until `into` is full or the source ends: how many bytes.
Result<std::size_t> read_fully(Source& from, std::span<char> into);
// Error (no) with `name`: there is more than `limit`.
Result<std::string> read_all(Source& from, std::size_t limit, std::string_view name);

}
