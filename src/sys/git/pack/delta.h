#pragma once
#include "sys/git/pack/buffer.h"
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

// Deltas of git's packs (gitformat-pack(5), "Deltified representation"): an object as copies from another one, its
// base, and as bytes that are new.
namespace fairlead::sys {

struct DeltaSizes {
    std::size_t base = 0, result = 0; // bytes
};

// A stretch of the result that is copied from the base.
struct Copied {
    std::size_t begin = 0, base = 0, size = 0; // where it begins in the result, where in the base
    std::size_t end() const { return begin + size; }
};

// The sizes that a delta announces; nothing: it is damaged.
std::optional<DeltaSizes> delta_sizes(std::string_view delta);

// Writes the object into `result`, which has the announced size, and its copies in their order into `copied` (null: who
// calls doesn't ask). False: the delta is damaged, or of another base.
bool apply_delta(std::string_view delta, std::string_view base, std::span<char> result, std::vector<Copied>* copied);

// The object as a whole; empty: the delta is damaged, or of another base, or announces more than `most` bytes.
Buffer made_from(std::string_view delta, std::string_view base, std::size_t most, std::vector<Copied>* copied);

}
