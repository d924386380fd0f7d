#pragma once
#include "deploy/settings.h"
#include <optional>
#include <string_view>

namespace fairlead::deploy {

// Who may connect to the sockets beside the application: the group of target.socket_group, else that of the user who
// nginx's own file (/etc/nginx/nginx.conf) names. Nothing: nobody says, so all may. Error (usage): no such group.
Result<std::optional<unsigned>> router_group(const Settings& settings);

struct NginxUser {
    std::string user, group; // empty: not named
};
NginxUser nginx_user(std::string_view configuration); // its `user` directive; one that an include holds isn't seen

}
