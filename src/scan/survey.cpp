#include "scan/survey.h"
#include "base/archive.h"
#include "sys/encoding.h"
#include <algorithm>
#include <cstring>

namespace fairlead::scan {
namespace {

using sys::Copied;

constexpr std::size_t most_zones = 64; // of a content; beyond, all of it is one

// In order; those that overlap or touch become one.
void join_zones(std::vector<Zone>& zones) {
    std::sort(zones.begin(), zones.end(), [](const Zone& a, const Zone& b) { return a.begin < b.begin; });
    std::size_t kept = 0;
    for (const Zone& zone : zones) {
        if (kept > 0 && zone.begin <= zones[kept - 1].end) {
            zones[kept - 1].end = std::max(zones[kept - 1].end, zone.end);
            zones[kept - 1].found |= zone.found;
        } else {
            zones[kept++] = zone;
        }
    }
    zones.resize(kept);
}

// What the base doesn't have: bytes, and the whole lines that hold them. Lines that were put together count, too.
struct Differences {
    std::vector<Part> bytes, lines; // in order
};

Differences differences_of(std::string_view text, std::size_t size_of_base, const std::vector<Copied>& copied) {
    constexpr std::size_t near = 128; // parts are joined
    Differences all;
    const auto line_end = [&](std::size_t at) {
        return at >= text.size() ? text.size() : std::min(text.find('\n', at), text.size() - 1) + 1;
    };
    const auto add = [&](Part gap) {
        all.bytes.push_back(gap);
        if (!all.lines.empty() && gap.begin <= all.lines.back().end + near) {
            if (gap.end >= all.lines.back().end) all.lines.back().end = line_end(gap.end);
            return;
        }
        const std::size_t newline = gap.begin == 0 ? text.npos : text.rfind('\n', gap.begin - 1);
        all.lines.push_back({newline == text.npos ? 0 : newline + 1, line_end(gap.end)});
    };
    std::size_t end = 0, end_in_base = 0;
    for (const Copied& copy : copied) {
        if (copy.begin != end || copy.base != end_in_base) add({end, copy.begin});
        end = copy.end();
        end_in_base = copy.base + copy.size;
    }
    if (end != text.size() || end_in_base != size_of_base) add({end, text.size()});
    return all;
}

// The zones of the base where the content has them, whole; of others the lines that are left of them have changed.
void inherit(const std::vector<Zone>& of_base, const std::vector<Copied>& copied, std::vector<Zone>& zones,
             std::vector<Part>& changed) {
    if (of_base.empty()) return;
    for (const Copied& copy : copied) {
        const std::size_t end_in_base = copy.base + copy.size;
        auto zone =
            std::partition_point(of_base.begin(), of_base.end(), [&](const Zone& one) { return one.end <= copy.base; });
        for (; zone != of_base.end() && zone->begin < end_in_base; ++zone) {
            const std::size_t begin = std::max(zone->begin, copy.base), end = std::min(zone->end, end_in_base);
            const Part here{copy.begin + (begin - copy.base), copy.begin + (end - copy.base)};
            if (begin == zone->begin && end == zone->end)
                zones.push_back({here, zone->found});
            else
                changed.push_back(here);
        }
    }
}

Part whole_lines(std::string_view text, Part part) {
    const std::size_t newline = part.begin == 0 ? text.npos : text.rfind('\n', part.begin - 1);
    part.begin = newline == text.npos ? 0 : newline + 1;
    const bool is_whole = part.end > part.begin && text[part.end - 1] == '\n';
    if (part.end < text.size() && !is_whole) part.end = std::min(text.find('\n', part.end), text.size() - 1) + 1;
    return part;
}

// Zones that touch what changed are taken out, and all of them is to be looked at: whole lines, in order.
void widen(std::string_view text, std::vector<Part>& changed, std::vector<Zone>& zones) {
    struct Either {
        Part part;
        std::size_t zone; // its number; that of none: what changed
    };
    std::vector<Either> all;
    for (const Part& part : changed) all.push_back({whole_lines(text, part), zones.size()});
    for (std::size_t i = 0; i < zones.size(); ++i) all.push_back({whole_lines(text, zones[i]), i});
    std::sort(all.begin(), all.end(), [](const Either& a, const Either& b) { return a.part.begin < b.part.begin; });
    std::vector<Zone> kept;
    changed.clear();
    for (std::size_t i = 0, end = 0; i < all.size(); i = end) {
        Part joined = all[i].part;
        bool is_changed = false;
        for (end = i; end < all.size() && all[end].part.begin <= joined.end; ++end) {
            joined.end = std::max(joined.end, all[end].part.end);
            is_changed |= all[end].zone == zones.size();
        }
        if (is_changed) changed.push_back(joined);
        for (; !is_changed && i < end; ++i) kept.push_back(zones[all[i].zone]);
    }
    zones = std::move(kept);
}

bool holds_any(std::string_view text, const std::vector<Part>& parts, char wanted) {
    return std::any_of(parts.begin(), parts.end(), [&](const Part& part) {
        return text.substr(part.begin, part.end - part.begin).find(wanted) != text.npos;
    });
}

// Text that is looked at byte by byte as it is.
bool is_plain(std::string_view text, const std::vector<Part>& new_bytes) {
    return !text.starts_with("\xFE\xFF") && !text.starts_with("\xFF\xFE") && archive_kind(text).empty() &&
           !holds_any(text, new_bytes, '\0') && !holds_any(text, new_bytes, '\r');
}

}

Survey::Group Survey::group_of(const std::string& path) {
    const auto [known, is_new] = by_path_.try_emplace(path, Group{0});
    if (!is_new) return known->second;
    const std::string rules = detector_.rules_for(path);
    const auto [group, is_first] = groups_.try_emplace(rules, static_cast<Group>(paths_.size()));
    if (is_first && paths_.size() < several) paths_.push_back(rules.empty() ? "" : path);
    return known->second = group->second;
}

void Survey::ask(std::uint32_t number, const std::string& path) {
    Group& asked = asked_[number];
    const Group group = group_of(path);
    if (asked == 0) asked = group;
    if (asked != group) asked = several;
}

Result<void> Survey::run() {
    std::vector<bool> wanted(asked_.size());
    for (std::size_t i = 0; i < asked_.size(); ++i) wanted[i] = asked_[i] != 0 && asked_[i] != several;
    verdicts_.assign(asked_.size(), Verdict::unseen);
    sizes_.assign(asked_.size(), 0);
    notes_.clear();
    auto done = files_.each_stored(wanted, [&](const sys::StoredContent& content) { return take(content); });
    notes_.clear();
    return done;
}

// Not text as it is: in an encoding, with carriage returns, or bytes.
Result<Survey::Verdict> Survey::judge_odd(std::string_view bytes, const std::string& path) {
    auto text = sys::decoded_text(bytes);
    const Content content(text ? std::move(*text) : std::string(bytes));
    switch (TRY(judge(detector_, reading_, content, nullptr, path))) {
    case scan::Verdict::clean: return Verdict::clean;
    case scan::Verdict::binary: return Verdict::binary;
    case scan::Verdict::wanted: break;
    }
    return Verdict::some;
}

Result<void> Survey::take(const sys::StoredContent& content) {
    Note note{.number = content.number, .group = asked_[content.number], .size = content.bytes.size()};
    const Note* base = content.depth > 0 && notes_.size() >= content.depth ? &notes_[content.depth - 1] : nullptr;
    if (base && (base->number != content.base || base->group != note.group || !base->is_plain)) base = nullptr;
    const std::string_view bytes(content.bytes.data(), content.bytes.size());
    sizes_[content.number] = static_cast<std::uint32_t>(bytes.size());
    const bool ends_with_line = bytes.ends_with('\n');
    if (!ends_with_line) *(content.bytes.data() + bytes.size()) = '\n'; // there is room for it
    const std::string_view text(bytes.data(), bytes.size() + (ends_with_line ? 0 : 1));
    Differences differences{{{0, text.size()}}, {{0, text.size()}}};
    if (base) differences = differences_of(text, base->size, *content.copied);
    note.is_plain = is_plain(text, differences.bytes);
    if (note.is_plain) {
        TRY_VOID(look(text, std::move(differences.lines), content, base, note));
        conclude(note);
    } else {
        verdicts_[content.number] = TRY(judge_odd(bytes, paths_[note.group]));
    }
    notes_.resize(content.depth + 1);
    notes_[content.depth] = std::move(note);
    return {};
}

Result<void> Survey::look(std::string_view text, std::vector<Part> changed, const sys::StoredContent& content,
                          const Note* base, Note& note) {
    const std::string& path = paths_[note.group];
    if (base) {
        inherit(base->zones, *content.copied, note.zones, changed);
        widen(text, changed, note.zones);
    }
    for (const Part& part : changed) TRY_VOID(detector_.add_zones(text, part, path, !reading_.bytes, note.zones));
    join_zones(note.zones);
    if (note.zones.size() > most_zones) {
        const bool found =
            std::any_of(note.zones.begin(), note.zones.end(), [](const Zone& zone) { return zone.found; });
        note.zones = {{{0, text.size()}, found}};
    }
    return {};
}

void Survey::conclude(const Note& note) {
    std::vector<Part> parts;
    for (const Zone& zone : note.zones)
        if (zone.found) parts.push_back(zone);
    verdicts_[note.number] = parts.empty() ? Verdict::clean : Verdict::some;
    if (parts.empty() || parts.size() > most_places_) return;
    most_places_ -= parts.size();
    places_.emplace(note.number, std::move(parts));
}

Survey::Verdict Survey::verdict(std::uint32_t number, const std::string& path) {
    return asked_[number] == group_of(path) ? verdicts_[number] : Verdict::unseen;
}

std::span<const Part> Survey::places(std::uint32_t number) const {
    const auto found = places_.find(number);
    return found == places_.end() ? std::span<const Part>() : std::span<const Part>(found->second);
}

}
