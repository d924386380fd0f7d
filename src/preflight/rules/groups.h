#pragma once
#include "preflight/rule.h"
#include <span>

// One table per group, in rules/GROUP.cpp; a new group is a line here and one in all.cpp.
namespace fairlead::preflight {

std::span<const Rule> nginx_tls_rules();
std::span<const Rule> nginx_header_rules();
std::span<const Rule> nginx_client_rules();
std::span<const Rule> nginx_proxy_rules();
std::span<const Rule> nginx_content_rules();
std::span<const Rule> repo_rules();
std::span<const Rule> ci_rules();
std::span<const Rule> suppress_rules();

}
