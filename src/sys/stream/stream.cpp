#include "sys/stream/stream.h"
#include "sys/signals.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::sys {
namespace {

class BorrowedSink : public Sink {
  public:
    explicit BorrowedSink(Sink& sink) : sink_(sink) {}
    Result<void> write(std::string_view bytes) override { return sink_.write(bytes); }
    Result<void> close() override { return sink_.close(); }

  private:
    Sink& sink_;
};

class BorrowedSource : public Source {
  public:
    explicit BorrowedSource(Source& source) : source_(source) {}
    Result<std::size_t> read(std::span<char> into) override { return source_.read(into); }

  private:
    Source& source_;
};

class BufferedSource : public Source {
  public:
    explicit BufferedSource(std::unique_ptr<Source> from) : from_(std::move(from)) {}
    Result<std::size_t> read(std::span<char> into) override {
        if (left_.empty()) {
            if (into.size() >= stream_piece) return from_->read(into);
            piece_.resize(stream_piece);
            const std::size_t read = TRY(from_->read(piece_));
            left_ = std::string_view(piece_).substr(0, read);
        }
        const std::size_t size = std::min(left_.size(), into.size());
        std::copy_n(left_.begin(), size, into.begin());
        left_.remove_prefix(size);
        return size;
    }

  private:
    std::unique_ptr<Source> from_;
    std::string piece_;
    std::string_view left_; // of piece_
};

}

std::unique_ptr<Source> buffered(std::unique_ptr<Source> from) {
    return std::make_unique<BufferedSource>(std::move(from));
}
std::unique_ptr<Sink> borrowed(Sink& sink) { return std::make_unique<BorrowedSink>(sink); }
std::unique_ptr<Source> borrowed(Source& source) { return std::make_unique<BorrowedSource>(source); }

Result<std::uint64_t> pour(Source& from, Sink& into) {
    std::string piece(stream_piece, '\0');
    for (std::uint64_t all = 0;;) {
        if (stop_requested()) return could_not("interrupted while data was copied");
        const std::size_t size = TRY(from.read(piece));
        if (size == 0) return all;
        TRY_VOID(into.write(std::string_view(piece).substr(0, size)));
        all += size;
    }
}

Result<std::size_t> read_fully(Source& from, std::span<char> into) {
    std::size_t filled = 0;
    while (filled < into.size()) {
        const std::size_t size = TRY(from.read(into.subspan(filled)));
        if (size == 0) break;
        filled += size;
    }
    return filled;
}

Result<std::string> read_all(Source& from, std::size_t limit, std::string_view name) {
    std::string all;
    std::string piece(std::min(limit + 1, stream_piece), '\0');
    for (;;) {
        const std::size_t size = TRY(from.read(piece));
        if (size == 0) return all;
        if (size > limit - all.size()) return no(fmt::format("'{}' is over {} bytes", name, limit));
        all.append(piece, 0, size);
    }
}

}
