#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

// The directives of nginx 1.31's own modules: where each may stand and how many arguments it takes (ngx_command_t).
namespace fairlead::read {

enum class NginxContext : std::uint8_t {
    main,
    events,
    http,
    server,
    location,
    server_if,   // if in a server
    location_if, // if in a location
    limit_except,
    upstream,
    stream,
    stream_server,
    stream_upstream,
    mail,
    mail_server,
    entries, // of map, geo, types and the like: each directive is a pair
    other,   // of a block that nobody knows
};

struct NginxUse {
    std::uint32_t contexts = 0; // bit NginxContext
    std::string_view arguments; // "0" to "7": so many; '+': one or more, '*': two or more, 'f': on or off, '?': any
    bool block = false;

    bool in(NginxContext context) const { return (contexts >> static_cast<unsigned>(context) & 1U) != 0; }
    bool takes(std::size_t count) const;
};

bool nginx_knows(std::string_view name);
// How `name` is used in `context`: nothing when it isn't allowed there, or isn't known.
std::optional<NginxUse> nginx_use(std::string_view name, NginxContext context);
bool nginx_allows(std::string_view name, NginxContext context, bool block); // some use of it does

// What stands inside of a block of this name that stands in `context`.
NginxContext nginx_inside(std::string_view name, NginxContext context);

}
