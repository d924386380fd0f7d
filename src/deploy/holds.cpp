#include "base/printable.h"
#include "base/text.h"
#include "base/version.h"
#include "deploy/carry/session.h"
#include "deploy/commands.h"
#include "deploy/plan_file.h"
#include "deploy/policy/approvers.h"
#include "deploy/policy/hold.h"
#include "deploy/way_back.h"
#include "ledger/whole.h"
#include "sys/process/process.h"
#include <fmt/format.h>

// The commands by which people say no or yes to deployments: lock, unlock, approve, history --sign-off.
namespace fairlead::deploy {

namespace {

// Kept in the history as deployments are: who kept them away, and since when; who looked into what was broken.
Result<void> record_act(Session& session, const std::string& command, const std::string& verdict,
                        const std::string& reason, std::vector<std::string> signed_off = {}) {
    const auto actor = actor_of(session.world.process);
    const auto state = TRY(session.store.state());
    const auto now = format_utc(session.world.clock.now());
    return session.store.append({.deployment = session.store.ledger().new_id(session.world.clock),
                                 .app = session.settings.app,
                                 .environment = session.settings.environment,
                                 .target = session.settings.target,
                                 .command = command,
                                 .release = state.current,
                                 .version = version_of(state.current),
                                 .actor = actor.name,
                                 .actor_kind = actor.kind,
                                 .run_url = actor.run_url,
                                 .host = sys::host_name(),
                                 .started = now,
                                 .finished = now,
                                 .verdict = verdict,
                                 .reason = reason,
                                 .signed_off = std::move(signed_off),
                                 .tool_version = std::string(version())});
}

report::Report held_report(const Settings& settings, std::string text) {
    report::Report report{.tool = "deploy", .environment = settings.environment};
    report.facts = std::move(text);
    return report;
}

}

Result<report::Report> lock(const Settings& settings, const sys::Environment& process, const Request& request) {
    if (request.reason.empty()) return usage("lock needs a reason; say --reason TEXT");
    Session session(settings, process, {});
    TRY_VOID(session.place->check_owner());
    if (request.dry_run)
        return held_report(settings, fmt::format("would keep deployments away from {}", settings.environment));
    const auto taken = TRY(session.lock("a hold", request.wait_lock));
    TRY_VOID(session.deployment.mend_records());
    if (const auto before = TRY(read_hold(session.store.ledger().folder())))
        return no(fmt::format("{} is on hold already: {}; run `{}` first", settings.environment, described(*before),
                              command_for(settings, "unlock")));
    const Hold hold{request.reason, actor_of(process).name, sys::host_name(), format_utc(session.world.clock.now())};
    TRY_VOID(write_hold(session.store.ledger().folder(), hold));
    TRY_VOID(record_act(session, "lock", "held", request.reason));
    return held_report(settings, fmt::format("on hold: {}; a rollback is still possible; to end the hold, run `{}`",
                                             described(hold), command_for(settings, "unlock")));
}

Result<report::Report> unlock(const Settings& settings, const sys::Environment& process, const Request& request) {
    Session session(settings, process, {});
    TRY_VOID(session.place->check_owner());
    const auto hold = TRY(read_hold(session.store.ledger().folder()));
    if (!hold) return held_report(settings, fmt::format("{} is not on hold", settings.environment));
    if (request.dry_run) return held_report(settings, "would end the hold: " + described(*hold));
    const auto taken = TRY(session.lock("the end of a hold", request.wait_lock));
    TRY_VOID(session.deployment.mend_records());
    const auto now = TRY(read_hold(session.store.ledger().folder()));
    if (!now) return held_report(settings, fmt::format("{} is not on hold any more", settings.environment));
    if (*now != *hold)
        return no(fmt::format("another hold was set while this command waited: {}; to end it, run `{}` again",
                              described(*now), command_for(settings, "unlock")));
    TRY_VOID(remove_hold(session.store.ledger().folder()));
    TRY_VOID(record_act(session, "unlock", "freed", "was: " + described(*hold)));
    return held_report(settings, "no longer on hold; it was: " + described(*hold));
}

Result<report::Report> sign_off(const Settings& settings, const sys::Environment& process, const Request& request) {
    Session session(settings, process, {});
    TRY_VOID(session.place->check_owner());
    const auto taken = TRY(session.lock("a look at its records", request.wait_lock));
    TRY_VOID(session.deployment.mend_records());
    const auto chain = TRY(ledger::whole_history(session.store.ledger(), domain));
    if (chain.broken.empty()) return held_report(settings, "the chain of records holds; there is nothing to sign off");
    if (request.dry_run) return held_report(settings, "would sign off: " + join(chain.broken, "; "));
    auto signed_off = chain.unfollowed;
    signed_off.push_back(chain.last_sha256);
    TRY_VOID(record_act(session, "sign-off", "noted", request.sign_off + "; it was: " + join(chain.broken, "; "),
                        std::move(signed_off)));
    return held_report(settings, "signed off: " + join(chain.broken, "; "));
}

Result<report::Report> approve(const Settings& settings, const sys::Environment&, const Request& request) {
    if (request.plan_file.empty() || request.key.empty())
        return usage("approve signs a plan with a key; say --plan FILE --key KEY.pem");
    const auto hash = TRY(read_plan_hash(request.plan_file));
    TRY_VOID(check_approver(request.key, settings.policy.approvals, sys::real_clock().now()));
    Approval approval{settings.app, settings.environment, hash, sys::real_clock().now()};
    const auto history = Store(settings.state, ledger::Damaged::passed_over).history();
    if (history.ok()) approval.spent = last_by(history.value(), hash); // else it is kept elsewhere
    const auto signer = TRY(signed_already(request.plan_file, approval, settings.policy.approvals, request.key));
    if (!signer.empty())
        return held_report(settings, fmt::format("{} approved plan {} already; nothing was added to '{}.approvals'",
                                                 one_line(signer), hash.substr(0, 12), one_line(request.plan_file)));
    if (request.dry_run) return held_report(settings, "would approve plan " + hash.substr(0, 12));
    TRY_VOID(write_approval(request.plan_file, approval, request.key));
    return held_report(settings, fmt::format("approved: plan {} for {} in '{}.approvals'", hash.substr(0, 12),
                                             settings.environment, request.plan_file));
}

}
