#include "preflight/settings.h"
#include "config/rule_levels.h"
#include "preflight/rows/form.h"
#include "preflight/rows/row.h"
#include "preflight/rule.h"
#include "preflight/run.h"
#include <fmt/format.h>

namespace fairlead::preflight {

namespace {

std::span<const Field> rule_fields() {
    static const auto fields = config::level_fields(all_rules());
    return fields;
}

Result<void> read_own(const config::Value& list, Settings& into) {
    std::vector<RuleRow> rows;
    for (const auto& one : list.items()) {
        TRY_VOID(rule_rows().read(one, rows.emplace_back()));
        if (find_rule(rows.back().id))
            return one["id"].error(
                fmt::format("rule {} is one of Fairlead's rules; give your rule another id", rows.back().id));
    }
    into.own_rules = TRY(to_rules(std::move(rows)));
    return {};
}

}

std::vector<std::string> own_rule_ids(const config::Value& section) {
    std::vector<std::string> ids;
    for (const auto& row : section["own_rules"].items()) ids.push_back(row["id"].text());
    return ids;
}

const config::Rows<Settings>& settings_rows() {
    static const config::Rows<Settings> rows = {
        {"rules",
         {Type::map, config::read_levels<Settings>, rule_fields()},
         "A rule's level, whatever the profile says."},
        {"own_rules", {Type::map_list, read_own, rule_rows().fields()}, "Rules of your own."},
        {"exclude", &Settings::exclude, "Globs of files that are not judged."},
        {"secret_min",
         {&Settings::secret_min, Type::positive},
         "Minimum number of characters in an application's secret key."},
        {"jwt_min_bytes", {&Settings::jwt_min_bytes, Type::positive}, "Minimum number of bytes in a key of HS256."},
        {"jwt_expiry_max", &Settings::jwt_expiry_max, "How long an access token may be valid."},
        {"hsts_min", &Settings::hsts_min, "Minimum time for which browsers must keep to https."},
        {"cert_days", {&Settings::cert_days, Type::positive}, "Days that a certificate must still be valid."},
        {"secret_days",
         {&Settings::secret_days, Type::positive},
         "Days after which a secret of secrets.dates.yml is old."},
        {"allowed_bases", &Settings::allowed_bases, "Globs of images that FROM may name; default: any."},
        {"required_vars", &Settings::required_vars, "Variables that every environment must set."},
        {"frontends", &Settings::frontends, "Prefixes of variables that a bundler puts into the browser's files."},
        {"sqlite", &Settings::sqlite, "Whether SQLite may serve production.", {.allowed = {"refused", "allowed"}}},
        {"tls",
         &Settings::tls,
         "Where TLS ends: here, or at a balancer that isn't judged.",
         {.allowed = {"here", "outside"}}},
        {"env_files", &Settings::env_files, "The environment's env files; default: the files with its name."},
        {"compose_files", &Settings::compose_files, "Compose files, merged in order; default: as compose finds them."},
        {"env_dialect",
         &Settings::env_dialect,
         "The program that reads the env files; default: taken from the files that use them.",
         {.allowed = {"compose", "docker", "systemd", "dotenv", "node", "shell"}}},
        {"signers", &Settings::signers,
         "Who may sign items of checklists, as NAME <MAIL>, MAIL or @HANDLE; default: CODEOWNERS."},
        {"signer_keys",
         &Settings::signer_keys,
         "Public keys (PEM, Ed25519) that seal sign-offs; default: no seal is required.",
         {.believed = true}},
        {"four_eyes", &Settings::four_eyes, "The author of the change may not sign it."},
    };
    return rows;
}

std::span<const config::Milder> milder() {
    using When = config::Milder::When;
    static constexpr config::Milder rows[] = {
        {"rules.*", When::changed},       {"own_rules", When::changed},     {"exclude", When::added},
        {"secret_min", When::lower},      {"jwt_min_bytes", When::lower},   {"jwt_expiry_max", When::higher},
        {"hsts_min", When::lower},        {"cert_days", When::lower},       {"secret_days", When::higher},
        {"allowed_bases", When::added},   {"required_vars", When::removed}, {"frontends", When::changed},
        {"sqlite", When::changed},        {"tls", When::changed},           {"env_files", When::changed},
        {"compose_files", When::changed}, {"env_dialect", When::changed},   {"signers", When::changed},
        {"signer_keys", When::changed},   {"four_eyes", When::changed},
    };
    return rows;
}

}
