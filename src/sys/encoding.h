#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fairlead::sys {

// Returns the code point of each byte, or -1 for an unused byte, of a single-byte encoding that extends ASCII
// (windows-1252, ISO-8859-15, KOI8-R ...). Nothing for other encodings and for unknown names. Uses iconv(3).
std::optional<std::array<int, 256>> single_byte_map(const std::string& encoding);

// Converts bytes from any encoding that iconv(3) has to UTF-8. Bytes that can't be converted become U+FFFD. Nothing if
// iconv(3) doesn't know the encoding.
std::optional<std::string> to_utf8(std::string_view bytes, const std::string& encoding);

// Converts a text that begins with the mark of UTF-16 to UTF-8; nothing for any other text.
std::optional<std::string> from_utf16(std::string_view text);

// Returns the bytes of a file as text if they are UTF-16 or UTF-32. UTF-16 is recognised by its byte order mark, or by
// a NUL in every other byte; UTF-32 by three NULs in each four bytes. Single-byte text between them is added as lines.
// Nothing if the bytes need no conversion.
std::optional<std::string> decoded_text(std::string_view bytes);

// Returns all runs of at least eight UTF-16 or UTF-32 letters (any byte order) anywhere in `bytes`. Each run is
// followed by a blank.
std::string wide_text(std::string_view bytes);

// Returns whether bytes are not text: the first 8000 bytes contain a NUL (git's rule), and more than three tenths of
// them are neither text nor UTF-8. A NUL alone is not enough.
bool looks_binary(std::string_view bytes);

// Converts UTF-16 (RFC 2781) to UTF-8, in pieces of any length. Lone surrogates and half a unit become U+FFFD.
class Utf16Decoder {
  public:
    explicit Utf16Decoder(bool big_endian) : big_endian_(big_endian) {}
    void feed(std::string_view bytes, std::string& out);
    void finish(std::string& out); // call once, after the last piece

  private:
    void unit(std::uint32_t code, std::string& out);
    bool big_endian_;
    std::optional<unsigned char> first_; // half a unit
    std::uint32_t high_ = 0;             // a high surrogate that waits for its low one
};

}
