#include "smoke/hurl/values/charset.h"
#include "base/text.h"
#include "base/utf8.h"
#include "sys/encoding.h"
#include <algorithm>
#include <fmt/format.h>
#include <optional>

namespace fairlead::smoke::hurl {

namespace {

enum class Width {
    utf8,
    single, // one byte per character, and ASCII below 0x80
    utf16,
    many, // up to four bytes, or shifts
};

struct Charset {
    const char* name; // as iconv(3) knows it
    Width width;
    std::string_view labels; // in lower case, between blanks
};

// Of the standard, the encodings of old Macintoshes are left out (glibc has other letters in them), and those that it
// decodes to nothing.
constexpr Charset charsets[] = {
    {"UTF-8", Width::utf8, " utf-8 utf8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8 "},
    {"CP1252", Width::single,
     " windows-1252 latin1 iso-8859-1 iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 iso-ir-100 csisolatin1 l1 cp819 "
     "ibm819 ascii us-ascii ansi_x3.4-1968 cp1252 x-cp1252 "},
    {"CP1250", Width::single, " windows-1250 cp1250 x-cp1250 "},
    {"CP1251", Width::single, " windows-1251 cp1251 x-cp1251 "},
    {"CP1253", Width::single, " windows-1253 cp1253 x-cp1253 "},
    {"CP1254", Width::single,
     " windows-1254 cp1254 x-cp1254 latin5 iso-8859-9 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 iso-ir-148 "
     "csisolatin5 l5 "},
    {"CP1255", Width::single, " windows-1255 cp1255 x-cp1255 "},
    {"CP1256", Width::single, " windows-1256 cp1256 x-cp1256 "},
    {"CP1257", Width::single, " windows-1257 cp1257 x-cp1257 "},
    {"CP1258", Width::single, " windows-1258 cp1258 x-cp1258 "},
    {"CP874", Width::single, " windows-874 dos-874 tis-620 iso-8859-11 iso8859-11 iso885911 "},
    {"ISO-8859-2", Width::single,
     " iso-8859-2 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 iso-ir-101 csisolatin2 l2 latin2 "},
    {"ISO-8859-3", Width::single,
     " iso-8859-3 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 iso-ir-109 csisolatin3 l3 latin3 "},
    {"ISO-8859-4", Width::single,
     " iso-8859-4 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 iso-ir-110 csisolatin4 l4 latin4 "},
    {"ISO-8859-5", Width::single,
     " iso-8859-5 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988 iso-ir-144 csisolatincyrillic cyrillic "},
    {"ISO-8859-6", Width::single,
     " iso-8859-6 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987 iso-8859-6-e iso-8859-6-i iso-ir-127 asmo-708 "
     "ecma-114 arabic csiso88596e csiso88596i csisolatinarabic "},
    {"ISO-8859-7", Width::single,
     " iso-8859-7 iso8859-7 iso88597 iso_8859-7 iso_8859-7:1987 iso-ir-126 csisolatingreek ecma-118 elot_928 greek "
     "greek8 sun_eu_greek "},
    {"ISO-8859-8", Width::single,
     " iso-8859-8 iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 iso-8859-8-e iso-8859-8-i iso-ir-138 csiso88598e "
     "csiso88598i csisolatinhebrew hebrew logical visual "},
    {"ISO-8859-10", Width::single, " iso-8859-10 iso8859-10 iso885910 iso-ir-157 csisolatin6 l6 latin6 "},
    {"ISO-8859-13", Width::single, " iso-8859-13 iso8859-13 iso885913 "},
    {"ISO-8859-14", Width::single, " iso-8859-14 iso8859-14 iso885914 "},
    {"ISO-8859-15", Width::single, " iso-8859-15 iso8859-15 iso885915 iso_8859-15 csisolatin9 l9 "},
    {"ISO-8859-16", Width::single, " iso-8859-16 "},
    {"KOI8-R", Width::single, " koi8-r koi8 koi8_r koi cskoi8r "},
    {"KOI8-U", Width::single, " koi8-u koi8-ru "},
    {"IBM866", Width::single, " ibm866 cp866 866 csibm866 "},
    {"GB18030", Width::many,
     " gb18030 gbk gb2312 gb_2312 gb_2312-80 csgb2312 x-gbk chinese csiso58gb231280 iso-ir-58 "},
    {"BIG5-HKSCS", Width::many, " big5 big5-hkscs cn-big5 csbig5 x-x-big5 "},
    {"CP932", Width::many, " shift_jis shift-jis sjis x-sjis ms_kanji ms932 windows-31j csshiftjis "},
    {"EUC-JP-MS", Width::many, " euc-jp x-euc-jp cseucpkdfmtjapanese "},
    {"ISO-2022-JP", Width::many, " iso-2022-jp csiso2022jp "},
    {"CP949", Width::many,
     " euc-kr cseuckr windows-949 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 csksc56011987 iso-ir-149 "},
    {"UTF-16LE", Width::utf16, " utf-16le utf-16 csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff "},
    {"UTF-16BE", Width::utf16, " utf-16be unicodefffe "},
};

constexpr std::string_view unknown_letter = "\xEF\xBF\xBD"; // U+FFFD, which to_utf8 writes for bytes that are wrong

const Charset* find_charset(std::string_view label) {
    const auto name = lower(trim(label));
    if (name.empty() || name.find_first_of(blanks) != name.npos) return nullptr;
    for (const Charset& charset : charsets)
        if (charset.labels.find(" " + name + " ") != charset.labels.npos) return &charset;
    return nullptr;
}

std::size_t letters_in(std::string_view text, std::string_view letter, std::size_t step = 1) {
    std::size_t count = 0;
    for (std::size_t at = 0; at + letter.size() <= text.size();) {
        const bool is_here = text.substr(at).starts_with(letter);
        count += is_here ? 1 : 0;
        at += is_here ? letter.size() : step;
    }
    return count;
}

// How often the bytes themselves hold U+FFFD: more of them in the text were made from wrong bytes.
std::size_t honest_unknowns(std::string_view bytes, std::string_view charset) {
    if (charset == "UTF-16LE") return letters_in(bytes, "\xFD\xFF", 2);
    if (charset == "UTF-16BE") return letters_in(bytes, "\xFF\xFD", 2);
    return charset == "GB18030" ? letters_in(bytes, "\x84\x31\xA4\x37") : 0;
}

// Each byte alone, because glibc's windows-1255 and windows-1258 join letters with the marks behind them.
Result<std::optional<std::string>> single_bytes(std::string_view bytes, const char* charset) {
    std::string text;
    std::optional<std::string> letters[256];
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            text += c;
            continue;
        }
        auto& letter = letters[byte];
        if (!letter) letter = sys::to_utf8({&c, 1}, charset);
        if (!letter) return could_not("");
        if (*letter == unknown_letter) {
            if (byte >= 0xA0) return std::optional<std::string>();
            letter->clear(); // a control character of that number (WHATWG Encoding, index-windows-1252.txt and others)
            append_utf8(*letter, byte);
        }
        text += *letter;
    }
    return std::optional(std::move(text));
}

