#include "smoke/hosts.h"
#include "base/credentials.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke {

namespace {

bool contains(const std::vector<std::string>& list, const std::string& text) {
    return std::find(list.begin(), list.end(), text) != list.end();
}

}

std::vector<std::string> origins_of(const config::Value& environment) {
    std::vector<std::string> origins;
    auto addresses = environment.at("smoke.base").texts();
    addresses.push_back(environment["url"].text());
    for (const auto& address : addresses)
        if (auto origin = sys::origin_of(address); !origin.empty()) origins.push_back(std::move(origin));
    return origins;
}

Result<void> withhold(const std::vector<std::string>& origins, Plan& plan) {
    std::vector<std::string> others;
    bool heard = false;
    const auto judge = [&](Check& check) {
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
    if (!plan.bearer.empty() && !heard)
        return usage(
            fmt::format("the bearer would be sent to nobody: {} is named by the checks alone; write it as url of "
                        "an environment and give --env, or ask it as a word: fairlead-smoke URL",
                        join(others, ", ")));
    for (const auto& origin : others)
        plan.withheld.push_back(fmt::format("{} is not sent what lets in (bearer, secret headers of every request): "
                                            "neither an input nor the environment's section names it",
                                            origin));
    return {};
}

}
