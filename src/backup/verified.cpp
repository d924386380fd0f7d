#include "backup/verified.h"
#include "sys/data/json.h"
#include <algorithm>

namespace fairlead::backup {

bool Verdict::passed() const {
    return std::all_of(levels.begin(), levels.end(), [](const Level& one) { return one.passed; });
}

int Verdict::level() const { return levels.empty() ? 0 : levels.back().level; }

Result<void> keep_verdict(Store& store, const Verdict& verdict) {
    sys::Json levels = sys::Json::array();
    for (const Level& one : verdict.levels)
        levels.push_back({{"level", one.level},
                          {"passed", one.passed},
                          {"failure", one.failure},
                          {"took_ms", one.took.count()},
                          {"bytes", one.bytes}});
    const sys::Json json = {{"schema", 1},
                            {"id", verdict.id},
                            {"host", verdict.host},
                            {"at", format_utc(verdict.at)},
                            {"passed", verdict.passed()},
                            {"restored_in_ms", verdict.restored_in.count()},
                            {"levels", std::move(levels)}};
    const std::string name = verification_name(verdict.id, {verdict.at, verdict.level(), verdict.passed()});
    TRY_VOID(store.remove(name)); // of the same second
    return store.write(name, sys::dump_json(json, 1) + "\n");
}

Result<std::optional<Milliseconds>> last_restore_time(Store& store, const Found& found) {
    constexpr int by_restore = 4;
    constexpr std::size_t longest = 1u << 20;
    const Set* of = nullptr;
    Verification newest;
    for (const Set& set : found.sets)
        for (const Verification& one : set.verifications)
            if (one.level == by_restore && one.passed && (of == nullptr || one.at > newest.at)) of = &set, newest = one;
    if (of == nullptr) return std::optional<Milliseconds>();
    const std::string name = verification_name(of->id, newest);
    const std::string text = TRY(store.read(name, longest));
    const auto json = sys::parse_json(text, name);
    if (!json.ok() || !json->is_object()) return std::optional<Milliseconds>();
    const auto took = json->find("restored_in_ms");
    if (took == json->end() || !took->is_number_unsigned()) return std::optional<Milliseconds>();
    constexpr std::int64_t percent = 110, whole = 100, longest_ms = 1LL << 50;
    return std::optional(Milliseconds{std::min(took->get<std::int64_t>(), longest_ms) * percent / whole});
}

}
