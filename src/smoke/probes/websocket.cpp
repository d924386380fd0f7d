#include "base/secrets/credentials.h"
#include "base/text.h"
#include "base/url.h"
#include "base/version.h"
#include "config/rows.h"
#include "smoke/probes/talk.h"
#include "smoke/probes/values.h"
#include "smoke/probes/websocket_frames.h"
#include "smoke/runner.h"
#include "smoke/secrets.h"
#include "smoke/settings/probe.h"
#include "smoke/settings/probes.h"
#include "sys/digest.h"
#include "sys/http/websocket_key.h"
#include <algorithm>
#include <fmt/format.h>

// WebSocket (RFC 6455): the upgrade, a message each way, ping and pong, and an orderly end.
namespace fairlead::smoke {

namespace {

constexpr std::string_view websocket_rule = "smoke/websocket";

struct WebSocketProbe {
    std::string url, send, origin, protocol;
    std::optional<Matcher> expect;
    config::Pairs headers;
    bool ping = true;
};

const config::Rows<WebSocketProbe> websocket_rows = {
    {"url", &WebSocketProbe::url, "wss:// or ws:// URL, or a path at the base address.", {.needed = Needed::required}},
    {"send", &WebSocketProbe::send, "Text message that is sent after the upgrade.", {.check = check_not_empty}},
    {"expect",
     {&WebSocketProbe::expect, Type::text, parse_awaited},
     "A message that the server must send: text, `~ contains` or `/pattern/`."},
    {"headers", &WebSocketProbe::headers, "Headers of the request for the upgrade."},
    {"origin", &WebSocketProbe::origin, "The Origin header, which browsers send.", {.check = check_origin}},
    {"protocol",
     &WebSocketProbe::protocol,
     "Subprotocol that is asked for, and that the server must choose.",
     {.check = check_token}},
    {"ping", &WebSocketProbe::ping, "Whether the server must answer a ping."},
};

// ws://host/path is asked at http://host/path, wss at https.
std::string http_url(const std::string& url) {
    const auto scheme = lower(url.substr(0, url.find("://")));
    return (scheme == "ws" || scheme == "wss" ? "http" + scheme.substr(2) : scheme) + url.substr(scheme.size());
}

std::string upgrade_request(const sys::HttpRequest& request, const WebSocketProbe& probe, const std::string& key) {
    const auto url = parse_url(request.url);
    const auto given = [&](std::string_view name) {
        return std::any_of(request.headers.begin(), request.headers.end(),
                           [&](const auto& header) { return lower(header.first) == name; });
    };
    const auto target =
        !url.ok() ? "/" : (url->path.empty() ? "/" : url->path) + (url->query.empty() ? "" : "?" + url->query);
    std::string head = fmt::format("GET {} HTTP/1.1\r\n", target);
    const auto add = [&](std::string_view name, std::string_view value) {
        head += fmt::format("{}: {}\r\n", name, value);
    };
    if (!given("host") && url.ok()) add("Host", url->authority());
    add("Upgrade", "websocket");
    add("Connection", "Upgrade");
    add("Sec-WebSocket-Key", key);
    add("Sec-WebSocket-Version", "13");
    if (!probe.protocol.empty()) add("Sec-WebSocket-Protocol", probe.protocol);
    if (!probe.origin.empty()) add("Origin", probe.origin);
    if (!given("user-agent")) add("User-Agent", "fairlead/" + std::string(version()));
    for (const auto& [name, value] : request.headers) add(name, value);
    if (!request.bearer.empty())
        add("Authorization", "Bearer " + request.bearer.reveal());
    else if (url.ok() && !url->user.empty() && !given("authorization"))
        add("Authorization", "Basic " + base64(percent_decode(url->user) + ":" + percent_decode(url->password)));
    return head + "\r\n";
}

std::string random_bytes(int count) { return from_hex(sys::random_hex(count)).value_or(""); }

// One conversation after the upgrade. Each step gives an attempt that failed, or nothing.
class WebSocket {
  public:
    explicit WebSocket(Talk& talk) : talk_(talk) {}
    using Failure = std::optional<Attempt>;

    Failure upgrade(const sys::HttpRequest& request, const WebSocketProbe& probe);
    Failure say(const std::string& text) { return send(Opcode::text, text); }
    Failure await_message(const Matcher& expected);
    Failure ping();
    Failure close();

