#include "sys/stream/compress.h"
#include "base/text.h"
#include "sys/data/inflate.h"
#include "sys/freed.h"
#include "sys/stream/behind.h"
#include "sys/stream/gzip.h"
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <new>
#include <thread>
#include <zstd.h>

namespace fairlead::sys {
namespace {

constexpr int job_size = 2 << 20; // bytes that a thread of zstd's packs at once

// As many as need about 60 MiB at most together, from level 13 on one that needs more.
int threads_of_level(int level) { return level <= 6 ? 4 : level <= 9 ? 2 : 1; }

// Debian's static archive is built without.
bool zstd_has_threads() { return ::ZSTD_cParam_getBounds(ZSTD_c_nbWorkers).upperBound > 0; }

class ZstdSink : public Sink {
  public:
    ZstdSink(int level, std::unique_ptr<Sink> into)
        : into_(std::move(into)), out_(stream_piece, '\0'), context_(::ZSTD_createCCtx(), ::ZSTD_freeCCtx) {
        check_memory(context_ != nullptr);
        set(ZSTD_c_compressionLevel, level);
        set(ZSTD_c_checksumFlag, 1);
        const int cores = static_cast<int>(std::thread::hardware_concurrency());
        if (zstd_has_threads()) set(ZSTD_c_nbWorkers, std::clamp(cores - 1, 1, threads_of_level(level)));
        set(ZSTD_c_jobSize, job_size);
    }
    Result<void> write(std::string_view bytes) override {
        ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
        while (in.pos < in.size) TRY(pack(in, ZSTD_e_continue));
        return {};
    }
    Result<void> close() override {
        ZSTD_inBuffer in{nullptr, 0, 0};
        while (TRY(pack(in, ZSTD_e_end)) > 0) continue;
        return into_->close();
    }

  private:
    void set(ZSTD_cParameter what, int value) { ::ZSTD_CCtx_setParameter(context_.get(), what, value); }

    Result<std::size_t> pack(ZSTD_inBuffer& in, ZSTD_EndDirective how) {
        ZSTD_outBuffer out{out_.data(), out_.size(), 0};
        const std::size_t left = ::ZSTD_compressStream2(context_.get(), &out, &in, how);
        if (::ZSTD_isError(left)) return could_not(fmt::format("zstd can't compress: {}", ::ZSTD_getErrorName(left)));
        if (out.pos > 0) TRY_VOID(into_->write(std::string_view(out_).substr(0, out.pos)));
        return left;
    }

    std::unique_ptr<Sink> into_;
    std::string out_;
    std::unique_ptr<ZSTD_CCtx, decltype(&::ZSTD_freeCCtx)> context_;
};

class Decompressing : public Source {
  public:
    Decompressing(Compression::Kind kind, std::unique_ptr<Source> from, std::string name)
        : kind_(kind), from_(std::move(from)), name_(std::move(name)), in_(stream_piece, '\0') {}

    Result<std::size_t> read(std::span<char> into) override {
        for (;;) {
            if (!inflater_) {
                const bool more = TRY(begin());
                if (!more) return std::size_t{0};
            }
            const auto step = inflater_->step(left_, into.data(), into.size());
            left_.remove_prefix(step.taken);
            if (step.bad) return no(fmt::format("'{}' is damaged: its {} data can't be read", name_, kind_name()));
            if (step.ended) inflater_.reset();
            if (step.made > 0) return step.made;
            if (left_.empty() && inflater_) {
                const bool more = TRY(fill());
                if (!more) return no(fmt::format("'{}' is cut off: its {} data has no end", name_, kind_name()));
            }
        }
    }

  private:
    std::string_view kind_name() const { return kind_ == Compression::Kind::gzip ? "gzip" : "zstd"; }

    Result<bool> fill() {
        const std::size_t size = TRY(from_->read(in_));
        left_ = std::string_view(in_).substr(0, size);
        return size > 0;
    }

