// Bytes as fairlead.yml: refused as wrong use with a message, or read into settings that keep what rows promise.
#include "backup/settings.h"
#include "config/change.h"
#include "config/config.h"
#include <cstdint>
#include <cstdlib>
#include <string>

using namespace fairlead;

extern "C" int fuzz_backup_settings(const std::uint8_t* data, std::size_t size) {
    if (size > 2000) return 0; // what was registered as a secret stays
    const sys::Environment variables({{"A", "1"}, {"B", "two"}});
    const config::Change change;
    const auto loaded = config::load_text(
        "version: 1\nbackup:\n  " + std::string(reinterpret_cast<const char*>(data), size), "fairlead.yml",
        {.path = {},
         .folder = ".",
         .environment = &variables,
         .environment_name = {},
         .tool = "backup",
         .fields = backup::settings_rows().fields(),
         .change = &change});
    if (!loaded.ok()) {
        if (loaded.error().kind != Kind::usage || loaded.error().message.empty()) std::abort();
        return 0;
    }
    const auto read = backup::read_settings(loaded.value().section("backup"));
    if (!read.ok()) {
        if (read.error().message.empty()) std::abort();
        return 0;
    }
    const backup::Settings& settings = read.value();
    if (settings.rpo.count() < 0 || settings.rto.count() < 0) std::abort();
    if (settings.verify.level < 1 || settings.verify.level > 4) std::abort();
    const auto& keep = settings.keep;
    for (const std::int64_t count : {keep.days, keep.last, keep.daily, keep.weekly, keep.monthly, keep.yearly})
        if (count < 0) std::abort();
    for (const auto& source : settings.sources)
        if (source.name.empty() || source.name.find_first_of("/. \n") != std::string::npos) std::abort();
    static_cast<void>(settings.compression());
    return 0;
}
