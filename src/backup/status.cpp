#include "backup/status.h"
#include "base/words.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace fairlead::backup {
namespace {

// The last verification that passed, of whatever set.
std::optional<SystemTime> last_verification(const Found& found, int level) {
    std::optional<SystemTime> last;
    for (const Set& set : found.sets)
        if (const auto one = set.verified(level); one && (!last || one->at > *last)) last = one->at;
    return last;
}

void judge(Standing& standing, const Wanted& wanted) {
    const auto fail = [&](std::string why) { standing.failures.push_back(std::move(why)); };
    const Milliseconds none{0};
    if (standing.newest == nullptr)
        return fail(
            standing.others.empty()
                ? "there is no set"
                : fmt::format("there is no set, but there are sets of {}: say --app or --env", standing.others));
    if (const auto failed = standing.newest->failed())
        fail(fmt::format("the newest set, {}, failed its verification (level {}); run fairlead-backup run",
                         standing.newest->id, failed->level));
    if (*standing.age < none)
        fail("the newest set is dated in the future: the clock here is behind, or was ahead; run: timedatectl");
    if (wanted.max_age > none && *standing.age > wanted.max_age)
        fail(fmt::format("the newest set is {} old, and max_age is {}", shown_age(*standing.age),
                         format_duration(wanted.max_age)));
    if (wanted.max_unverified > none && !standing.since_verified)
        fail(standing.unsigned_results == 0
                 ? "no set was ever verified; run fairlead-backup verify"
                 : fmt::format("no set has a verification that a key of backup.sign.trust signed ({} without such a "
                               "signature); run "
                               "fairlead-backup verify where the variable of backup.sign.key_env is set",
                               counted(standing.unsigned_results, "set was verified", "sets were verified")));
    if (wanted.max_unverified > none && standing.since_verified && *standing.since_verified > wanted.max_unverified)
        fail(fmt::format("the last verification was {} ago, and at most {} is allowed",
                         shown_age(*standing.since_verified), format_duration(wanted.max_unverified)));
    if (wanted.rpo > none && (!standing.rpo || *standing.rpo > wanted.rpo))
        fail(standing.rpo
                 ? fmt::format("the newest verified set is {} old, and rpo is {}", shown_age(*standing.rpo),
                               format_duration(wanted.rpo))
                 : fmt::format("no set is verified, so nothing shows that rpo {} holds", format_duration(wanted.rpo)));
    if (wanted.rto > none && standing.rto && *standing.rto > wanted.rto)
        fail(fmt::format("a restore takes {}, and rto is {}", shown_age(*standing.rto), format_duration(wanted.rto)));
    if (wanted.rto > none && !standing.rto)
        fail(fmt::format("no restore was measured, so nothing shows that rto {} holds; run fairlead-backup verify "
                         "--level 4",
                         format_duration(wanted.rto)));
}

std::string label(const std::string& text) {
    std::string escaped;
    for (const char c : text) {
        if (c == '"' || c == '\\') escaped += '\\';
        escaped += c == '\n' ? ' ' : c;
    }
    return escaped;
}

}

Standing standing_of(const Found& found, const Wanted& wanted, std::optional<Milliseconds> rto, SystemTime now) {
    Standing standing;
    standing.count = found.sets.size();
    standing.unfinished = found.unfinished.size();
    standing.rto = rto;
    standing.others = found.others;
    for (const Set& set : found.sets) {
        standing.bytes += set.bytes();
        if (set.has_unsigned && !set.verified(wanted.level)) ++standing.unsigned_results;
    }
    if (!found.sets.empty()) {
        standing.newest = &found.sets.front();
        standing.age = now - standing.newest->time;
    }
    const auto verified = std::find_if(found.sets.begin(), found.sets.end(),
                                       [&](const Set& set) { return set.verified(wanted.level).has_value(); });
    if (verified != found.sets.end()) {
        standing.newest_verified = &*verified;
        standing.rpo = now - verified->time;
    }
    if (const auto last = last_verification(found, wanted.level)) standing.since_verified = now - *last;
    judge(standing, wanted);
    return standing;
}

