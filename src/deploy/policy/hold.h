#pragma once
#include "base/result.h"
#include "sys/files/files.h"
#include <optional>
#include <string>
#include <string_view>

// A hold prevents deployments until somebody removes it, even after a reboot; it never prevents a rollback. It is a
// file in the ledger's folder. It is not a lock: only `unlock` removes it.
namespace fairlead::deploy {

struct Hold {
    std::string reason, by, host;
    std::string since; // RFC 3339
    bool operator==(const Hold&) const = default;
};

std::string to_json(const Hold& hold, const std::string& of = ""); // `of`: the owner, see ledger/checked.h
// A hold with an unreadable file still counts; its reason says that it is unreadable.
Hold parse_hold(std::string_view text);
Result<std::optional<Hold>> read_hold(const sys::Path& folder);
Result<void> write_hold(const sys::Path& folder, const Hold& hold);
Result<void> remove_hold(const sys::Path& folder);

// "database maintenance (ada on web1, since 2026-11-22T01:00:00.000Z)"
std::string described(const Hold& hold);
// Error (no): there is a hold; the message says how to remove it.
Result<void> check_hold(const sys::Path& folder, std::string_view environment);

}
