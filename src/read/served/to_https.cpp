#include "read/served/to_https.h"
#include "base/url.h"
#include <fmt/format.h>

namespace fairlead::read::served {

std::vector<Fault> to_https_faults(const Answer& first, const std::vector<std::string>& way) {
    const auto label = site_label(first.url);
    if (const auto fault = location_fault(first); !fault.empty()) return {{fmt::format("{} {}", label, fault)}};
    if (way.empty() || !way.back().starts_with("https://"))
        return {{fmt::format(
            "{} isn't redirected to https; anyone on the network path can read it; redirect it with 301", label)}};
    std::vector<Fault> faults;
    const auto host = [](const std::string& url) { return parse_url(url).value_or({}).host; };
    if (host(way.front()) != host(first.url))
        faults.push_back(
            {fmt::format("{} redirects to {} first; browsers never see its own HSTS; redirect to its own https first",
                         label, site_label(way.front())),
             report::Level::warning});
    if (first.status != 301 && first.status != 308)
        faults.push_back({fmt::format("{} redirects to https with {}; browsers ask again each time; use 301 or 308",
                                      label, first.status),
                          report::Level::warning});
    return faults;
}

}
