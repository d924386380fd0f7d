#pragma once
#include <chrono>

namespace fairlead::sys {

// SIGINT, SIGTERM and SIGHUP are handled alike. The first signal asks us to stop; a second signal ends the process at
// once (exit 3). timeout(1), runners and terminals may send one signal twice: to the process and to its group. So a
// second signal within a second is ignored. SIGPIPE is ignored. cli::run installs the handlers; libraries only read the
// request.
void catch_signals();
bool stop_requested();
int stop_signal(); // the number of the signal; 0: no stop was requested
bool is_echo(std::chrono::nanoseconds after_first);
int stop_descriptor();     // readable after a stop request: for poll(2)
void reset_stop_request(); // for tests

}
