#pragma once

namespace fairlead::sys {

// SIGINT, SIGTERM and SIGHUP alike: the first asks us to stop, the second ends the process at once (exit 3).
// SIGPIPE is ignored. cli::run installs them; libraries only ask.
void catch_signals();
bool stop_requested();
int stop_signal();         // its number, 0 before
int stop_descriptor();     // readable once stop is requested: for poll(2)
void reset_stop_request(); // for tests

}
