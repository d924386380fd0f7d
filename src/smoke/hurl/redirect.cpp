#include "smoke/hurl/redirect.h"
#include "base/text.h"
#include "smoke/links.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke::hurl {

namespace {

std::string_view origin_text(std::string_view url) {
    const auto scheme = url.find("://");
    return scheme == url.npos ? url : url.substr(0, url.find_first_of("/?#", scheme + 3));
}

}

std::string in_place_of(const std::string& url, std::string_view asked, std::string_view meant) {
    const auto from = origin_text(asked);
    return origin_text(url) == from ? std::string(origin_text(meant)) + url.substr(from.size()) : url;
}

std::string redirect_target(const sys::HttpResponse& response, const std::string& url) {
    const bool is_redirect = response.status >= 300 && response.status < 400;
    const auto has_location = std::any_of(response.headers.begin(), response.headers.end(),
                                          [](const auto& one) { return lower(one.first) == "location"; });
    if (!is_redirect || !has_location) return {};
    const auto location = response.header("Location");
    auto target = resolved_url(url, location);
    if (target.empty()) return {};
    // The fragment is seen by the query `url`, and not sent.
    for (const char c : location.substr(std::min(location.find('#'), location.size())))
        target += c > ' ' && c < 0x7F ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    return target;
}

void redirect(Message& message, const sys::HttpResponse& response) {
    const bool becomes_get = response.status == 301 || response.status == 302 || response.status == 303;
    if (becomes_get && message.method != "GET") {
        message.method = "GET";
        message.body.clear();
        message.type.clear();
        message.type_counts = false;
    }
    message.url = response.redirect;
}

}
