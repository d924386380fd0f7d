#include "preflight/rules/groups.h"
#include "preflight/rules/site_look.h"
#include <fmt/format.h>

namespace fairlead::preflight {

namespace {

void dns(const Site& site, const Project&, Hits& hits) {
    if (!site.name || site.name->found == sys::NameRecords::Found::unanswered) return; // behind a proxy
    const auto label = site_label(site.url);
    const auto add = [&](std::string_view fact, std::string_view way_out, std::optional<Level> level = {}) {
        hits.add("", 0, 0, fmt::format("the name of {} {}; {}", label, fact, way_out)).level = level;
    };
    if (site.name->found == sys::NameRecords::Found::no)
        return add("isn't in the DNS; nobody finds it", "add an A and an AAAA record");
    if (!site.name->v6)
        add("has no AAAA record; networks with only IPv6 can't reach it", "add an AAAA record", Level::info);
    if (site.name->caa == false)
        add("has no CAA record; every certificate authority may issue a certificate", "name your authority",
            Level::info);
}

}

std::span<const Rule> live_rules() {
    static const Rule rows[] = {
        {.id = "live-dns",
         .title = "The name isn't in the DNS, or lacks records",
         .levels = always(Level::error),
         .check = dns,
         .why = "Without an address, nobody finds the site. If AAAA or CAA records are missing, the level is info.",
         .way_out = "app.example.org. A 192.0.2.1; AAAA 2001:db8::1; CAA 0 issue \"letsencrypt.org\"",
         .refs = {"S1-175"}},
    };
    return rows;
}

}
