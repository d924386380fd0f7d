// slow: an execution takes ten times as long as one of the others
// Bytes as fairlead.yml: refused as wrong use with a message, or read into settings that keep what rows promise.
#include "migrate/settings.h"
#include "config/change.h"
#include "config/config.h"
#include <cstdint>
#include <cstdlib>
#include <string>

using namespace fairlead;

extern "C" int fuzz_migrate_settings(const std::uint8_t* data, std::size_t size) {
    const sys::Environment variables({{"A", "1"}, {"B", "two"}});
    const config::Change change;
    const auto loaded = config::load_text(
        "version: 1\nmigrate:\n  " + std::string(reinterpret_cast<const char*>(data), size), "fairlead.yml",
        {.path = {},
         .folder = ".",
         .environment = &variables,
         .environment_name = {},
         .tool = "migrate",
         .fields = migrate::settings_rows().fields(),
         .change = &change});
    if (!loaded.ok()) {
        if (loaded.error().kind != Kind::usage || loaded.error().message.empty()) std::abort();
        return 0;
    }
    migrate::Settings settings;
    const auto read = migrate::settings_rows().read(loaded.value().section("migrate"), settings);
    if (!read.ok()) {
        if (read.error().message.empty()) std::abort();
        return 0;
    }
    for (const auto& [rule, level] : settings.rules)
        if (!rule.starts_with("mig-") || (level != "off" && level != "info" && level != "warning" && level != "error"))
            std::abort();
    if (settings.postgres < 0 || settings.lock_timeout.count() < 0) std::abort();
    return 0;
}
