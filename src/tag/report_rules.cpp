#include "tag/report_rules.h"

namespace fairlead::tag {

std::span<const report::Rule> report_rules() {
    using report::Severity;
    static constexpr report::Rule rows[] = {
        {"tag/input", "An input is certainly a mistake", Severity::warning},
        {"tag/none", "A rule gives no tag", Severity::warning},
        {"tag/next-version", "The form of the versions was inferred, or a label or input counts instead of the commits",
         Severity::info},
        {"tag/unknown", "A fact could not be determined", Severity::warning},
        {"tag/release", "A tag that looks like a version does not count", Severity::warning},
    };
    return rows;
}

}
