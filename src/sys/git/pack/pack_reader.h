#pragma once
#include "sys/git/pack/pack_file.h"
#include <algorithm>

namespace fairlead::sys {

struct IdHash { // an id is a digest, so its first bytes are a good hash
    std::size_t operator()(const ObjectId& id) const {
        std::size_t hash = 0;
        std::copy_n(id.data(), sizeof hash, reinterpret_cast<unsigned char*>(&hash));
        return hash;
    }
};

struct PackedObject {
    PackEntry::Kind kind = PackEntry::Kind::commit; // never a delta
    std::shared_ptr<const Buffer> bytes;
};

// Reads objects from packs by their ids, in any order. Caches up to `most_kept` bytes of recently read objects, so that
// the base of a delta is usually there.
class PackReader {
  public:
    PackReader(const std::vector<PackFile>& packs, std::size_t most_kept)
        : packs_(packs), most_kept_(most_kept), slots_(slot_count) {}
    // Nothing: no pack has the object, it is damaged or larger than `most`; libgit2 can say which.
    std::optional<PackedObject> read(const ObjectId& id, std::uint64_t most);
    void keep_at_most(std::size_t bytes); // changes the cache's limit

  private:
    static constexpr std::size_t slot_count = 1u << 15;
    struct Key { // number of the pack, and offset in it
        std::size_t pack = 0;
        std::uint64_t offset = 0; // 0: none
        bool operator==(const Key&) const = default;
    };
    struct Kept {
        Key key;
        PackedObject object;
    };
    std::optional<PackedObject> read_at(Key key, std::uint64_t most);
    Kept& slot_of(const Key& key);
    void keep(const Key& key, const PackedObject& object);
    void drop(Kept& kept);
    const std::vector<PackFile>& packs_;
    std::size_t most_kept_, bytes_ = 0;
    std::vector<Kept> slots_; // a key has exactly one possible slot
    std::size_t hand_ = 0;    // the next slot to empty if there are too many bytes
};

}
