#include "backup/pitr/records.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup::pitr {
namespace {

constexpr std::size_t short_head = 24, long_head = 40, record_head = 24, alignment = 8;
constexpr std::size_t smallest_page = 1u << 10, largest_page = 64u << 10;
constexpr std::size_t longest_wanted = 1u << 20; // of a transaction's end with all that it dropped
constexpr unsigned char transactions = 1;        // the resource manager of commits and aborts
constexpr unsigned long_first = 2;               // flag of a page: its head is a long one

std::uint64_t number(std::string_view bytes, std::size_t at, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = size; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

std::size_t aligned(std::size_t size) { return (size + alignment - 1) / alignment * alignment; }

// Since 2000-01-01 in microseconds.
std::optional<SystemTime> time_of(std::string_view main) {
    constexpr std::int64_t epoch_s = 946'684'800, micro = 1'000'000, latest_s = 300ll * 366 * 86'400;
    if (main.size() < sizeof(std::int64_t)) return {};
    const auto since = static_cast<std::int64_t>(number(main, 0, sizeof(std::int64_t)));
    if (since < 0 || since / micro > latest_s) return {};
    return SystemTime(Milliseconds{epoch_s * 1000 + since / 1000});
}

// Of a commit or an abort, prepared ones too.
std::optional<SystemTime> end_of_transaction(std::string_view record) {
    constexpr unsigned char what = 0x70, prepare = 0x10, last_end = 0x40;
    const auto info = static_cast<unsigned char>(record[16]) & what;
    if (static_cast<unsigned char>(record[17]) != transactions || info == prepare || info > last_end) return {};
    auto rest = record.substr(record_head);
    while (!rest.empty()) {
        const auto id = static_cast<unsigned char>(rest[0]);
        constexpr unsigned char of_short = 255, of_long = 254, of_origin = 253, of_top = 252;
        std::size_t head = 0;
        if (id == of_short) head = 2;
        if (id == of_long) head = 5;
        if (head > 0) return time_of(rest.substr(std::min(head, rest.size())));
        if (id != of_origin && id != of_top) return {}; // of a block: these records have none
        rest.remove_prefix(std::min<std::size_t>(id == of_origin ? 3 : 5, rest.size()));
    }
    return {};
}

class Reader {
  public:
    explicit Reader(std::optional<SystemTime> moment) : moment_(moment) {}

    // False: nothing more of this cluster's writing follows.
    Result<bool> take_page(std::string_view page) {
        const auto info = number(page, 2, 2);
        const std::uint64_t address = number(page, 8, 8);
        const bool is_first = pages_++ == 0;
        if (!is_first && address != expected_) return false;
        expected_ = address + page.size();
        std::size_t at = info & long_first ? long_head : short_head;
        const std::size_t remaining = number(page, 16, 4);
        if (is_first) { // what goes on here began in the segment before
            skipped_ = aligned(remaining);
        } else if (collected_.empty() && skipped_ == 0 && remaining > 0) {
            return false;
        }
        while (at < page.size())
            if (!take_some(page, at)) return false;
        return true;
    }
    const Ended& ended() const { return ended_; }

  private:
    // Some bytes of the record at `at`. False: there is none.
    bool take_some(std::string_view page, std::size_t& at) {
        const std::size_t left = page.size() - at;
        if (skipped_ > 0) {
            const std::size_t some = std::min(skipped_, left);
            skipped_ -= some;
            at += some;
            return true;
        }
        if (collected_.empty() && left < 4) return at = page.size(), true;
        const std::size_t whole = collected_.size() >= 4 ? number(collected_, 0, 4) : number(page, at, 4);
        if (whole < record_head) return false;
        const bool is_long = whole > longest_wanted;
        const std::size_t wanted = (is_long ? record_head : whole) - collected_.size();
        const std::size_t some = std::min(wanted, left);
        collected_.append(page, at, some);
        at += some;
        if (some < wanted) return true;
        if (!is_long) look_at(collected_);
        skipped_ = aligned(whole) - (is_long ? record_head : whole);
        collected_.clear();
        return true;
    }

    void look_at(std::string_view record) {
        const auto time = end_of_transaction(record);
        if (!time) return;
        if (!ended_.first) ended_.first = time;
        ended_.last = time;
        if (moment_ && *time > *moment_ && !ended_.beyond) ended_.beyond = time;
    }

    std::optional<SystemTime> moment_;
    std::size_t pages_ = 0, skipped_ = 0;
    std::uint64_t expected_ = 0;
    std::string collected_; // of a record that isn't whole yet
    Ended ended_;
};

}

Result<Ended> read_times(sys::Source& segment, const std::string& name, std::optional<SystemTime> moment) {
    std::string page(long_head, '\0');
    const auto broken = [&] { return no(fmt::format("'{}' is no segment of PostgreSQL's WAL", name)); };
    if (TRY(sys::read_fully(segment, page)) < long_head || !(number(page, 2, 2) & long_first)) return broken();
    const std::size_t size = number(page, 36, 4);
    if (size < smallest_page || size > largest_page || (size & (size - 1)) != 0) return broken();
    page.resize(size);
    if (TRY(sys::read_fully(segment, std::span(page).subspan(long_head))) < size - long_head) return broken();
    Reader reader(moment);
    bool goes_on = true;
    for (std::size_t read = size; read == size;) {
        if (goes_on) goes_on = TRY(reader.take_page(page));
        read = TRY(sys::read_fully(segment, page)); // to the end: only there its checksum is known
    }
    return reader.ended();
}

}
