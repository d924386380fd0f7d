#pragma once
#include <chrono>

namespace fairlead::sys {

// SIGINT, SIGTERM and SIGHUP alike: the first asks us to stop, a second ends the process at once (exit 3).
// timeout(1), runners and terminals deliver one wish twice, to the process and to its group: what comes within a second
// is the first one's echo.
// SIGPIPE is ignored. cli::run installs them; libraries only ask.
void catch_signals();
bool stop_requested();
int stop_signal(); // its number, 0 before
bool is_echo(std::chrono::nanoseconds after_first);
int stop_descriptor();     // readable once stop is requested: for poll(2)
void reset_stop_request(); // for tests

}
