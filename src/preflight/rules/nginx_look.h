#pragma once
#include "preflight/project.h"
#include "preflight/rule.h"
#include "read/nginx/nginx.h"
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Helpers of the nginx rules.
namespace fairlead::preflight::nginx {

using read::NginxDirective;
using read::NginxFile;
using Directives = std::vector<const NginxDirective*>;

Hit& hit(Hits& hits, const Nginx& nginx, const NginxDirective& directive, std::string message,
         std::optional<Level> level = {});

std::string label(const NginxFile& file, const NginxDirective& block); // "location /health", "server api.example.org"
Directives servers(const NginxFile& file);                             // the servers inside of http
Directives within(const NginxFile& file, const NginxDirective& block, std::string_view name); // at any depth

bool listens_with_tls(const NginxFile& file, const NginxDirective& server);
bool has_deployed_nginx(const Project& project); // an nginx configuration outside of examples and development
bool any_tls(const Project& project);
// Returns whether the server only redirects or refuses, except for requests of a certificate authority.
bool only_redirects(const NginxFile& file, const NginxDirective& server);

// Returns the value of a response header that is in effect in the block, set by add_header or more_set_headers.
std::optional<std::string> header(const NginxFile& file, const NginxDirective& block, std::string_view name);
// Returns whether the header is missing: the server doesn't send it, and not all of its locations do. False if an
// absent include may send it.
bool lacks_header(const NginxFile& file, const NginxDirective& server, std::string_view name);
bool has_unknown_include(const NginxFile& file, const NginxDirective& block); // in the block, or around it
// Returns whether the directive is not in effect in the block; false if an absent include may set it.
bool lacks(const NginxFile& file, const NginxDirective& block, std::string_view directive);

bool contains_any(std::string_view text, std::initializer_list<std::string_view> words); // case-blind
bool is_api(const NginxDirective& location);

}
