#include "sys/http/fetch.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::sys {

Result<std::string> serve_fetch(std::string_view question, std::span<const std::string> hosts, Http& http) {
    const auto request = TRY(read_fetch_question(question));
    const auto origin = origin_of(request.url);
    const bool named = !origin.empty() && std::any_of(hosts.begin(), hosts.end(), [&](const std::string& host) {
        return origin_of(host) == origin;
    });
    if (!named) return usage(fmt::format("'{}' is not at one of the hosts that were named", request.url));
    const auto response = TRY(http.send(request));
    return fetch_answer(response);
}

}