void judge_sources(Standing& standing, std::span<const SourceTimes> sources, const Wanted& wanted, SystemTime now) {
    const auto fail = [&](std::string why) { standing.failures.push_back(std::move(why)); };
    const auto fits = [](Milliseconds age, Milliseconds most) { return most.count() == 0 || age <= most; };
    const bool is_young = fits(*standing.age, wanted.max_age); // else all of it is told to be too old
    const bool is_proven = standing.rpo && fits(*standing.rpo, wanted.rpo);
    for (const SourceTimes& one : sources) {
        if (!one.newest) {
            fail(fmt::format("no set holds source '{}'; run fairlead-backup run", one.name));
            standing.rpo.reset();
            continue;
        }
        if (is_young && !fits(now - *one.newest, wanted.max_age))
            fail(fmt::format("the newest set with source '{}' is {} old, and max_age is {}", one.name,
                             shown_age(now - *one.newest), format_duration(wanted.max_age)));
        if (is_proven && wanted.rpo.count() > 0 && !(one.verified && fits(now - *one.verified, wanted.rpo)))
            fail(fmt::format("source '{1}': {0}, and rpo is {2}",
                             one.verified
                                 ? fmt::format("the newest verified set is {} old", shown_age(now - *one.verified))
                                 : "there is no verified set",
                             one.name, format_duration(wanted.rpo)));
        if (!one.verified) standing.rpo.reset();
        if (standing.rpo) standing.rpo = std::max(*standing.rpo, Milliseconds(now - *one.verified));
    }
}

std::string shown_past(Milliseconds age) {
    return age.count() < 0 ? shown_age(-age) + " ahead of this clock" : shown_age(age) + " old";
}

std::string shown_verification(const Set& set, int level, SystemTime now) {
    if (const auto failed = set.failed())
        return fmt::format("FAILED {} ago (level {})", shown_age(now - failed->at), failed->level);
    const auto verified = set.verified(level);
    if (!verified) return set.has_unsigned ? "not verified: no trusted key signed the result" : "not verified";
    return fmt::format("verified {} ago (level {})", shown_age(now - verified->at), verified->level);
}

std::string shown_age(Milliseconds age) {
    constexpr std::int64_t second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;
    const auto count = age.count();
    if (count < 2 * minute) return fmt::format("{} s", count / second);
    if (count < 2 * hour) return fmt::format("{} min", count / minute);
    return count < 2 * day ? fmt::format("{} h", count / hour) : fmt::format("{} days", count / day);
}

sys::Json seconds_of(std::optional<Milliseconds> duration) {
    if (!duration) return {};
    return std::chrono::duration_cast<std::chrono::seconds>(*duration).count();
}

namespace {

std::optional<double> seconds(std::optional<Milliseconds> duration) {
    if (!duration) return {};
    return std::chrono::duration<double>(*duration).count();
}

struct Gauge {
    const char* name;
    const char* help;
    std::optional<double> (*of)(const Standing& standing); // nothing: it isn't known
};
constexpr Gauge gauges[] = {
    {"sets", "Complete sets in the store.",
     [](const Standing& one) { return std::optional(static_cast<double>(one.count)); }},
    {"bytes", "Bytes of all sets.", [](const Standing& one) { return std::optional(static_cast<double>(one.bytes)); }},
    {"age_seconds", "Age of the newest set.", [](const Standing& one) { return seconds(one.age); }},
    {"since_verified_seconds", "Time since a verification passed.",
     [](const Standing& one) { return seconds(one.since_verified); }},
    {"rpo_seconds", "RPO: the age of the data that would be lost at most.",
     [](const Standing& one) { return seconds(one.rpo); }},
    {"rto_seconds", "RTO: the measured time of a restore, and 10 %.",
     [](const Standing& one) { return seconds(one.rto); }},
    {"ok", "Whether all checks passed.",
     [](const Standing& one) { return std::optional(one.failures.empty() ? 1.0 : 0.0); }},
};

}

std::string open_metrics(std::span<const Measured> all, const std::string& app) {
    std::string text;
    for (const Gauge& gauge : gauges) {
        std::string samples;
        for (const Measured& one : all) {
            const auto source = one.source.empty() ? "" : fmt::format(",source=\"{}\"", label(one.source));
            if (const auto value = gauge.of(one.standing))
                samples +=
                    fmt::format("fairlead_backup_{}{{app=\"{}\"{}}} {}\n", gauge.name, label(app), source, *value);
        }
        if (!samples.empty())
            text += fmt::format("# TYPE fairlead_backup_{0} gauge\n# HELP fairlead_backup_{0} {1}\n{2}", gauge.name,
                                gauge.help, samples);
    }
    return text + "# EOF\n";
}

}
