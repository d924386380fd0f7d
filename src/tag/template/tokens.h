#pragma once
#include "base/result.h"
#include <string>
#include <string_view>
#include <vector>

// The first half of reading a template: text and tags apart, blanks already stripped as `~` and lone tags ask.
namespace fairlead::tag {

struct TemplateToken {
    enum class Kind {
        text,
        value,
        raw_value,
        partial,
        open,
        inverse_open,
        otherwise,
        close,
        comment
    } kind = Kind::text;
    std::string text;       // of a tag: what stands between its marks
    std::size_t offset = 0; // of its marks
    std::size_t inside = 0; // of the text between them
    bool strip_before = false, strip_after = false;
};

// The size of the text in quotes or the name in [ ] at the start; 0: it is not closed. A backslash before the closing
// mark makes it a plain character, unless no other follows.
std::size_t quoted_size(std::string_view text);

Result<std::vector<TemplateToken>> split_template(std::string_view text);
struct TemplatePlace {
    std::ptrdiff_t line, column; // from 1; in characters
};
TemplatePlace place_in(std::string_view text, std::size_t offset);
Error template_error(std::string_view text, std::size_t offset, std::string_view what); // usage, with line and column

}
