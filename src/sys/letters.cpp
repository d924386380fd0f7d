#define PCRE2_CODE_UNIT_WIDTH 8
#include "sys/letters.h"
#include "base/text.h"
#include "sys/freed.h"
#include <algorithm>
#include <pcre2.h>

namespace fairlead::sys {

namespace {

PCRE2_SPTR bytes(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

}

std::string lower_case(std::string_view text) {
    const bool ascii = std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
    if (ascii || !valid_utf8(text)) return lower(text);
    constexpr std::string_view capitals = "\\p{Lu}+", lowered = "\\L$0";
    const auto source = replace_all(text, "\u0130", "i\u0307"); // the one capital that becomes two characters
    int error = 0;
    PCRE2_SIZE offset = 0;
    const Freed<pcre2_code, pcre2_code_free> code(
        pcre2_compile(bytes(capitals), capitals.size(), PCRE2_UTF, &error, &offset, nullptr));
    std::string out(source.size() * 2, '\0'); // a letter's other case is at most a byte longer
    PCRE2_SIZE size = out.size();
    const int done = pcre2_substitute(
        code.get(), bytes(source), source.size(), 0, PCRE2_SUBSTITUTE_GLOBAL | PCRE2_SUBSTITUTE_EXTENDED, nullptr,
        nullptr, bytes(lowered), lowered.size(), reinterpret_cast<PCRE2_UCHAR*>(out.data()), &size);
    if (done < 0) return lower(text);
    out.resize(size);
    return out;
}

}
