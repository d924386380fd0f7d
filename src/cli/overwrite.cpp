#include "cli/overwrite.h"
#include "base/text.h"
#include <algorithm>

namespace fairlead::cli {
namespace {

bool begins_with_any(std::string_view text, std::initializer_list<std::string_view> marks) {
    return std::any_of(marks.begin(), marks.end(), [&](auto mark) { return text.starts_with(mark); });
}

std::string_view last_line(std::string_view text) { return text.substr(text.rfind('\n') + 1); } // npos + 1 is 0

// The closing line of a verdict.
bool is_text(std::string_view text) {
    return begins_with_any(last_line(text), {"passed: ", "failed: ", "could not decide: ", "no secret in "});
}

struct Mark {
    std::string_view format;
    bool (*is_ours)(std::string_view text); // without blanks around it
};

constexpr Mark format_marks[] = {
    {"text", is_text},
    {"github", is_text},
    {"sarif", [](std::string_view text) { return text.starts_with('{') && has_any(text, {"\"name\": \"fairlead"}); }},
    {"junit",
     [](std::string_view text) { return text.starts_with("<?xml") && has_any(text, {"<testsuites name=\"fairlead"}); }},
    {"json",
     [](std::string_view text) {
         return text.starts_with('{') &&
                has_any(text, {"\"tool_version\"", "\"tag-names\"", "\"changed\"", "\"released\""});
     }},
    {"markdown",
     [](std::string_view text) {
         return begins_with_any(text, {"### fairlead", "## fairlead"});
     }},
    {"html", [](std::string_view text) { return text.starts_with("<!doctype html>") && has_any(text, {"fairlead"}); }},
    {"codequality",
     [](std::string_view text) {
         return text == "[]" || (text.starts_with('[') && has_any(text, {"\"check_name\": "}));
     }},
    {"cobertura",
     [](std::string_view text) { return text.starts_with("<?xml") && has_any(text, {"version=\"fairlead-gate "}); }},
    {"gitleaks-json",
     [](std::string_view text) { return text == "[]" || (text.starts_with('[') && has_any(text, {"\"RuleID\""})); }},
    {"gitleaks-csv", [](std::string_view text) { return text.starts_with("RuleID,"); }},
    {"gitleaks-junit",
     [](std::string_view text) { return text.starts_with("<?xml") && has_any(text, {"name=\"gitleaks\""}); }},
    {"gitleaks-sarif",
     [](std::string_view text) { return text.starts_with('{') && has_any(text, {"\"name\": \"gitleaks\""}); }},
    {"openmetrics", [](std::string_view text) { return text.starts_with("# ") && has_any(text, {"fairlead_"}); }},
    {"plan",
     [](std::string_view text) {
         return text.starts_with('{') && has_any(text, {"\"plan\": {"}) && has_any(text, {"\"environment\": \""}) &&
                has_any(text, {"\"schema\": 1"});
     }},
    {"provenance", [](std::string_view text) { return text.starts_with('{') && has_any(text, {"\"payloadType\""}); }},
    {"bake", [](std::string_view text) { return text.starts_with('{') && has_any(text, {"\"target\""}); }},
    {"docker-args",
     [](std::string_view text) {
         return begins_with_any(text, {"--tag", "--label", "--annotation"});
     }},
};

}

bool may_be_ours(std::string_view format, std::string_view text) {
    text = trim(text);
    if (text.empty()) return true;
    const auto mark = std::find_if(std::begin(format_marks), std::end(format_marks),
                                   [&](const Mark& one) { return one.format == format; });
    return mark != std::end(format_marks) && mark->is_ours(text);
}

}