    // The next stream; false: there is none. An empty file is none.
    Result<bool> begin() {
        constexpr std::size_t magic_size = 4;
        if (left_.size() < magic_size) { // it may stand in two pieces
            std::copy(left_.begin(), left_.end(), in_.begin());
            const std::size_t kept = left_.size();
            const std::size_t more = TRY(read_fully(*from_, std::span(in_).subspan(kept)));
            left_ = std::string_view(in_).substr(0, kept + more);
        }
        if (left_.empty() && began_) return false;
        if (left_.empty()) return no(fmt::format("'{}' is empty, so it is not {} data", name_, kind_name()));
        const auto magic = kind_ == Compression::Kind::gzip ? std::string_view("\x1f\x8b") : "\x28\xb5\x2f\xfd";
        if (!left_.starts_with(magic))
            return no(began_ ? fmt::format("'{}' is damaged: there is text after its {} data", name_, kind_name())
                             : fmt::format("'{}' is not {} data", name_, kind_name()));
        began_ = true;
        inflater_ = kind_ == Compression::Kind::gzip ? gzip_inflater() : zstd_inflater();
        return true;
    }

    const Compression::Kind kind_;
    std::unique_ptr<Source> from_;
    const std::string name_;
    std::string in_;
    std::string_view left_; // of in_
    std::unique_ptr<Inflater> inflater_;
    bool began_ = false;
};

struct CompressRow {
    std::string_view name;
    Compression::Kind kind;
    int usual, highest;
    std::string_view suffix;
};
constexpr CompressRow compress_rows[] = {{"none", Compression::Kind::none, 0, 0, ""},
                                         {"gzip", Compression::Kind::gzip, 6, 9, ".gz"},
                                         {"zstd", Compression::Kind::zstd, 3, 19, ".zst"}};

const CompressRow& row_of(Compression::Kind kind) {
    return *std::find_if(std::begin(compress_rows), std::end(compress_rows),
                         [&](const CompressRow& row) { return row.kind == kind; });
}

}

Result<Compression> read_compression(std::string_view text) {
    const auto colon = text.find(':');
    const auto name = text.substr(0, colon);
    const auto* row = std::find_if(std::begin(compress_rows), std::end(compress_rows),
                                   [&](const CompressRow& one) { return one.name == name; });
    const auto wrong = usage(fmt::format("compression '{}' is unknown; expected zstd:1 to zstd:19, gzip:1 to gzip:9 or "
                                         "none",
                                         to_valid_utf8(text)));
    if (row == std::end(compress_rows)) return wrong;
    if (colon == text.npos) return Compression{row->kind, row->usual};
    const auto level = parse_integer(text.substr(colon + 1));
    if (!level.ok() || level.value() < 1 || level.value() > row->highest) return wrong;
    return Compression{row->kind, static_cast<int>(level.value())};
}

std::string shown(const Compression& compression) {
    const CompressRow& row = row_of(compression.kind);
    return row.highest == 0 ? std::string(row.name) : fmt::format("{}:{}", row.name, compression.level);
}

std::string_view suffix_of(Compression::Kind kind) { return row_of(kind).suffix; }

std::unique_ptr<Sink> compressing(const Compression& compression, std::unique_ptr<Sink> into) {
    if (compression.kind == Compression::Kind::gzip) return gzipping(compression.level, std::move(into));
    if (compression.kind == Compression::Kind::zstd) {
        auto made = std::make_unique<ZstdSink>(compression.level, std::move(into));
        if (!zstd_has_threads()) return behind(std::move(made));
        return made;
    }
    return into;
}

std::unique_ptr<Source> decompressing(Compression::Kind kind, std::unique_ptr<Source> from, std::string name) {
    if (kind == Compression::Kind::none) return from;
    return std::make_unique<Decompressing>(kind, std::move(from), std::move(name));
}

}
