#include "smoke/probes/page_assets.h"
#include "base/url.h"
#include <cstdint>
#include <cstdlib>
#include <set>

using namespace fairlead;
using namespace fairlead::smoke;

// What a page names: addresses that can be asked, each once.
extern "C" int fuzz_smoke_page_assets(const std::uint8_t* data, std::size_t size) {
    const std::string html(reinterpret_cast<const char*>(data), size);
    std::set<std::string> seen;
    for (const auto& asset : assets_of(html, "https://app.example.org/shop/?a=b")) {
        const auto parsed = parse_url(asset.url);
        if (!parsed.ok() || (parsed->scheme != "https" && parsed->scheme != "http") || parsed->host.empty())
            std::abort();
        if (!parsed->fragment.empty() || !seen.insert(asset.url).second) std::abort();
        if (asset.url.find_first_of(" \t\r\n") != asset.url.npos) std::abort();
    }
    return 0;
}
