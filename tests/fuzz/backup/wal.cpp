// Names, histories and segments of WAL: a name that is one is written as it was; nothing else is taken for a time.
#include "backup/pitr/wal.h"
#include "backup/pitr/records.h"
#include "sys/stream/stream.h"
#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace fairlead;
using namespace fairlead::backup::pitr;

namespace {

class Bytes : public sys::Source {
  public:
    explicit Bytes(std::string_view bytes) : bytes_(bytes) {}
    Result<std::size_t> read(std::span<char> into) override {
        const auto count = bytes_.copy(into.data(), into.size());
        bytes_.remove_prefix(count);
        return count;
    }

  private:
    std::string_view bytes_;
};

}

extern "C" int fuzz_backup_wal(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto segment = parse_segment(text, usual_segment);
    if (segment && (segment_name(*segment, usual_segment) != text || !is_archived_name(text))) std::abort();
    if (const auto lsn = parse_lsn(text); lsn && parse_lsn(shown_lsn(*lsn)) != lsn) std::abort();
    const auto turns = read_history(text, "0000000A.history");
    if (turns.ok() && (turns->empty() || turns->back().timeline >= 10)) std::abort();
    // The same behind a head that is right, so that its records are reached.
    std::string page(text);
    if (page.size() >= 40) {
        page[2] = 2;
        page[3] = 0;
        std::fill_n(page.begin() + 36, 4, '\0');
        page[37] = 4; // pages of 1 KiB
    }
    for (const std::string_view whole : {text, std::string_view(page)}) {
        Bytes bytes(whole);
        const auto ended = read_times(bytes, "segment", SystemTime{});
        if (ended.ok() && ended->first.has_value() != ended->last.has_value()) std::abort();
    }
    return 0;
}
