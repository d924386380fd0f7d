#include "attest/policy.h"
#include "sys/data/json.h"
#include "sys/digest.h"

namespace fairlead::attest {
namespace {

// Sorted by its keys, unlike sys::Json.
nlohmann::json canonical(const config::Value& value) { return nlohmann::json::parse(value.json(), nullptr, false); }

}

EvidenceSettings read_evidence_settings(const config::Config& config) {
    const auto section = config.root()["evidence"];
    EvidenceSettings settings;
    settings.key_env = section["key_env"].text(settings.key_env);
    settings.store = section["store"].text(settings.store);
    settings.is_there = section.present();
    return settings;
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
