#pragma once
#include "sys/stream/stream.h"
#include <algorithm>
#include <memory>
#include <string>

// Ends of streams in memory.
namespace fairlead::sys::testing {

struct Kept {
    std::string bytes;
    bool closed = false;
};

class KeepingSink : public Sink {
  public:
    explicit KeepingSink(Kept& kept) : kept_(kept) {}
    Result<void> write(std::string_view bytes) override {
        kept_.bytes += bytes;
        return {};
    }
    Result<void> close() override {
        kept_.closed = true;
        return {};
    }

  private:
    Kept& kept_;
};

// Pieces of at most that size, and then the error, if there is one.
class TextSource : public Source {
  public:
    explicit TextSource(std::string text, std::size_t piece = 1 << 16, std::string error = "")
        : text_(std::move(text)), piece_(piece), error_(std::move(error)) {}
    Result<std::size_t> read(std::span<char> into) override {
        const std::size_t size = std::min({into.size(), piece_, text_.size() - at_});
        if (size == 0 && !error_.empty()) return could_not(error_);
        std::copy_n(text_.begin() + static_cast<std::ptrdiff_t>(at_), size, into.begin());
        at_ += size;
        return size;
    }

  private:
    const std::string text_;
    const std::size_t piece_;
    const std::string error_;
    std::size_t at_ = 0;
};

class FullSink : public Sink { // takes so many bytes
  public:
    explicit FullSink(std::size_t room) : room_(room) {}
    Result<void> write(std::string_view bytes) override {
        if (bytes.size() > room_) return could_not("no space left");
        room_ -= bytes.size();
        return {};
    }
    Result<void> close() override { return {}; }

  private:
    std::size_t room_;
};

inline std::unique_ptr<Sink> keeping(Kept& kept) { return std::make_unique<KeepingSink>(kept); }
inline std::unique_ptr<Source> source_of(std::string text, std::size_t piece = 1 << 16) {
    return std::make_unique<TextSource>(std::move(text), piece);
}

// Lines that a compressor finds something in, the same for the same size.
inline std::string sample(std::size_t size) {
    std::string text;
    for (std::uint32_t i = 1, state = 1; text.size() < size; ++i) {
        state = state * 1664525u + 1013904223u;
        text += std::to_string(i) + "\tcustomer " + std::to_string(state >> 8) + "\n";
    }
    text.resize(size);
    return text;
}

}
