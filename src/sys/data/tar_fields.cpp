#include "sys/data/tar_fields.h"

namespace fairlead::sys {

std::string_view tar_text(std::string_view header, std::size_t at, std::size_t size) {
    const auto text = header.substr(at, size);
    return text.substr(0, text.find('\0'));
}

std::optional<std::uint64_t> tar_number(std::string_view text) {
    std::uint64_t value = 0;
    if (!text.empty() && (text[0] & 0x80) != 0) {
        for (std::size_t i = 0; i < text.size(); ++i) {
            const auto byte = static_cast<unsigned char>(text[i]) & (i == 0 ? 0x7fu : 0xffu);
            if (value >> 55 != 0) return std::nullopt;
            value = value << 8 | byte;
        }
        return value;
    }
    text = text.substr(0, text.find('\0'));
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    for (const char c : text) {
        if (c < '0' || c > '7' || value >> 60 != 0) return std::nullopt;
        value = value * 8 + static_cast<std::uint64_t>(c - '0');
    }
    return value;
}

bool tar_checksum_holds(std::string_view header) {
    const auto told = tar_number(header.substr(148, 8));
    std::uint64_t sum = 0;
    std::int64_t signed_sum = 0;
    for (std::size_t i = 0; i < tar_block_size; ++i) {
        const char c = i >= 148 && i < 156 ? ' ' : header[i];
        sum += static_cast<unsigned char>(c);
        signed_sum += static_cast<signed char>(c);
    }
    return told && (*told == sum || static_cast<std::int64_t>(*told) == signed_sum);
}

}
