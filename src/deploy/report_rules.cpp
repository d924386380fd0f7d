#include "deploy/report_rules.h"

namespace fairlead::deploy {

std::span<const report::Rule> report_rules() {
    using report::Severity;
    static constexpr report::Rule rows[] = {
        {"deploy/drift", "The running release differs from the record", Severity::warning},
        {"deploy/lacks", "The host lacks what a deployment needs", Severity::warning},
        {"deploy/interrupted", "A deployment was interrupted", Severity::warning},
        {"deploy/router", "The router does not lead to the release", Severity::warning},
        {"deploy/near-limit", "An instance is near its limit", Severity::warning},
        {"deploy/no-way-back", "The previous release can't be started any more", Severity::warning},
        {"deploy/history-changed", "The history was changed by hand"},
        {"deploy/damaged", "A record is damaged or missing", Severity::warning},
        {"deploy/missing", "An instance of the release that serves is missing", Severity::warning},
        {"deploy/rolled-back", "The release was rolled back"},
        {"deploy/failed", "The release was not deployed"},
        {"deploy/refused", "A policy does not allow deployments now"},
        {"deploy/evidence", "A required verdict is missing or does not count", Severity::error, "evidence-require.md"},
        {"deploy/without-evidence", "A release serves without the required evidence", Severity::warning,
         "evidence-require.md"},
        {"deploy/unanswered", "The deployed release does not answer through the router"},
        {"deploy/superseded", "A newer release serves already"},
        {"deploy/contract", "Contracting migrations did not run"},
        {"deploy/hook", "A hook after the deployment failed"},
        {"deploy/aborted", "The deployment was interrupted before its end"},
    };
    return rows;
}

}
