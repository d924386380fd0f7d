#pragma once
#include "base/result.h"
#include "sys/git/pack/delta.h"
#include "sys/git/pack/pack_file.h"
#include <functional>

namespace fairlead::sys {

// A content of a pack, and how it comes from another one.
struct PackedBlob {
    std::uint32_t place = 0;           // in the pack's index
    std::uint32_t base = 0;            // the place of its base
    std::size_t depth = 0;             // of deltas; its base is the last one before it that has one less
    std::span<char> bytes;             // with room for one more
    const std::vector<Copied>* copied; // from its base; null: it has none
};

// Hands out all contents of a pack, each once: a base before those that are stored as deltas of it, so that each is
// inflated once. `wanted` tells by the place which ones are asked for; what nobody asks for and what leads to none is
// passed over. What is damaged, or larger than `most`, isn't handed out, nor what is made of it. Keeps about
// `most_kept` bytes of contents.
class PackedBlobs {
  public:
    struct Limits {
        std::uint64_t most = 0;
        std::size_t most_kept = 0;
    };
    PackedBlobs(const PackFile& pack, const std::vector<bool>& wanted, Limits limits);
    Result<void> each(const std::function<Result<void>(const PackedBlob&)>& take);

  private:
    static constexpr std::uint32_t none = 0xffffffffu;
    struct Level { // of the family that is under way
        std::uint32_t object = 0;
        std::uint32_t next = none; // of its children
        Buffer bytes;              // empty: dropped for a while
    };
    void link_families();
    std::uint32_t base_of(std::uint32_t object) const;
    std::uint32_t at_offset(std::uint64_t offset) const;
    Result<void> family(std::uint32_t root, const std::function<Result<void>(const PackedBlob&)>& take);
    bool enter(std::uint32_t object, std::vector<Copied>& copied);
    bool restore(std::size_t level);
    void make_room();

    const PackFile& pack_;
    const std::vector<bool>& wanted_;
    Limits limits_;
    std::vector<std::uint64_t> offsets_;      // in order
    std::vector<std::uint32_t> places_;       // in the index, by the same numbers
    std::vector<std::uint32_t> child_, next_; // the first delta of each, and its base's next one
    std::vector<std::uint32_t> base_;         // none: it is no delta
    std::vector<bool> leads_;                 // to something wanted
    std::vector<Level> levels_;
    std::size_t kept_ = 0;
};

}
