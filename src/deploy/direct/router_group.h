#pragma once
#include "deploy/settings.h"
#include <optional>
#include <string_view>

namespace fairlead::deploy {

// Returns the group that may connect to the sockets, in addition to the application: target.socket_group, or else the
// group of the user in nginx's own file (router.config, or else /etc/nginx/nginx.conf). Nothing: no group is named, so
// all users may. Error (usage): there is no such group.
Result<std::optional<unsigned>> router_group(const Settings& settings);

struct NginxUser {
    std::string user, group; // empty: not named
};
// from the directive `user`; not found if it is in an included file
NginxUser nginx_user(std::string_view configuration);

}
