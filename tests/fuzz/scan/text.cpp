#include "base/secrets/secret.h"
#include "base/suppress.h"
#include "report/baseline.h"
#include "scan/engine.h"
#include "scan/ignore_list.h"
#include "scan/range.h"
#include <cstdint>
#include <cstdlib>

using namespace fairlead;
using namespace fairlead::scan;

// Everything that scan reads from strangers: texts, comments, ignore lists, baselines, ranges. Hits must lie in the
// text, in order, apart from each other.
extern "C" int fuzz_scan_text(const std::uint8_t* data, std::size_t size) {
    static Engine engine = Engine::make({rules().begin(), rules().end()}, {}).value();
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    auto hits = engine.find(text);
    if (!hits.ok()) std::abort();
    std::size_t end = 0;
    for (const Hit& hit : hits.value()) {
        if (hit.begin < end || hit.end <= hit.begin || hit.end > text.size()) std::abort();
        end = hit.end;
    }
    covering(find_suppressions(text), "jwt", 1, 2, "2026-01-01");
    IgnoreList list = IgnoreList::parse(text);
    list.covers("", "a", "jwt", 1);
    list.complaints(IgnoreList::Scanned::whole_tree);
    if (const auto baseline = report::Baseline::parse(text, "fuzz", "2026-01-31");
        baseline.ok() && baseline.value().knows(""))
        return 0;
    if (const auto range = parse_range(text); range.ok() && range.value().base.starts_with('-')) std::abort();
    return 0;
}
