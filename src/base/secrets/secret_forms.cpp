#include "base/secrets/secret_forms.h"
#include "base/text.h"
#include <algorithm>
#include <initializer_list>

namespace fairlead {

namespace {

using Forms = std::vector<std::string>;

struct Replacement {
    char from;
    std::string_view to;
};

std::string replaced(std::string_view value, std::initializer_list<Replacement> table) {
    std::string text;
    for (const char c : value) {
        const auto found = std::find_if(table.begin(), table.end(), [&](const auto& one) { return one.from == c; });
        if (found == table.end())
            text += c;
        else
            text += found->to;
    }
    return text;
}

// Bytes as text by `bits` each, without padding.
std::string by_bits(std::string_view value, unsigned bits, std::string_view digits) {
    std::string text;
    unsigned held = 0, count = 0;
    for (const char c : value) {
        held = (held << 8U) | static_cast<unsigned char>(c);
        for (count += 8; count >= bits; count -= bits) text += digits[(held >> (count - bits)) & ((1U << bits) - 1)];
        held &= (1U << count) - 1;
    }
    if (count > 0) text += digits[(held << (bits - count)) & ((1U << bits) - 1)];
    return text;
}

constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view base32_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

// For every place that the value can have among the bytes of the encoded text.
Forms cores(std::string_view value, unsigned bits, std::string_view digits) {
    Forms forms;
    const std::size_t group = bits == 6 ? 3 : 5; // bytes after which the characters begin again
    for (std::size_t before = 0; before < group; ++before) {
        const std::string text = by_bits(std::string(before, '\0').append(value), bits, digits);
        const std::size_t begin = (before * 8 + bits - 1) / bits, end = (before + value.size()) * 8 / bits;
        forms.push_back(text.substr(begin, end - begin));
    }
    return forms;
}

std::string url_safe(std::string_view base64) { return replaced(base64, {{'+', "-"}, {'/', "_"}}); }

void add_bases(std::string_view value, Forms& forms) {
    for (const std::string& text : {hex(value), by_bits(value, 5, base32_digits)}) {
        forms.push_back(text);
        forms.push_back(upper(text));
        forms.push_back(lower(text));
    }
    for (const std::string& core : cores(value, 5, base32_digits)) {
        forms.push_back(core);
        forms.push_back(lower(core));
    }
    Forms once = cores(value, 6, base64_digits);
    once.push_back(base64(value)); // with the characters at its end
    once.push_back(by_bits(value, 6, base64_digits));
    const std::size_t plain = once.size();
    for (std::size_t i = 0; i < plain; ++i) once.push_back(url_safe(once[i]));
    std::sort(once.begin(), once.end());
    once.erase(std::unique(once.begin(), once.end()), once.end());
    for (const std::string& text : once) { // and once more
        for (const std::string& core : cores(text, 6, base64_digits)) forms.push_back(core);
        forms.push_back(base64(text));
    }
    forms.insert(forms.end(), once.begin(), once.end());
}

// What needs a quote before it is a character's own: backslashes are base/secrets/spelled.h's.
void add_quoted(std::string_view value, Forms& forms) {
    if (value.find_first_of("'\"") == value.npos) return;
    forms.push_back(replaced(value, {{'\'', "'\\''"}}));   // a shell's '…'
    forms.push_back(replaced(value, {{'\'', "'\"'\"'"}})); // Python's shlex
    forms.push_back(replaced(value, {{'\'', "''"}}));      // SQL, YAML
    forms.push_back(replaced(value, {{'"', "\"\""}}));     // SQL names, CSV
}

}

std::vector<std::string> forms_of(std::string_view value) {
    Forms forms = {std::string(value)};
    add_bases(value, forms);
    add_quoted(value, forms);
    return forms;
}

}
