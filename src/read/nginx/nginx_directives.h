#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

// The directives of nginx 1.31's own modules: the contexts where each is allowed, and its number of arguments
// (ngx_command_t).
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
    entries, // inside of map, geo, types and similar blocks: each directive is a pair
    other,   // inside of an unknown block
};

struct NginxUse {
    std::uint32_t contexts = 0; // bit NginxContext
    // "0" to "7": exactly this number; '+': one or more, '*': two or more, 'f': on or off, '?': any
    std::string_view arguments;
    bool block = false;

    bool in(NginxContext context) const { return (contexts >> static_cast<unsigned>(context) & 1U) != 0; }
    bool takes(std::size_t count) const;
};

bool nginx_knows(std::string_view name);
// Returns how `name` is used in `context`; nothing if it isn't allowed there, or is unknown.
std::optional<NginxUse> nginx_use(std::string_view name, NginxContext context);
bool nginx_allows(std::string_view name, NginxContext context, bool block); // whether any use of it is allowed

// Returns the context inside of a block of this name in `context`.
NginxContext nginx_inside(std::string_view name, NginxContext context);

}
