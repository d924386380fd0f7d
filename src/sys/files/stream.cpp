#include "sys/files/stream.h"
#include "sys/descriptor.h"
#include "sys/encoding.h"
#include "sys/files/beneath.h"
#include "sys/signals.h"
#include <fmt/format.h>
#include <optional>
#include <unistd.h>

namespace fairlead::sys {

namespace {

constexpr std::size_t read_size = 64 * 1024;

}

struct ByteStream::State {
    Descriptor file; // not open: memory
    std::string path;
    std::string_view memory;
    Encoding encoding = Encoding::raw;
    bool started = false;
    bool ended = false;
    std::optional<Utf16Decoder> utf16;
    std::string buffer = {};
    std::string decoded = {};
    PieceSource pieces = {};

    Result<std::string_view> read() {
        if (pieces) return pieces();
        if (!file.is_open()) {
            const auto piece = memory.substr(0, read_size);
            memory.remove_prefix(piece.size());
            return piece;
        }
        buffer.resize(read_size);
        for (;;) {
            const auto count = ::read(file.get(), buffer.data(), buffer.size());
            if (count >= 0) return std::string_view(buffer.data(), static_cast<std::size_t>(count));
            if (errno != EINTR) return path_error(path, "read");
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
    state->file = TRY(open_regular(state->path)).descriptor;
    return ByteStream(std::move(state));
}

Result<ByteStream> ByteStream::open(const Root& root, const std::filesystem::path& path, Encoding encoding) {
    auto state = std::make_unique<State>();
    state->path = path.string();
    state->encoding = encoding;
    state->file = TRY(root.open_file(path)).descriptor;
    return ByteStream(std::move(state));
}

ByteStream ByteStream::of(std::string_view bytes, Encoding encoding) {
    auto state = std::make_unique<State>();
    state->memory = bytes;
    state->encoding = encoding;
    return ByteStream(std::move(state));
}

ByteStream ByteStream::of(PieceSource pieces, Encoding encoding) {
    auto state = std::make_unique<State>();
    state->pieces = std::move(pieces);
    state->encoding = encoding;
    return ByteStream(std::move(state));
}

Result<std::string_view> ByteStream::next() {
    State& state = *state_;
    while (!state.ended) {
        if (stop_requested())
            return could_not(fmt::format("interrupted while {} was read", state.path.empty() ? "a file" : state.path));
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
    cut_ = false;
    ended_ = true;
    for (;;) {
        if (piece_.empty()) {
            piece_ = TRY(stream_.next());
            if (piece_.empty()) {
                line = partial_;
                if (partial_.empty()) return false;
                ended_ = false;
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
        partial_.append(part.substr(0, longest - partial_.size()));
        cut_ = cut_ || partial_.size() == longest;
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
