#include "sys/data/packed_size.h"
#include "sys/freed.h"
#include <array>
#include <dlfcn.h>
#include <zlib.h>

namespace fairlead::sys {
namespace {

class GzipSize : public PackedSize {
  public:
    GzipSize() {
        check_memory(::deflateInit2(&stream_, Z_BEST_COMPRESSION, Z_DEFLATED, 16 + MAX_WBITS, 8, // 16: gzip's header
                                    Z_DEFAULT_STRATEGY) == Z_OK);
    }
    ~GzipSize() override { ::deflateEnd(&stream_); }
    GzipSize(const GzipSize&) = delete;
    GzipSize& operator=(const GzipSize&) = delete;

    void add(std::string_view bytes) override {
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data())); // it doesn't write there
        stream_.avail_in = static_cast<uInt>(bytes.size());
        deflate(Z_NO_FLUSH);
    }
    std::uint64_t end() override {
        stream_.avail_in = 0;
        deflate(Z_FINISH);
        return size_;
    }

  private:
    void deflate(int flush) {
        do {
            stream_.next_out = made_.data();
            stream_.avail_out = static_cast<uInt>(made_.size());
            ::deflate(&stream_, flush);
            size_ += made_.size() - stream_.avail_out;
        } while (stream_.avail_out == 0);
    }

    z_stream stream_{};
    std::array<Bytef, 64 * 1024> made_{};
    std::uint64_t size_ = 0;
};

// The part of brotli/encode.h (1.0) that is used. The library is loaded only when a policy asks for it.
struct BrotliEncoder {
    using Create = void* (*)(void*, void*, void*);
    using Destroy = void (*)(void*);
    using Compress = int (*)(void*, int, std::size_t*, const unsigned char**, std::size_t*, unsigned char**,
                             std::size_t*);
    Create create = nullptr;
    Destroy destroy = nullptr;
    Compress compress = nullptr;

    BrotliEncoder() {
        void* library = dlopen("libbrotlienc.so.1", RTLD_NOW | RTLD_LOCAL);
        if (!library) return;
        create = reinterpret_cast<Create>(dlsym(library, "BrotliEncoderCreateInstance"));
        destroy = reinterpret_cast<Destroy>(dlsym(library, "BrotliEncoderDestroyInstance"));
        compress = reinterpret_cast<Compress>(dlsym(library, "BrotliEncoderCompressStream"));
    }
    bool is_there() const { return create && destroy && compress; }
};

const BrotliEncoder& encoder() {
    static const BrotliEncoder library;
    return library;
}

class BrotliSize : public PackedSize {
  public:
    BrotliSize() : state_(encoder().create(nullptr, nullptr, nullptr)) { check_memory(state_ != nullptr); }
    ~BrotliSize() override { encoder().destroy(state_); }
    BrotliSize(const BrotliSize&) = delete;
    BrotliSize& operator=(const BrotliSize&) = delete;

    void add(std::string_view bytes) override { compress(bytes, process); }
    std::uint64_t end() override {
        compress({}, finish);
        return size_;
    }

  private:
    static constexpr int process = 0, finish = 2; // BrotliEncoderOperation; quality 11 and window 22 are its defaults

    void compress(std::string_view bytes, int operation) {
        auto left = bytes.size();
        const auto* from = reinterpret_cast<const unsigned char*>(bytes.data());
        std::size_t room = 0;
        do {
            auto* to = made_.data();
            room = made_.size();
            check_memory(encoder().compress(state_, operation, &left, &from, &room, &to, nullptr) != 0);
            size_ += made_.size() - room;
        } while (left > 0 || room == 0);
    }

    void* state_;
    std::array<unsigned char, 64 * 1024> made_{};
    std::uint64_t size_ = 0;
};

}

std::unique_ptr<PackedSize> gzip_size() { return std::make_unique<GzipSize>(); }

std::unique_ptr<PackedSize> brotli_size() {
    return encoder().is_there() ? std::make_unique<BrotliSize>() : std::unique_ptr<PackedSize>();
}

}
