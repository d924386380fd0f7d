#include "deploy/routers/caddy_render.h"
#include "deploy/routers/haproxy_answers.h"
#include "deploy/routers/nginx_render.h"
#include "deploy/routers/nginx_view.h"
#include <cstdint>
#include <cstdlib>

using namespace fairlead;
using namespace fairlead::deploy;

// What routers answer, and the file that a switch by include wrote: each line is a server, or an error.
extern "C" int fuzz_deploy_routers(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto servers = parse_stat(text, "shop"); servers.ok() && servers->size() > size) std::abort();
    [[maybe_unused]] const auto set = check_set("set server s/a addr ::1 port 1", text);
    [[maybe_unused]] const auto build = parse_nginx_build(text);
    [[maybe_unused]] const auto caddy = check_caddy_config(text, {"/srv/shop/run/current.sock"});
    const auto upstreams = parse_upstream(text, "shop.conf");
    if (!upstreams.ok()) return 0;
    for (const auto& one : upstreams.value())
        if (one.weight < 1 || !instance_of(name_of(one.instance))) std::abort();
    return 0;
}
