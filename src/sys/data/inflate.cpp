#include "sys/data/inflate.h"
#include "sys/freed.h"
#include <algorithm>
#include <zlib.h>
#include <zstd.h>

namespace fairlead::sys {
namespace {

class Zlib : public Inflater {
  public:
    explicit Zlib(int window_bits) { check_memory(::inflateInit2(&stream_, window_bits) == Z_OK); }
    ~Zlib() override { ::inflateEnd(&stream_); }
    Step step(std::string_view in, char* out, std::size_t room) override {
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data())); // it doesn't write there
        stream_.avail_in = static_cast<uInt>(std::min(in.size(), inflate_piece));
        stream_.next_out = reinterpret_cast<Bytef*>(out);
        stream_.avail_out = static_cast<uInt>(std::min(room, inflate_piece));
        const int told = ::inflate(&stream_, Z_NO_FLUSH);
        return {in.size() - stream_.avail_in, room - stream_.avail_out, told == Z_STREAM_END,
                told != Z_OK && told != Z_STREAM_END && told != Z_BUF_ERROR};
    }

  private:
    z_stream stream_{};
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

}

std::unique_ptr<Inflater> gzip_inflater() { return std::make_unique<Zlib>(16 + MAX_WBITS); } // 16: its header
std::unique_ptr<Inflater> deflate_inflater() { return std::make_unique<Zlib>(-MAX_WBITS); }  // no header
std::unique_ptr<Inflater> zlib_inflater() { return std::make_unique<Zlib>(MAX_WBITS); }
std::unique_ptr<Inflater> zstd_inflater() { return std::make_unique<Zstd>(); }

}
