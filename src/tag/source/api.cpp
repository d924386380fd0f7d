#include "tag/source/api.h"
#include "sys/data/json.h"
#include "sys/environment.h"
#include "sys/files/log.h"
#include "sys/process/helper.h"
#include "sys/process/process.h"
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

std::optional<std::string> text_at(const sys::Json& json, std::string_view pointer) {
    const auto* value = sys::json_pointer(json, pointer);
    return value && value->is_string() ? std::optional(value->get<std::string>()) : std::nullopt;
}

// A value of curl's configuration language.
std::string curl_text(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '\n' || c == '\r') continue;
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

}

const ApiRepository& Api::repository() {
    if (known_) return *known_;
    known_.emplace();
    const auto body = fetch_(fmt::format("{}/repos/{}", base_, repository_));
    if (!body) return *known_;
    const auto json = sys::parse_json(*body, "the API's answer");
    if (!json) return *known_;
    known_ = ApiRepository{text_at(json.value(), "/name"), text_at(json.value(), "/description"),
                           text_at(json.value(), "/html_url"), text_at(json.value(), "/license/spdx_id"),
                           text_at(json.value(), "/default_branch")};
    return *known_;
}

std::optional<SystemTime> Api::commit_date(const std::string& sha) {
    const auto body = fetch_(fmt::format("{}/repos/{}/commits/{}", base_, repository_, sha));
    if (!body) return std::nullopt;
    const auto json = sys::parse_json(*body, "the API's answer");
    if (!json) return std::nullopt;
    const auto date = text_at(json.value(), "/commit/committer/date");
    return date ? parse_utc(*date) : std::nullopt;
}

Api::Fetch curl_fetch(Secret token) {
    return [token = std::move(token)](const std::string& url) -> std::optional<std::string> {
        sys::Command command;
        command.argv = {"curl", "--disable", "--config", "-"}; // first of all no .curlrc
        command.environment = sys::child_environment(sys::Environment::of_process(), sys::Child::network);
        command.input =
            fmt::format("url = {}\nsilent\nfail\nlocation\nproto = \"=http,https\"\nconnect-timeout = 2\nmax-time = 3\n"
                        "header = \"Accept: application/vnd.github+json\"\nuser-agent = \"fairlead-tag\"\n",
                        curl_text(url));
        if (!token.empty())
            command.input += fmt::format("header = {}\n", curl_text("Authorization: Bearer " + token.reveal()));
        command.timeout = Milliseconds{4000};
        const auto done = sys::run(command);
        if (!done.ok())
            sys::log_debug(fmt::format("the API was not asked: {}", done.error().message));
        else if (done.value().status != 0)
            sys::log_debug(fmt::format("{} gave nothing: curl's status {}", url, done.value().status));
        if (!done.ok() || done.value().status != 0) return std::nullopt;
        return done.value().out;
    };
}

FetchWith fetch_by_helper(const sys::Environment& variables) {
    const auto base = variables.get("GITHUB_API_URL");
    if (!base) return {};
    auto started = sys::Helper::start([base](std::string_view question) -> std::optional<std::string> {
        const auto end = question.find('\0');
        if (end == question.npos || !question.starts_with(*base + "/repos/")) return std::nullopt;
        return curl_fetch(Secret(std::string(question.substr(end + 1))))(std::string(question.substr(0, end)));
    });
    if (!started.ok()) return {};
    const auto helper = std::make_shared<sys::Helper>(std::move(started).value());
    return [helper](const std::string& url, const Secret& token) {
        auto answer = helper->ask(url + '\0' + token.reveal());
        if (!answer) sys::log_debug(url + " gave nothing");
        return answer;
    };
}

}
