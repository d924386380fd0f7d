#pragma once
#include "preflight/judge.h"
#include "support/catch.h"

// A site that a test makes up, and what one rule says of it.
namespace fairlead::test {

using Headers = std::vector<std::pair<std::string, std::string>>;

inline preflight::Answer page(const std::string& url, Headers headers, std::string body = "", int status = 200) {
    return {url, status, std::move(headers), std::move(body)};
}

inline preflight::Site site_of(preflight::Answer answer) {
    preflight::Site site;
    site.url = answer.url;
    site.hops.push_back(std::move(answer));
    return site;
}

inline preflight::Site https_site(Headers headers, std::string body = "") {
    return site_of(page("https://app.example.org/", std::move(headers), std::move(body)));
}

struct Said {
    std::vector<std::string> levels, messages;
};
inline Said say(const std::string& rule, preflight::Site site, SystemTime now = {}) {
    preflight::Project project;
    project.now = now;
    project.sites.push_back(std::move(site));
    Said said;
    preflight::Asked asked;
    asked.only = {rule};
    for (const auto& one : preflight::judge(project, asked)) {
        said.levels.emplace_back(report::name_of(one.level));
        said.messages.push_back(one.hit.message);
        CHECK(one.hit.message.size() <= 160);
    }
    return said;
}
// "error, info": the levels of what is found; empty: nothing is.
inline std::string levels(const std::string& rule, preflight::Site site, SystemTime now = {}) {
    std::string all;
    for (const auto& level : say(rule, std::move(site), now).levels) all += (all.empty() ? "" : ", ") + level;
    return all;
}

}
