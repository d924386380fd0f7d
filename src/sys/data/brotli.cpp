#include "sys/data/inflate.h"
#include <dlfcn.h>

namespace fairlead::sys {
namespace {

// The part of brotli/decode.h (1.0) that is used. The library is loaded only when an answer needs it; libcurl has it.
struct BrotliLibrary {
    using Create = void* (*)(void*, void*, void*);
    using Destroy = void (*)(void*);
    using Decompress = int (*)(void*, std::size_t*, const unsigned char**, std::size_t*, unsigned char**, std::size_t*);
    Create create = nullptr;
    Destroy destroy = nullptr;
    Decompress decompress = nullptr;

    BrotliLibrary() {
        void* library = dlopen("libbrotlidec.so.1", RTLD_NOW | RTLD_LOCAL);
        if (!library) return;
        create = reinterpret_cast<Create>(dlsym(library, "BrotliDecoderCreateInstance"));
        destroy = reinterpret_cast<Destroy>(dlsym(library, "BrotliDecoderDestroyInstance"));
        decompress = reinterpret_cast<Decompress>(dlsym(library, "BrotliDecoderDecompressStream"));
    }
    bool is_there() const { return create && destroy && decompress; }
};

const BrotliLibrary& brotli() {
    static const BrotliLibrary library;
    return library;
}

class Brotli : public Inflater {
  public:
    Brotli() : state_(brotli().create(nullptr, nullptr, nullptr)) {}
    Brotli(const Brotli&) = delete;
    Brotli& operator=(const Brotli&) = delete;
    ~Brotli() override { brotli().destroy(state_); }
    Step step(std::string_view in, char* out, std::size_t room) override {
        constexpr int failed = 0, ended = 1;
        auto in_left = in.size(), out_left = room;
        const auto* from = reinterpret_cast<const unsigned char*>(in.data());
        auto* to = reinterpret_cast<unsigned char*>(out);
        const int told = brotli().decompress(state_, &in_left, &from, &out_left, &to, nullptr);
        return {in.size() - in_left, room - out_left, told == ended, told == failed};
    }

  private:
    void* state_;
};

}

std::unique_ptr<Inflater> brotli_inflater() {
    return brotli().is_there() ? std::make_unique<Brotli>() : std::unique_ptr<Inflater>();
}

}
