#include "tag/report_rules.h"

namespace fairlead::tag {

std::span<const report::Rule> report_rules() {
    using report::Severity;
    static constexpr report::Rule rows[] = {
        {"tag/input", "An input is surely a slip", Severity::warning},
        {"tag/none", "A rule gives no tag", Severity::warning},
        {"tag/next-version", "How versions are written here was inferred, or something counts instead of the commits",
         Severity::info},
        {"tag/unknown", "Something that nobody could tell", Severity::warning},
        {"tag/release", "A tag that looks like a version does not count", Severity::warning},
    };
    return rows;
}

}
