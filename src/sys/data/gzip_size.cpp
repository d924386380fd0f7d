#include "sys/data/gzip_size.h"
#include "sys/freed.h"
#include <array>
#include <zlib.h>

namespace fairlead::sys {

struct GzipSize::State {
    z_stream stream{};
    std::array<Bytef, 64 * 1024> made{};
    std::uint64_t size = 0;
};

GzipSize::GzipSize() : state_(std::make_unique<State>()) {
    check_memory(::deflateInit2(&state_->stream, Z_BEST_COMPRESSION, Z_DEFLATED, 16 + MAX_WBITS, 8, // 16: gzip's header
                                Z_DEFAULT_STRATEGY) == Z_OK);
}

GzipSize::~GzipSize() { ::deflateEnd(&state_->stream); }

void GzipSize::add(std::string_view bytes) {
    state_->stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data())); // it doesn't write there
    state_->stream.avail_in = static_cast<uInt>(bytes.size());
    deflate(Z_NO_FLUSH);
}

std::uint64_t GzipSize::end() {
    state_->stream.avail_in = 0;
    deflate(Z_FINISH);
    return state_->size;
}

void GzipSize::deflate(int flush) {
    auto& stream = state_->stream;
    do {
        stream.next_out = state_->made.data();
        stream.avail_out = static_cast<uInt>(state_->made.size());
        ::deflate(&stream, flush);
        state_->size += state_->made.size() - stream.avail_out;
    } while (stream.avail_out == 0);
}

}
