#include "smoke/settings/hosts.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke {

namespace {

bool contains(const std::vector<std::string>& list, const std::string& text) {
    return std::find(list.begin(), list.end(), text) != list.end();
}

std::vector<std::string> addresses_of(const config::Value& environment) {
    auto addresses = environment.at("smoke.base").texts();
    addresses.push_back(environment["url"].text());
    return addresses;
}

}

Hearing hearing_of(const config::Value& environment) {
    Hearing hearing;
    for (const auto& address : addresses_of(environment))
        if (auto origin = sys::origin_of(address); !origin.empty()) hearing.origins.push_back(std::move(origin));
    return hearing;
}

Result<Hearing> hearing_of(const Versions& versions, const Place& bearer_env) {
    const auto& [now, written, before, environment, about] = versions;
    const auto variable = [&name = environment](const config::Config& config) {
        return config.section("smoke", name)["bearer_env"].text();
    };
    if (bearer_env.line > 0 && variable(written) != variable(before))
        return usage(fmt::format("{} changes bearer_env, so no bearer is sent until it is merged; give the token as "
                                 "the input bearer, or change bearer_env in a separate change",
                                 about),
                     bearer_env);
    const auto filled = addresses_of(now.environment(environment));
    const auto texts = addresses_of(written.environment(environment));
    const auto known = addresses_of(before.environment(environment));
    const auto origins = hearing_of(before.environment(environment)).origins;
    Hearing hearing{{}, about};
    for (std::size_t i = 0; i < filled.size() && i < texts.size(); ++i) {
        auto origin = sys::origin_of(filled[i]);
        const bool as_before = contains(known, texts[i]) || (filled[i] == texts[i] && contains(origins, origin));
        if (as_before && !origin.empty()) hearing.origins.push_back(std::move(origin));
    }
    return hearing;
}

Result<void> withhold(const Hearing& hearing, Plan& plan) {
    const auto& origins = hearing.origins;
    std::vector<std::string> others;
    bool heard = false;
    const auto judge = [&](Check& check) {
        if (!check.is_http) return check.common_headers.clear(); // which hears neither
        const auto origin = sys::origin_of(check.url);
        check.hears_bearer = contains(origins, origin);
        heard = heard || check.hears_bearer;
        const auto kept = std::move(check.common_headers);
        check.common_headers.clear();
        bool withheld = !plan.bearer.empty() && !check.hears_bearer;
        for (const auto& header : kept) {
            if (check.hears_bearer || !is_secret_header(header.first, header.second))
                check.common_headers.push_back(header);
            else
                withheld = true;
        }
        if (withheld && !contains(others, origin)) others.push_back(origin);
    };
    if (plan.ready) judge(*plan.ready);
    std::for_each(plan.ready_elsewhere.begin(), plan.ready_elsewhere.end(), judge);
    std::for_each(plan.checks.begin(), plan.checks.end(), judge);
    const auto& change = hearing.only_before;
    if (!plan.bearer.empty() && !heard && !change.empty())
        return usage(fmt::format("the bearer would not be sent: the environment's section did not name {} before {}; "
                                 "merge the address first, or give it as an argument: fairlead-smoke URL",
                                 join(others, ", "), change));
    if (!plan.bearer.empty() && !heard)
        return usage(fmt::format("the bearer would not be sent: only the checks name {}; write it as the url of an "
                                 "environment and give --env, or give it as an argument: fairlead-smoke URL",
                                 join(others, ", ")));
    for (const auto& origin : others)
        plan.withheld.push_back(fmt::format("the bearer and the secret headers of every request are not sent to {}: no "
                                            "input names it, and the environment's section does not name it{}",
                                            origin, change.empty() ? "" : " as it was before " + change));
    return {};
}

}
