#pragma once
#include "deploy/router.h"
#include "deploy/world.h"
#include <memory>

// One function per kind of router, each in the file of its name.
namespace fairlead::deploy {

std::unique_ptr<Router> nginx_by_links(const World& world);
std::unique_ptr<Router> nginx_by_include(const World& world);
std::unique_ptr<Router> make_haproxy(const World& world);
std::unique_ptr<Router> make_caddy(const World& world);
std::unique_ptr<Router> make_service(const World& world);   // for target compose, with a proxy of its own
std::unique_ptr<Router> make_elsewhere(const World& world); // for target exec

// For both kinds of nginx.
std::vector<std::string> nginx_notes(const World& world);
Result<void> check_nginx(const World& world);
// See Router::test; without `file`: the configuration that nginx reads by itself.
Result<void> test_nginx(const World& world, const std::string& file = {});

}
