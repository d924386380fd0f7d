#include "tag/report_rules.h"

namespace fairlead::tag {

std::span<const report::Rule> report_rules() {
    using report::Severity;
    constexpr std::string_view page = "tag.md"; // tag-rules.md is about another kind of rule
    static constexpr report::Rule rows[] = {
        {"tag/input", "An input is certainly a mistake", Severity::warning, page},
        {"tag/none", "A rule gives no tag", Severity::warning, page},
        {"tag/next-version", "The form of the versions was inferred, or a label or input counts instead of the commits",
         Severity::info, page},
        {"tag/unknown", "A fact could not be determined", Severity::warning, page},
        {"tag/release", "A tag that looks like a version does not count", Severity::warning, page},
    };
    return rows;
}

}
