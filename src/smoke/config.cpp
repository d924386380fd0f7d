#include "smoke/config.h"
#include "base/json_path.h"
#include "base/text.h"
#include "base/url.h"
#include "smoke/hosts.h"
#include "sys/files/beneath.h"
#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <set>

namespace fairlead::smoke {

namespace {

const std::vector<std::string_view> failures = {"refused", "timeout", "tls-error", "nxdomain"};

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

// An empty one would check nothing: it is a variable that is not set.
Result<std::string> version_from(const config::Value& value) {
    if (value.present() && trim(value.text()).empty())
        return value.error("version expects nothing; write the version, auto, or remove it");
    return value.text();
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
                fmt::format("'{}' is not an expectation; expected {} or a map", value.text(), one_of(words)));
        }
        expect.failure = meant[found - failures.begin()];
        return expect;
    }
    if (value["status"].present()) expect.statuses = TRY(at(value["status"], parse_statuses(value["status"].texts())));
    auto headers = value["header"].entries();
    if (const auto location = value["location"]; location.present()) headers.emplace_back("location", location);
    for (const auto& [name, text] : headers) {
        auto matcher = TRY(at(text, parse_matcher(text.text())));
        expect.headers.emplace_back(name, std::move(matcher));
    }
    if (value["body"].present()) expect.body = TRY(at(value["body"], parse_matcher(value["body"].text())));
    for (const auto& [path, wanted] : value["json"].entries()) {
        const auto text = wanted.is_scalar() ? wanted.text() : wanted.json();
        auto place = TRY(at(wanted, json_location(path)));
        auto matcher = TRY(at(wanted, parse_matcher(text)));
        expect.json.emplace_back(std::move(place), std::move(matcher));
    }
    if (value["max"].present()) expect.max = value["max"].duration({});
    expect.version = TRY(version_from(value["version"]));
    if (value["from"].present())
        expect.version_source = TRY(at(value["from"], parse_version_source(value["from"].text())));
    return expect;
}

// Keys that would have no effect beside one another.
Result<void> check_combination(const config::Value& value, const Check& check) {
    const std::vector<std::string> switches = {"true", "false", "yes", "no", "on", "off"};
    for (const auto* key : {"skip", "xfail"}) {
        const auto reason = lower(trim(value[key].text()));
        if (value[key].present() && reason.empty())
            return value[key].error(fmt::format("{} needs its reason: \"issue 123\"", key));
        if (std::find(switches.begin(), switches.end(), reason) != switches.end())
            return value[key].error(
                fmt::format("{} takes the reason as text, as in \"issue 123\"; without it the check counts", key));
    }
    if (!check.skip.empty() && !check.expected_failure.empty())
        return value["xfail"].error("a check is skipped or known to fail, not both; remove one");
    if (check.method == "HEAD" && value["data"].present())
        return value["data"].error("a HEAD sends no body; write post or put, or remove data");
    return at(value["expect"], check_expected(check));
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
    if (check.url.empty()) return value.error("a check needs something to ask for: get: /path");
    check.common_headers = headers;
    check.headers = pairs(value["headers"]);
    check.body = value["data"].text();
    check.expect = TRY(expect_from(value["expect"]));
    check.expected_failure = value["xfail"].text();
    check.skip = value["skip"].text();
    check.name = value["name"].text(check.method + " " + check.url);
    TRY_VOID(check_combination(value, check));
    return check;
}

Result<void> add_retry(const config::Value& retry, RetryPolicy& policy) {
    policy.attempts = static_cast<int>(retry["attempts"].integer(policy.attempts));
    policy.backoff = retry["backoff"].duration(policy.backoff);
    policy.factor = retry["factor"].number(policy.factor);
    policy.max = retry["max"].duration(policy.max);
    if (!(policy.factor >= 1 && policy.factor <= 100))
        return retry["factor"].error("factor is the growth of the wait; write 1 to 100");
    if (!retry["on"].present()) return {};
    policy.statuses.clear();
    for (const auto& range : TRY(at(retry["on"], parse_statuses(retry["on"].texts()))))
        for (int status = range.first; status <= range.last; ++status) policy.statuses.push_back(status);
    return {};
}

// What stands in the file is right, also where a flag replaces it.
Result<void> check_section(const config::Value& section) {
    for (const auto* key : {"deadline", "defaults.timeout", "defaults.connect"}) {
        const auto value = section.at(key);
        if (value.present() && value.duration({}).count() <= 0)
            return value.error("a time of 0s leaves no time to ask; write 30s");
    }
    if (const auto from = section.at("ready.from"); from.present())
        TRY_VOID(at(from, parse_version_source(from.text())));
    return {};
}

Result<std::vector<std::string>> addresses_of(const config::Value& section, const config::Value& url) {
    std::vector<std::string> addresses;
    for (const auto& base : section["base"].present() ? section["base"].items() : std::vector{url}) {
        if (!base.present()) continue;
        TRY_VOID(at(base, check_address(base.text())));
        addresses.push_back(base.text());
    }
    return addresses;
}

}

