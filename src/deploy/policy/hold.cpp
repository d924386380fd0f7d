#include "deploy/policy/hold.h"
#include "base/printable.h"
#include "base/secrets/credentials.h"
#include "base/secrets/secret.h"
#include "ledger/checked.h"
#include "ledger/files.h"
#include "sys/data/json.h"
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

constexpr std::size_t longest_shown = 1000; // of what is shown of a member
sys::Path hold_file(const sys::Path& folder) { return folder / "hold"; }

constexpr std::pair<const char*, std::string Hold::*> hold_members[] = {
    {"reason", &Hold::reason}, {"by", &Hold::by}, {"host", &Hold::host}, {"since", &Hold::since}};

}

std::string to_json(const Hold& hold, const std::string& of) {
    sys::Json object{{"schema", 1}};
    for (const auto& [name, member] : hold_members) object[name] = hold.*member;
    object["reason"] = mask(hold.reason); // it may quote somebody, and others read it
    return ledger::checked_text(std::move(object), of);
}

Hold parse_hold(std::string_view text) {
    Hold hold;
    const auto object = sys::parse_json(text, "hold");
    for (const auto& [name, member] : hold_members)
        if (object.ok() && object->is_object() && object->contains(name) && object.value()[name].is_string())
            hold.*member = one_line(object.value()[name].get<std::string>()).substr(0, longest_shown);
    if (hold.reason.empty()) hold.reason = "the file 'hold' gives no reason";
    return hold;
}

Result<std::optional<Hold>> read_hold(const sys::Path& folder) {
    const auto info = sys::inspect(hold_file(folder));
    if (info.type == sys::FileType::absent) {
        TRY_VOID(ledger::read_or_empty(hold_file(folder))); // or it may not be seen
        return std::optional<Hold>();
    }
    const auto text = TRY(sys::read_file(hold_file(folder), 1u << 20));
    auto hold = parse_hold(text);
    register_said(hold.reason); // what an earlier version wrote is masked from here on
    return std::optional(std::move(hold));
}

Result<void> write_hold(const sys::Path& folder, const Hold& hold) {
    return sys::write_file(hold_file(folder), to_json(hold, ledger::whose(folder)), ledger::file_mode);
}

Result<void> remove_hold(const sys::Path& folder) { return sys::remove_tree(hold_file(folder)); }

std::string described(const Hold& hold) {
    const auto who = hold.by.empty() ? "somebody" : hold.by;
    return fmt::format("{} ({}{}{})", hold.reason, who, hold.host.empty() ? "" : " on " + hold.host,
                       hold.since.empty() ? "" : ", since " + hold.since);
}

Result<void> check_hold(const sys::Path& folder, std::string_view environment) {
    const auto hold = TRY(read_hold(folder));
    if (!hold) return {};
    return no(fmt::format("environment '{}' is on hold: {}; to end the hold, run `fairlead-deploy unlock --env {}`",
                          environment, described(*hold), environment));
}

}
