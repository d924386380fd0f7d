#include "deploy/policy/approvals.h"
#include "attest/envelope.h"
#include "base/printable.h"
#include "base/text.h"
#include "deploy/policy/approvers.h"
#include "ledger/files.h"
#include "sys/data/json.h"
#include "sys/digest.h"
#include "sys/files/beneath.h"
#include "sys/files/files.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

constexpr std::string_view type = "application/vnd.fairlead.approval+json";
constexpr std::size_t most_lines = 100;
constexpr std::uint64_t most_bytes = 1u << 20;
constexpr Milliseconds clocks_differ{60'000};

std::string payload_of(const Approval& approval) {
    return sys::Json{{"schema", 1},
                     {"app", approval.app},
                     {"environment", approval.environment},
                     {"plan", approval.plan},
                     {"at", format_utc(approval.at)}}
        .dump();
}

// Why it doesn't count; empty: it does.
std::string refusal(const std::string& payload, const Approval& wanted, const ApprovalSettings& settings) {
    const auto object = sys::parse_json(payload, "approval");
    if (!object.ok() || !object->is_object()) return "it can't be read";
    const auto text = [&](const char* name) { return sys::text_of(object.value(), name); };
    if (text("app") != wanted.app || text("environment") != wanted.environment)
        return "it is for another app or environment";
    if (text("plan") != wanted.plan) return "it is for another plan";
    const auto at = parse_utc(text("at"));
    if (!at || *at > wanted.at + clocks_differ) return "its time is in the future";
    if (*at <= wanted.spent)
        return fmt::format("it was used for the deployment of {}; sign the plan again", format_utc(wanted.spent));
    if (wanted.at - *at > settings.expires)
        return fmt::format("it is older than approvals.expires {}", format_duration(settings.expires));
    return {};
}

}

std::string plan_hash(const sys::Json& plan) {
    const nlohmann::json sorted = nlohmann::json::parse(plan.dump(-1, ' ', false, sys::Json::error_handler_t::replace));
    return sys::sha256(sorted.dump());
}

std::string approval_line(const Approval& approval, const sys::PrivateKey& key) {
    return attest::seal(type, payload_of(approval), {&key, 1}) + "\n";
}

std::vector<std::string> approvers(std::string_view text, const Approval& wanted, const std::vector<attest::Key>& keys,
                                   const ApprovalSettings& settings, const std::string& actor,
                                   std::vector<std::string>& ignored) {
    std::vector<std::string> found;
    int number = 0;
    for (const auto& line : split(text, '\n')) {
        if (trim(std::string_view(line)).empty()) continue;
        const auto where = fmt::format("approval {}", ++number);
        if (number > static_cast<int>(most_lines)) break;
        const auto opened = attest::open(line, where, type, keys, wanted.at);
        auto why = opened.ok() ? refusal(opened->payload, wanted, settings) : opened.error().message;
        const auto signer = opened.ok() ? sys::Path(opened->key).stem().string() : std::string();
        if (why.empty() && !settings.own && lower(signer) == lower(actor))
            why = actor + " is also the person who deploys";
        if (!why.empty())
            ignored.push_back(where + ": " + why);
        else if (std::find(found.begin(), found.end(), signer) == found.end())
            found.push_back(signer);
    }
    return found;
}

namespace {

std::string file_beside(const std::string& plan_file) { return plan_file + ".approvals"; }

// Empty where there is no file, or no plan. No link is read or written through.
Result<std::string> text_beside(const std::string& plan_file) {
    if (plan_file.empty()) return std::string();
    const auto file = file_beside(plan_file);
    const auto named = TRY(sys::named_by_person(std::filesystem::current_path(), file));
    const auto info = TRY(named.root.inspect(named.path));
    if (info.type == sys::FileType::absent) return std::string();
    if (info.type != sys::FileType::file)
        return usage(fmt::format("'{}' is {}, so it can't hold approvals; name another plan with --plan FILE",
                                 one_line(file), info.type == sys::FileType::link ? "a link" : "not a regular file"));
    return named.root.read(named.path, most_bytes);
}

// What somebody else keeps in a file of that name is not added to. A line that was torn goes, so it has to be ours.
Result<void> check_ours(std::string_view text, const std::string& file) {
    for (const auto& line : split(text, '\n')) {
        if (trim(std::string_view(line)).empty()) continue;
        const bool torn = text.ends_with(line);
        const auto object = sys::parse_json(line, file);
        const bool ours = object.ok() ? object->is_object() && sys::text_of(object.value(), "payloadType") == type
                                      : torn && line.starts_with("{\"payload");
        if (!ours)
            return usage(fmt::format(
                "'{}' holds more than approvals, so nothing is added to it; name another plan with --plan FILE",
                one_line(file)));
    }
    return {};
}

}

Result<std::vector<std::string>> check_approvals(const std::string& plan_file, const Approval& wanted,
                                                 const ApprovalSettings& settings, const std::string& actor) {
    if (settings.required == 0) return std::vector<std::string>();
    const auto keys = TRY(read_approvers(settings));
    const auto text = TRY(text_beside(plan_file));
    std::vector<std::string> ignored;
    auto found = approvers(text, wanted, keys, settings, actor, ignored);
    if (static_cast<int>(found.size()) >= settings.required) return found;
    return no(fmt::format("approval is pending: {0} of {1} for plan {2}{3}{4}; let {6} run `fairlead-deploy approve "
                          "--env {5} --plan FILE --key KEY`",
                          found.size(), settings.required, wanted.plan.substr(0, 12), ignored.empty() ? "" : "; ",
                          one_line(join(ignored, "; ")), wanted.environment, one_of(names_of(keys))));
}

Result<std::string> signed_already(const std::string& plan_file, const Approval& wanted,
                                   const ApprovalSettings& settings, const std::string& key_file) {
    auto pem = TRY(sys::read_file(key_file, 1u << 16));
    const auto id = TRY(sys::read_private_key(std::move(pem), key_file)).public_key().id;
    auto own = TRY(read_approvers(settings));
    std::erase_if(own, [&](const attest::Key& one) { return one.key.id != id; });
    const auto text = TRY(text_beside(plan_file));
    std::vector<std::string> ignored;
    const auto signers = approvers(text, wanted, own, settings, "", ignored);
    return signers.empty() ? std::string() : signers.front();
}

Result<void> write_approval(const std::string& plan_file, const Approval& approval, const std::string& key_file) {
    auto pem = TRY(sys::read_file(key_file, 1u << 16));
    const auto key = TRY(sys::read_private_key(std::move(pem), key_file));
    const auto text = TRY(text_beside(plan_file));
    TRY_VOID(check_ours(text, file_beside(plan_file)));
    return ledger::add_after_whole_lines(file_beside(plan_file), approval_line(approval, key));
}

}
