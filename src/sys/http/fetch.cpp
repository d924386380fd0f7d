#include "sys/http/fetch.h"
#include "sys/data/json.h"
#include "sys/environment.h"
#include "sys/process/process.h"
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
             {"body_limit", std::uint64_t{request.body_limit}}});
}

Result<HttpRequest> read_fetch_question(std::string_view text) {
    const auto json = parse_json(text, "the question");
    const auto malformed =
        usage("standard input is not a question of ours; fairlead-fetch is started by other tools only");
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
    return request;
}

std::string fetch_answer(const HttpResponse& response) {
    const Json head{{"failure", static_cast<unsigned>(response.failure)},
                    {"reason", response.reason},
                    {"status", static_cast<unsigned>(response.status)},
                    {"headers", to_json(response.headers)}};
    return dump_json(head) + "\n" + response.body;
}

Result<HttpResponse> read_fetch_answer(std::string_view text) {
    const auto end = text.find('\n');
    const auto json = parse_json(text.substr(0, end), "the answer");
    const auto malformed = could_not("fairlead-fetch gave no answer of ours");
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
    const auto done = TRY(run(command));
    HttpResponse response;
    if (done.truncated) response.failure = HttpFailure::too_large;
    if (done.timed_out) response.failure = HttpFailure::timeout;
    if (response.failure != HttpFailure::none) return response;
    if (done.status != 0) return could_not(fmt::format("fairlead-fetch ended with status {}", done.status));
    return read_fetch_answer(done.out);
}

}
