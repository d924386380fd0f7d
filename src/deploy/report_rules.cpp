#include "deploy/report_rules.h"

namespace fairlead::deploy {

std::span<const report::Rule> report_rules() {
    using report::Severity;
    static constexpr report::Rule rows[] = {
        {"deploy/drift", "What runs is not what was recorded", Severity::warning},
        {"deploy/interrupted", "A deployment was interrupted", Severity::warning},
        {"deploy/router", "The router does not lead to the release", Severity::warning},
        {"deploy/near-limit", "An instance is near its limit", Severity::warning},
        {"deploy/no-way-back", "The release before can't be started any more", Severity::warning},
        {"deploy/history-changed", "The history was changed by hand"},
        {"deploy/damaged", "A record is damaged, or gone", Severity::warning},
        {"deploy/missing", "An instance of what serves is missing", Severity::warning},
        {"deploy/rolled-back", "The release was rolled back"},
        {"deploy/failed", "The release was not deployed"},
        {"deploy/refused", "A policy keeps deployments away"},
        {"deploy/unanswered", "What is deployed does not answer through the router"},
        {"deploy/superseded", "What serves is newer"},
        {"deploy/contract", "Contracting migrations did not run"},
        {"deploy/hook", "A hook after the deployment failed"},
        {"deploy/aborted", "The deployment was stopped before its end"},
    };
    return rows;
}

}
