#pragma once
#include "base/result.h"
#include "base/time.h"
#include "deploy/direct/limits.h"
#include "sys/files/files.h"
#include "sys/process/process.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Our supervisor: keeps the process of one slot running where systemd does not. It reads slots/<slot>/launch.json and
// env, writes process.json, keeps the log, and ends the process when it is asked to end itself.
namespace fairlead::deploy {

struct Launch {
    std::vector<std::string> argv;
    std::string folder, socket, log; // socket: that it binds; empty: none
    std::string stop_signal = "SIGTERM";
    Milliseconds stop_timeout{30000};
    std::vector<std::string> secrets; // names of the variables whose values the log doesn't show
    std::string user;                 // whose process it is; empty: the deployer's
    int port = 0;                     // of 127.0.0.1 that it listens at; 0: none
    Limits limits = {};
    int umask = -1; // -1: 0022
    bool operator==(const Launch&) const = default;
};

std::string to_json(const Launch& launch);
Result<Launch> parse_launch(std::string_view text, const std::string& file);

// process.json, for the deployer.
struct SupervisorState {
    sys::ProcessId supervisor, process; // process.pid 0: it waits for its next start
    int restarts = 0;
    int last_status = 0; // exit status, or 128 + signal
};
std::string to_json(const SupervisorState& state);
Result<SupervisorState> parse_supervisor_state(std::string_view text, const std::string& file);

// Delay before the next start: 100 ms, doubled for each end in a row, at most 30 s; a run of 10 s begins again.
struct Backoff {
    int quick_ends = 0;
    Milliseconds next(Milliseconds ran);
};

// Runs until it is asked to stop. `slot` is the slot's folder. Error (usage), and of start_at_boot(): it, or a folder
// above it, is a link or could be somebody else's (sys/files/owned.h).
Result<void> supervise(const sys::Path& slot);

// Starts the supervisors of what served below a target's root, in the background: after a reboot. Those have a file
// `boot` in their slot's folder, the variables (NAME=value, a line each) that the supervisor had. Error (no): a release
// is not what was sealed.
Result<void> start_at_boot(const sys::Path& root);

}
