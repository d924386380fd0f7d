#include "sys/encoding.h"
#include "base/text.h"
#include <algorithm>
#include <iconv.h>

namespace fairlead::sys {
namespace {

// The name comes from foreign files and iconv loads a module by it: only families that are one byte per character.
bool is_known_family(const std::string& encoding) {
    constexpr std::string_view families[] = {"windows-125", "cp", "ibm", "iso-8859-", "koi8-", "mac", "tis-620"};
    const std::string name = lower(encoding);
    const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
    return plain && name.size() < 20 &&
           std::any_of(std::begin(families), std::end(families), [&](auto family) { return name.starts_with(family); });
}

int code_point_of(iconv_t converter, int byte) {
    char in = static_cast<char>(byte);
    wchar_t out = 0;
    char* from = &in;
    char* to = reinterpret_cast<char*>(&out);
    std::size_t from_left = 1, to_left = sizeof out;
    iconv(converter, nullptr, nullptr, nullptr, nullptr);
    const std::size_t failed = iconv(converter, &from, &from_left, &to, &to_left);
    return failed == static_cast<std::size_t>(-1) || to_left != 0 ? -1 : static_cast<int>(out);
}

void append_utf8(std::string& out, std::uint32_t code) {
    const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (code < 0x80) return put(code);
    if (code < 0x800) {
        put(0xC0 | (code >> 6));
    } else if (code < 0x10000) {
        put(0xE0 | (code >> 12));
        put(0x80 | ((code >> 6) & 0x3F));
    } else {
        put(0xF0 | (code >> 18));
        put(0x80 | ((code >> 12) & 0x3F));
        put(0x80 | ((code >> 6) & 0x3F));
    }
    put(0x80 | (code & 0x3F));
}

}

std::optional<std::array<int, 256>> single_byte_map(const std::string& encoding) {
    if (!is_known_family(encoding)) return std::nullopt;
    const iconv_t converter = iconv_open("WCHAR_T", encoding.c_str());
    if (converter == reinterpret_cast<iconv_t>(-1)) return std::nullopt;
    std::array<int, 256> map{};
    for (int byte = 0; byte < 256; ++byte) map[static_cast<std::size_t>(byte)] = code_point_of(converter, byte);
    iconv_close(converter);
    const bool extends_ascii = map['A'] == 'A' && map['<'] == '<';
    return extends_ascii ? std::optional(map) : std::nullopt;
}

std::optional<std::string> from_utf16(std::string_view text) {
    const bool big_endian = text.starts_with("\xFE\xFF");
    if (!big_endian && !text.starts_with("\xFF\xFE")) return std::nullopt;
    std::string decoded;
    Utf16Decoder decoder(big_endian);
    decoder.feed(text.substr(2), decoded);
    decoder.finish(decoded);
    return decoded;
}

void Utf16Decoder::feed(std::string_view bytes, std::string& out) {
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (!first_) {
            first_ = byte;
        } else {
            unit(static_cast<std::uint32_t>(big_endian_ ? *first_ << 8 | byte : byte << 8 | *first_), out);
            first_.reset();
        }
    }
}

void Utf16Decoder::unit(std::uint32_t code, std::string& out) {
    const bool is_high = code >= 0xD800 && code < 0xDC00, is_low = code >= 0xDC00 && code < 0xE000;
    if (high_ && is_low) {
        append_utf8(out, 0x10000 + ((high_ - 0xD800) << 10) + (code - 0xDC00));
        high_ = 0;
        return;
    }
    if (high_) append_utf8(out, 0xFFFD);
    high_ = is_high ? code : 0;
    if (!is_high) append_utf8(out, is_low ? 0xFFFD : code);
}

void Utf16Decoder::finish(std::string& out) {
    if (high_ || first_) append_utf8(out, 0xFFFD);
    high_ = 0;
    first_.reset();
}

}
