#pragma once
#include "preflight/project.h"
#include "preflight/rule.h"
#include "read/nginx.h"
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What several rules of nginx ask of a configuration.
namespace fairlead::preflight::nginx {

using read::NginxDirective;
using read::NginxFile;
using Directives = std::vector<const NginxDirective*>;

Hit& hit(Hits& hits, const Nginx& nginx, const NginxDirective& directive, std::string message,
         std::optional<Level> level = {});

std::string label(const NginxFile& file, const NginxDirective& block); // "location /health", "server api.example.org"
Directives servers(const NginxFile& file);                             // of http
Directives within(const NginxFile& file, const NginxDirective& block, std::string_view name); // at any depth

bool listens_with_tls(const NginxFile& file, const NginxDirective& server);
bool has_deployed_nginx(const Project& project); // one that is not of examples or development
bool any_tls(const Project& project);
// Answers only with redirects or refusals, but for what a certificate authority asks.
bool only_redirects(const NginxFile& file, const NginxDirective& server);

// The value of a response header in effect there, by add_header or more_set_headers.
std::optional<std::string> header(const NginxFile& file, const NginxDirective& block, std::string_view name);
// Neither the server nor each of its locations sends it. False where an include that isn't here may do so.
bool lacks_header(const NginxFile& file, const NginxDirective& server, std::string_view name);
bool has_unknown_include(const NginxFile& file, const NginxDirective& block); // itself or around
// In effect there; false too where an include that isn't here may set it.
bool lacks(const NginxFile& file, const NginxDirective& block, std::string_view directive);

bool contains_any(std::string_view text, std::initializer_list<std::string_view> words); // in any letter case
bool is_api(const NginxDirective& location);

}
