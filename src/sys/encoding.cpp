#include "sys/encoding.h"
#include "base/text.h"
#include "base/utf8.h"
#include <algorithm>
#include <cerrno>
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

namespace {

// What may stand in a name: the rest ('/' above all) would tell iconv more than a name.
bool is_encoding_name(const std::string& name) {
    return !name.empty() && name.size() <= 40 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("-_.:()+").find(c) != std::string_view::npos;
    });
}

void convert(iconv_t converter, std::string_view bytes, std::string& text) {
    char buffer[1 << 14];
    char* from = const_cast<char*>(bytes.data()); // which iconv(3) leaves as it is
    std::size_t left = bytes.size();
    for (bool more = true; more;) {
        char* to = buffer;
        std::size_t room = sizeof buffer;
        const std::size_t before = left;
        const bool done = iconv(converter, &from, &left, &to, &room) != static_cast<std::size_t>(-1);
        const bool full = !done && errno == E2BIG;
        text.append(buffer, sizeof buffer - room);
        more = left > 0;
        if (done || (full && (left < before || room < sizeof buffer))) continue;
        append_utf8(text, 0xFFFD);
        if (left == 0) break; // glibc's CP949 refuses a pair that it has taken
        ++from;
        more = --left > 0;
    }
    char* to = buffer;
    std::size_t room = sizeof buffer;
    iconv(converter, nullptr, nullptr, &to, &room);
    text.append(buffer, sizeof buffer - room);
}

}

std::optional<std::string> to_utf8(std::string_view bytes, const std::string& encoding) {
    if (!is_encoding_name(encoding)) return std::nullopt;
    const iconv_t converter = iconv_open("UTF-8", encoding.c_str());
    if (converter == reinterpret_cast<iconv_t>(-1)) return std::nullopt;
    std::string text;
    if (!bytes.empty()) convert(converter, bytes, text);
    iconv_close(converter);
    return text;
}

namespace {

std::string decode_utf16(std::string_view bytes, bool big_endian) {
    std::string decoded;
    Utf16Decoder decoder(big_endian);
    decoder.feed(bytes, decoded);
    decoder.finish(decoded);
    return decoded;
}

constexpr std::size_t head = 8000;

}

std::optional<std::string> from_utf16(std::string_view text) {
    const bool big_endian = text.starts_with("\xFE\xFF");
    if (!big_endian && !text.starts_with("\xFF\xFE")) return std::nullopt;
    return decode_utf16(text.substr(2), big_endian);
}

