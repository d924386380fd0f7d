// slow: an execution takes ten times as long as one of the others
#include "base/secrets/secret.h"
#include "base/url.h"
#include "config/config.h"
#include "smoke/check.h"
#include "smoke/secrets.h"
#include <cstdint>
#include <cstdlib>

using namespace fairlead;

// A line of --urls: refused as wrong use, or it holds what was written; no message shows the password of its URL.
extern "C" int fuzz_smoke_line(const std::uint8_t* data, std::size_t size) {
    const std::string line(reinterpret_cast<const char*>(data), size);
    static int registered = 0; // what was registered stays: a long run is not to fill the memory
    const bool registers = size <= 300 && ++registered <= 40'000;
    if (registers) smoke::hide_sent({}, "", {line}, {});
    const auto check = smoke::parse_line(line, {});
    if (!check) {
        if (check.error().kind != Kind::usage || check.error().message.empty()) std::abort();
        return 0;
    }
    if (line.find(check->url) == line.npos || check->expect.statuses.empty()) std::abort();
    const auto fit = smoke::check_address(check->url);
    const auto url = parse_url(check->url);
    if (fit.ok() && !url.ok()) std::abort();
    if (!registers || fit.ok() || !url.ok() || !maskable(url->password)) return 0;
    const auto shown = mask(fit.error().message);
    const bool says_nothing = url->password == url->user || url->scheme.ends_with(url->password) ||
                              (url->authority() + url->path).starts_with(url->password);
    if (!says_nothing && shown.find(":" + url->password + "@") != shown.npos) std::abort();
    return 0;
}
