#include "sys/git/pack/pack_reader.h"
#include "sys/git/pack/delta.h"

namespace fairlead::sys {
namespace {

constexpr std::size_t longest_chain = 10'000; // of deltas; git makes at most 4,095

}

std::optional<PackedObject> PackReader::read(const ObjectId& id, std::uint64_t most) {
    for (std::size_t pack = 0; pack < packs_.size(); ++pack)
        if (const auto place = packs_[pack].find(id)) return read_at({pack, packs_[pack].offset(*place)}, most);
    return std::nullopt;
}

std::optional<PackedObject> PackReader::read_at(Key key, std::uint64_t most) {
    const PackFile& pack = packs_[key.pack];
    std::vector<std::pair<Key, PackEntry>> deltas; // the last one's base is known
    std::optional<PackedObject> object;
    while (!object) {
        if (const Kept& kept = slot_of(key); kept.key == key && key.offset != 0) {
            object = kept.object;
            break;
        }
        const auto entry = pack.entry(key.offset);
        if (!entry || entry->size > most || deltas.size() > longest_chain) return std::nullopt;
        if (!entry->is_delta()) {
            Buffer bytes = pack.inflate(*entry);
            if (!bytes) return std::nullopt;
            object = PackedObject{entry->kind, std::make_shared<const Buffer>(std::move(bytes))};
            if (entry->kind != PackEntry::Kind::commit || !deltas.empty()) keep(key, *object); // read once
            break;
        }
        deltas.emplace_back(key, *entry);
        key.offset = entry->base_offset;
        if (entry->kind == PackEntry::Kind::offset_delta) continue;
        const auto place = pack.find(entry->base_id);
        if (!place) return std::nullopt;
        key.offset = pack.offset(*place);
    }
    for (; !deltas.empty(); deltas.pop_back()) {
        const Buffer delta = pack.inflate(deltas.back().second);
        if (!delta) return std::nullopt;
        Buffer made = made_from(delta.view(), object->bytes->view(), most, nullptr);
        if (!made) return std::nullopt;
        object->bytes = std::make_shared<const Buffer>(std::move(made));
        keep(deltas.back().first, *object);
    }
    return object;
}

PackReader::Kept& PackReader::slot_of(const Key& key) {
    const std::uint64_t mixed = (key.offset ^ (std::uint64_t{key.pack} << 48)) * 0x9e3779b97f4a7c15u;
    return slots_[mixed >> 49]; // the highest 15 bits
}

void PackReader::drop(Kept& kept) {
    if (kept.object.bytes) bytes_ -= kept.object.bytes->size();
    kept = {};
}

void PackReader::keep(const Key& key, const PackedObject& object) {
    if (object.bytes->size() > most_kept_ / 4) return;
    Kept& kept = slot_of(key);
    drop(kept);
    kept = {key, object};
    bytes_ += object.bytes->size();
    for (; bytes_ > most_kept_; hand_ = (hand_ + 1) % slot_count)
        if (&slots_[hand_] != &kept) drop(slots_[hand_]);
}

void PackReader::keep_at_most(std::size_t bytes) {
    most_kept_ = bytes;
    for (Kept& kept : slots_)
        if (bytes_ > most_kept_) drop(kept);
}

}
