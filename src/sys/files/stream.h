#pragma once
#include "base/result.h"
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

// Files too big to hold: read in pieces, or line by line, in bounded memory.
namespace fairlead::sys {

class Root;

// Gives the next piece, valid until the next call; an empty one is the end. ByteStream::next is one.
using PieceSource = std::function<Result<std::string_view>()>;
// Takes the next piece: 1 byte to 64 KiB.
using PieceSink = std::function<Result<void>(std::string_view)>;

enum class Encoding {
    raw,  // the bytes as they are
    utf8, // a UTF-8 mark is dropped, UTF-16 with its mark becomes UTF-8 (lone surrogates U+FFFD)
};

class ByteStream {
  public:
    // Error (could_not) with the path and the system's reason; only regular files are read.
    static Result<ByteStream> open(const std::filesystem::path& path, Encoding encoding);
    static Result<ByteStream> open(const Root& root, const std::filesystem::path& path, Encoding encoding);
    static ByteStream of(std::string_view bytes, Encoding encoding); // `bytes` outlive the stream
    ByteStream(ByteStream&&) noexcept;
    ByteStream& operator=(ByteStream&&) noexcept;
    ~ByteStream();

    // The next piece, at most 64 KiB of the file; empty at the end. Valid until the next call. Error (could_not) from
    // the file system, and once a signal asked us to stop (sys/signals.h).
    Result<std::string_view> next();

  private:
    struct State;
    explicit ByteStream(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

class LineReader {
  public:
    static constexpr std::size_t longest = 1u << 20; // what is over it in one line is dropped, and was_cut() says so
    explicit LineReader(ByteStream stream) : stream_(std::move(stream)) {}
    // False at the end. The line is without LF and CR LF and valid until the next call.
    Result<bool> next(std::string_view& line);
    std::size_t number() const { return number_; } // of the line read last, from 1
    bool was_cut() const { return cut_; }          // the line read last
    bool was_ended() const { return ended_; }      // the same, by LF; not so: it is the last one, and may be a part

  private:
    ByteStream stream_;
    std::string_view piece_; // what of the stream's piece is not read yet
    std::string partial_;    // a line that began in an earlier piece
    std::size_t number_ = 0;
    bool cut_ = false, ended_ = true;
};

}
