#include "sys/files/files.h"
#include "sys/http/exchange.h"
#include "sys/http/fetch.h"
#include "sys/process/confine.h"
#include "sys/signals.h"
#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <unistd.h>

namespace fairlead::sys {

Result<std::string> serve_fetch(std::string_view question, std::span<const std::string> hosts, Http& http) {
    const auto request = TRY(read_fetch_question(question));
    const auto origin = origin_of(request.url);
    const bool named = !origin.empty() && std::any_of(hosts.begin(), hosts.end(), [&](const std::string& host) {
        return origin_of(host) == origin;
    });
    if (!named) return usage(fmt::format("'{}' is not at a host that was named", request.url));
    HttpResponse response;
    if (request.look_up)
        response.records = look_up(host_of(request.url));
    else
        response = TRY(http.send(request));
    return fetch_answer(response);
}

void be_fetch_helper(std::span<const std::string> hosts) {
    hold_standard_streams();
    catch_signals();
    confine(Network::yes);
    confine_writes({});
    const auto fetched = [&]() -> Result<void> {
        if (hosts.empty()) return usage("no host is named; fairlead-fetch is started only by other tools");
        const auto question = TRY(read_stream(STDIN_FILENO, fetch_limit));
        const auto answer = TRY(serve_fetch(question, hosts, real_http()));
        return write_stream(STDOUT_FILENO, answer);
    }();
    if (!fetched.ok()) std::fprintf(stderr, "fairlead-fetch: %s\n", mask(fetched.error().message).c_str());
    ::_exit(fetched.ok() ? 0 : static_cast<int>(fetched.error().kind)); // libcurl would wait for a mute name server
}

}
