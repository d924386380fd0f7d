#pragma once
#include "base/result.h"
#include "deploy/settings.h"
#include <string>
#include <vector>

namespace fairlead::deploy {

// Another file for HAProxy (`haproxy -f haproxy.cfg -f FILE`): a frontend where the url is, and a backend with a server
// for every instance that there may be. Error (usage): the url can't be listened at, or https without a certificate.
Result<std::string> render_haproxy(const Settings& settings);
std::vector<std::string> haproxy_servers(const Settings& settings);            // their names, as name_of()
std::string haproxy_socket(const Settings& settings, const std::string& name); // where such a server's is
std::string haproxy_state_file(const Settings& settings);
bool reaches_sockets(const Settings& settings); // its applications listen at sockets, not at ports

}