  private:
    static constexpr std::size_t most_waiting = websocket_limit + 14; // with the head of a frame
    Failure send(Opcode opcode, std::string_view payload) {
        if (talk_.send(client_frame(opcode, payload, random_bytes(4)))) return {};
        return talk_.failed(websocket_rule);
    }
    std::optional<Incoming> next(Failure& failure);
    Attempt closed_by_server(const Incoming& close, std::string_view before);

    Talk& talk_;
    IncomingMessages messages_;
    bool is_malformed_ = false; // what came is no WebSocket; the message says so
};

WebSocket::Failure WebSocket::upgrade(const sys::HttpRequest& request, const WebSocketProbe& probe) {
    const auto key = sys::new_websocket_key();
    if (!talk_.open(request, {.is_http = true}) || !talk_.send(upgrade_request(request, probe, key.key)))
        return talk_.failed(websocket_rule);
    std::string fault;
    auto answer = take_upgrade_answer(talk_.received, fault);
    while (!answer && fault.empty()) {
        if (!talk_.receive(most_waiting)) return talk_.failed(websocket_rule);
        answer = take_upgrade_answer(talk_.received, fault);
    }
    if (!answer) return talk_.wrong(websocket_rule, fault);
    talk_.response().status = answer->status;
    talk_.response().headers = answer->headers;
    hide_received(talk_.response());
    constexpr int switching_protocols = 101;
    if (answer->status == switching_protocols) {
        fault = fault_of_upgrade(*answer, key.accept, probe.protocol);
        if (fault.empty()) return {};
        return talk_.wrong(websocket_rule, fault);
    }
    std::vector<std::string> lines;
    for (const auto& [name, value] : answer->headers) lines.push_back(name + ": " + value);
    const auto target = talk_.response().header("location");
    const auto rest = target.empty() ? foreign(join(lines, ", ")) : fmt::format("it points to '{}'", foreign(target));
    return talk_.wrong(websocket_rule, fmt::format("answers '{}' instead of 101 Switching Protocols{}",
                                                   foreign(answer->line), rest.empty() ? "" : "; " + rest));
}

// The next message, pong or close. Nothing: see `failure`.
std::optional<Incoming> WebSocket::next(Failure& failure) {
    std::string fault;
    for (;;) {
        auto incoming = messages_.take(talk_.received, fault);
        if (!fault.empty()) {
            is_malformed_ = true;
            failure = talk_.wrong(websocket_rule, fault);
            return {};
        }
        if (!incoming) {
            if (talk_.receive(most_waiting)) continue;
            failure = talk_.failed(websocket_rule);
            return {};
        }
        if (incoming->opcode != Opcode::ping) return incoming;
        failure = send(Opcode::pong, incoming->payload);
        if (failure) return {};
    }
}

Attempt WebSocket::closed_by_server(const Incoming& close, std::string_view before) {
    const auto reason = close.close_reason();
    return talk_.wrong(websocket_rule,
                       fmt::format("the server closes with {}{} before {}", close.close_code(),
                                   reason.empty() ? "" : fmt::format(" '{}'", foreign(reason)), before));
}

WebSocket::Failure WebSocket::await_message(const Matcher& expected) {
    std::optional<std::string> last;
    Failure failure;
    while (const auto incoming = next(failure)) {
        if (incoming->opcode == Opcode::close)
            return closed_by_server(*incoming, fmt::format("it has sent {}", describe(expected)));
        if (incoming->opcode == Opcode::pong) continue;
        if (matches(expected, incoming->payload)) return {};
        last = incoming->payload;
    }
    if (!failure || !failure->wrong) return failure;
    auto& said = failure->wrong->message;
    if (last) { // it is up, and says something else
        said = fmt::format("the last message was '{}', expected {} ({})", foreign(*last), describe(expected), said);
        failure->outcome = Outcome::broken;
    } else {
        said += fmt::format(", expected {}", describe(expected));
    }
    return failure;
}

WebSocket::Failure WebSocket::ping() {
    const auto payload = random_bytes(8);
    if (auto failure = send(Opcode::ping, payload)) return failure;
    Failure failure;
    while (const auto incoming = next(failure)) {
        if (incoming->opcode == Opcode::close) return closed_by_server(*incoming, "it has answered the ping");
        if (incoming->opcode == Opcode::pong && incoming->payload == payload) return {};
    }
    if (failure && failure->wrong && !is_malformed_) failure->wrong->message += "; a pong was expected after the ping";
    return failure;
}

WebSocket::Failure WebSocket::close() {
    constexpr int protocol_error = 1002, internal_error = 1011;
    if (auto failure = send(Opcode::close, std::string("\x03\xe8", 2))) return failure; // 1000
    Failure failure;
    while (const auto incoming = next(failure)) {
        if (incoming->opcode != Opcode::close) continue;
        const auto code = incoming->close_code();
        if (code < protocol_error || code > internal_error || code == 1005) return {};
        return closed_by_server(*incoming, "the end that was asked for");
    }
    // Many servers close the connection without a frame.
    const auto how = failure ? failure->response.failure : sys::HttpFailure::none;
    if (how == sys::HttpFailure::empty_reply || how == sys::HttpFailure::reset) {
        talk_.response() = std::move(failure->response);
        talk_.response().failure = sys::HttpFailure::none;
        talk_.response().reason.clear();
        return {};
    }
    if (failure && failure->wrong && !is_malformed_)
        failure->wrong->message += "; a close frame was expected after ours";
    return failure;
}

Attempt ask_websocket(const WebSocketProbe& probe, const Check& check, const World& world) {
    auto request = request_of(world.plan, check, world.left);
    request.headers.insert(request.headers.end(), probe.headers.begin(), probe.headers.end());
    Talk talk(world);
    WebSocket socket(talk);
    if (auto failure = socket.upgrade(request, probe)) return std::move(*failure);
    if (!probe.send.empty())
        if (auto failure = socket.say(probe.send)) return std::move(*failure);
    if (probe.expect)
        if (auto failure = socket.await_message(*probe.expect)) return std::move(*failure);
    if (probe.ping)
        if (auto failure = socket.ping()) return std::move(*failure);
    if (auto failure = socket.close()) return std::move(*failure);
    return talk.good();
}

Result<std::string> settle_url(const std::string& written, const std::string& base) {
    if (trim(written).empty()) return usage("url is empty; write wss://HOST/PATH, or a path such as /ws");
    if (!is_absolute_url(written) && base.empty())
        return usage(fmt::format("'{}' is a path, but there is no address for it; write smoke.base, or url in the "
                                 "environment and say --env",
                                 written));
    auto url = http_url(address_at(base, written));
    const auto scheme = lower(url.substr(0, url.find("://")));
    if (scheme != "http" && scheme != "https")
        return usage(
            fmt::format("'{}' is not the URL of a WebSocket; write wss://HOST/PATH or ws://HOST/PATH", written));
    if (const auto parsed = parse_url(url); !parsed.ok())
        return usage(fmt::format("'{}' is not a URL: {}", written, parsed.error().message));
    else if (!parsed->fragment.empty())
        return usage(fmt::format(
            "'{}' has a fragment (from '#' on), which the URL of a WebSocket can't have; remove it", written));
    return url;
}

Result<Question> read_websocket(const config::Value& value, const std::string& base) {
    register_url(place_of_key(value, "url").text());
    for (const auto& [name, text] : value["headers"].entries()) register_header(name, text.text());
    auto probe = TRY(settings_of(value, websocket_rows, &WebSocketProbe::url));
    auto url = TRY(at_key(value, "url", settle_url(probe.url, base)));
    for (const auto& [name, text] : probe.headers)
        if (lower(name) == "upgrade" || lower(name) == "connection" || lower(name).starts_with("sec-websocket-"))
            return value["headers"][name].error(fmt::format("header {} belongs to the handshake; remove it", name));
        else if (lower(name) == "origin" && !probe.origin.empty())
            return value["headers"][name].error("the Origin would be sent twice; remove it here, or remove origin");
    sys::HttpRequest request;
    request.url = url;
    request.headers = probe.headers;
    TRY_VOID(at_key(value, "headers", sys::check_request(request)));
    return Question{std::move(url),
                    [=](const Check& check, const World& world) { return ask_websocket(probe, check, world); }, true};
}

bool websocket_needs_base(const config::Value& value) {
    return !is_absolute_url(value.is_map() ? value["url"].text() : value.text());
}

}

const Probe& websocket_probe() {
    static const Probe row{"websocket",    "A WebSocket: the upgrade, a message each way, ping and close.",
                           "url",          [] { return websocket_rows.fields(); },
                           read_websocket, websocket_needs_base};
    return row;
}

}
