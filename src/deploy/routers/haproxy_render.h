#pragma once
#include "base/result.h"
#include "deploy/settings.h"
#include <string>
#include <vector>

namespace fairlead::deploy {

// Returns an additional file for HAProxy (`haproxy -f haproxy.cfg -f FILE`): a frontend at the url, and a backend with
// a server for every possible instance. Error (usage): no server can listen at the url, or it is https without a
// certificate.
Result<std::string> render_haproxy(const Settings& settings);
std::vector<std::string> haproxy_servers(const Settings& settings);            // their names, see name_of()
std::string haproxy_socket(const Settings& settings, const std::string& name); // the socket of such a server
std::string haproxy_state_file(const Settings& settings);
bool reaches_sockets(const Settings& settings); // its applications listen at sockets, not at ports

}
