#include "preflight/score.h"
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace fairlead::preflight {

namespace {

constexpr std::string_view part_names[] = {"infrastructure", "configuration", "security",
                                           "monitoring",     "documentation", "automation"};

struct ScoreRow {
    std::string_view begin; // of the rule's id; the first that fits counts
    Part part;
};
constexpr ScoreRow rows[] = {
    {"conf-error-tracking", Part::monitoring},
    {"conf-sample-rate", Part::monitoring},
    {"conf-log", Part::monitoring},
    {"docker-healthcheck", Part::monitoring},
    {"compose-healthcheck", Part::monitoring},
    {"compose-log-rotation", Part::monitoring},
    {"nginx-fake-health", Part::monitoring},
    {"kube-liveness", Part::monitoring},
    {"kube-readiness", Part::monitoring},
    {"conf-secret", Part::security},
    {"conf-jwt", Part::security},
    {"conf-shared", Part::security},
    {"conf-frontend-secret", Part::security},
    {"docker-secret", Part::security},
    {"docker-copy-env", Part::security},
    {"docker-user", Part::security},
    {"ignore-env", Part::security},
    {"compose-secret", Part::security},
    {"unit-user", Part::security},
    {"compose-privileged", Part::security},
    {"compose-docker-sock", Part::security},
    {"repo-env", Part::security},
    {"repo-template-secret", Part::security},
    {"http-", Part::security},
    {"tls-", Part::security},
    {"nginx-tls", Part::security},
    {"nginx-no-tls", Part::security},
    {"repo-readme", Part::documentation},
    {"repo-docs", Part::documentation},
    {"repo-decision", Part::documentation},
    {"repo-contact", Part::documentation},
    {"conf-var-undocumented", Part::documentation},
    {"suppress-", Part::documentation},
    {"env-", Part::configuration},
    {"conf-", Part::configuration},
    {"django-", Part::configuration},
    {"ci-", Part::automation},
    {"repo-", Part::automation},
    {"mig-", Part::automation},
};

constexpr int cost_of(Level level) {
    return level == Level::error ? 25 : level == Level::warning ? 8 : level == Level::info ? 1 : 0;
}

// What findings cost, added up.
struct Tally {
    std::array<int, parts> cost{};
    int errors = 0;
    bool mended = true; // --fix does all of it

    void add(const Judged& one) {
        mended = mended && one.rule->fix == Fix::safe && !one.hit.edits.empty();
        cost[static_cast<std::size_t>(part_of(one.rule->id))] += cost_of(one.level);
        errors += one.level == Level::error;
    }
    Tally without(const Tally& other) const {
        Tally left = *this;
        for (std::size_t i = 0; i < parts; ++i) left.cost[i] -= other.cost[i];
        left.errors -= other.errors;
        return left;
    }
    Score score() const {
        Score score;
        for (std::size_t i = 0; i < parts; ++i) score.of[i] = std::max(0, 100 - cost[i]);
        const int sum = std::accumulate(score.of.begin(), score.of.end(), 0);
        score.total = static_cast<int>(std::lround(static_cast<double>(sum) / static_cast<double>(parts)));
        if (errors > 0) score.total = std::min(score.total, 69);
        return score;
    }
};

}

std::string_view name_of(Part part) { return part_names[static_cast<std::size_t>(part)]; }

Part part_of(std::string_view rule) {
    const auto found = std::find_if(std::begin(rows), std::end(rows),
                                    [&](const ScoreRow& row) { return rule.starts_with(row.begin); });
    return found == std::end(rows) ? Part::infrastructure : found->part;
}

Score score(const std::vector<Judged>& found, std::size_t unread) {
    Tally tally;
    tally.errors = static_cast<int>(unread);
    tally.cost[static_cast<std::size_t>(Part::configuration)] = static_cast<int>(unread) * cost_of(Level::error);
    for (const Judged& one : found) tally.add(one);
    return tally.score();
}

std::vector<Gain> gains(const std::vector<Judged>& found, std::size_t most) {
    Tally whole;
    std::map<const Rule*, std::pair<Tally, std::size_t>> by_rule;
    for (const Judged& one : found) {
        whole.add(one);
        auto& [tally, count] = by_rule[one.rule];
        tally.add(one);
        ++count;
    }
    std::vector<Gain> all;
    for (const auto& [rule, counted] : by_rule) {
        const int points = whole.without(counted.first).score().total - whole.score().total;
        if (points > 0) all.push_back({std::string(rule->id), counted.second, points, counted.first.mended});
    }
    std::sort(all.begin(), all.end(), [](const Gain& a, const Gain& b) {
        if (a.is_safe != b.is_safe) return a.is_safe;
        const auto one = static_cast<std::size_t>(a.points) * b.findings;
        const auto other = static_cast<std::size_t>(b.points) * a.findings;
        return one != other ? one > other : a.rule < b.rule;
    });
    all.resize(std::min(all.size(), most));
    return all;
}

}
