#include "sys/stream.h"
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace fairlead::sys {

namespace {

constexpr std::size_t piece_size = 64 * 1024;

void append_utf8(std::string& out, std::uint32_t code) {
    const auto byte = [&](std::uint32_t value) { out += static_cast<char>(value); };
    if (code < 0x80) return byte(code);
    if (code < 0x800)
        byte(0xC0 | code >> 6);
    else {
        if (code < 0x10000)
            byte(0xE0 | code >> 12);
        else {
            byte(0xF0 | code >> 18);
            byte(0x80 | (code >> 12 & 0x3F));
        }
        byte(0x80 | (code >> 6 & 0x3F));
    }
    byte(0x80 | (code & 0x3F));
}

// UTF-16 arrives in pieces that may end within a unit or between two surrogates.
class Utf16 {
  public:
    explicit Utf16(bool big_endian) : big_endian_(big_endian) {}

    void feed(std::string_view bytes, std::string& out) {
        for (const char c : bytes) {
            const auto byte = static_cast<unsigned char>(c);
            if (!first_)
                first_ = byte;
            else {
                unit(big_endian_ ? *first_ << 8 | byte : byte << 8 | *first_, out);
                first_.reset();
            }
        }
    }
    void finish(std::string& out) {
        if (high_ || first_) append_utf8(out, 0xFFFD);
        high_ = 0;
        first_.reset();
    }

  private:
    void unit(int value, std::string& out) {
        const auto code = static_cast<std::uint32_t>(value);
        const bool low = code >= 0xDC00 && code < 0xE000;
        if (high_ && low)
            append_utf8(out, 0x10000 + ((high_ - 0xD800) << 10) + (code - 0xDC00));
        else {
            if (high_) append_utf8(out, 0xFFFD);
            if (low) append_utf8(out, 0xFFFD);
        }
        const bool paired = high_ && low;
        high_ = 0;
        if (paired || low) return;
        if (code >= 0xD800 && code < 0xDC00)
            high_ = code;
        else
            append_utf8(out, code);
    }

    bool big_endian_;
    std::optional<unsigned char> first_; // half a unit
    std::uint32_t high_ = 0;             // a high surrogate that waits for its low one
};

}

struct ByteStream::State {
    int descriptor = -1;
    std::string path;
    std::string_view memory;
    Encoding encoding = Encoding::raw;
    bool started = false;
    bool ended = false;
    std::optional<Utf16> utf16;
    std::string buffer = {};
    std::string decoded = {};

    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        if (descriptor >= 0) ::close(descriptor);
    }

    Result<std::string_view> read() {
        if (descriptor < 0) {
            const auto piece = memory.substr(0, piece_size);
            memory.remove_prefix(piece.size());
            return piece;
        }
        buffer.resize(piece_size);
        for (;;) {
            const auto count = ::read(descriptor, buffer.data(), buffer.size());
            if (count >= 0) return std::string_view(buffer.data(), static_cast<std::size_t>(count));
            if (errno != EINTR) return could_not(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
        }
    }

    std::string_view start(std::string_view piece) {
        started = true;
        if (encoding == Encoding::raw) return piece;
        if (piece.starts_with("\xEF\xBB\xBF")) return piece.substr(3);
        if (piece.starts_with("\xFE\xFF"))
            utf16.emplace(true);
        else if (piece.starts_with("\xFF\xFE"))
            utf16.emplace(false);
        return utf16 ? piece.substr(2) : piece;
    }
};

ByteStream::ByteStream(std::unique_ptr<State> state) : state_(std::move(state)) {}
ByteStream::ByteStream(ByteStream&&) noexcept = default;
ByteStream& ByteStream::operator=(ByteStream&&) noexcept = default;
ByteStream::~ByteStream() = default;

Result<ByteStream> ByteStream::open(const std::filesystem::path& path, Encoding encoding) {
    auto state = std::make_unique<State>();
    state->path = path.string();
    state->encoding = encoding;
    // O_NONBLOCK: a named pipe without a writer must not hang us before we see that it is no regular file.
    state->descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat info = {};
    if (state->descriptor < 0 || ::fstat(state->descriptor, &info) != 0)
        return could_not(fmt::format("{}: cannot be opened: {}", state->path, std::strerror(errno)));
    if (!S_ISREG(info.st_mode)) return could_not(fmt::format("{}: is no regular file", state->path));
    return ByteStream(std::move(state));
}

ByteStream ByteStream::of(std::string_view bytes, Encoding encoding) {
    auto state = std::make_unique<State>();
    state->memory = bytes;
    state->encoding = encoding;
    return ByteStream(std::move(state));
}

Result<std::string_view> ByteStream::next() {
    State& state = *state_;
    while (!state.ended) {
        std::string_view piece = TRY(state.read());
        state.ended = piece.empty();
        if (!state.started) piece = state.start(piece);
        if (state.utf16) {
            state.decoded.clear();
            state.utf16->feed(piece, state.decoded);
            if (state.ended) state.utf16->finish(state.decoded);
            piece = state.decoded;
        }
        if (!piece.empty()) return piece; // empty before the end: only a mark, or half a character
    }
    return std::string_view();
}

Result<bool> LineReader::next(std::string_view& line) {
    partial_.clear();
    for (;;) {
        if (piece_.empty()) {
            piece_ = TRY(stream_.next());
            if (piece_.empty()) {
                line = partial_;
                if (partial_.empty()) return false;
                break;
            }
        }
        const auto end = piece_.find('\n');
        const auto part = piece_.substr(0, end);
        piece_.remove_prefix(end == std::string_view::npos ? piece_.size() : end + 1);
        if (end != std::string_view::npos && partial_.empty()) {
            line = part;
            break;
        }
        if (partial_.size() < longest) partial_.append(part.substr(0, longest - partial_.size()));
        if (end != std::string_view::npos) {
            line = partial_;
            break;
        }
    }
    ++number_;
    if (line.ends_with('\r')) line.remove_suffix(1);
    return true;
}

}
