#include "deploy/routers/kinds.h"
#include <algorithm>

namespace fairlead::deploy {

namespace {

std::unique_ptr<Router> make_nginx(const World& world) {
    return world.settings.router.by_include() ? nginx_by_include(world) : nginx_by_links(world);
}

constexpr RouterKind kinds[] = {{"nginx", make_nginx},
                                {"haproxy", make_haproxy},
                                {"caddy", make_caddy},
                                {"service", make_service},
                                {"elsewhere", make_elsewhere}};

}

std::span<const RouterKind> router_kinds() { return kinds; }

const RouterKind* find_router(std::string_view name) {
    const auto* found =
        std::find_if(std::begin(kinds), std::end(kinds), [&](const auto& kind) { return kind.name == name; });
    return found == std::end(kinds) ? nullptr : found;
}

}
