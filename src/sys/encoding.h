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

// The UTF-8 of bytes in a named encoding, any that iconv(3) has; what can't be converted is U+FFFD. Nothing for a name
// that it doesn't know.
std::optional<std::string> to_utf8(std::string_view bytes, const std::string& encoding);

// The UTF-8 of a text that begins with the mark of UTF-16; nothing for any other text.
std::optional<std::string> from_utf16(std::string_view text);

// Bytes of a file as text: UTF-16 with its mark, and without it where every other byte of its letters is a NUL; UTF-32
// where three of four are. Plain letters among them follow as lines. Nothing where the bytes are to be taken as they
// are.
std::optional<std::string> decoded_text(std::string_view bytes);

// Runs of eight or more letters of two or four bytes (UTF-16, UTF-32, of either order) that stand anywhere, each
// followed by a blank.
std::string wide_text(std::string_view bytes);

// Whether bytes are no text: a NUL among the first 8000, as git has it, and more than three tenths of those are neither
// text nor UTF-8. A NUL alone does not hide a text.
bool looks_binary(std::string_view bytes);

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
