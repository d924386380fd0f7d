// slow: an execution takes ten times as long as one of the others
#include "base/secrets/credentials.h"
#include "base/secrets/secret.h"
#include "base/url.h"
#include <cstdint>
#include <cstdlib>

using namespace fairlead;

namespace {

// A password that is also the scheme's, host's or user's name says nothing by itself: credentials.h.
bool is_hidden_alone(const Url& url) {
    return maskable(url.password) && url.password != url.user && !url.scheme.ends_with(url.password) &&
           !(url.authority() + url.path).starts_with(url.password);
}

}

// What a URL, a header or a line of assignments was registered for is gone from it, and hiding is done after one go.
extern "C" int fuzz_base_url_credentials(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    static int registered = 0; // what was registered stays: a long run is not to fill the memory
    const bool registers = size <= 300 && ++registered <= 40'000;
    if (registers) {
        register_assignments(text);
        register_header(text);
        register_variable(text.substr(0, size / 2), text.substr(size / 2));
        register_url(text);
    }
    const auto hidden = hide_credentials(text);
    if (holds_credentials(hidden)) std::abort();
    const auto url = parse_url(text);
    if (!url) {
        if (url.error().kind != Kind::usage || url.error().message.empty()) std::abort();
        return 0;
    }
    if (url->scheme.empty() || url->port.size() > 5) std::abort();
    if (!registers || !is_hidden_alone(url.value())) return 0;
    if (mask(text).find(url->password) != std::string::npos) std::abort();
    if (mask("before " + url->password + " after").find(url->password) != std::string::npos) std::abort();
    return 0;
}