namespace {

// HOST:PORT:ADDRESS for what no check asks would have no effect.
Result<void> check_resolve(const Plan& plan) {
    std::vector<Check> asked = plan.checks;
    asked.insert(asked.end(), plan.ready_elsewhere.begin(), plan.ready_elsewhere.end());
    if (plan.ready) asked.push_back(*plan.ready);
    for (const auto& entry : plan.resolve) {
        const auto parts = split(entry.substr(entry.starts_with('+') ? 1 : 0), ':');
        if (parts.size() < 3 || parts[0] == "*" || entry.starts_with('-')) continue; // what it lacks is told elsewhere
        const bool met = std::any_of(asked.begin(), asked.end(), [&](const Check& check) {
            const auto url = parse_url(check.url);
            if (!url.ok() || url->host != lower(parts[0])) return false;
            return (!url->port.empty() ? url->port : url->scheme == "https" ? "443" : "80") == parts[1];
        });
        if (!met)
            return usage(fmt::format("resolve '{}' has no effect: no check asks {} at port {}; write the host and the "
                                     "port of a URL",
                                     entry, parts[0], parts[1]));
    }
    return {};
}

}

// The whole request as it would be sent, before anything is.
Result<void> check_requests(const Plan& plan) {
    if (!plan.ready && plan.checks.empty())
        return usage("nothing to ask: give a URL, or write checks under smoke: in fairlead.yml");
    const auto judge = [&](const Check& check) -> Result<void> {
        TRY_VOID(check_address(check.url, check.place));
        auto good = sys::check_request(request_of(plan, check, plan.timeout));
        if (!good.ok()) return usage(good.error().message, check.place);
        return {};
    };
    TRY_VOID(check_resolve(plan));
    bool https = false;
    const auto is_https = [](const Check& check) { return lower(check.url.substr(0, 6)) == "https:"; };
    if (plan.ready) {
        TRY_VOID(judge(*plan.ready));
        https = is_https(*plan.ready);
    }
    for (const auto& check : plan.ready_elsewhere) TRY_VOID(judge(check));
    for (const auto& check : plan.checks) {
        TRY_VOID(judge(check));
        https = https || is_https(check);
    }
    if (plan.ca_file.empty() && (!https || plan.insecure)) return {};
    const auto trust = sys::check_trust(plan.ca_file);
    return trust.ok() ? trust : usage(trust.error().message, plan.ca_place);
}

Result<std::string> certificates_of(const config::Config& config, const std::string& named, const Place& place) {
    const auto tree = TRY(sys::root_around(config.folder()));
    const auto file =
        sys::named_by_tree(tree, config.folder(), named, "copy it into the tree, or name it by --ca-file");
    if (!file.ok()) return usage(file.error().message, place);
    const auto real = tree.real(file->path);
    if (!real.ok()) return usage(real.error().message, place);
    return (tree.path() / real.value()).string();
}

Result<void> check_limits(const Plan& plan) {
    for (const auto duration : {plan.deadline, plan.timeout, plan.connect})
        if (duration.count() <= 0) return usage("deadline, timeout and connect-timeout are longer than 0s");
    return {};
}

Result<void> add_urls(const std::vector<std::string>& lines, const ForEveryUrl& every, Plan& plan) {
    plan.retry.attempts = 0;
    for (const auto& line : lines) {
        auto check = TRY(parse_line(line, every));
        check.hears_bearer = true; // an input names it
        plan.checks.push_back(std::move(check));
    }
    return {};
}

Result<void> add_section(const config::Value& section, const config::Value& environment, const Hearing& hearing,
                         const ForEveryUrl& every, Plan& plan) {
    if (every.expects())
        return usage("an expectation of every URL needs URLs; write that of a check under its expect:");
    TRY_VOID(check_section(section));
    TRY_VOID(add_retry(section["retry"], plan.retry));
    auto headers = pairs(section.at("defaults.headers"));
    for (auto& header : TRY(parse_headers(every.request_headers))) headers.push_back(std::move(header));
    const auto addresses = TRY(addresses_of(section, environment["url"]));
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
        check.common_headers = headers;
        if (ready["status"].present())
            check.expect.statuses = TRY(at(ready["status"], parse_statuses(ready["status"].texts())));
        check.expect.version = TRY(version_from(ready["version"]));
        for (std::size_t i = 1; i < addresses.size() && !is_absolute_url(ready["path"].text()); ++i) {
            plan.ready_elsewhere.push_back(check);
            plan.ready_elsewhere.back().name = "ready at " + addresses[i];
            plan.ready_elsewhere.back().url = address(addresses[i], ready["path"].text("/"));
        }
        plan.ready = std::move(check);
    }
    std::set<std::string> names;
    for (const auto& item : section["checks"].items()) {
        const auto check = TRY(check_from(item, headers));
        if (item["name"].present() && !names.insert(check.name).second)
            return item["name"].error(fmt::format("two checks are named '{}'; name them apart", check.name));
        TRY_VOID(needs_base(item, check.url));
        const bool absolute = check.url.find("://") != std::string::npos;
        for (const auto& base : absolute ? std::vector<std::string>{""} : addresses) {
            auto one = check;
            one.url = address(base, check.url);
            if (!absolute && addresses.size() > 1) one.name += " at " + base;
            plan.checks.push_back(std::move(one));
        }
    }
    return withhold(hearing, plan);
}

}
