#include "base/utf8.h"
#include "report/printable.h"
#include <fmt/format.h>

namespace fairlead::report {

std::string escape_xml(std::string_view text, bool attribute) {
    std::string escaped;
    for (bool colon = false; !text.empty();) {
        const CodePoint point = decode_front(text);
        const std::string_view bytes = text.substr(0, point.bytes);
        text.remove_prefix(point.bytes);
        const bool blank = bytes == "\n" || bytes == "\t" || bytes == "\r";
        const bool allowed = point.valid && (point.value >= 0x20 || blank) && (point.value & 0xFFFEU) != 0xFFFE;
        if (!allowed)
            escaped += "\xEF\xBF\xBD";
        else if (bytes == "&")
            escaped += "&amp;";
        else if (bytes == "<")
            escaped += "&lt;";
        else if (bytes == ">")
            escaped += "&gt;";
        else if (bytes == "\"")
            escaped += "&quot;";
        else if (bytes == "\r" || (blank && attribute) || (!blank && steers(point.value)))
            escaped += fmt::format("&#{};", static_cast<unsigned>(point.value));
        else if (bytes == ":" && colon)
            escaped += "&#58;";
        else
            escaped.append(bytes);
        colon = bytes == ":";
    }
    return escaped;
}

}
