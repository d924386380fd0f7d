#include "deploy/direct/router_group.h"
#include "base/text.h"
#include "sys/account.h"
#include "sys/files/owned/owned.h"
#include <fmt/format.h>

namespace fairlead::deploy {

NginxUser nginx_user(std::string_view configuration) {
    for (const auto& line : split(configuration, '\n')) {
        auto text = std::string(trim(line.substr(0, line.find('#'))));
        const auto end = text.find(';');
        if (end == text.npos || !(text.starts_with("user ") || text.starts_with("user\t"))) continue;
        std::vector<std::string> words;
        for (const auto& word : split(replace_all(text.substr(4, end - 4), "\t", " "), ' '))
            if (!word.empty()) words.push_back(word);
        if (!words.empty()) return {words[0], words.size() > 1 ? words[1] : ""};
    }
    return {};
}

Result<std::optional<unsigned>> router_group(const Settings& settings) {
    if (!settings.socket_group.empty()) {
        const auto group = TRY(sys::find_group(settings.socket_group));
        return std::optional(group);
    }
    const auto& router = settings.router;
    NginxUser named;
    if (router.kind == "nginx" && !router.config.empty() && router.container.empty())
        named = nginx_user(sys::read_own_file(router.config).value_or(""));
    if (named.user.empty()) named = nginx_user(sys::read_own_file("/etc/nginx/nginx.conf").value_or(""));
    if (named.user.empty()) return std::optional<unsigned>();
    if (const auto group = sys::find_group(named.group.empty() ? named.user : named.group); group.ok())
        return std::optional(group.value());
    const auto user = sys::find_user(named.user); // its first group may have another name
    return user.ok() ? std::optional(user->gid) : std::optional<unsigned>();
}

}
