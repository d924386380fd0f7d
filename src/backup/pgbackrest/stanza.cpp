#include "backup/pgbackrest/stanza.h"
#include "base/printable.h"
#include "base/text.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup::pgbackrest {
namespace {

std::uint64_t number(const sys::Json* value) {
    return value != nullptr && value->is_number_unsigned() ? value->get<std::uint64_t>() : 0;
}

std::string text(const sys::Json* value) {
    return value != nullptr && value->is_string() ? printable(value->get<std::string>()) : std::string();
}

SystemTime time_of(const sys::Json* value) {
    constexpr std::uint64_t latest = 253'402'300'799; // 9999
    return SystemTime(std::chrono::seconds(std::min(number(value), latest)));
}

BackupInfo backup_of(const sys::Json& json) {
    const auto at = [&](const char* pointer) { return sys::json_pointer(json, pointer); };
    BackupInfo backup;
    backup.label = text(at("/label"));
    backup.type = text(at("/type"));
    backup.repository = static_cast<int>(std::clamp<std::uint64_t>(number(at("/database/repo-key")), 1, 256));
    backup.started = time_of(at("/timestamp/start"));
    backup.stopped = time_of(at("/timestamp/stop"));
    backup.bytes = number(at("/info/size"));
    backup.stored = number(at("/info/repository/size"));
    backup.first = text(at("/archive/start"));
    backup.last = text(at("/archive/stop"));
    backup.start_lsn = text(at("/lsn/start"));
    backup.stop_lsn = text(at("/lsn/stop"));
    const auto* error = at("/error");
    backup.has_error = error != nullptr && error->is_boolean() && error->get<bool>();
    if (const auto* notes = at("/annotation"); notes != nullptr && notes->is_object())
        for (const auto& [key, value] : notes->items())
            if (value.is_string()) backup.annotations[key] = value.get<std::string>();
    return backup;
}

bool are_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "20260131-101500" and one of these letters.
bool is_moment(std::string_view text, std::string_view letters) {
    constexpr std::size_t date = 8, time = 6;
    return text.size() == date + 1 + time + 1 && are_digits(text.substr(0, date)) && text[date] == '-' &&
           are_digits(text.substr(date + 1, time)) && letters.find(text.back()) != letters.npos;
}

// "15-1/0000000100000000/000000010000000000000003-SHA1.zst" -> its last part
std::string_view file_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

constexpr std::size_t segment_digits = 24, log_digits = 16, timeline_digits = 8;

// Logs that are full end with their highest segment, so that tells how many there are in each.
std::uint64_t bytes_of_segment(const std::vector<std::string>& names) {
    std::map<std::string, std::uint64_t> highest; // by timeline and log
    for (const auto& name : names) {
        const auto segment = parse_segment(name, usual_segment); // none where the log has more of them
        auto& most = highest[name.substr(0, log_digits)];
        most = std::max(most, segment ? segment->number & 0xFFU : 0xFFU);
    }
    std::uint64_t most = 0;
    for (auto one = highest.begin(); one != highest.end(); ++one) {
        const auto next = std::next(one);
        const bool is_full =
            next != highest.end() && next->first.substr(0, timeline_digits) == one->first.substr(0, timeline_digits);
        if (is_full) most = std::max(most, one->second);
    }
    const auto each = most + 1;
    return each < 4 || (each & most) != 0 ? usual_segment : (std::uint64_t{1} << 32) / each;
}

}

bool is_label(std::string_view text) {
    const auto line = text.find('_');
    if (line == text.npos) return is_moment(text, "F");
    return is_moment(text.substr(0, line), "F") && is_moment(text.substr(line + 1), "DI");
}

