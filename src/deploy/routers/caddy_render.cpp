#include "deploy/routers/caddy_render.h"
#include "base/printable.h"
#include "deploy/routers/links.h"
#include "deploy/routers/site.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

using sys::Json;

// Braces are Caddy's placeholders, and a quoted word has no backslash but before a quote.
Result<std::string> quote_for_caddy(std::string_view text) {
    const bool fits = std::none_of(text.begin(), text.end(), [](unsigned char c) {
        return c < ' ' || c == 0x7F || std::string_view("{}\"\\`").find(static_cast<char>(c)) != std::string_view::npos;
    });
    if (fits) return fmt::format("\"{}\"", text);
    return usage(fmt::format("'{}' holds a character that Caddy reads as something else ({{ }} \" \\ ` or a control "
                             "character); choose another path",
                             one_line(text)));
}

std::string dial_of(const std::string& link) { return "unix/" + link; }

struct Upstreams {
    bool ours = false, keeps = false; // connections
    std::vector<std::string> dials;
};

Upstreams look_at(const Json& handler, const std::vector<std::string>& links) {
    Upstreams found;
    const auto upstreams = handler.find("upstreams");
    if (upstreams == handler.end() || !upstreams->is_array()) return found;
    for (const auto& upstream : *upstreams) found.dials.push_back(sys::text_of(upstream, "dial"));
    std::sort(found.dials.begin(), found.dials.end());
    found.ours = std::all_of(links.begin(), links.end(), [&](const auto& link) {
        return std::binary_search(found.dials.begin(), found.dials.end(), dial_of(link));
    });
    const auto* enabled = sys::json_pointer(handler, "/transport/keep_alive/enabled");
    found.keeps = !enabled || !enabled->is_boolean() || enabled->get<bool>();
    return found;
}

}

Result<std::string> render_caddy(const Settings& settings) {
    const auto site = TRY(site_of(settings));
    const auto& router = settings.router;
    const auto links = TRY(link_paths(settings));
    std::string upstreams;
    for (const auto& link : links) {
        const auto dial = TRY(quote_for_caddy(dial_of(link)));
        upstreams += fmt::format("        to {}\n", dial);
    }
    if (links.size() > 1)
        upstreams += router.sticky.empty() ? "        lb_policy random\n"
                                           : fmt::format("        lb_policy cookie {}\n", router.sticky);
    const auto bind = site.local ? fmt::format("    bind {}\n", site.bind) : "";
    const auto certificate = TRY(quote_for_caddy(router.certificate));
    const auto key = TRY(quote_for_caddy(router.certificate_key));
    const auto tls =
        router.certificate.empty() || !site.tls ? std::string() : fmt::format("    tls {} {}\n", certificate, key);
    return fmt::format("{0}; import it in the Caddyfile.\n"
                       "# A release is switched by renaming links: nothing is reloaded.\n"
                       "{1}://{2}:{3} {{\n"
                       "{4}{5}"
                       "    reverse_proxy {{\n"
                       "{6}"
                       "        transport http {{\n"
                       "            keepalive off\n" // kept connections would go on to the old release
                       "        }}\n"
                       "    }}\n"
                       "}}\n",
                       site.mark, site.tls ? "https" : "http", site.host, site.port, bind, tls, upstreams);
}

// All handlers of the configuration, wherever routes nest them; parse_json has a limit on depth.
Result<void> check_caddy_config(std::string_view json, const std::vector<std::string>& links) {
    const auto config = TRY(sys::parse_json(json, "Caddy's configuration"));
    std::vector<const Json*> open = {&config};
    while (!open.empty()) {
        const auto& value = *open.back();
        open.pop_back();
        if (value.is_object() && sys::text_of(value, "handler") == "reverse_proxy") {
            const auto found = look_at(value, links);
            if (found.ours && found.keeps)
                return usage("Caddy keeps connections to the old release; write `transport http { keepalive off }` "
                             "into its reverse_proxy, as `fairlead-deploy router` prints");
            if (found.ours) return {};
        }
        if (value.is_structured())
            for (const auto& below : value) open.push_back(&below);
    }
    return usage("Caddy's configuration does not use the links that a switch renames; run `fairlead-deploy router`, "
                 "import its output in the Caddyfile, then reload Caddy");
}

}
