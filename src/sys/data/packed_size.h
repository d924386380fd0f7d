#pragma once
#include <cstdint>
#include <memory>
#include <string_view>

namespace fairlead::sys {

// Counts the bytes that a compression program would make of the added bytes. Throws std::bad_alloc.
class PackedSize {
  public:
    virtual ~PackedSize() = default;
    virtual void add(std::string_view bytes) = 0;
    virtual std::uint64_t end() = 0; // call it once, after the last add()
};

std::unique_ptr<PackedSize> gzip_size();   // `gzip -9`
std::unique_ptr<PackedSize> brotli_size(); // `brotli -q 11 -w 22`; null: the machine has no libbrotlienc.so.1

}