// glibc lacks one character of Windows-949, and stops behind it as if it had been the end of the text. So it is decoded
// here, and what goes to iconv ends in a line of its own.
std::optional<std::string> windows_949(std::string_view bytes, const char* charset) {
    constexpr std::string_view postal_mark = "\xA2\xE8"; // U+327E
    std::string text;
    std::size_t begin = 0;
    const auto add_up_to = [&](std::size_t end) {
        const auto piece = sys::to_utf8(std::string(bytes.substr(begin, end - begin)) + "\n", charset);
        if (!piece) return false;
        text += piece->ends_with('\n') ? piece->substr(0, piece->size() - 1) : std::string(unknown_letter);
        begin = end;
        return true;
    };
    for (std::size_t at = 0; at < bytes.size(); at += static_cast<unsigned char>(bytes[at]) < 0x80 ? 1 : 2) {
        if (!bytes.substr(at).starts_with(postal_mark)) continue;
        if (!add_up_to(at)) return std::nullopt;
        append_utf8(text, 0x327E);
        begin = at + postal_mark.size();
    }
    return add_up_to(bytes.size()) ? std::optional(text) : std::nullopt;
}

// glibc's EUC takes the controls from 0x80 on as they are; the standard refuses them.
bool has_high_control(std::string_view text) {
    for (std::size_t at = text.find('\xC2'); at < text.size(); at = text.find('\xC2', at + 1))
        if (static_cast<unsigned char>(text[at + 1]) < 0xA0) return true;
    return false;
}

// Nothing: some bytes are wrong. Error: iconv(3) lacks the encoding.
Result<std::optional<std::string>> decoded_by(const Charset& charset, std::string_view bytes) {
    if (charset.width == Width::utf8) {
        if (!valid_utf8(bytes)) return std::optional<std::string>();
        return std::optional(std::string(bytes));
    }
    if (charset.width == Width::single) return single_bytes(bytes, charset.name);
    const std::string_view name = charset.name;
    auto text = name == "CP949" ? windows_949(bytes, charset.name) : sys::to_utf8(bytes, charset.name);
    if (!text) return could_not("");
    const bool is_wrong = letters_in(*text, unknown_letter) > honest_unknowns(bytes, name) ||
                          (name.starts_with("EUC") && has_high_control(*text));
    if (is_wrong) return std::optional<std::string>();
    return text;
}

}

Result<std::string> decoded(std::string_view bytes, std::string_view label) {
    const Charset* charset = find_charset(label);
    if (!charset)
        return usage(fmt::format("encoding '{}' is unknown; expected e.g. utf-8, latin1 or shift_jis", label));
    auto text = decoded_by(*charset, bytes);
    if (!text)
        return could_not(fmt::format("iconv of this system has no '{}' for encoding '{}'; install the package "
                                     "libc-gconv-modules-extra or glibc's locale data",
                                     charset->name, label));
    if (!text.value()) return no(fmt::format("the bytes are not text in the encoding '{}'", label));
    return *std::move(text).value();
}

}
