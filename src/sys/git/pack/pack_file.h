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

// What is at a place of a pack.
struct PackEntry {
    enum class Kind : unsigned char { commit = 1, tree = 2, blob = 3, tag = 4, offset_delta = 6, id_delta = 7 };
    Kind kind = Kind::commit;
    std::uint64_t size = 0;        // inflated: of the object, or of the delta
    std::uint64_t data = 0;        // where its compressed bytes begin
    std::uint64_t base_offset = 0; // of an offset_delta
    ObjectId base_id{};            // of an id_delta
    bool is_delta() const { return kind == Kind::offset_delta || kind == Kind::id_delta; }
};

// A pack with its index (gitformat-pack(5)), mapped into memory. What isn't understood here, or is damaged, is answered
// with nothing: libgit2 reads such objects, or says what is wrong with them.
class PackFile {
  public:
    // `index`: the path of the .idx. Nothing: pack and index don't belong together, are cut short, or of an old
    // version.
    static std::optional<PackFile> open(const Path& index);
    static std::optional<PackFile> of_bytes(std::string index, std::string pack);
    PackFile(PackFile&&) noexcept;
    PackFile& operator=(PackFile&&) noexcept;
    ~PackFile();

    std::uint32_t count() const;
    // An object's place in the index, where the ids are in order.
    std::optional<std::uint32_t> find(const ObjectId& id) const;
    ObjectId id(std::uint32_t place) const;
    std::uint64_t offset(std::uint32_t place) const; // in the pack; may be behind its end
    std::optional<PackEntry> entry(std::uint64_t offset) const;
    // Inflates what is there into its size. Lets go of what was read before, so that little of the pack is in memory.
    bool inflate(const PackEntry& entry, std::span<char> result) const;
    void let_go() const;                          // of all of the pack that is in memory; the kernel may have a copy
    Buffer inflate(const PackEntry& entry) const; // empty: it is damaged, or there is no memory for it

  private:
    struct Files;
    explicit PackFile(std::unique_ptr<Files> files);
    static std::optional<PackFile> checked(std::unique_ptr<Files> files);
    std::unique_ptr<Files> files_;
};

// All packs of a repository, also those of its alternates (gitrepository-layout(5)). `objects`: its folder objects/.
std::vector<PackFile> packs_of(const Path& objects);

}
