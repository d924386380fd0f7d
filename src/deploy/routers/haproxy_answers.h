#pragma once
#include "base/result.h"
#include "deploy/canary/sequential.h"
#include <string>
#include <string_view>
#include <vector>

// What HAProxy answers on its stats socket (management.txt 9.1 and 9.3 of HAProxy 2.6): text.
namespace fairlead::deploy {

struct HaproxyServer {
    std::string name, address; // "127.0.0.1:8001"; "unix" for any socket
    std::string status;        // "UP", "no check", "DRAIN", "MAINT", "MAINT (resolution)", ...
    int weight = 0;
    int sessions = 0; // those that wait included
    // Since HAProxy was started. Answers by their status, 1xx left out, and requests without a whole one: no connection
    // (econ; or wredis, where another server was tried), no answer or a cut one (eresp, which counts a cut one beside
    // its status). req_tot is not their sum: it counts each 1xx, and no request that got no answer.
    Counted counted = {};
    bool drained = false; // by us; of one that is down its status doesn't say so
    // As far as we are concerned: one that is down gets them again once it answers.
    bool gets_requests() const {
        return !drained && (status.starts_with("UP") || status.starts_with("no check") || status.starts_with("DOWN"));
    }
};

// The servers of a backend, in their order, of `show stat`: CSV whose first line names the columns. Error (could_not):
// it is something else. Error (usage): there is no such backend.
Result<std::vector<HaproxyServer>> parse_stat(std::string_view text, std::string_view backend);

// The names of those that `show servers state` says are drained (srv_admin_state, bit 8).
std::vector<std::string> parse_drained(std::string_view text);

// Of a `set server`: most say nothing when they did it. Error (could_not) with HAProxy's words.
Result<void> check_set(std::string_view command, std::string_view answer);

}
