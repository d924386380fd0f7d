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

// Returns a word of nginx's configuration that means `text`. Error (usage): the text has a control character.
Result<std::string> quote_for_nginx(std::string_view text);

// Known facts about the nginx that will read the file.
struct NginxFacts {
    std::array<int, 3> version{}; // 1.22.1; zeros: unknown
    bool ipv6 = true;             // the host has it
};

// Returns a file for nginx's http {}. It is the same for every release, so nginx needs no reload while requests run.
// Error (usage): no server can listen at the url, or a value isn't allowed in such a file.
Result<std::string> render_nginx(const Settings& settings, const NginxFacts& facts = {});

// With router.mode include: returns the file that a switch writes, the upstream. Addresses are as in Upstream; empty:
// no upstream.
Result<std::string> render_upstream(const Settings& settings, const std::vector<Upstream>& to);
// Reads the output of render_upstream(). Error (no) with its place: we didn't write the text.
Result<std::vector<Upstream>> parse_upstream(std::string_view text, const std::string& file);

}
