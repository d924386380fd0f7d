#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

// Reads the bytes of a tree object (gitformat "tree").
namespace fairlead::sys {

constexpr std::size_t raw_id_size = 20, longest_path = 4096; // Linux's limit for a path

struct TreeEntry {
    std::string_view mode; // octal, without leading zeros
    std::string_view name;
    std::string_view id; // 20 bytes
    bool is_folder() const { return mode == "40000"; }
    bool operator==(const TreeEntry&) const = default;
};

// Compares in git's order: a folder is sorted as if its name ended in '/'.
int compare(const TreeEntry& a, const TreeEntry& b);

// Reads the entries of one folder, one after the other.
class TreeCursor {
  public:
    enum class Checks { all, none }; // none: these bytes passed all checks before
    explicit TreeCursor(std::string_view bytes, Checks checks = Checks::all) : rest_(bytes), checks_(checks) {}
    bool next(); // false: the end, or the bytes are not a tree
    bool there() const { return there_; }
    bool is_good() const { return good_; } // false: git never makes such a tree, in which a name may occur twice
    const TreeEntry& entry() const { return entry_; }

  private:
    bool is_twice();
    std::string_view rest_;
    Checks checks_;
    TreeEntry entry_;
    // each name is a prefix of the next; a folder with one of these names may still follow
    std::vector<std::string_view> files_;
    bool there_ = false, good_ = true;
};

}
