#include "base/disarm.h"
#include <algorithm>

namespace fairlead {
namespace {

// What .NET's TrimStart takes away before the runner looks for `::`, in UTF-8; and the byte order mark, which its
// reader drops at the start of the stream.
constexpr std::string_view blanks[] = {
    " ",      "\t",     "\v",     "\f",     "\u0085", "\u00a0", "\u1680", "\u2000",
    "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008",
    "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000", "\ufeff",
};

std::size_t blank_at(std::string_view text) {
    const auto found = std::find_if(std::begin(blanks), std::end(blanks),
                                    [&](std::string_view blank) { return text.starts_with(blank); });
    return found == std::end(blanks) ? 0 : found->size();
}

}

std::string disarm(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    bool at_start = true; // only blanks since the line began
    while (!text.empty()) {
        if (text.starts_with("##[") || (at_start && text.starts_with("::"))) {
            out += text[0]; // torn apart: `# #[`, `: :`
            out += ' ';
            text.remove_prefix(1);
            at_start = false;
            continue;
        }
        const bool breaks = text[0] == '\n' || text[0] == '\r';
        const std::size_t blank = at_start ? blank_at(text) : 0;
        at_start = breaks || blank > 0;
        const std::size_t take = std::max<std::size_t>(blank, 1);
        out += text.substr(0, take);
        text.remove_prefix(take);
    }
    return out;
}

}
