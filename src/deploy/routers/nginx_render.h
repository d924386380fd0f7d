#pragma once
#include "base/result.h"
#include "deploy/router.h"
#include "deploy/routers/site.h"
#include "deploy/settings.h"
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::deploy {

// A word of nginx's configuration that means `text`. Error (usage): it holds a control character.
Result<std::string> quote_for_nginx(std::string_view text);

// Of the nginx that will read it, as far as it is known.
struct NginxFacts {
    std::array<int, 3> version{}; // 1.22.1; zeros: unknown
    bool ipv6 = true;             // the host has it
};

// A file for nginx's http {}: written once, it never changes from one release to the next, so that nothing is reloaded
// while requests run. Error (usage): the url can't be listened at, or a value has no place in such a file.
Result<std::string> render_nginx(const Settings& settings, const NginxFacts& facts = {});

// With router.mode include, the file that a switch writes: the upstream. Addresses as Upstream's; empty: nobody.
Result<std::string> render_upstream(const Settings& settings, const std::vector<Upstream>& to);
// The same read back. Error (no) with its place: it isn't what we wrote.
Result<std::vector<Upstream>> parse_upstream(std::string_view text, const std::string& file);

}
