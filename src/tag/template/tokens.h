#pragma once
#include "base/result.h"
#include "tag/template/template.h"
#include <string>
#include <string_view>
#include <vector>

// Reads a template in two steps: splits it into texts and tags, then builds the nodes.
namespace fairlead::tag {

struct TemplateToken {
    enum class Kind { text, value, raw_value, open, otherwise, close, comment } kind = Kind::text;
    std::string text;       // of a tag: the text between its marks
    std::size_t offset = 0; // position of its marks
    bool strip_before = false, strip_after = false;
};

Result<std::vector<TemplateToken>> split_template(std::string_view text); // removes blanks next to `~`
Result<TemplateNodes> build_template(std::string_view text, const std::vector<TemplateToken>& tokens);

Error template_error(std::string_view text, std::size_t offset, std::string_view what); // usage, with line and column

}
