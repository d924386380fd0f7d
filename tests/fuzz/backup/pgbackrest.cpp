// What pgBackRest answers: whatever it is, it is read or refused; a label is one, a listing has each segment once, and
// nothing passes that `verify` doesn't name.
#include "backup/pgbackrest/program.h"
#include "backup/pgbackrest/stanza.h"
#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace fairlead;
using namespace fairlead::backup::pgbackrest;

extern "C" int fuzz_backup_pgbackrest(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::string label = "20260131-101500F";
    const auto segment = parse_segment(text, usual_segment);
    if (segment && segment_name(*segment, usual_segment) != text) std::abort();
    const auto turns = read_history(text, "0000000A.history");
    if (turns.ok() && (turns->empty() || turns->back().timeline >= 10)) std::abort();
    const auto stanza = read_info(text, "shop");
    if (stanza.ok())
        for (const auto& backup : stanza->backups)
            if (!is_label(backup.label)) std::abort();
    if (const auto listing = read_listing(text); listing.ok()) {
        auto segments = listing->segments;
        const auto order = [](const Segment& a, const Segment& b) {
            return a.timeline != b.timeline ? a.timeline < b.timeline : a.number < b.number;
        };
        std::sort(segments.begin(), segments.end(), order);
        if (std::adjacent_find(segments.begin(), segments.end()) != segments.end()) std::abort();
    }
    if (read_verified(text, label).passed && text.find(label) == text.npos) std::abort();
    if (read_error(text, 1).size() > 10'000) std::abort();
    (void)read_version(text);
    return 0;
}
