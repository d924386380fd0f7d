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
    return value.error(fmt::format("{} '{}' is no tool of this family; write exec: [PROGRAM, ...] for another program",
                                   name, one_line(tool)));
}

Result<bool> parse_undoes(std::string_view text) { return text == "rollback"; }
Result<bool> parse_in(std::string_view text) { return text == "release"; }

Result<void> settle_hook(const config::Value& map, Hook& hook) {
    if (hook.run.empty() == hook.exec.empty())
        return map.error("a hook runs one thing; write either run: TOOL or exec: [PROGRAM, ...]");
    if (!hook.run.empty() && hook.in_release)
        return map["in"].error("a tool of the family runs in the folder of fairlead.yml; take `in` out");
    if (!hook.checklist.empty() && hook.run != "preflight")
        return map["checklist"].error("a checklist is walked by preflight; write run: preflight beside it");
    if (hook.name.empty()) hook.name = hook.run.empty() ? sys::Path(hook.exec[0]).filename().string() : hook.run;
    if (hook.name.size() > 64 ||
        std::any_of(hook.name.begin(), hook.name.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }))
        return map.error("a hook's name has at most 64 characters and no control character; give it one by name:");
    return {};
}

const config::Rows<Hook>& hook_rows() {
    static const config::Rows<Hook> rows(
        {
            {"name", &Hook::name, "for the plan and --skip; default: what is run"},
            {"run", &Hook::run, "a tool of the family by its short name, as smoke", {.check = check_run}},
            {"checklist", &Hook::checklist, "of run: preflight: the one that has to pass, as deployment"},
            {"exec", &Hook::exec, "or a program with its arguments"},
            {"in",
             {&Hook::in_release, Type::text, parse_in},
             "where an exec runs",
             {.allowed = {"checkout", "release"}}},
            {"timeout", &Hook::timeout, "then it is ended with all that it started", {.check = check_wait}},
            {"on_failure",
             {&Hook::undoes, Type::text, parse_undoes},
             "of a post hook: rollback, and it runs before the old release goes",
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
        return map.error(
            fmt::format("two hooks are called '{}'; give one of them a name of its own", one_line(*twice)));
    if (std::any_of(hooks.pre.begin(), hooks.pre.end(), [](const Hook& hook) { return hook.undoes; }))
        return map["pre"].error(
            "what fails before the deployment stops it anyway; on_failure belongs to hooks of post");
    return {};
}

}

Result<void> check_wait(const config::Value& value, const std::string& name) {
    if (value.duration({}).count() > 0) return {};
    return value.error(fmt::format("{} is longer than 0s; without it is the default", name));
}

const config::Rows<Windows>& windows_rows() {
    static const config::Rows<Windows> rows = {
        {"deny",
         {&Windows::deny, Type::text_list, parse_windows},
         "when none may begin: Fri 15:00-Mon 07:00 Europe/Berlin"},
        {"allow", {&Windows::allow, Type::text_list, parse_windows}, "the only times when one may begin"},
    };
    return rows;
}

const config::Rows<Hooks>& hooks_rows() {
    static const config::Rows<Hooks> rows(
        {
            {"pre", {&Hooks::pre, hook_rows()}, "before the new release starts; one that fails stops the deployment"},
            {"post", {&Hooks::post, hook_rows()}, "after it; one that fails makes it a no, and takes nothing back"},
        },
        settle_hooks);
    return rows;
}

const config::Rows<ApprovalSettings>& approvals_rows() {
    static const config::Rows<ApprovalSettings> rows = {
        {"required", {&ApprovalSettings::required, Type::up_to_1000}, "how many have to approve the plan"},
        {"from",
         &ApprovalSettings::from,
         "public keys (PEM, Ed25519) of those who may; their files' names are theirs",
         {.believed = true}},
        {"expires", &ApprovalSettings::expires, "how long an approval holds", {.check = check_wait}},
        {"self", &ApprovalSettings::own, "whether who deploys may approve it too"},
    };
    return rows;
}

Result<void> settle_policy(const config::Config& config, const config::Value& section, PolicySettings& settings) {
    auto& approvals = settings.approvals;
    approvals.read = [config](const std::string& file) { return config::believed_file(config, file); };
    if (approvals.required > static_cast<int>(approvals.from.size()))
        return section["approvals"].error(
            fmt::format("approvals.required is {}, approvals.from has {} keys; nobody could "
                        "ever deploy",
                        approvals.required, approvals.from.size()));
    if (section["deadline"].present()) return check_wait(section["deadline"], "deadline");
    return {};
}

}
