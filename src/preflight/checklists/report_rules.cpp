#include "preflight/checklists/report_rules.h"

namespace fairlead::preflight {

std::span<const report::Rule> checklist_rules() {
    using enum report::Severity;
    static constexpr std::string_view page = "checklists.md";
    static constexpr report::Rule rules[] = {
        {"check-auto-failed", "A check that proves an item fails, or can't be run", error, page},
        {"check-unsigned", "An item that needs a person's signature is not signed", error, page},
        {"check-signed-no", "An item was signed as 'no'", error, page},
        {"check-expired", "A sign-off has expired, or expires soon", error, page},
        {"check-text-changed", "The text of an item has changed since it was signed", error, page},
        {"check-signer-unknown", "An item was signed by somebody who may not sign it", error, page},
        {"check-commit-unknown", "A sign-off names a commit that this repository doesn't have", warning, page},
        {"check-self-signed", "The author of the change has signed an item", error, page},
        {"check-na-no-note", "An item was signed as not applicable without a reason", error, page},
        {"check-evidence-missing", "The evidence of a sign-off is missing", error, page},
        {"check-item-gone", "A sign-off names an item that isn't in the checklist", warning, page},
        {"check-clock", "The clock is behind the newest commit", error, page},
        {"check-overdue", "An item was due and is not done", error, page},
        {"check-nothing", "A checklist checked nothing: it is empty, or no item applies", error, page},
        {"check-required", "A checklist that must pass first doesn't pass", error, page},
    };
    return rules;
}

}
