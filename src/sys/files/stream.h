#pragma once
#include "base/result.h"
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

// Reads files that are too big for memory, in pieces or line by line, with bounded memory.
namespace fairlead::sys {

class Root;

// Returns the next piece, valid until the next call; an empty piece is the end. ByteStream::next has this form.
using PieceSource = std::function<Result<std::string_view>()>;
// Takes the next piece, 1 byte to 64 KiB.
using PieceSink = std::function<Result<void>(std::string_view)>;

enum class Encoding {
    raw,  // the bytes as they are
    utf8, // drops a byte order mark; converts UTF-16 with such a mark to UTF-8 (lone surrogates become U+FFFD)
};

class ByteStream {
  public:
    // Error (could_not) with the path and the system's reason; only regular files are read.
    static Result<ByteStream> open(const std::filesystem::path& path, Encoding encoding);
    static Result<ByteStream> open(const Root& root, const std::filesystem::path& path, Encoding encoding);
    static ByteStream of(std::string_view bytes, Encoding encoding); // `bytes` must outlive the stream
    static ByteStream of(PieceSource pieces, Encoding encoding);
    ByteStream(ByteStream&&) noexcept;
    ByteStream& operator=(ByteStream&&) noexcept;
    ~ByteStream();

    // Returns the next piece, at most 64 KiB of the file, valid until the next call; empty at the end. Error
    // (could_not): from the file system, or a signal asked us to stop (sys/signals.h). Errors of a PieceSource are
    // passed on.
    Result<std::string_view> next();

  private:
    struct State;
    explicit ByteStream(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

class LineReader {
  public:
    // bytes; the rest of a longer line is dropped, and was_cut() is true
    static constexpr std::size_t longest = 1u << 20;
    explicit LineReader(ByteStream stream) : stream_(std::move(stream)) {}
    // Reads a line without its LF or CR LF, valid until the next call. False: the end.
    Result<bool> next(std::string_view& line);
    std::size_t number() const { return number_; } // number of the last read line, from 1
    bool was_cut() const { return cut_; }          // whether the last read line was longer than `longest`
    // whether the last read line ended with LF; if not, it is the file's last line, maybe incomplete
    bool was_ended() const { return ended_; }

  private:
    ByteStream stream_;
    std::string_view piece_; // the unread rest of the stream's piece
    std::string partial_;    // a line that began in an earlier piece
    std::size_t number_ = 0;
    bool cut_ = false, ended_ = true;
};

}
