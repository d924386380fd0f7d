#include "base/text.h"
#include "preflight/parts/conf_values.h"
#include "preflight/rules/env_lines.h"
#include "preflight/rules/groups.h"
#include <algorithm>
#include <fmt/format.h>
#include <optional>

// Tokens: how they are signed, and how long they live.
namespace fairlead::preflight {

namespace {

bool is_jwt_key(std::string_view name) { return is_one_of(name, {"JWT_SECRET", "JWT_SECRET_KEY"}); }

// Of the HMAC that the file names; RFC 7518 3.2: as long as its hash.
struct Hmac {
    std::string name;
    std::int64_t bytes;
};
Hmac hmac_of(const EnvValues& file, std::int64_t least) {
    for (const auto* name : {"JWT_ALGORITHM", "JWT_ALG", "ALGORITHM"})
        if (const auto* found = file.find(name)) {
            const auto algorithm = upper(found->value);
            if (algorithm == "HS384") return {algorithm, std::max<std::int64_t>(least, 48)};
            if (algorithm == "HS512") return {algorithm, std::max<std::int64_t>(least, 64)};
            if (!algorithm.starts_with("HS")) return {algorithm, 0};
        }
    return {"HS256", least};
}

void jwt_short(const EnvValues& file, const Project& project, Hits& hits) {
    const auto& all = file.all;
    const auto [algorithm, bytes] = hmac_of(file, project.settings.jwt_min_bytes);
    for (const auto& one : all)
        if (is_jwt_key(one.name) && is_set_here(one) && !is_placeholder(one.value) &&
            static_cast<std::int64_t>(one.value.size()) < bytes)
            hit_at(hits, one,
                   fmt::format("{} has {} bytes; {} needs {}; use {} random bytes or more", one.name, one.value.size(),
                               algorithm, bytes, bytes));
}

void jwt_algorithm(const EnvValues& file, const Project&, Hits& hits) {
    const auto& all = file.all;
    for (const auto& one : all) {
        if (!is_one_of(one.name, {"JWT_ALGORITHM", "JWT_ALG"})) continue;
        if (lower(one.value) == "none")
            hit_at(hits, one, fmt::format("{} is none; anyone can forge tokens; use HS256 or RS256", one.name));
        if (!upper(one.value).starts_with("HS")) continue;
        for (const auto& key : all)
            if (key.name.starts_with("JWT") && key.value.find("BEGIN PUBLIC KEY") != std::string::npos)
                hit_at(hits, one,
                       fmt::format("{} is {} with a public key; anyone with that key can sign; use RS256", one.name,
                                   one.value));
    }
}

// "900", "15m", "30 days", "1y": of jsonwebtoken's kind; a number alone counts in `unit`. Seconds.
std::optional<double> lifetime(std::string_view text, std::int64_t unit) {
    const auto end = std::min(text.find_first_not_of("0123456789."), text.size());
    const auto number = parse_number(text.substr(0, end));
    const std::string word = lower(trim(text.substr(end)));
    if (!number) return std::nullopt;
    struct Unit {
        std::initializer_list<std::string_view> names;
        double seconds;
    };
    constexpr double day = 86400;
    for (const Unit& one :
         {Unit{{"ms", "msec", "msecs", "millisecond", "milliseconds"}, 0.001},
          Unit{{"s", "sec", "secs", "second", "seconds"}, 1}, Unit{{"m", "min", "mins", "minute", "minutes"}, 60},
          Unit{{"h", "hr", "hrs", "hour", "hours"}, 3600}, Unit{{"d", "day", "days"}, day},
          Unit{{"w", "week", "weeks"}, 7 * day}, Unit{{"y", "yr", "yrs", "year", "years"}, 365.25 * day}})
        if (is_one_of(word, one.names)) return number.value() * one.seconds;
    return word.empty() ? std::optional(number.value() * static_cast<double>(unit)) : std::nullopt;
}

void jwt_expiry(const EnvValues& file, const Project& project, Hits& hits) {
    for (const auto& one : file.all) {
        const auto name = upper(one.name);
        const bool access = name.find("REFRESH") == name.npos &&
                            (name.starts_with("JWT_") || name.starts_with("ACCESS_TOKEN")) &&
                            (name.find("EXPIR") != name.npos || name.ends_with("TTL") || name.ends_with("LIFETIME"));
        if (!access) continue;
        const auto has = [&](std::string_view word) { return name.find(word) != name.npos; };
        const std::int64_t unit = has("MINUTE") ? 60 : has("HOUR") ? 3600 : has("DAY") ? 86400 : 1;
        const auto most = project.settings.jwt_expiry_max.count() / 1000;
        if (lifetime(one.value, unit).value_or(0) > static_cast<double>(most))
            hit_at(hits, one,
                   fmt::format("{} is {}; a stolen token works that long; {} seconds are enough with a refresh token",
                               short_name(one.name), short_name(one.value), most));
    }
}

}

std::span<const Rule> conf_token_rules() {
    static const Rule rules[] = {
        {"conf-jwt-short",
         "A token's key is shorter than its hash",
         always(Level::error),
         jwt_short,
         "RFC 7518 3.2 asks for a key with as many bytes as the hash; shorter keys have been guessed.",
         "openssl rand -base64 48",
         {},
         {"S2-72", "S2-76", "RFC 7518 3.2"}},
        {"conf-jwt-alg",
         "Tokens are not signed, or signed with a public key",
         always(Level::error),
         jwt_algorithm,
         "With the algorithm `none`, anyone can forge tokens. With HS256 and a public key as the secret, anyone who "
         "has the public key can.",
         "JWT_ALGORITHM=HS256 with a secret, or RS256",
         {},
         {"S1-140"}},
        {"conf-jwt-expiry",
         "A token is valid for a long time",
         always(Level::warning),
         jwt_expiry,
         "If a token is stolen, nobody can revoke it before it expires.",
         "JWT_EXPIRES_IN=900 and a refresh token",
         {},
         {"S2-72", "S2-103"}},
    };
    return rules;
}

}
