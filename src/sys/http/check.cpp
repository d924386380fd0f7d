#include "base/text.h"
#include "sys/http/exchange.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::sys {

namespace {

bool has_line_break(std::string_view text) { return text.find_first_of(std::string_view("\r\n\0", 3)) != text.npos; }

std::string without_brackets(const std::string& address) {
    return address.starts_with('[') && address.ends_with(']') ? address.substr(1, address.size() - 2) : address;
}

Result<void> check_given_address(const std::string& entry) {
    const auto host_end = entry.find(':');
    const auto port_end = host_end == entry.npos ? entry.npos : entry.find(':', host_end + 1);
    bool good = host_end != 0 && port_end != entry.npos;
    if (good) {
        const auto port = parse_integer(entry.substr(host_end + 1, port_end - host_end - 1)).value_or(0);
        good = port > 0 && port < 65536;
        for (const auto& address : split(entry.substr(port_end + 1), ','))
            good = good && is_address(without_brackets(address));
    }
    if (good) return {};
    return usage(fmt::format("'{}' is not a name and its address; write HOST:PORT:ADDRESS", entry));
}

}

bool is_http_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        const bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        return alphanumeric || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

std::string origin_of(const std::string& url) {
    const Freed<CURLU, curl_url_cleanup> parsed(curl_url());
    if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return {};
    const auto part = [&](CURLUPart which, unsigned flags) {
        char* text = nullptr;
        if (curl_url_get(parsed.get(), which, &text, flags) != CURLUE_OK) return std::string();
        const Freed<char, curl_free> owner(text);
        return lower(text);
    };
    const auto scheme = part(CURLUPART_SCHEME, 0), host = part(CURLUPART_HOST, 0);
    if ((scheme != "http" && scheme != "https") || host.empty()) return {};
    return fmt::format("{}://{}:{}", scheme, host, part(CURLUPART_PORT, CURLU_DEFAULT_PORT));
}

Result<void> check_request(const HttpRequest& request) {
    const Freed<CURLU, curl_url_cleanup> url(curl_url());
    const std::string scheme = lower(request.url.substr(0, request.url.find("://")));
    if (has_line_break(request.url) ||
        curl_url_set(url.get(), CURLUPART_URL, request.url.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK ||
        (scheme != "http" && scheme != "https"))
        return usage(
            fmt::format("'{}' is not a URL that can be requested; write http://HOST or https://HOST", request.url));
    const bool token = std::all_of(request.method.begin(), request.method.end(),
                                   [](char c) { return (c >= 'A' && c <= 'Z') || c == '-' || c == '_'; });
    if (request.method.empty() || !token)
        return usage(fmt::format("method '{}' is not an HTTP method; expected GET, HEAD, POST ...", request.method));
    for (const auto& [name, value] : request.headers)
        if (!is_http_token(name) || has_line_break(value))
            return usage(fmt::format("header '{}' is not an HTTP header, or its value holds a line break", name));
    if (has_line_break(request.bearer.reveal())) return usage("the bearer token holds a line break; remove it");
    for (const auto& entry : request.resolve) TRY_VOID(check_given_address(entry));
    return {};
}

}
