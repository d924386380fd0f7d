#include "attest/policy.h"
#include "base/printable.h"
#include "config/believed.h"
#include "sys/data/json.h"
#include "sys/digest.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::attest {
namespace {

// Sorted by its keys, unlike sys::Json.
nlohmann::json canonical(const config::Value& value) { return nlohmann::json::parse(value.json(), nullptr, false); }

constexpr std::size_t longest_reason = 60;

Result<Key> key_at(const config::Config& config, const config::Value& place) {
    const auto pem = config::believed_file(config, place.text());
    if (!pem.ok()) return pem.error().kind == Kind::usage ? place.error(pem.error().message) : pem.error();
    auto key = read_key(pem.value(), place.text());
    if (!key.ok()) return place.error(key.error().message);
    return key;
}

auto find_same(std::vector<Key>& keys, const Key& key) {
    return std::find_if(keys.begin(), keys.end(), [&](const Key& one) { return one.key.id == key.key.id; });
}

Result<Key> revoked_key_at(const config::Config& config, const config::Value& revoked) {
    auto key = TRY(key_at(config, revoked["public_key"]));
    const auto since = parse_utc(revoked["since"].text() + "T00:00:00Z");
    if (!since) return revoked["since"].error("it is not a day; write it like 2026-03-31");
    key.before = key.before ? std::min(*key.before, *since) : *since;
    const auto reason = shortened(revoked["reason"].text(), longest_reason);
    key.name += reason.empty() ? " (revoked)" : fmt::format(" (revoked: {})", reason);
    return key;
}

}

EvidenceSettings read_evidence_settings(const config::Config& config) {
    const auto section = config.root()["evidence"];
    EvidenceSettings settings;
    settings.key_env = section["key_env"].text(settings.key_env);
    settings.store = section["store"].text(settings.store);
    settings.max_age = section["max_age"].duration(settings.max_age);
    settings.is_there = section.present();
    return settings;
}

Result<std::vector<Key>> read_evidence_keys(const config::Config& config, SystemTime now) {
    const auto section = config.root()["evidence"];
    std::vector<Key> keys;
    for (const auto& place : section["keys"].items()) {
        auto key = TRY(key_at(config, place));
        if (find_same(keys, key) != keys.end())
            return place.error(
                fmt::format("'{}' is the same key as another one of evidence.keys; remove it", one_line(key.name)));
        keys.push_back(std::move(key));
    }
    for (const auto& revoked : section["revoked"].items()) {
        auto key = TRY(revoked_key_at(config, revoked));
        const auto same = find_same(keys, key);
        if (same == keys.end() && *key.before > now) continue; // it never counted
        if (same == keys.end())
            keys.push_back(std::move(key));
        else if (!same->before || *key.before <= *same->before)
            *same = std::move(key);
    }
    return keys;
}

Result<std::string> policy_digest(const config::Config& config, std::string_view tool, std::string_view environment,
                                  const std::map<std::string, std::string>& given) {
    const auto written = TRY(config::as_written(config));
    const auto root = written.root();
    nlohmann::json policy = {{"tool", tool},
                             {"environment", environment},
                             {"section", canonical(written.section(tool, environment))},
                             {"waivers", canonical(root["waivers"])},
                             {"max_waiver_days", canonical(root["max_waiver_days"])}};
    if (!environment.empty()) {
        policy["profile"] = config::name_of(written.profile(environment));
        policy["url"] = canonical(written.environment(environment)["url"]);
    }
    if (!given.empty()) policy["given"] = given;
    return sys::sha256(policy.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}
