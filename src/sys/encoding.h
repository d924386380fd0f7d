#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fairlead::sys {

// The code point of each byte of a single-byte encoding that extends ASCII (windows-1252, ISO-8859-15, KOI8-R ...);
// -1 where a byte has none. Nothing for other encodings and for unknown names. From iconv(3).
std::optional<std::array<int, 256>> single_byte_map(const std::string& encoding);

// The UTF-8 of a text that begins with the mark of UTF-16; nothing for any other text.
std::optional<std::string> from_utf16(std::string_view text);

// UTF-16 (RFC 2781) to UTF-8, in pieces that may end anywhere. Lone surrogates and half a unit become U+FFFD.
class Utf16Decoder {
  public:
    explicit Utf16Decoder(bool big_endian) : big_endian_(big_endian) {}
    void feed(std::string_view bytes, std::string& out);
    void finish(std::string& out); // at the end

  private:
    void unit(std::uint32_t code, std::string& out);
    bool big_endian_;
    std::optional<unsigned char> first_; // half a unit
    std::uint32_t high_ = 0;             // a high surrogate that waits for its low one
};

}
