#include "sys/git/pack/packed_blobs.h"
#include "sys/signals.h"
#include <algorithm>
#include <numeric>

namespace fairlead::sys {

PackedBlobs::PackedBlobs(const PackFile& pack, const std::vector<bool>& wanted, Limits limits)
    : pack_(pack), wanted_(wanted), limits_(limits) {
    const std::uint32_t count = pack.count();
    places_.resize(count);
    std::iota(places_.begin(), places_.end(), 0u);
    std::vector<std::uint64_t> by_place(count);
    for (std::uint32_t place = 0; place < count; ++place) by_place[place] = pack.offset(place);
    std::sort(places_.begin(), places_.end(), [&](auto a, auto b) { return by_place[a] < by_place[b]; });
    offsets_.resize(count);
    for (std::uint32_t object = 0; object < count; ++object) offsets_[object] = by_place[places_[object]];
    link_families();
}

std::uint32_t PackedBlobs::at_offset(std::uint64_t offset) const {
    const auto found = std::lower_bound(offsets_.begin(), offsets_.end(), offset);
    return found == offsets_.end() || *found != offset ? none : static_cast<std::uint32_t>(found - offsets_.begin());
}

// The number of an object's base. none: it is a content that has none. Its own: it can't be read, or is no content.
std::uint32_t PackedBlobs::base_of(std::uint32_t object) const {
    const auto entry = pack_.entry(offsets_[object]);
    std::uint32_t base = none;
    if (!entry) return object;
    if (entry->kind == PackEntry::Kind::blob) return none;
    if (entry->kind == PackEntry::Kind::offset_delta) base = at_offset(entry->base_offset);
    if (entry->kind == PackEntry::Kind::id_delta)
        if (const auto place = pack_.find(entry->base_id)) base = at_offset(pack_.offset(*place));
    return base == none ? object : base;
}

// A base may be stored behind its deltas, so all are linked before any is read. In a circle nothing has a beginning.
void PackedBlobs::link_families() {
    constexpr std::uint64_t most_mapped = 24u << 20;
    const std::size_t count = offsets_.size();
    base_.resize(count);
    child_.assign(count, none);
    next_.assign(count, none);
    leads_.assign(count, false);
    std::uint64_t let_go = 0; // up to where
    for (std::uint32_t object = 0; object < count; ++object) {
        base_[object] = base_of(object);
        if (offsets_[object] - let_go <= most_mapped) continue;
        pack_.let_go();
        let_go = offsets_[object];
    }
    for (std::uint32_t object = 0; object < count; ++object)
        for (std::uint32_t each = object; wanted_[places_[object]] && !leads_[each]; each = base_[each]) {
            leads_[each] = true;
            if (base_[each] == none) break;
        }
    for (auto object = static_cast<std::uint32_t>(count); object-- > 0;) {
        const std::uint32_t base = base_[object];
        if (base == none || base == object || !leads_[object]) continue;
        next_[object] = child_[base];
        child_[base] = object;
    }
}

Result<void> PackedBlobs::each(const std::function<Result<void>(const PackedBlob&)>& take) {
    for (std::uint32_t object = 0; object < offsets_.size(); ++object)
        if (base_[object] == none && leads_[object]) TRY_VOID(family(object, take));
    return {};
}

Result<void> PackedBlobs::family(std::uint32_t root, const std::function<Result<void>(const PackedBlob&)>& take) {
    levels_.clear();
    kept_ = 0;
    std::vector<Copied> copied;
    for (std::uint32_t object = root; object != none;) {
        if (stop_requested()) return could_not("interrupted while reading the history");
        if (enter(object, copied)) {
            Level& level = levels_.back();
            const std::size_t depth = levels_.size() - 1;
            if (wanted_[places_[object]])
                TRY_VOID(take({places_[object], depth == 0 ? 0 : places_[base_[object]], depth, level.bytes.bytes(),
                               depth == 0 ? nullptr : &copied}));
        }
        object = none;
        while (!levels_.empty() && object == none) {
            Level& level = levels_.back();
            object = level.next;
            if (object != none) {
                level.next = next_[object];
            } else {
                kept_ -= level.bytes.size();
                levels_.pop_back();
            }
        }
    }
    return {};
}

// Makes the content of an object, of which the last level is the base. False: it can't be made.
bool PackedBlobs::enter(std::uint32_t object, std::vector<Copied>& copied) {
    const auto entry = pack_.entry(offsets_[object]);
    if (!entry || entry->size > limits_.most) return false;
    Buffer bytes = pack_.inflate(*entry);
    if (!bytes) return false;
    if (!levels_.empty()) {
        if (!restore(levels_.size() - 1)) return false;
        bytes = made_from(bytes.view(), levels_.back().bytes.view(), limits_.most, &copied);
        if (!bytes) return false;
    }
    kept_ += bytes.size();
    levels_.push_back({object, child_[object], std::move(bytes)});
    make_room();
    return true;
}

// The content of a level that was dropped, from the nearest one above it that is there.
bool PackedBlobs::restore(std::size_t level) {
    std::size_t from = level;
    while (from > 0 && !levels_[from].bytes) --from;
    for (; from <= level; ++from) {
        if (levels_[from].bytes) continue;
        const auto entry = pack_.entry(offsets_[levels_[from].object]);
        Buffer bytes = entry ? pack_.inflate(*entry) : Buffer();
        if (bytes && from > 0) bytes = made_from(bytes.view(), levels_[from - 1].bytes.view(), limits_.most, nullptr);
        if (!bytes) return false;
        kept_ += bytes.size();
        levels_[from].bytes = std::move(bytes);
        if (from > 0 && from < level) { // only on the way
            kept_ -= levels_[from - 1].bytes.size();
            levels_[from - 1].bytes = {};
        }
    }
    return true;
}

// Drops contents that are needed last; the newest one and its base stay.
void PackedBlobs::make_room() {
    for (std::size_t level = 0; level + 2 < levels_.size() && kept_ > limits_.most_kept; ++level) {
        kept_ -= levels_[level].bytes.size();
        levels_[level].bytes = {};
    }
}

}
