// All four kinds, apart from inflate.cpp: what only reads gzip and zstd needn't load libbz2 and liblzma.
#include "base/text.h"
#include "sys/data/inflate.h"
#include "sys/freed.h"
#include <algorithm>
#include <bzlib.h>
#include <fmt/format.h>
#include <lzma.h>

namespace fairlead::sys {
namespace {

constexpr std::uint64_t memory_limit = 256u << 20; // of a decoder; `xz -9` takes 65 MiB, zstd's usual window 128

class Bzip2 : public Inflater {
  public:
    Bzip2() { check_memory(::BZ2_bzDecompressInit(&stream_, 0, 0) == BZ_OK); }
    ~Bzip2() override { ::BZ2_bzDecompressEnd(&stream_); }
    Step step(std::string_view in, char* out, std::size_t room) override {
        stream_.next_in = const_cast<char*>(in.data()); // it doesn't write there
        stream_.avail_in = static_cast<unsigned>(std::min(in.size(), inflate_piece));
        stream_.next_out = out;
        stream_.avail_out = static_cast<unsigned>(std::min(room, inflate_piece));
        const int told = ::BZ2_bzDecompress(&stream_);
        return {in.size() - stream_.avail_in, room - stream_.avail_out, told == BZ_STREAM_END,
                told != BZ_OK && told != BZ_STREAM_END};
    }

  private:
    bz_stream stream_{};
};

class Xz : public Inflater {
  public:
    Xz() { check_memory(::lzma_stream_decoder(&stream_, memory_limit, 0) == LZMA_OK); }
    ~Xz() override { ::lzma_end(&stream_); }
    Step step(std::string_view in, char* out, std::size_t room) override {
        stream_.next_in = reinterpret_cast<const std::uint8_t*>(in.data());
        stream_.avail_in = in.size();
        stream_.next_out = reinterpret_cast<std::uint8_t*>(out);
        stream_.avail_out = room;
        const auto told = ::lzma_code(&stream_, LZMA_RUN);
        return {in.size() - stream_.avail_in, room - stream_.avail_out, told == LZMA_STREAM_END,
                told != LZMA_OK && told != LZMA_STREAM_END && told != LZMA_BUF_ERROR};
    }

  private:
    lzma_stream stream_ = LZMA_STREAM_INIT;
};

template <typename Kind>
std::unique_ptr<Inflater> make() {
    return std::make_unique<Kind>();
}

struct InflateRow {
    std::string_view magic;
    std::unique_ptr<Inflater> (*make)();
};
constexpr InflateRow inflate_rows[] = {{"\x1f\x8b", gzip_inflater},
                                       {"BZh", make<Bzip2>},
                                       {{"\xfd"
                                         "7zXZ\0",
                                         6},
                                        make<Xz>},
                                       {"\x28\xb5\x2f\xfd", zstd_inflater}};

}

std::unique_ptr<Inflater> inflater_for(std::string_view start) {
    const auto* row = std::find_if(std::begin(inflate_rows), std::end(inflate_rows),
                                   [&](const InflateRow& one) { return start.starts_with(one.magic); });
    return row == std::end(inflate_rows) ? nullptr : row->make();
}

Result<std::string> inflate_all(std::string_view packed, std::uint64_t limit) {
    std::string out, piece(std::size_t{64} << 10, '\0');
    bool is_first = true;
    while (!packed.empty()) {
        if (!is_first) packed.remove_prefix(std::min(packed.find_first_not_of('\0'), packed.size())); // padding
        if (packed.empty()) break;
        const auto inflater = inflater_for(packed);
        if (!inflater && is_first) return no("it is not packed by gzip, bzip2, xz or zstd");
        if (!inflater) return out.append(packed); // not compressed, so it stays as it is
        for (bool ended = false; !ended;) {
            const auto step = inflater->step(packed, piece.data(), piece.size());
            if (step.bad) return no("the compressed data is damaged");
            packed.remove_prefix(step.taken);
            out.append(piece, 0, step.made);
            ended = step.ended;
            if (out.size() > limit) return no(fmt::format("it has more than {} of content", shown_bytes(limit)));
            if (!ended && step.made == 0 && step.taken == 0) return no("the compressed data is cut short");
        }
        is_first = false;
    }
    return out;
}

}
