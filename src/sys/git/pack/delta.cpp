#include "sys/git/pack/delta.h"
#include <cstring>
#include <limits>
#include <utility>

namespace fairlead::sys {
namespace {

// Seven bits a byte, the lowest first; the highest bit says that more follow.
bool take_size(std::string_view& bytes, std::size_t& size) {
    constexpr unsigned most_bits = std::numeric_limits<std::size_t>::digits - 7;
    size = 0;
    for (unsigned shift = 0; !bytes.empty() && shift <= most_bits; shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        size |= static_cast<std::size_t>(byte & 0x7fu) << shift;
        if ((byte & 0x80u) == 0) return true;
    }
    return false;
}

// A number of which only the bytes are stored that aren't zero: a bit of `which` for each.
bool take_number(std::string_view& bytes, unsigned which, std::size_t& number) {
    number = 0;
    for (unsigned shift = 0; which != 0; which >>= 1, shift += 8) {
        if ((which & 1u) == 0) continue;
        if (bytes.empty()) return false;
        number |= static_cast<std::size_t>(static_cast<unsigned char>(bytes.front())) << shift;
        bytes.remove_prefix(1);
    }
    return true;
}

bool take_sizes(std::string_view& delta, DeltaSizes& sizes) {
    return take_size(delta, sizes.base) && take_size(delta, sizes.result);
}

}

std::optional<DeltaSizes> delta_sizes(std::string_view delta) {
    DeltaSizes sizes;
    return take_sizes(delta, sizes) ? std::optional(sizes) : std::nullopt;
}

bool apply_delta(std::string_view delta, std::string_view base, std::span<char> result, std::vector<Copied>* copied) {
    constexpr std::size_t size_of_none = 0x10000; // a copy of size 0 is one of that size
    if (copied) copied->clear();
    DeltaSizes sizes;
    if (!take_sizes(delta, sizes) || sizes.base != base.size() || sizes.result != result.size()) return false;
    std::size_t at = 0;
    while (!delta.empty()) {
        const auto order = static_cast<unsigned char>(delta.front());
        delta.remove_prefix(1);
        const std::size_t room = result.size() - at;
        if (order & 0x80u) {
            Copied copy{.begin = at, .base = 0, .size = 0};
            if (!take_number(delta, order & 0xfu, copy.base) || !take_number(delta, order >> 4 & 0x7u, copy.size))
                return false;
            if (copy.size == 0) copy.size = size_of_none;
            if (copy.size > room || copy.base > base.size() || copy.size > base.size() - copy.base) return false;
            std::memcpy(result.data() + at, base.data() + copy.base, copy.size);
            at += copy.size;
            if (copied) copied->push_back(copy);
        } else {
            if (order == 0 || order > room || order > delta.size()) return false; // 0 is kept for later
            std::memcpy(result.data() + at, delta.data(), order);
            delta.remove_prefix(order);
            at += order;
        }
    }
    return at == result.size();
}

Buffer made_from(std::string_view delta, std::string_view base, std::size_t most, std::vector<Copied>* copied) {
    const auto sizes = delta_sizes(delta);
    if (!sizes || sizes->result > most) return {};
    Buffer result(sizes->result);
    return apply_delta(delta, base, result.bytes(), copied) ? std::move(result) : Buffer();
}

}
