#pragma once
#include "sys/git/pack/buffer.h"
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

// Deltas of git's packs (gitformat-pack(5), "Deltified representation"): an object is described by copies from another
// object (its base) and by new bytes.
namespace fairlead::sys {

struct DeltaSizes {
    std::size_t base = 0, result = 0; // bytes
};

// A part of the result that is copied from the base.
struct Copied {
    std::size_t begin = 0, base = 0, size = 0; // begin: offset in the result; base: offset in the base
    std::size_t end() const { return begin + size; }
};

// Returns the sizes in a delta's header; nothing: it is damaged.
std::optional<DeltaSizes> delta_sizes(std::string_view delta);

// Writes the object into `result`, which must have the announced size, and its copied parts in order into `copied`
// (null: not needed). False: the delta is damaged, or belongs to another base.
bool apply_delta(std::string_view delta, std::string_view base, std::span<char> result, std::vector<Copied>* copied);

// Returns the whole object; empty: the delta is damaged, belongs to another base, or announces more than `most` bytes.
Buffer made_from(std::string_view delta, std::string_view base, std::size_t most, std::vector<Copied>* copied);

}
