#include "deploy/report_rules.h"

namespace fairlead::deploy {

std::span<const report::Rule> report_rules() {
    using report::Severity;
    constexpr std::string_view page = "deploy-rules.md";
    static constexpr report::Rule rows[] = {
        {"deploy/drift", "The running release differs from the record", Severity::warning, page},
        {"deploy/lacks", "The host lacks what a deployment needs", Severity::warning, page},
        {"deploy/interrupted", "A deployment was interrupted", Severity::warning, page},
        {"deploy/router", "The router does not lead to the release", Severity::warning, page},
        {"deploy/near-limit", "An instance is near its limit", Severity::warning, page},
        {"deploy/no-way-back", "The previous release can't be started any more", Severity::warning, page},
        {"deploy/history-changed", "The history was changed by hand", Severity::error, page},
        {"deploy/damaged", "A record is damaged or missing", Severity::warning, page},
        {"deploy/missing", "An instance of the release that serves is missing", Severity::warning, page},
        {"deploy/rolled-back", "The release was rolled back", Severity::error, page},
        {"deploy/failed", "The release was not deployed", Severity::error, page},
        {"deploy/refused", "A policy does not allow deployments now", Severity::error, page},
        {"deploy/evidence", "A required verdict is missing or does not count", Severity::error, "evidence-require.md"},
        {"deploy/without-evidence", "A release serves without the required evidence", Severity::warning,
         "evidence-require.md"},
        {"deploy/unanswered", "The deployed release does not answer through the router", Severity::error, page},
        {"deploy/superseded", "A newer release serves already", Severity::error, page},
        {"deploy/contract", "Contracting migrations did not run", Severity::error, page},
        {"deploy/hook", "A hook after the deployment failed", Severity::error, page},
        {"deploy/aborted", "The deployment was interrupted before its end", Severity::error, page},
    };
    return rows;
}

}
