#include "tag/source/api.h"
#include "base/text.h"
#include "base/url.h"
#include "sys/data/json.h"
#include "sys/environment.h"
#include "sys/files/log.h"
#include "sys/http/fetch.h"
#include "sys/process/helper.h"
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

std::optional<std::string> text_at(const sys::Json& json, std::string_view pointer) {
    const auto* value = sys::json_pointer(json, pointer);
    return value && value->is_string() ? std::optional(value->get<std::string>()) : std::nullopt;
}

}

std::optional<sys::Json> Api::ask(const std::string& path) {
    const auto now = clock_->steady();
    if (!end_) end_ = now + together;
    const auto left = std::chrono::duration_cast<Milliseconds>(*end_ - now);
    const auto url = fmt::format("{}/repos/{}{}", base_, repository_, path);
    const auto answered = [&]() -> Result<sys::Json> {
        if (left < Milliseconds{50})
            return could_not(fmt::format("the time limit of {} s was over", together.count() / 1000));
        const auto body = TRY(fetch_(url, left));
        auto json = sys::parse_json(body, "the answer");
        if (!json.ok()) return could_not("its answer is not JSON");
        return json;
    }();
    if (answered.ok()) return answered.value();
    sys::log_debug(fmt::format("{} gave no answer: {}", url, answered.error().message));
    if (trouble_.empty()) trouble_ = answered.error().message;
    return std::nullopt;
}

const ApiRepository& Api::repository() {
    if (known_) return *known_;
    known_.emplace();
    const auto json = ask("");
    if (!json) return *known_;
    const auto whose = text_at(*json, "/full_name");
    if (!json->is_object() || (whose && lower(*whose) != lower(repository_))) {
        trouble_ = fmt::format("its answer does not describe {}", repository_);
        return *known_;
    }
    known_ = ApiRepository{text_at(*json, "/name"), text_at(*json, "/description"), text_at(*json, "/html_url"),
                           text_at(*json, "/license/spdx_id"), text_at(*json, "/default_branch")};
    if (trouble_.empty() && !known_->default_branch) trouble_ = "its answer has no default branch";
    return *known_;
}

std::optional<SystemTime> Api::commit_date(const std::string& sha) {
    const auto json = ask("/commits/" + percent_encode(sha));
    const auto id = json ? text_at(*json, "/sha") : std::nullopt;
    const auto date = json && (!id || *id == sha) ? text_at(*json, "/commit/committer/date") : std::nullopt;
    const auto parsed = date ? parse_utc(*date) : std::nullopt;
    if (json && !parsed && trouble_.empty()) trouble_ = "its answer has no date of that commit";
    return parsed;
}

std::optional<std::vector<std::string>> Api::tags() {
    constexpr std::string_view folder = "refs/tags/";
    const auto json = ask("/git/matching-refs/tags/");
    if (!json) return std::nullopt;
    std::vector<std::string> names;
    for (const auto& entry : *json) {
        const auto ref = entry.is_object() ? text_at(entry, "/ref") : std::nullopt;
        if (json->is_array() && ref && ref->starts_with(folder)) {
            names.push_back(ref->substr(folder.size()));
            continue;
        }
        trouble_ = "its answer is not a list of tags";
        return std::nullopt;
    }
    return names;
}

namespace {

// What a status or a failure means to a person.
std::string reason_of_status(int status) {
    if (status == 401) return "it refused the token (HTTP 401)";
    if (status == 403 || status == 429)
        return fmt::format("it refused (HTTP {}): the rate limit is used up, or the token has no permission", status);
    if (status == 404) return "it knows no such repository, or the token may not read it (HTTP 404)";
    return fmt::format("it answered HTTP {}", status);
}

std::string reason_of_failure(const sys::HttpResponse& response, Milliseconds at_most) {
    switch (response.failure) {
    case sys::HttpFailure::resolve: return "its name was not resolved";
    case sys::HttpFailure::refused: return "the connection was refused";
    case sys::HttpFailure::timeout:
        return fmt::format("no answer came within {:.1f} s", static_cast<double>(at_most.count()) / 1000);
    case sys::HttpFailure::too_large: return "its answer is too large";
    default: return response.reason;
    }
}

}

Api::Fetch fetch_from(std::string base, Secret token) {
    return [fetcher = std::make_shared<sys::Fetcher>(std::vector{std::move(base)}),
            token = std::move(token)](const std::string& url, Milliseconds at_most) -> Result<std::string> {
        const auto response =
            TRY(fetcher->send({.url = url,
                               .headers = {{"Accept", "application/vnd.github+json"}, {"User-Agent", "fairlead-tag"}},
                               .bearer = token,
                               .timeout = at_most,
                               .body_limit = 32u << 20}));
        if (response.failure != sys::HttpFailure::none) return could_not(reason_of_failure(response, at_most));
        if (response.status != 200) return could_not(reason_of_status(response.status));
        return response.body;
    };
}

FetchWith fetch_by_helper(const sys::Environment& variables) {
    const auto base = variables.get("GITHUB_API_URL");
    if (!base) return {};
    // Asked are milliseconds, address and token, a NUL between them; answered is '+' and the body, or '-' and the
    // reason.
    auto started = sys::Helper::start([base](std::string_view question) -> std::optional<std::string> {
        const auto parts = split(question, '\0');
        const auto at_most = parts.empty() ? Result<std::int64_t>(usage("")) : parse_integer(parts[0]);
        if (parts.size() != 3 || !at_most.ok() || !parts[1].starts_with(*base + "/repos/")) return std::nullopt;
        const auto body = fetch_from(*base, Secret(parts[2]))(parts[1], Milliseconds{at_most.value()});
        return body.ok() ? "+" + body.value() : "-" + body.error().message;
    });
    if (!started.ok()) return {};
    const auto helper = std::make_shared<sys::Helper>(std::move(started).value());
    return [helper](const std::string& url, Milliseconds at_most, const Secret& token) -> Result<std::string> {
        const auto answer = helper->ask(fmt::format("{}{}{}{}{}", at_most.count(), '\0', url, '\0', token.reveal()));
        if (!answer || answer->empty()) return could_not("it could not be asked");
        if (answer->front() == '-') return could_not(answer->substr(1));
        return answer->substr(1);
    };
}

}
