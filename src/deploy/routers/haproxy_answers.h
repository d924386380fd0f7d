#pragma once
#include "base/result.h"
#include "deploy/canary/sequential.h"
#include <string>
#include <string_view>
#include <vector>

// Reads HAProxy's text answers from its stats socket (management.txt 9.1 and 9.3 of HAProxy 2.6).
namespace fairlead::deploy {

struct HaproxyServer {
    std::string name, address; // "127.0.0.1:8001"; "unix" for any socket
    std::string status;        // "UP", "no check", "DRAIN", "MAINT", "MAINT (resolution)", ...
    int weight = 0;
    int sessions = 0; // including waiting sessions
    // Since HAProxy was started. Counts answers by status, without 1xx, and requests without a complete answer: no
    // connection (econ; or wredis if another server was tried), no answer or a cut-off answer (eresp, in addition to
    // its status). req_tot isn't used: it counts each 1xx, but not requests without an answer.
    Counted counted = {};
    bool drained = false; // we drained it; if it is down, its status doesn't show that
    // By our own settings: also true for a server that is down, because it gets requests again once it answers.
    bool gets_requests() const {
        return !drained && (status.starts_with("UP") || status.starts_with("no check") || status.starts_with("DOWN"));
    }
};

// Returns a backend's servers in their order from `show stat`: CSV with column names in the first line. Error
// (could_not): the text has another form. Error (usage): there is no such backend.
Result<std::vector<HaproxyServer>> parse_stat(std::string_view text, std::string_view backend);

// Returns the names of drained servers in `show servers state` (srv_admin_state, bit 8).
std::vector<std::string> parse_drained(std::string_view text);

// Checks the answer to `set server`, which is mostly empty after a success. Error (could_not) with HAProxy's words.
Result<void> check_set(std::string_view command, std::string_view answer);

}
