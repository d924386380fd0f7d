// slow: an execution takes ten times as long as one of the others
#include "config/waivers.h"
#include "sys/files/files.h"
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <fstream>

using namespace fairlead;

// Bytes as the waivers of fairlead.yml: refused as wrong use with a message, or each one is whole and has its own id.
extern "C" int fuzz_config_waivers(const std::uint8_t* data, std::size_t size) {
    static const auto folder = sys::TemporaryFolder::make("fuzz ");
    static const auto now = parse_utc("2026-01-01T12:00:00Z");
    const auto path = folder->path() / "fairlead.yml";
    std::ofstream(path, std::ios::binary) << "waivers:\n"
                                          << std::string_view(reinterpret_cast<const char*>(data), size); // unsynced
    const sys::Environment variables({{"OWNER", "ada"}});
    config::LoadOptions options;
    options.path = path.string();
    options.folder = folder->path().string();
    options.environment = &variables;
    const auto config = config::load(options);
    if (!config) return 0; // fuzz_load_config's
    const auto waivers = config::read_waivers(config.value(), options.folder, *now);
    if (!waivers) {
        if (waivers.error().kind != Kind::usage || waivers.error().message.empty()) std::abort();
        return 0;
    }
    if (waivers->today != "2026-01-01") std::abort();
    for (const auto& waiver : waivers->all) {
        const auto same = [&](const report::Waiver& other) { return other.id == waiver.id; };
        if (waiver.id.empty() || std::count_if(waivers->all.begin(), waivers->all.end(), same) != 1) std::abort();
        if (waiver.rule.empty() || waiver.owner.empty() || waiver.reason.empty()) std::abort();
        if (waiver.expires.size() != 10 || waiver.expires[4] != '-') std::abort();
    }
    return 0;
}
