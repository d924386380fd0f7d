#include "smoke/config.h"
#include "base/json_path.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace fairlead::smoke {

namespace {

const Field ready_fields[] = {
    {"path", Type::text, "Asked until it is good, before any check."},
    {"status", Type::text_list, "Expected: 200, 200-299 or 2xx."},
    {"version", Type::text, "The version, tag or commit that must answer."},
    {"from", Type::text, "Where it tells its version: json:$.version, header:X-Release or body."},
    {"streak", Type::integer, "Good answers in a row, each on a new connection."},
    {"stable", Type::duration, "Instead of a streak: good for so long."},
};
const Field any_text[] = {{"", Type::text, "Value."}};
const Field any_value[] = {{"", Type::any, "What is expected there."}};
const Field defaults_fields[] = {
    {"timeout", Type::duration, "One attempt."},
    {"connect", Type::duration, "Making the connection."},
    {"jobs", Type::integer, "Checks at a time."},
    {"headers", Type::open_map, "Headers of every request.", {}, any_text},
};
const Field retry_fields[] = {
    {"attempts", Type::integer, "In all, the first included."},
    {"backoff", Type::duration, "Longest wait before the second attempt."},
    {"factor", Type::number, "Growth of that wait."},
    {"max", Type::duration, "Longest wait of all."},
    {"on", Type::text_list, "Statuses that mean \"starting\"."},
};
const Field expect_fields[] = {
    {"status", Type::text_list, "200, 200-299 or 2xx."},
    {"header", Type::open_map, "Headers: equals, `~ contains`, `/pattern/`, `! not`, `nonempty`.", {}, any_text},
    {"location", Type::text, "The header of a redirect."},
    {"body", Type::text, "The body, as a header is matched."},
    {"json", Type::open_map, "Places ($.items[0].id or /items/0/id) and what stands there.", {}, any_value},
    {"max", Type::duration, "Longest time of the attempt."},
    {"version", Type::text, "The version that must answer."},
    {"from", Type::text, "Where it tells its version."},
};
const std::vector<std::string_view> failures = {"refused", "timeout", "tls-error", "nxdomain"};
const Field check_fields[] = {
    {"name", Type::text, "For people."},
    {"get", Type::text, "Path or URL of a GET."},
    {"head", Type::text, "Path or URL of a HEAD."},
    {"post", Type::text, "Path or URL of a POST."},
    {"put", Type::text, "Path or URL of a PUT."},
    {"delete", Type::text, "Path or URL of a DELETE."},
    {"headers", Type::open_map, "Headers of the request.", {}, any_text},
    {"data", Type::text, "Body of the request."},
    {"expect",
     Type::map,
     "What must come back; or refused, timeout, tls-error, nxdomain.",
     {},
     expect_fields,
     Needed::optional,
     true},
    {"xfail", Type::text, "Known to fail, and why: passing is then a failure."},
    {"skip", Type::text, "Not asked, and why."},
};
const Field section_fields[] = {
    {"base", Type::text_list, "Addresses that every check runs against; default: the environment's url."},
    {"deadline", Type::duration, "For everything, the wait included."},
    {"ready", Type::map, "The wait until it serves.", {}, ready_fields},
    {"defaults", Type::map, "For every request.", {}, defaults_fields},
    {"retry", Type::map, "How passing faults are tried again.", {}, retry_fields},
    {"checks", Type::map_list, "What is asked.", {}, check_fields},
};

using Pairs = std::vector<std::pair<std::string, std::string>>;

// The error of a value's text, at the value's place.
template <typename T>
Result<T> at(const config::Value& value, Result<T> result) {
    if (!result) return value.error(result.error().message);
    return result;
}

std::string address(const std::string& base, const std::string& path) {
    if (path.find("://") != std::string::npos) return path;
    const bool slash = base.ends_with('/');
    return (slash ? base.substr(0, base.size() - 1) : base) + (path.starts_with('/') ? "" : "/") + path;
}

Pairs pairs(const config::Value& map) {
    Pairs out;
    for (const auto& [name, value] : map.entries()) out.emplace_back(name, value.text());
    return out;
}

Result<Expect> expect_from(const config::Value& value) {
    Expect expect;
    if (value.is_scalar()) {
        constexpr sys::HttpFailure meant[] = {sys::HttpFailure::refused, sys::HttpFailure::timeout,
                                              sys::HttpFailure::tls_handshake, sys::HttpFailure::resolve};
        const auto found = std::find(failures.begin(), failures.end(), value.text());
        if (found == failures.end()) {
            const std::vector<std::string> words(failures.begin(), failures.end());
            return value.error(
                fmt::format("'{}' is no expectation; expected {} or a map", value.text(), one_of(words)));
        }
        expect.failure = meant[found - failures.begin()];
        return expect;
    }
    if (value["status"].present()) expect.statuses = TRY(at(value["status"], parse_statuses(value["status"].texts())));
    for (const auto& [name, text] : value["header"].entries())
        expect.headers.emplace_back(name, TRY(at(text, parse_matcher(text.text()))));
    if (const auto location = value["location"]; location.present())
        expect.headers.emplace_back("location", TRY(at(location, parse_matcher(location.text()))));
    if (value["body"].present()) expect.body = TRY(at(value["body"], parse_matcher(value["body"].text())));
    for (const auto& [path, wanted] : value["json"].entries()) {
        const auto text = wanted.is_scalar() ? wanted.text() : wanted.json();
        auto place = TRY(at(wanted, json_location(path)));
        expect.json.emplace_back(std::move(place), TRY(at(wanted, parse_matcher(text))));
    }
    if (value["max"].present()) expect.max = value["max"].duration({});
    expect.version = value["version"].text();
    if (value["from"].present())
        expect.version_source = TRY(at(value["from"], parse_version_source(value["from"].text())));
    return expect;
}

Result<Check> check_from(const config::Value& value, const Pairs& headers) {
    Check check;
    check.place = value.place();
    for (const auto* method : {"get", "head", "post", "put", "delete"}) {
        if (!value[method].present()) continue;
        if (!check.url.empty()) return value.error("a check asks once; write one of get, head, post, put and delete");
        check.method = upper(method);
        check.url = value[method].text();
    }
    if (check.url.empty()) return value.error("a check needs what it asks for: get: /path");
    check.headers = headers;
    for (auto& pair : pairs(value["headers"])) check.headers.push_back(std::move(pair));
    check.body = value["data"].text();
    check.expect = TRY(expect_from(value["expect"]));
    check.expected_failure = value["xfail"].text();
    check.skip = value["skip"].text();
    check.name = value["name"].text(check.method + " " + check.url);
    return check;
}

Result<void> add_retry(const config::Value& retry, RetryPolicy& policy) {
    policy.attempts = static_cast<int>(retry["attempts"].integer(policy.attempts));
    policy.backoff = retry["backoff"].duration(policy.backoff);
    policy.factor = retry["factor"].number(policy.factor);
    policy.max = retry["max"].duration(policy.max);
    if (policy.attempts < 1) return retry["attempts"].error("attempts counts the first one too: at least 1");
    if (policy.factor < 1) return retry["factor"].error("factor is the growth of the wait: at least 1");
    if (!retry["on"].present()) return {};
    policy.statuses.clear();
    for (const auto& range : TRY(at(retry["on"], parse_statuses(retry["on"].texts()))))
        for (int status = range.first; status <= range.last; ++status) policy.statuses.push_back(status);
    return {};
}

}