namespace {

// Four bytes for each letter, of which all but the lowest are mostly NUL. Nothing where the text is not of that kind.
std::optional<std::string> from_utf32(std::string_view bytes) {
    using namespace std::string_view_literals;
    for (const std::string_view mark : {"\xFF\xFE\0\0"sv, "\0\0\xFE\xFF"sv})
        if (bytes.starts_with(mark)) bytes.remove_prefix(mark.size());
    const std::string_view looked_at = bytes.substr(0, head);
    const std::size_t units = looked_at.size() / 4;
    std::size_t nul[4] = {}, letters[4] = {};
    for (std::size_t i = 0; i < units * 4; ++i) {
        nul[i % 4] += looked_at[i] == '\0';
        letters[i % 4] += (looked_at[i] >= ' ' && looked_at[i] < 0x7f) || looked_at[i] == '\n' || looked_at[i] == '\r';
    }
    for (const std::size_t low : {0u, 3u}) {
        const auto mostly_nul = [&](std::size_t from_low) {
            return nul[low == 0 ? from_low : 3 - from_low] * 5 >= units * 4;
        };
        if (units < 2 || !mostly_nul(3) || !mostly_nul(2) || nul[low == 0 ? 1 : 2] * 5 < units ||
            letters[low] * 5 < units || nul[low] * 50 > units)
            continue;
        std::string text;
        for (std::size_t at = 0; at + 4 <= bytes.size(); at += 4) {
            std::uint32_t code = 0;
            for (std::size_t i = 0; i < 4; ++i)
                code = code << 8 | static_cast<unsigned char>(bytes[at + (low == 0 ? 3 - i : i)]);
            append_utf8(text, code < 0x110000 ? code : 0xFFFD);
        }
        return text;
    }
    return std::nullopt;
}

// Runs of plain letters in bytes that are read two or four at a time: each becomes a line behind the text, so that a
// mark, or a beginning of another kind, hides nothing.
void append_plain_runs(std::string_view bytes, std::string& text) {
    constexpr std::size_t shortest = 16;
    for (std::size_t begin = 0, at = 0; at <= bytes.size(); ++at) {
        if (at < bytes.size() && ((bytes[at] >= ' ' && bytes[at] < 0x7f) || bytes[at] == '\t')) continue;
        if (at - begin >= shortest) text.append("\n").append(bytes.substr(begin, at - begin));
        begin = at + 1;
    }
}

std::optional<std::string> from_utf(std::string_view bytes) {
    if (auto wide = from_utf32(bytes)) return wide;
    if (auto marked = from_utf16(bytes)) return marked;
    const std::string_view looked_at = bytes.substr(0, head);
    if (looked_at.size() < 8 || looked_at.find('\0') == looked_at.npos) return std::nullopt;
    std::size_t nul[2] = {}, letters[2] = {}; // at even places, at odd ones
    for (std::size_t i = 0; i < looked_at.size(); ++i) {
        nul[i % 2] += looked_at[i] == '\0';
        letters[i % 2] += (looked_at[i] >= ' ' && looked_at[i] < 0x7f) || looked_at[i] == '\n' || looked_at[i] == '\r';
    }
    for (const std::size_t low : {0u, 1u}) { // where a letter's own byte stands
        const std::size_t units = looked_at.size() / 2, high = 1 - low;
        if (nul[high] * 5 >= units && nul[low] * 50 <= units && letters[low] * 5 >= units)
            return decode_utf16(bytes, low == 1);
    }
    return std::nullopt;
}

}

std::optional<std::string> decoded_text(std::string_view bytes) {
    auto text = from_utf(bytes);
    if (text) append_plain_runs(bytes, *text);
    return text;
}

namespace {

// Runs of letters with `gap` NULs between them.
void append_wide_runs(std::string_view bytes, std::size_t gap, std::string& text) {
    constexpr std::size_t shortest = 8;
    const auto is_letter = [&](std::size_t at) { return at < bytes.size() && bytes[at] > ' ' && bytes[at] < 0x7f; };
    const auto has_gap = [&](std::size_t at) {
        return at + gap <= bytes.size() && bytes.substr(at, gap).find_first_not_of('\0') == bytes.npos;
    };
    for (std::size_t nul = bytes.find('\0'); nul != bytes.npos;) {
        std::string run;
        const std::size_t first = nul - 1; // the letter before a NUL begins a run, in either order of the bytes
        std::size_t at = first;
        if (nul > 0)
            for (; is_letter(at) && has_gap(at + 1); at += gap + 1) run += bytes[at];
        if (run.size() >= shortest) {
            text += run + ' ';
            // With the high byte first the last letter has no NUL behind it, and the first may be no part of the text.
            if (is_letter(at)) text += run + bytes[at] + ' ' + run.substr(1) + bytes[at] + ' ';
        }
        nul = bytes.find('\0', run.empty() ? nul + 1 : at);
    }
}

}

std::string wide_text(std::string_view bytes) {
    std::string text;
    append_wide_runs(bytes, 1, text);
    append_wide_runs(bytes, 3, text);
    return text;
}

bool looks_binary(std::string_view bytes) {
    const std::string_view looked_at = bytes.substr(0, head);
    if (looked_at.find('\0') == looked_at.npos) return false;
    std::size_t odd = 0;
    for (std::string_view rest = looked_at; !rest.empty() && odd * 10 <= looked_at.size() * 3;) {
        const auto byte = static_cast<unsigned char>(rest.front());
        const CodePoint point = byte < 0x80 ? CodePoint{byte, 1, true} : decode_front(rest);
        const bool control = byte < ' ' && !(byte >= '\b' && byte <= '\r') && byte != 0x1b;
        odd += !point.valid || control || byte == 0x7f;
        rest.remove_prefix(point.bytes);
    }
    return odd * 10 > looked_at.size() * 3;
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
