#include "smoke/config.h"
#include "base/text.h"
#include "base/url.h"
#include "config/believed.h"
#include "smoke/compare/compare.h"
#include "smoke/probe_word.h"
#include "sys/files/files.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke {

namespace {

// HOST:PORT:ADDRESS for what no check asks would have no effect.
Result<void> check_resolve(const Plan& plan) {
    if (!plan.scripts.empty()) return {}; // their hosts are known only when they are played
    std::vector<Check> asked = plan.checks;
    asked.insert(asked.end(), plan.ready_elsewhere.begin(), plan.ready_elsewhere.end());
    if (plan.ready) asked.push_back(*plan.ready);
    for (const auto* check : compared_requests(plan)) asked.push_back(*check);
    for (const auto& entry : plan.resolve) {
        const auto parts = split(entry.substr(entry.starts_with('+') ? 1 : 0), ':');
        if (parts.size() < 3 || parts[0] == "*" || entry.starts_with('-')) continue; // what it lacks is told elsewhere
        const bool met = std::any_of(asked.begin(), asked.end(), [&](const Check& check) {
            const auto url = parse_url(check.url);
            if (!url.ok() || url->host != lower(parts[0])) return false;
            const auto port = !url->port.empty() ? url->port : url->scheme == "https" ? "443" : "80";
            const bool asks_plain = parts[1] == "80" && check.probe && port == "443"; // security_headers
            return port == parts[1] || asks_plain || check.follows_redirects;
        });
        if (!met)
            return usage(fmt::format("resolve '{}' has no effect: no check asks {} at port {}; write the host and the "
                                     "port of a URL",
                                     entry, parts[0], parts[1]));
    }
    return {};
}

// The headers of every request are for it, too; an expectation of every URL is not.
Result<Check> probe_for(const std::string& line, const ForEveryUrl& every) {
    auto check = TRY(parse_probe_line(line));
    for (auto& header : TRY(parse_headers(every.request_headers)))
        if (check.is_http) check.headers.push_back(std::move(header));
    return check;
}

}

// The whole request as it would be sent, before anything is.
Result<void> set_at(const std::string& environment_url, Plan& plan) {
    if (plan.at.empty()) return {};
    const bool socket = plan.at.starts_with("unix:/");
    if (!socket && (plan.at.find(':') == plan.at.npos || !parse_url("http://" + plan.at + "/").ok()))
        return usage(fmt::format("--at '{}' is not an address; write unix:/run/app.sock or 127.0.0.1:8001", plan.at));
    const auto scheme = environment_url.find("://");
    if (scheme == environment_url.npos)
        return usage("--at replaces the address of the environment's url, but there is no url; say --env");
    const auto host = environment_url.substr(scheme + 3);
    plan.at_host = host.substr(0, host.find_first_of("/?#"));
    return {};
}

Result<void> check_requests(const Plan& plan) {
    if (!plan.ready && plan.checks.empty() && plan.scripts.empty())
        return usage(
            "there is nothing to check; give a URL or a Hurl file, or write checks under smoke: in fairlead.yml");
    const auto judge = [&](const Check& check) -> Result<void> {
        if (!check.is_http) return {};
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
    for (const auto* check : compared_requests(plan)) {
        TRY_VOID(judge(*check));
        https = https || is_https(*check);
    }
    for (const auto& check : plan.checks) {
        TRY_VOID(judge(check));
        https = https || is_https(check);
    }
    if (plan.ca_file.empty() && (!https || plan.insecure)) return {};
    const auto trust = sys::check_trust(plan.ca_file);
    return trust.ok() ? trust : usage(trust.error().message, plan.ca_place);
}

Result<std::string> certificates_of(const config::Config& config, const std::string& named, const Place& place) {
    auto text = config::believed_file(config, named, "copy it into the tree, or name it with --ca-file");
    if (!text.ok()) return usage(text.error().message, place);
    const auto name = (sys::Path(config.folder()) / named).lexically_normal().string();
    const auto trust = sys::check_trust_in(name, text.value());
    return trust.ok() ? Result<std::string>(name) : usage(trust.error().message, place);
}

Result<void> check_limits(const Plan& plan) {
    for (const auto duration : {plan.deadline, plan.timeout, plan.connect})
        if (duration.count() <= 0) return usage("deadline, timeout and connect-timeout must be longer than 0s");
    return {};
}

Result<void> add_urls(const std::vector<std::string>& lines, const ForEveryUrl& every, Plan& plan) {
    plan.retry.attempts = 0;
    if (every.expects() && !lines.empty() && std::all_of(lines.begin(), lines.end(), is_probe_line))
        return usage("an expectation for every URL has no effect on probes; write it behind the probe, as key=value");
    for (const auto& line : lines) {
        auto parsed = is_probe_line(line) ? probe_for(line, every) : parse_line(line, every);
        auto check = TRY(std::move(parsed));
        check.hears_bearer = check.is_http; // an input names it
        plan.checks.push_back(std::move(check));
    }
    return {};
}

}
