#include "base/text.h"
#include "base/url.h"
#include "config/rows.h"
#include "smoke/probes/grpc_reply.h"
#include "smoke/probes/values.h"
#include "smoke/probes/web.h"
#include "smoke/secrets.h"
#include "smoke/settings/expect_rows.h"
#include "smoke/settings/probes.h"
#include <algorithm>
#include <fmt/format.h>

// grpc.health.v1.Health/Check. HTTP/2 is spoken from the first byte, or agreed on within TLS.
namespace fairlead::smoke {

namespace {

struct GrpcProbe {
    std::string address, service;
    std::optional<bool> tls;
};

Result<void> read_grpc_tls(const config::Value& value, GrpcProbe& probe) {
    probe.tls = value.boolean(false);
    return {};
}

// A server may give its services any names, and the empty one is the server itself.
Result<void> check_service(const config::Value& service, const std::string&) {
    const auto name = service.text();
    if (trim(name) == name && !has_control(name) && !name.starts_with('/')) return {};
    return service.error(fmt::format("{} is not the name of a service; write it without blanks around it and without "
                                     "a method, such as notes.Notes",
                                     shown_value(name)));
}

const config::Rows<GrpcProbe> grpc_rows = {
    {"address", &GrpcProbe::address, "HOST:PORT, or http(s)://HOST:PORT; default: the base address."},
    {"service",
     &GrpcProbe::service,
     "The service that must be SERVING; default: the server as a whole.",
     {.check = check_service}},
    {"tls", {Type::boolean, read_grpc_tls}, "Whether the server speaks TLS; default: by the scheme, or at port 443."},
};

constexpr std::string_view rule_grpc = "smoke/grpc";

// "https://app.example.org:8443"
Result<std::string> grpc_origin(const config::Value& value, const GrpcProbe& probe, const std::string& base) {
    const auto place = place_of_key(value, "address");
    const auto& text = probe.address.empty() ? base : probe.address;
    if (text.empty())
        return place.error("grpc needs an address, such as app.example.org:443; there is no smoke.base, and no url in "
                           "the environment");
    const bool is_url = is_absolute_url(text);
    auto parsed = parse_url(is_url ? text : "https://" + text);
    const bool is_web = parsed.ok() && (parsed->scheme == "https" || parsed->scheme == "http");
    const bool has_more = is_web && (!parsed->query.empty() || !parsed->fragment.empty() ||
                                     (parsed->path.size() > 1 && !probe.address.empty()));
    if (!is_web || has_more)
        return place.error(
            fmt::format("'{}' is not the address of a gRPC server; write HOST:PORT or https://HOST:PORT{}", text,
                        has_more ? ", without a path" : ""));
    if (!is_url && parsed->port.empty())
        return place.error(fmt::format("'{}' has no port; write {}:443, or https://{}", text, text, text));
    const bool tls = probe.tls.value_or(is_url ? parsed->scheme == "https" : parsed->port == "443");
    if (is_url && tls != (parsed->scheme == "https"))
        return place_of_key(value, "tls")
            .error(fmt::format("tls: {} contradicts {}://; remove tls, or write the address without the scheme", tls,
                               parsed->scheme));
    const auto origin = fmt::format("{}://{}", tls ? "https" : "http", parsed->authority());
    TRY_VOID(at(place, check_address(origin)));
    return origin;
}

std::string named_service(const GrpcProbe& probe) {
    return probe.service.empty() ? "the server" : fmt::format("service '{}'", probe.service);
}

// What a status means for whoever reads it. Empty: only its name is known.
std::string grpc_way_out(std::int64_t status, const GrpcProbe& probe) {
    constexpr std::int64_t not_found = 5, permission_denied = 7, unimplemented = 12, unauthenticated = 16;
    if (status == not_found) return fmt::format("the health service doesn't know {}", named_service(probe));
    if (status == unimplemented) return "the server has no grpc.health.v1.Health; add the health service to it";
    if (status == permission_denied || status == unauthenticated)
        return "the health service asks for credentials; open it, or set bearer_env";
    return {};
}

std::string grpc_failure(const sys::HttpResponse& response, const std::string& url) {
    const bool plain = url.starts_with("http://");
    const bool talked = response.failure == sys::HttpFailure::other || response.failure == sys::HttpFailure::reset ||
                        response.failure == sys::HttpFailure::empty_reply;
    if (plain && talked) return "; it may not speak HTTP/2 without TLS: if it speaks TLS, write tls: true";
    if (response.failure == sys::HttpFailure::tls_handshake) return "; if it speaks no TLS, write tls: false";
    return {};
}

struct GrpcFound {
    std::string fault; // empty: it serves
    bool is_starting = false;
    std::string state; // "SERVING"
};

GrpcFound look_at_end(const sys::HttpResponse& response, const GrpcProbe& probe) {
    const auto end = grpc_end_of(response);
    if (!end) return {"the answer has no grpc-status: the server, or a proxy before it, cut the trailers off"};
    if (end->status == 0) return {};
    constexpr std::int64_t unavailable = 14;
    auto fault = fmt::format("answers {}", grpc_status_name(end->status));
    if (!end->message.empty()) fault += fmt::format(" '{}'", served_text(end->message));
    if (const auto way_out = grpc_way_out(end->status, probe); !way_out.empty()) fault += "; " + way_out;
    return {fault, end->status == unavailable};
}

GrpcFound look_at_grpc(const sys::HttpResponse& response, const GrpcProbe& probe) {
    if (response.version != "2") return {fmt::format("answers by HTTP/{}; gRPC needs HTTP/2", response.version)};
    if (response.status != 200) // with gRPC even an error has status 200
        return {fmt::format("answers with status {} instead of gRPC; is a gRPC server behind this address?",
                            response.status)};
    const auto type = lower(response.header("content-type"));
    if (!type.starts_with("application/grpc"))
        return {fmt::format("answers '{}' instead of application/grpc; is a gRPC server behind this address?",
                            served_text(type))};
    if (auto ended = look_at_end(response, probe); !ended.fault.empty()) return ended;
    const auto serving = parse_grpc_health_reply(response.body);
    if (!serving.ok()) return {"the reply " + serving.error().message};
    switch (serving.value()) {
    case Serving::serving: return {"", false, "SERVING"};
    case Serving::not_serving: return {fmt::format("{} is NOT_SERVING", named_service(probe)), true};
    case Serving::unknown: return {fmt::format("{} has the status UNKNOWN", named_service(probe)), true};
    case Serving::service_unknown: break;
    }
    return {fmt::format("the status of {} is {}", named_service(probe), static_cast<std::uint64_t>(serving.value()))};
}

Attempt ask_grpc(const GrpcProbe& probe, const Check& check, const World& world) {
    const Web web(check, world);
    auto sent = web.prepare(check.url + "/grpc.health.v1.Health/Check", "POST");
    auto& request = sent.request;
    std::erase_if(request.headers, [](const auto& header) { return lower(header.first) == "content-type"; });
    request.headers.emplace_back("content-type", "application/grpc");
    request.headers.emplace_back("te", "trailers");
    request.headers.emplace_back("grpc-timeout", fmt::format("{}m", std::max<std::int64_t>(web.left().count(), 1)));
    request.body = grpc_health_request(probe.service);
    constexpr std::size_t reply_limit = 64u << 10;
    request.body_limit = reply_limit;
    request.fresh_connection = true; // libcurl 7.88 can't use one again that began with prior knowledge
    using Version = sys::HttpRequest::Version;
    request.version = request.url.starts_with("https://") ? Version::http2 : Version::http2_prior_knowledge;
    web.send(sent);
    hide_received(sent.response);
    // A server that refuses at once resets the stream behind its answer, as it waits for no question; that is the end.
    if (sent.response.status == 200 && grpc_end_of(sent.response)) sent.response.failure = sys::HttpFailure::none;
    if (sent.response.failure != sys::HttpFailure::none) {
        auto message = sent.response.reason + grpc_failure(sent.response, request.url);
        return web.wrong(std::move(sent), {{"smoke/connect", std::move(message)}});
    }
    const auto found = look_at_grpc(sent.response, probe);
    if (!found.fault.empty()) {
        auto attempt = web.wrong(std::move(sent), {{std::string(rule_grpc), found.fault}});
        if (found.is_starting) attempt.outcome = Outcome::starting;
        return attempt;
    }
    auto attempt = web.good(std::move(sent));
    attempt.facts.emplace_back("status", found.state);
    return attempt;
}

Result<Question> read_grpc(const config::Value& value, const std::string& base) {
    auto probe = TRY(settings_of(value, grpc_rows, &GrpcProbe::address));
    auto origin = TRY(grpc_origin(value, probe, base));
    return Question{std::move(origin),
                    [probe](const Check& check, const World& world) { return ask_grpc(probe, check, world); }, true};
}

}

const Probe& grpc_probe() {
    static const Probe row{
        "grpc",    "The health service of a gRPC server (grpc.health.v1.Health).",
        "address", [] { return grpc_rows.fields(); },
        read_grpc, [](const config::Value& value) {
                               return value.is_map() && !value["address"].present(); }};
    return row;
}

}
