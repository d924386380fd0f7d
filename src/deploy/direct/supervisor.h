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

// Our supervisor keeps the process of one slot running if systemd doesn't. It reads slots/<slot>/launch.json and env,
// writes process.json and the log, and ends the process when it is told to stop itself.
namespace fairlead::deploy {

struct Launch {
    std::vector<std::string> argv;
    std::string folder, socket, log; // the socket that it binds; empty: none
    std::string stop_signal = "SIGTERM";
    Milliseconds stop_timeout{30000};
    std::vector<std::string> secrets; // names of the variables whose values are masked in the log
    std::string user;                 // the user of the process; empty: the deployer
    int port = 0;                     // the port of 127.0.0.1 where it listens; 0: none
    Limits limits = {};
    int umask = -1; // -1: 0022
    bool operator==(const Launch&) const = default;
};

std::string to_json(const Launch& launch);
Result<Launch> parse_launch(std::string_view text, const std::string& file);

// The content of process.json, for the deployer.
struct SupervisorState {
    sys::ProcessId supervisor, process; // process.pid 0: it waits for its next start
    int restarts = 0;
    int last_status = 0; // exit status, or 128 + signal
};
std::string to_json(const SupervisorState& state);
Result<SupervisorState> parse_supervisor_state(std::string_view text, const std::string& file);

// Delay before the next start: 100 ms, doubled after each quick end, at most 30 s. A run of 10 s resets it.
struct Backoff {
    int quick_ends = 0;
    Milliseconds next(Milliseconds ran);
};

// Runs until it is told to stop. `slot` is the slot's folder. Error (usage), also in start_at_boot(): the folder, or a
// folder above it, is a link or might belong to another user (sys/files/owned/owned.h).
Result<void> supervise(const sys::Path& slot);

// Starts the supervisors of a target's serving instances in the background, after a reboot. These slots have a file
// `boot` in their folder, with the supervisor's variables (one NAME=value per line). Error (no): a release's files
// differ from those that were sealed.
Result<void> start_at_boot(const sys::Path& root);

}
