#include "sys/data/inflate_whole.h"
#include <libdeflate.h>
#include <new>

namespace fairlead::sys {

struct WholeInflater::State {
    libdeflate_decompressor* handle = libdeflate_alloc_decompressor();
    State() {
        if (!handle) throw std::bad_alloc();
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() { libdeflate_free_decompressor(handle); }
};

WholeInflater::WholeInflater() : state_(std::make_unique<State>()) {}
WholeInflater::~WholeInflater() = default;

bool WholeInflater::inflate(std::string_view packed, std::span<char> result) const {
    std::size_t taken = 0; // asked for: without it the stream would have to end where `packed` does
    return libdeflate_zlib_decompress_ex(state_->handle, packed.data(), packed.size(), result.data(), result.size(),
                                         &taken, nullptr) == LIBDEFLATE_SUCCESS;
}

}
