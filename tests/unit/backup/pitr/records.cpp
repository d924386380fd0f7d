#include "backup/pitr/records.h"
#include "support/catch.h"
#include "unit/backup/pitr/bases.h"
#include "unit/sys/stream/streams.h"
#include <algorithm>

using namespace fairlead;
using namespace fairlead::backup;
using namespace fairlead::backup::pitr;
using fairlead::test::at;

namespace {

void put(std::string& into, std::size_t at, std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) into[at + i] = static_cast<char>(value >> (8 * i));
}

// Pages of 8 KiB; records flow over their heads.
class Log {
  public:
    void record(unsigned manager, unsigned info, std::string body) {
        std::string head(24, '\0');
        put(head, 0, head.size() + body.size(), 4);
        head[16] = static_cast<char>(info);
        head[17] = static_cast<char>(manager);
        append(head + body);
    }
    // A commit at so many seconds of 2000; with `before` as an origin's mark stands before its data.
    void commit(std::uint64_t seconds, unsigned info = 0, const std::string& before = {}, std::size_t more = 0) {
        std::string data(8 + more, '\0');
        put(data, 0, seconds * 1'000'000, 8);
        std::string head(data.size() < 256 ? 2 : 5, '\0');
        head[0] = static_cast<char>(data.size() < 256 ? 255 : 254);
        put(head, 1, data.size(), head.size() - 1);
        record(1, info, before + head + data);
    }
    std::string bytes() const {
        std::string all = bytes_;
        all.resize((all.size() + 8191) / 8192 * 8192 + 8192, '\0');
        return all;
    }

  private:
    void append(std::string_view text) {
        const auto whole = text.size();
        while (!text.empty()) {
            if (bytes_.size() % 8192 == 0) page(text.size() == whole ? 0 : text.size());
            const auto some = std::min<std::size_t>(text.size(), 8192 - bytes_.size() % 8192);
            bytes_.append(text.substr(0, some));
            text.remove_prefix(some);
        }
        bytes_.resize((bytes_.size() + 7) / 8 * 8, '\0');
    }
    void page(std::size_t remaining) {
        std::string head(bytes_.empty() ? 40 : 24, '\0');
        put(head, 0, 0xD110, 2);
        put(head, 2, bytes_.empty() ? 2 : 0, 2);
        put(head, 8, 0x3000000 + bytes_.size(), 8);
        put(head, 16, remaining, 4);
        if (bytes_.empty()) put(head, 32, 16u << 20, 4), put(head, 36, 8192, 4);
        bytes_ += head;
    }
    std::string bytes_;
};

Result<Ended> times(const std::string& bytes, std::optional<SystemTime> moment = {}) {
    sys::test::TextSource text(bytes);
    return read_times(text, "segment", moment);
}

}

TEST_CASE("a segment tells when transactions ended in it") {
    Log log;
    log.record(0, 0x10, std::string(100, 'x'));
    log.commit(1000);
    log.record(10, 0, std::string(9000, 'y')); // over a page's end
    log.commit(1010, 0x80);
    log.record(0, 0, std::string(3u << 20, 'z')); // longer than what is kept
    log.commit(1020, 0x20, std::string("\xFD\0\0", 3));
    log.commit(1030, 0x10);            // prepares
    log.commit(1040, 0, {}, 8000);     // with what it dropped
    log.record(1, 0x50, "assignment"); // no end
    const auto all = times(log.bytes());
    REQUIRE(all.ok());
    CHECK(all->first == at(1000));
    CHECK(all->last == at(1040));
    CHECK_FALSE(all->beyond);
    CHECK(times(log.bytes(), at(1010))->beyond == at(1020));
    CHECK(times(log.bytes(), at(1015))->beyond == at(1020));
    CHECK(times(log.bytes(), at(1025))->beyond == at(1040)); // what prepares at 1030 has not ended
    CHECK_FALSE(times(log.bytes(), at(1040))->beyond);
}

TEST_CASE("what is no segment is told, and what was left in a segment of before is not read") {
    CHECK_FALSE(times("").ok());
    CHECK_FALSE(times(std::string(20000, '\0')).ok());
    CHECK_FALSE(times(std::string(20000, '\xff')).ok());
    Log log;
    log.commit(1000);
    auto bytes = log.bytes();
    Log older;
    older.record(10, 0, std::string(8200, 'y'));
    older.commit(2000);
    auto old = older.bytes().substr(8192, 8192);
    put(old, 8, 0x1002000, 8);
    const auto all = times(bytes.substr(0, 8192) + old);
    REQUIRE(all.ok());
    CHECK(all->last == at(1000));
}
