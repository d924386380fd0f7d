#include "deploy/policy/settings.h"
#include "base/printable.h"
#include "base/text.h"
#include "config/believed.h"
#include "sys/files/files.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

Result<void> check_run(const config::Value& value, const std::string& name) {
    const auto tool = value.text();
    if (config::is_tool(tool) && tool != "deploy") return {};
    return value.error(fmt::format(
        "{} '{}' is not a Fairlead tool that a hook may run; write exec: [PROGRAM, ...] for another program", name,
        one_line(tool)));
}

Result<bool> parse_undoes(std::string_view text) { return text == "rollback"; }
Result<bool> parse_in(std::string_view text) { return text == "release"; }

Result<void> settle_hook(const config::Value& map, Hook& hook) {
    if (hook.run.empty() == hook.exec.empty())
        return map.error("a hook runs either a tool or a program; write run: TOOL or exec: [PROGRAM, ...]");
    if (!hook.run.empty() && hook.in_release)
        return map["in"].error("a Fairlead tool always runs in the folder of fairlead.yml; remove `in`");
    if (!hook.checklist.empty() && hook.run != "preflight")
        return map["checklist"].error("only preflight checks a checklist; add run: preflight to the hook");
    if (hook.name.empty()) hook.name = hook.run.empty() ? sys::Path(hook.exec[0]).filename().string() : hook.run;
    if (hook.name.size() > 64 ||
        std::any_of(hook.name.begin(), hook.name.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }))
        return map.error("the name of a hook may have at most 64 characters and no control characters; set name:");
    return {};
}

const config::Rows<Hook>& hook_rows() {
    static const config::Rows<Hook> rows(
        {
            {"name", &Hook::name, "name in the plan and for --skip; default: the tool or program"},
            {"run", &Hook::run, "a Fairlead tool by its short name, such as smoke", {.check = check_run}},
            {"checklist", &Hook::checklist, "with run: preflight: the checklist that must pass, such as deployment"},
            {"exec", &Hook::exec, "or a program with its arguments"},
            {"in",
             {&Hook::in_release, Type::text, parse_in},
             "where the program of exec runs",
             {.allowed = {"checkout", "release"}}},
            {"timeout",
             &Hook::timeout,
             "time after which the hook is ended, with all processes that it started",
             {.check = check_wait}},
            {"on_failure",
             {&Hook::undoes, Type::text, parse_undoes},
             "for a post hook: with rollback, it runs before the old release is stopped, and its failure takes the new "
             "release back",
             {.allowed = {"keep", "rollback"}}},
        },
        settle_hook);
    return rows;
}

Result<void> settle_hooks(const config::Value& map, Hooks& hooks) {
    auto names = hooks.names();
    std::sort(names.begin(), names.end());
    const auto twice = std::adjacent_find(names.begin(), names.end());
    if (twice != names.end())
        return map.error(fmt::format("two hooks are called '{}'; give one hook another name", one_line(*twice)));
    if (std::any_of(hooks.pre.begin(), hooks.pre.end(), [](const Hook& hook) { return hook.undoes; }))
        return map["pre"].error("a failing pre hook always stops the deployment; use on_failure only in post hooks");
    return {};
}

}

Result<void> check_wait(const config::Value& value, const std::string& name) {
    if (value.duration({}).count() > 0) return {};
    return value.error(fmt::format("{} must be longer than 0s; remove it to use the default", name));
}

const config::Rows<Windows>& windows_rows() {
    static const config::Rows<Windows> rows = {
        {"deny",
         {&Windows::deny, Type::text_list, parse_windows},
         "times when no deployment may begin: Fri 15:00-Mon 07:00 Europe/Berlin"},
        {"allow", {&Windows::allow, Type::text_list, parse_windows}, "the only times when a deployment may begin"},
    };
    return rows;
}

const config::Rows<Hooks>& hooks_rows() {
    static const config::Rows<Hooks> rows(
        {
            {"pre",
             {&Hooks::pre, hook_rows()},
             "run before the new release starts; if a hook fails, the deployment stops"},
            {"post",
             {&Hooks::post, hook_rows()},
             "run after the deployment; if a hook fails, the exit status is 1, but the new release stays"},
        },
        settle_hooks);
    return rows;
}

const config::Rows<ApprovalSettings>& approvals_rows() {
    static const config::Rows<ApprovalSettings> rows = {
        {"required", {&ApprovalSettings::required, Type::up_to_1000}, "how many people must approve the plan"},
        {"from",
         &ApprovalSettings::from,
         "public keys (PEM, Ed25519) of the approvers; the name of the file is the name of the approver",
         {.believed = true}},
        {"expires", &ApprovalSettings::expires, "how long an approval is valid", {.check = check_wait}},
        {"self", &ApprovalSettings::own, "whether the person who deploys may also approve"},
    };
    return rows;
}

Result<void> settle_policy(const config::Config& config, const config::Value& section, PolicySettings& settings) {
    auto& approvals = settings.approvals;
    approvals.read = [config](const std::string& file) { return config::believed_file(config, file); };
    if (approvals.required > static_cast<int>(approvals.from.size()))
        return section["approvals"].error(fmt::format("approvals.required is {}, but approvals.from has only {} keys, "
                                                      "so nobody could ever deploy; add keys, or lower required",
                                                      approvals.required, approvals.from.size()));
    // Whoever writes the section wants approvals; another environment's may be taken back by required: 0.
    if (section["approvals"].present() && !section["approvals"]["required"].present())
        return section["approvals"].error(
            "approvals has no required, so no approval would be needed; write required: 1, or leave approvals out");
    if (section["deadline"].present()) return check_wait(section["deadline"], "deadline");
    return {};
}

Result<void> settle_evidence(const config::Config& config, const std::string& environment, PolicySettings& settings) {
    auto& evidence = settings.evidence;
    evidence.demands = TRY(attest::read_demands(config, environment));
    evidence.answer = [config, demands = evidence.demands](const attest::About& about, SystemTime now) {
        return attest::answer(demands, about, config, now);
    };
    return {};
}

}
