#include "preflight/checklists/report_rules.h"

namespace fairlead::preflight {

std::span<const report::Rule> checklist_rules() {
    using enum report::Severity;
    static constexpr std::string_view page = "checklists.md";
    static constexpr report::Rule rules[] = {
        {"check-auto-failed", "What proves an item says no, or can't be asked", error, page},
        {"check-unsigned", "Nobody has signed an item that wants a person's word", error, page},
        {"check-signed-no", "Somebody has signed an item with no", error, page},
        {"check-expired", "A sign-off has run out, or does so soon", error, page},
        {"check-text-changed", "An item says something else than what was signed", error, page},
        {"check-signer-unknown", "Somebody has signed who isn't among those that may", error, page},
        {"check-commit-unknown", "The commit that was checked out when it was signed isn't here", warning, page},
        {"check-self-signed", "Whoever made the change has signed an item", error, page},
        {"check-na-no-note", "An item was signed as not applicable without a reason", error, page},
        {"check-evidence-missing", "What a sign-off rests on isn't there", error, page},
        {"check-item-gone", "A sign-off is of an item that the list doesn't have", warning, page},
        {"check-clock", "The clock is behind the newest commit", error, page},
        {"check-overdue", "An item was due and is not done", error, page},
        {"check-nothing", "A checklist asked nothing: it is empty, or no item applies", error, page},
        {"check-required", "A checklist that has to pass first does not", error, page},
    };
    return rules;
}

}
