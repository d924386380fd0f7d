#include "sys/data/inflate.h"
#include "sys/freed.h"
#include <algorithm>
#include <bzlib.h>
#include <limits>
#include <lzma.h>
#include <stdexcept>
#include <zlib.h>
#include <zstd.h>

namespace fairlead::sys {
namespace {

constexpr std::uint64_t memory_limit = 256u << 20; // of a decoder; `xz -9` takes 65 MiB, zstd's usual window 128

template <typename Count>
Count bounded(std::size_t size) {
    return static_cast<Count>(std::min<std::size_t>(size, std::numeric_limits<Count>::max()));
}

class Gzip : public Inflater {
  public:
    Gzip() { check_memory(::inflateInit2(&stream_, 16 + MAX_WBITS) == Z_OK); } // 16: gzip's header
    ~Gzip() override { ::inflateEnd(&stream_); }
    Step step(std::string_view in, char* out, std::size_t room) override {
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data())); // it doesn't write there
        stream_.avail_in = bounded<uInt>(in.size());
        stream_.next_out = reinterpret_cast<Bytef*>(out);
        stream_.avail_out = bounded<uInt>(room);
        const int told = ::inflate(&stream_, Z_NO_FLUSH);
        return {in.size() - stream_.avail_in, room - stream_.avail_out, told == Z_STREAM_END,
                told != Z_OK && told != Z_STREAM_END && told != Z_BUF_ERROR};
    }

  private:
    z_stream stream_{};
};

class Bzip2 : public Inflater {
  public:
    Bzip2() { check_memory(::BZ2_bzDecompressInit(&stream_, 0, 0) == BZ_OK); }
    ~Bzip2() override { ::BZ2_bzDecompressEnd(&stream_); }
    Step step(std::string_view in, char* out, std::size_t room) override {
        stream_.next_in = const_cast<char*>(in.data()); // it doesn't write there
        stream_.avail_in = bounded<unsigned>(in.size());
        stream_.next_out = out;
        stream_.avail_out = bounded<unsigned>(room);
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

class Zstd : public Inflater {
  public:
    Zstd() : context_(::ZSTD_createDCtx(), ::ZSTD_freeDCtx) { check_memory(context_ != nullptr); }
    Step step(std::string_view in, char* out, std::size_t room) override {
        ZSTD_inBuffer from{in.data(), in.size(), 0};
        ZSTD_outBuffer to{out, room, 0};
        const auto told = ::ZSTD_decompressStream(context_.get(), &to, &from);
        return {from.pos, to.pos, told == 0, ::ZSTD_isError(told) != 0};
    }

  private:
    std::unique_ptr<ZSTD_DCtx, decltype(&::ZSTD_freeDCtx)> context_;
};

template <typename Kind>
std::unique_ptr<Inflater> make() {
    return std::make_unique<Kind>();
}

struct InflateRow {
    std::string_view magic;
    std::unique_ptr<Inflater> (*make)();
};
constexpr InflateRow inflate_rows[] = {{"\x1f\x8b", make<Gzip>},
                                       {"BZh", make<Bzip2>},
                                       {{"\xfd"
                                         "7zXZ\0",
                                         6},
                                        make<Xz>},
                                       {"\x28\xb5\x2f\xfd", make<Zstd>}};

}

std::unique_ptr<Inflater> inflater_for(std::string_view start) {
    const auto* row = std::find_if(std::begin(inflate_rows), std::end(inflate_rows),
                                   [&](const InflateRow& one) { return start.starts_with(one.magic); });
    return row == std::end(inflate_rows) ? nullptr : row->make();
}

}
