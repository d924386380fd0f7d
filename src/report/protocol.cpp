#include "base/secrets/secret.h"
#include "base/text.h"
#include "base/utf8.h"
#include "report/github.h"
#include "report/printable.h"
#include "sys/digest.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::report {

namespace {

bool valid_name(std::string_view name) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    const auto later = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '-'; };
    return !name.empty() && letter(name.front()) && std::all_of(name.begin(), name.end(), later);
}

}

std::string escape_data(std::string_view text) {
    return replace_all(replace_all(replace_all(text, "%", "%25"), "\r", "%0D"), "\n", "%0A");
}

std::string escape_property(std::string_view text) {
    return replace_all(replace_all(escape_data(text), ":", "%3A"), ",", "%2C");
}

Result<std::string> output_pair(std::string_view name, std::string_view value) {
    if (!valid_name(name)) {
        return usage(fmt::format("output name '{}' is not allowed; expected letters, digits, '_' and '-', not "
                                 "starting with a digit or '-'",
                                 name));
    }
    const std::string masked = mask(value);
    std::string delimiter;
    do {
        delimiter = "ghadelimiter_" + sys::random_hex(16);
    } while (masked.find(delimiter) != std::string::npos || name.find(delimiter) != std::string_view::npos);
    return fmt::format("{}<<{}\n{}\n{}\n", name, delimiter, masked, delimiter);
}

std::string escape_markdown(std::string_view text) {
    constexpr std::string_view marks = "\\`*_{}[]#|~!$";
    std::string escaped;
    bool after_blank = true; // nothing at the start, one blank for many
    while (!text.empty()) {
        const CodePoint point = decode_front(text);
        const std::string_view bytes = text.substr(0, point.bytes);
        text.remove_prefix(point.bytes);
        const bool blank = point.value == U' ' || steers(point.value);
        if (blank) {
            if (!after_blank) escaped += ' ';
        } else if (!point.valid)
            escaped += "\xEF\xBF\xBD";
        else if (bytes == "<")
            escaped += "&lt;";
        else if (bytes == ">")
            escaped += "&gt;";
        else if (bytes == "&")
            escaped += "&amp;";
        else if (bytes == "@")
            escaped += "@&#8203;"; // a character without width keeps it from being a mention
        else if (bytes == ":" && after_blank)
            escaped += "\\:";
        else if (marks.find(bytes) != std::string_view::npos)
            escaped.append("\\").append(bytes);
        else
            escaped.append(bytes);
        after_blank = blank;
    }
    return escaped;
}

}
