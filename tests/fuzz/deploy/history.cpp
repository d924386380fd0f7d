// slow: an execution takes ten times as long as one of the others
#include "deploy/record/record.h"
#include "sys/data/json.h"
#include <cstdint>
#include <cstdlib>

using namespace fairlead::deploy;

extern "C" int fuzz_deploy_history(const std::uint8_t* data, std::size_t size) {
    const auto history = parse_history({reinterpret_cast<const char*>(data), size}, "history.jsonl");
    if (!history.ok()) return 0;
    const auto twice = parse_history({reinterpret_cast<const char*>(data), size}, "history.jsonl", history.value());
    if (!twice.ok() || twice->records.size() != 2 * history->records.size()) std::abort();
    for (const auto& record : history->records) {
        if (!parse_history(fairlead::sys::dump_json(to_json(record)) + "\n", "history.jsonl").ok()) std::abort();
    }
    return 0;
}
