#include "sys/http/fetch.h"
#include "sys/data/json.h"
#include "sys/environment.h"
#include "sys/process/process.h"
#include <algorithm>
#include <array>
#include <fmt/format.h>

// Nothing here calls into client.cpp: whoever includes it would link libcurl.
namespace fairlead::sys {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

Json to_json(const Headers& headers) {
    auto list = Json::array();
    for (const auto& [name, value] : headers) list.push_back(Json::array({name, value}));
    return list;
}

bool is_number(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_number_unsigned();
}

bool is_said(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_boolean() && found->get<bool>();
}

std::int64_t seconds_of(SystemTime time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

SystemTime time_at(const Json& json, const char* key) {
    const auto found = json.find(key);
    constexpr std::int64_t furthest = 253402300799; // the year 9999: milliseconds hold it
    const auto seconds = found != json.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
    return SystemTime(std::chrono::seconds(std::clamp(seconds, -furthest, furthest)));
}

Json to_json(const Handshake& handshake) {
    auto chain = Json::array();
    for (const auto& one : handshake.chain)
        chain.push_back({{"subject", one.subject},
                         {"issuer", one.issuer},
                         {"names", one.names},
                         {"begins", seconds_of(one.begins)},
                         {"ends", seconds_of(one.ends)},
                         {"serial", one.serial},
                         {"subject_line", one.subject_line},
                         {"issuer_line", one.issuer_line},
                         {"alternatives", one.alternatives},
                         {"pem", one.pem}});
    return {{"version", handshake.version},
            {"chain", chain},
            {"distrust", handshake.distrust},
            {"is_expired", handshake.is_expired},
            {"names_host", handshake.names_host}};
}

// Lenient: it comes from our own helper, and what is missing counts as not trusted.
Handshake handshake_of(const Json& json) {
    Handshake handshake;
    handshake.version = text_of(json, "version");
    handshake.distrust = text_of(json, "distrust");
    handshake.is_expired = is_said(json, "is_expired");
    handshake.names_host = is_said(json, "names_host");
    const auto chain = json.find("chain");
    if (chain == json.end() || !chain->is_array()) return handshake;
    for (const auto& entry : *chain) {
        if (!entry.is_object()) continue;
        Certificate one{text_of(entry, "subject"), text_of(entry, "issuer"), {},
                        time_at(entry, "begins"),  time_at(entry, "ends"),   text_of(entry, "serial")};
        one.subject_line = text_of(entry, "subject_line");
        one.issuer_line = text_of(entry, "issuer_line");
        one.alternatives = text_of(entry, "alternatives");
        one.pem = text_of(entry, "pem");
        if (const auto names = entry.find("names"); names != entry.end() && names->is_array())
            for (const auto& name : *names)
                if (name.is_string()) one.names.push_back(name.get<std::string>());
        handshake.chain.push_back(std::move(one));
    }
    return handshake;
}

Json to_json(const NameRecords& name) {
    Json json{{"found", static_cast<unsigned>(name.found)}, {"v6", name.v6}};
    if (name.caa) json["caa"] = *name.caa;
    return json;
}

NameRecords records_of(const Json& json) {
    NameRecords name;
    if (is_number(json, "found"))
        name.found = static_cast<NameRecords::Found>(std::min<std::uint64_t>(json.at("found").get<std::uint64_t>(), 2));
    name.v6 = is_said(json, "v6");
    if (json.contains("caa")) name.caa = is_said(json, "caa");
    return name;
}

// Its times, for reading and writing.
template <typename Response>
auto times_of(Response& response) {
    return std::array{std::pair{"dns_ms", &response.dns}, std::pair{"connect_ms", &response.connect},
                      std::pair{"tls_ms", &response.tls}, std::pair{"first_byte_ms", &response.first_byte},
                      std::pair{"total_ms", &response.total}};
}

Result<Headers> headers_of(const Json& json) {
    Headers headers;
    const auto found = json.find("headers");
    if (found == json.end() || !found->is_array()) return could_not("headers are missing");
    for (const auto& entry : *found) {
        if (!entry.is_array() || entry.size() != 2 || !entry[0].is_string() || !entry[1].is_string())
            return could_not("a header is not a name and its value");
        headers.emplace_back(entry[0].get<std::string>(), entry[1].get<std::string>());
    }
    return headers;
}

}

std::string fetch_question(const HttpRequest& request) {
    return dump_json(
        Json{{"method", request.method},
             {"url", request.url},
             {"headers", to_json(request.headers)},
             {"body", request.body},
             {"bearer", request.bearer.reveal()},
             {"timeout_ms", static_cast<std::uint64_t>(std::max<Milliseconds::rep>(0, request.timeout.count()))},
             {"body_limit", std::uint64_t{request.body_limit}},
             {"look_at_tls", request.look_at_tls},
             {"old_tls", request.old_tls},
             {"look_up", request.look_up}});
}

Result<HttpRequest> read_fetch_question(std::string_view text) {
    const auto json = parse_json(text, "the question");
    const auto malformed =
        usage("standard input is not a request from a Fairlead tool; fairlead-fetch is started only by other tools");
    if (!json.ok() || !json->is_object() || !is_number(json.value(), "timeout_ms") ||
        !is_number(json.value(), "body_limit"))
        return malformed;
    HttpRequest request;
    auto headers = headers_of(json.value());
    if (!headers.ok()) return malformed;
    request.headers = std::move(headers).value();
    request.method = text_of(json.value(), "method");
    request.url = text_of(json.value(), "url");
    request.body = text_of(json.value(), "body");
    request.bearer = Secret(text_of(json.value(), "bearer"));
    request.timeout = Milliseconds{json->at("timeout_ms").get<std::uint32_t>()};
    request.connect_timeout = request.timeout;
    request.body_limit = json->at("body_limit").get<std::size_t>();
    request.look_at_tls = is_said(json.value(), "look_at_tls");
    request.old_tls = is_said(json.value(), "old_tls");
    request.look_up = is_said(json.value(), "look_up");
    return request;
}

std::string fetch_answer(const HttpResponse& response) {
    Json head{{"failure", static_cast<unsigned>(response.failure)},
              {"reason", response.reason},
              {"status", static_cast<unsigned>(response.status)},
              {"headers", to_json(response.headers)},
              {"redirect", response.redirect},
              {"version", response.version},
              {"address", response.address},
              {"sent_any", response.sent_any}};
    for (const auto& [name, time] : times_of(response)) head[name] = std::max<Milliseconds::rep>(0, time->count());
    if (response.handshake) head["handshake"] = to_json(*response.handshake);
    if (response.records) head["records"] = to_json(*response.records);
    return dump_json(head) + "\n" + response.body;
}

Result<HttpResponse> read_fetch_answer(std::string_view text) {
    const auto end = text.find('\n');
    const auto json = parse_json(text.substr(0, end), "the answer");
    const auto malformed = could_not("fairlead-fetch gave no valid answer");
    if (end == text.npos || !json.ok() || !json->is_object() || !is_number(json.value(), "failure") ||
        !is_number(json.value(), "status"))
        return malformed;
    HttpResponse response;
    const auto failure = json->at("failure").get<std::uint64_t>();
    auto headers = headers_of(json.value());
    if (failure > static_cast<unsigned>(HttpFailure::other) || !headers.ok()) return malformed;
    response.failure = static_cast<HttpFailure>(failure);
    response.reason = text_of(json.value(), "reason");
    response.status = static_cast<int>(json->at("status").get<std::uint16_t>());
    response.headers = std::move(headers).value();
    response.redirect = text_of(json.value(), "redirect");
    response.version = text_of(json.value(), "version");
    response.address = text_of(json.value(), "address");
    response.sent_any = is_said(json.value(), "sent_any");
    for (const auto& [name, time] : times_of(response))
        if (is_number(json.value(), name)) *time = Milliseconds{json->at(name).get<std::uint32_t>()};
    if (const auto found = json->find("handshake"); found != json->end() && found->is_object())
        response.handshake = handshake_of(*found);
    if (const auto found = json->find("records"); found != json->end() && found->is_object())
        response.records = records_of(*found);
    response.body = text.substr(end + 1);
    return response;
}

Result<HttpResponse> Fetcher::send(const HttpRequest& request) {
    constexpr std::size_t head = 1u << 20;
    Command command;
    const auto helper = TRY(helper_program("fairlead-fetch"));
    command.argv = {helper};
    command.argv.insert(command.argv.end(), hosts_.begin(), hosts_.end());
    command.environment = child_environment(Environment::of_process(), Child::network);
    command.input = fetch_question(request);
    command.timeout = request.timeout + Milliseconds{300};
    command.patience = Milliseconds{100};
    command.output_limit = request.body_limit + head;
    command.keep_partial = true;
    command.whose = Whose::ours;
    const auto done = TRY(run(command));
    HttpResponse response;
    if (done.truncated) response.failure = HttpFailure::too_large;
    if (done.timed_out) response.failure = HttpFailure::timeout;
    if (response.failure != HttpFailure::none) return response;
    if (done.status != 0) return could_not(fmt::format("fairlead-fetch ended with status {}", done.status));
    return read_fetch_answer(done.out);
}

}
