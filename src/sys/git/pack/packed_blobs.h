#pragma once
#include "base/result.h"
#include "sys/git/pack/delta.h"
#include "sys/git/pack/pack_file.h"
#include <functional>

namespace fairlead::sys {

// The content of a blob in a pack, and its relation to its base.
struct PackedBlob {
    std::uint32_t place = 0;           // in the pack's index
    std::uint32_t base = 0;            // the place of its base
    std::size_t depth = 0;             // number of deltas; the base is the last passed blob with depth - 1
    std::span<char> bytes;             // one more byte may be written after them
    const std::vector<Copied>* copied; // the parts copied from the base; null: no base
};

// Passes each wanted blob of a pack once. A base comes before its deltas, so that each blob is inflated only once.
// `wanted` is indexed by place. Blobs that are neither wanted nor the base of a wanted blob are skipped. So are blobs
// that are damaged or larger than `most`, with all their deltas. Keeps about `most_kept` bytes of blobs.
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
    struct Level { // of the current family (a whole object and its deltas)
        std::uint32_t object = 0;
        std::uint32_t next = none; // the next child to visit
        Buffer bytes;              // empty: dropped to save memory, and made again if needed
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
    std::vector<std::uint32_t> places_;       // places in the index, in the order of offsets_
    std::vector<std::uint32_t> child_, next_; // first delta of each object; next delta with the same base
    std::vector<std::uint32_t> base_;         // none: not a delta
    std::vector<bool> leads_;                 // whether it is wanted, or the base of something wanted
    std::vector<Level> levels_;
    std::size_t kept_ = 0;
};

}
