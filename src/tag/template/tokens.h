#pragma once
#include "base/result.h"
#include "tag/template/template.h"
#include <string>
#include <string_view>
#include <vector>

// The two halves of reading a template: texts and tags, and the nodes that they make.
namespace fairlead::tag {

struct TemplateToken {
    enum class Kind { text, value, raw_value, open, otherwise, close, comment } kind = Kind::text;
    std::string text;       // of a tag: what stands between its marks
    std::size_t offset = 0; // of its marks
    bool strip_before = false, strip_after = false;
};

Result<std::vector<TemplateToken>> split_template(std::string_view text); // blanks are gone where `~` says so
Result<TemplateNodes> build_template(std::string_view text, const std::vector<TemplateToken>& tokens);

Error template_error(std::string_view text, std::size_t offset, std::string_view what); // usage, with line and column

}
