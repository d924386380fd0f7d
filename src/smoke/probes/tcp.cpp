#include "base/text.h"
#include "config/rows.h"
#include "smoke/probes/talk.h"
#include "smoke/probes/values.h"
#include "smoke/settings/probe.h"
#include "smoke/settings/probes.h"
#include <fmt/format.h>

// A TCP connection, and what the server says over it.
namespace fairlead::smoke {

namespace {

struct TcpProbe {
    std::string address, send;
    std::optional<Matcher> expect;
    bool open = true;
};

const config::Rows<TcpProbe> tcp_rows = {
    {"address", &TcpProbe::address, "HOST:PORT.", {.needed = Needed::required}},
    {"send", &TcpProbe::send, "Text that is sent after the connection was made.", {.check = check_not_empty}},
    {"expect",
     {&TcpProbe::expect, Type::text, parse_awaited},
     "What the server must send: text, `~ contains` or `/pattern/`."},
    {"open", &TcpProbe::open, "true: the port must be open; false: nothing may answer there."},
};

// A line end behind the text belongs to the protocol.
bool has_come(const Matcher& expected, std::string_view received) {
    if (matches(expected, received)) return true;
    const auto end = received.find_last_not_of("\r\n");
    return expected.how == Matcher::How::equals && end != received.npos &&
           matches(expected, received.substr(0, end + 1));
}

Attempt ask_closed(Talk& talk, bool connected) {
    using sys::HttpFailure;
    if (connected) return talk.wrong("smoke/tcp", "the port is open, expected that nobody answers");
    const auto failure = talk.response().failure;
    // Of a name that wasn't found in time nobody knows whether its port is open.
    const bool was_asked = !has_any(lower(talk.response().reason), {"resolving", "the name"});
    if (failure != HttpFailure::refused && (failure != HttpFailure::timeout || !was_asked))
        return talk.failed("smoke/connect");
    auto attempt = talk.good();
    attempt.facts.emplace_back("answer", std::string(sys::name_of(failure)));
    return attempt;
}

Attempt ask_tcp(const Server& server, const TcpProbe& probe, const World& world) {
    constexpr std::size_t limit = 64u << 10;
    constexpr std::string_view rule = "smoke/tcp";
    Talk talk(world);
    const bool connected = talk.open(request_to(server, Tls::no, world));
    if (!probe.open) return ask_closed(talk, connected);
    if (!connected || (!probe.send.empty() && !talk.send(probe.send))) return talk.failed(rule);
    while (probe.expect && !has_come(*probe.expect, talk.received)) {
        if (talk.receive(limit)) continue;
        auto attempt = talk.failed(rule);
        attempt.wrong->message += fmt::format(", expected {}", describe(*probe.expect));
        return attempt;
    }
    return talk.good();
}

Result<Question> read_tcp(const config::Value& value, const std::string&) {
    auto probe = TRY(settings_of(value, tcp_rows, &TcpProbe::address));
    const auto server = TRY(at_key(value, "address", parse_server(probe.address, 0)));
    for (const auto* key : {"send", "expect"})
        if (!probe.open && value[key].present())
            return value[key].error(fmt::format("{} has no effect with open: false; remove one of the two", key));
    return Question{"tcp://" + server.address(),
                    [=](const Check&, const World& world) { return ask_tcp(server, probe, world); }};
}

}

const Probe& tcp_probe() {
    static const Probe row{"tcp",     "A TCP connection; optionally what is sent and what must come.",
                           "address", [] { return tcp_rows.fields(); },
                           read_tcp,  [](const config::Value&) { return false; }};
    return row;
}

}
