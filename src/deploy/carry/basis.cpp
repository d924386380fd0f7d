#include "deploy/carry/basis.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "deploy/carry/session.h"
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

// A component that requires nothing has its part in a deployment of all.
Result<void> check_reason(const Settings& settings, const std::string& reason) {
    if (reason.empty() || !settings.policy.evidence.demands.empty() || !settings.component.empty()) return {};
    return usage(fmt::format("--without-evidence has no effect: environment {0} requires no evidence; leave it out, or "
                             "write environments.{0}.require",
                             settings.environment));
}

Outcome refusal_of(const std::vector<std::string>& names, std::vector<std::string> complaints,
                   const ReleaseInfo& release, const std::string& current) {
    return {.verdict = "refused",
            .reason = fmt::format("no evidence counts for {}; in an emergency, say --without-evidence REASON",
                                  join(names, ", ")),
            .release = release.id,
            .previous = current,
            .no_evidence = std::move(complaints)};
}

}

attest::About about_of(const Settings& settings, const ReleaseInfo& release) {
    return {.app = settings.app,
            .environment = settings.environment,
            .commit = std::string(without_dirty(release.commit)),
            .dirty = release.commit.ends_with(dirty_suffix),
            .release = release.id,
            .version = release.version,
            .digest = release.digest};
}

Result<Based> based_on(Session& session, const ReleaseInfo& release, const Request& request, const Based& before) {
    const auto& evidence = session.today.policy.evidence;
    TRY_VOID(check_reason(session.today, request.without_evidence));
    Based based;
    if (evidence.demands.empty()) return based;
    const auto answers = TRY(evidence.answer(about_of(session.today, release), session.world.clock.now()));
    std::vector<std::string> names, complaints;
    for (const auto& [demand, id, complaint] : answers) {
        based.text += complaint.empty() ? fmt::format("evidence  {}: {}\n", demand, id.substr(0, 12))
                                        : fmt::format("evidence  {}\n", complaint);
        if (complaint.empty()) based.basis.evidence.push_back(id);
        if (complaint.empty()) continue;
        names.push_back(demand);
        complaints.push_back(complaint);
    }
    if (complaints.empty()) return based;
    if (request.without_evidence.empty()) {
        const auto state = TRY(session.store.state());
        based.refusal = refusal_of(names, std::move(complaints), release, state.current);
        return based;
    }
    if (before.basis.without.empty())
        TRY_VOID(request.confirm(fmt::format("deploys {} without evidence for {}", release.id, join(names, ", "))));
    based.basis.without = mask(request.without_evidence);
    return based;
}

Result<void> check_evidence(const Settings& settings, const sys::Environment& process, const Request& request) {
    if (settings.policy.evidence.demands.empty()) return {};
    auto variables = TRY(gather_variables(settings, process));
    Session session(settings, process, std::move(variables), false, ledger::Damaged::passed_over);
    const auto release = TRY(session.place->read(request.release_version, request.commit));
    const auto based = TRY(based_on(session, release.info, request));
    return based.refusal ? no(join(based.refusal->no_evidence, "; ")) : Result<void>();
}

}