std::span<const Field> fields() { return section_fields; }

Result<void> check_limits(const Plan& plan) {
    if (plan.streak < 1 || plan.streak > 1000) return usage("streak is a number of good answers: 1 to 1000");
    if (plan.jobs < 1 || plan.jobs > 1000) return usage("jobs is how many checks run at a time: 1 to 1000");
    for (const auto duration : {plan.deadline, plan.timeout, plan.connect})
        if (duration.count() <= 0) return usage("deadline, timeout and connect-timeout are longer than 0s");
    return {};
}

Result<void> add_urls(const std::vector<std::string>& lines, const ForEveryUrl& every, Plan& plan) {
    plan.retry.attempts = 0;
    for (const auto& line : lines) plan.checks.push_back(TRY(parse_line(line, every)));
    return {};
}

Result<void> add_section(const config::Value& section, const std::string& url, const ForEveryUrl& every, Plan& plan) {
    if (every.expects())
        return usage("an expectation of every URL needs URLs; write that of a check under its expect:");
    TRY_VOID(add_retry(section["retry"], plan.retry));
    auto headers = pairs(section.at("defaults.headers"));
    for (auto& header : TRY(parse_headers(every.request_headers))) headers.push_back(std::move(header));
    std::vector<std::string> addresses = section["base"].texts();
    if (addresses.empty() && !url.empty()) addresses = {url};
    const auto needs_base = [&](const config::Value& value, const std::string& path) -> Result<void> {
        if (!addresses.empty() || path.find("://") != std::string::npos) return {};
        return value.error(
            fmt::format("'{}' is a path, but there is no address to ask; write smoke.base, or url in the "
                        "environment and --env",
                        path));
    };
    if (const auto ready = section["ready"]; ready.present()) {
        Check check;
        check.place = ready.place();
        check.name = "ready";
        check.url = ready["path"].text("/");
        TRY_VOID(needs_base(ready, check.url));
        check.url = address(addresses.empty() ? "" : addresses.front(), check.url);
        check.headers = headers;
        if (ready["status"].present())
            check.expect.statuses = TRY(at(ready["status"], parse_statuses(ready["status"].texts())));
        check.expect.version = ready["version"].text();
        plan.ready = std::move(check);
    }
    for (const auto& item : section["checks"].items()) {
        const auto check = TRY(check_from(item, headers));
        TRY_VOID(needs_base(item, check.url));
        const bool absolute = check.url.find("://") != std::string::npos;
        for (const auto& base : absolute ? std::vector<std::string>{""} : addresses) {
            auto one = check;
            one.url = address(base, check.url);
            if (!absolute && addresses.size() > 1) one.name += " at " + base;
            plan.checks.push_back(std::move(one));
        }
    }
    return {};
}

}
