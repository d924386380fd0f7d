#include "preflight/checklists/left_over.h"
#include "base/text.h"
#include "preflight/checklists/catalog.h"
#include <fmt/format.h>

namespace fairlead::preflight {

std::vector<report::Finding> left_over(const Checklist& list, const std::map<std::string, Signoff>& signoffs) {
    std::vector<std::string> known;
    for (const Item& item : list.items) known.push_back(item.id);
    std::vector<report::Finding> findings;
    for (const auto& [id, signoff] : signoffs) {
        if (list.find(id) || id.starts_with(imported_mark)) continue;
        const auto near = nearest(id, known);
        report::Finding finding{.rule = "check-item-gone", .severity = report::Severity::warning};
        finding.file = signoff.place.file;
        finding.line = finding.end_line = signoff.place.line;
        finding.message =
            fmt::format("{} was signed by {}, but checklist {} has no such item; {}", id, signoff.by, list.name,
                        near.empty() ? "remove the line" : "did you mean " + near + "? If not, remove the line");
        findings.push_back(std::move(finding));
    }
    return findings;
}

}
