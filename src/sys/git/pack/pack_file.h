#pragma once
#include "sys/data/inflate_whole.h"
#include "sys/files/files.h"
#include "sys/git/pack/buffer.h"
#include "sys/git/repository.h"
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::sys {

// The header of an entry in a pack.
struct PackEntry {
    enum class Kind : unsigned char { commit = 1, tree = 2, blob = 3, tag = 4, offset_delta = 6, id_delta = 7 };
    Kind kind = Kind::commit;
    std::uint64_t size = 0;        // inflated size of the object or the delta
    std::uint64_t data = 0;        // offset of its compressed bytes
    std::uint64_t base_offset = 0; // for an offset_delta
    ObjectId base_id{};            // for an id_delta
    bool is_delta() const { return kind == Kind::offset_delta || kind == Kind::id_delta; }
};

// A pack with its index (gitformat-pack(5)), mapped into memory. Functions return nothing for objects that are damaged
// or in an unknown form. libgit2 reads these, or reports what is wrong with them.
class PackFile {
  public:
    // `index`: the path of the .idx. Nothing: pack and index don't belong together, are cut short, or have an old
    // version.
    static std::optional<PackFile> open(const Path& index);
    static std::optional<PackFile> of_bytes(std::string index, std::string pack);
    PackFile(PackFile&&) noexcept;
    PackFile& operator=(PackFile&&) noexcept;
    ~PackFile();

    std::uint32_t count() const;
    // Returns an object's place in the index, which is sorted by id.
    std::optional<std::uint32_t> find(const ObjectId& id) const;
    ObjectId id(std::uint32_t place) const;
    std::uint64_t offset(std::uint32_t place) const; // offset in the pack; may be after its end
    std::optional<PackEntry> entry(std::uint64_t offset) const;
    // Inflates the entry into `result`, which has its size. Frees what was read before, so that little of the pack is
    // in memory.
    bool inflate(const PackEntry& entry, std::span<char> result) const;
    void let_go() const;                          // frees all memory of the pack; the kernel may keep a copy
    Buffer inflate(const PackEntry& entry) const; // empty: the entry is damaged, or there is no memory for it

  private:
    struct Files;
    explicit PackFile(std::unique_ptr<Files> files);
    static std::optional<PackFile> checked(std::unique_ptr<Files> files);
    std::unique_ptr<Files> files_;
};

// Returns all packs of a repository and of its alternates (gitrepository-layout(5)). `objects`: its folder objects/.
std::vector<PackFile> packs_of(const Path& objects);

}