Result<Stanza> read_info(std::string_view json, const std::string& stanza) {
    // After a wrong passphrase its messages hold what it deciphered, bytes of any kind. Its JSON is one line.
    auto plain = to_valid_utf8(json);
    std::replace_if(
        plain.begin(), plain.end(), [](unsigned char c) { return c < ' '; }, ' ');
    const auto parsed = sys::parse_json(plain, "the output of pgbackrest info");
    if (!parsed.ok()) return parsed.error();
    const sys::Json* found = nullptr;
    if (parsed->is_array())
        for (const auto& one : parsed.value())
            if (sys::text_of(one, "name") == stanza) found = &one;
    if (found == nullptr) return no(fmt::format("the output of pgbackrest info has no stanza '{}'", stanza));
    const auto at = [&](const char* pointer) { return sys::json_pointer(*found, pointer); };
    Stanza told;
    const auto* code = at("/status/code");
    if (code == nullptr || !code->is_number_integer()) return no("the output of pgbackrest info has no status");
    told.status = code->get<int>();
    told.message = text(at("/status/message"));
    if (const auto* all = at("/repo"); all != nullptr && all->is_array())
        for (const auto& one : *all) {
            constexpr std::uint64_t could_not_be_asked = 99;
            told.repositories.push_back(
                static_cast<int>(std::min<std::uint64_t>(number(sys::json_pointer(one, "/key")), 256)));
            if (number(sys::json_pointer(one, "/status/code")) == could_not_be_asked)
                told.unread[told.repositories.back()] = text(sys::json_pointer(one, "/status/message"));
        }
    std::uint64_t newest = 0;
    if (const auto* all = at("/db"); all != nullptr && all->is_array())
        for (const auto& one : *all)
            if (const auto id = number(sys::json_pointer(one, "/id")); id >= newest) {
                newest = id;
                told.archive = fmt::format("{}-{}", text(sys::json_pointer(one, "/version")), id);
                told.system = fmt::format("{}", number(sys::json_pointer(one, "/system-id")));
            }
    if (const auto* all = at("/backup"); all != nullptr && all->is_array())
        for (const auto& one : *all)
            if (auto backup = backup_of(one); is_label(backup.label)) told.backups.push_back(std::move(backup));
    std::stable_sort(told.backups.begin(), told.backups.end(),
                     [](const BackupInfo& a, const BackupInfo& b) { return a.stopped > b.stopped; });
    return told;
}

Result<Listing> read_listing(std::string_view json) {
    const auto parsed = sys::parse_json(json, "the output of pgbackrest repo-ls");
    if (!parsed.ok()) return parsed.error();
    if (!parsed->is_object()) return no("the output of pgbackrest repo-ls is not a list of files");
    Listing listing;
    std::vector<std::string> names;
    for (const auto& [path, about] : parsed->items()) {
        const std::string file(file_of(path));
        if (file.ends_with(".history")) listing.histories.push_back(file);
        if (file.size() <= segment_digits || file[segment_digits] != '-') continue; // labels, partial ones
        names.push_back(file.substr(0, segment_digits));
        const auto came = time_of(sys::json_pointer(about, "/time"));
        if (!listing.newest || came > *listing.newest) listing.newest = came;
    }
    std::sort(names.begin(), names.end());
    listing.segment_bytes = bytes_of_segment(names);
    for (std::size_t at = 0; at < names.size(); ++at) {
        const bool again = at > 0 && names[at] == names[at - 1];
        if (again && (listing.twice.empty() || listing.twice.back() != names[at])) listing.twice.push_back(names[at]);
        const auto segment = parse_segment(names[at], listing.segment_bytes);
        if (segment && !again) listing.segments.push_back(*segment);
    }
    return listing;
}

Verified read_verified(std::string_view said, const std::string& label) {
    const std::string mark = fmt::format("backup: {}, status: ", label);
    const auto lines = split(said, '\n');
    Verified verified;
    bool is_named = false;
    for (std::size_t at = 0; at < lines.size(); ++at) {
        const auto line = trim(lines[at]);
        const bool is_wal = line.starts_with("archiveId: ") && line.find("total WAL checked: ") != line.npos;
        const bool is_it = line.starts_with(mark);
        if (!is_wal && !is_it) continue;
        const auto counts = at + 1 < lines.size() ? trim(lines[at + 1]) : std::string_view();
        const bool is_whole = counts.find("missing: 0, checksum invalid: 0, size invalid: 0, other: 0") != counts.npos;
        is_named |= is_it;
        if (is_it && line.substr(mark.size()).starts_with("valid") && is_whole) continue;
        if (is_wal && is_whole) continue;
        verified.why += fmt::format("{}{} ({})", verified.why.empty() ? "" : "; ", printable(line), printable(counts));
    }
    if (!is_named) verified.why = fmt::format("pgbackrest verify says nothing of backup {}", label);
    verified.passed = verified.why.empty();
    return verified;
}

}
