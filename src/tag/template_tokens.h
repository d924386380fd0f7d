#pragma once
#include "base/result.h"
#include <string>
#include <string_view>
#include <vector>

// The first half of reading a template: text and tags apart, blanks already stripped as `~` and lone tags ask.
namespace fairlead::tag {

struct TemplateToken {
    enum class Kind { text, value, raw_value, open, inverse_open, otherwise, close, comment } kind = Kind::text;
    std::string text; // of a tag: what stands between its marks
    std::size_t offset = 0;
    bool strip_before = false, strip_after = false;
};

Result<std::vector<TemplateToken>> split_template(std::string_view text);
Error template_error(std::string_view text, std::size_t offset, std::string_view what); // usage, with line and column

}
