#pragma once
#include "base/result.h"
#include "sys/files/files.h"
#include <optional>
#include <string>
#include <string_view>

// A hold keeps deployments away until somebody takes it off, also after a reboot; a rollback is never kept away. It is
// a file in the ledger's folder, no lock: nothing frees it but `unlock`.
namespace fairlead::deploy {

struct Hold {
    std::string reason, by, host;
    std::string since; // RFC 3339
    bool operator==(const Hold&) const = default;
};

std::string to_json(const Hold& hold, const std::string& of = ""); // whose: ledger/checked.h
// A hold whose file can't be read as one still holds: its reason says so.
Hold parse_hold(std::string_view text);
Result<std::optional<Hold>> read_hold(const sys::Path& folder);
Result<void> write_hold(const sys::Path& folder, const Hold& hold);
Result<void> remove_hold(const sys::Path& folder);

// "database maintenance (ada on web1, since 2026-11-22T01:00:00.000Z)"
std::string described(const Hold& hold);
// Error (no): there is a hold; says how to take it off.
Result<void> check_hold(const sys::Path& folder, std::string_view environment);

}
