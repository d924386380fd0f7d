#pragma once
#include <cstddef>
#include <string_view>

// The bytes of a tree object (gitformat "tree").
namespace fairlead::sys {

constexpr std::size_t raw_id_size = 20, longest_path = 4096; // Linux opens no longer

struct TreeEntry {
    std::string_view mode; // octal, without zeros before it
    std::string_view name;
    std::string_view id; // 20 bytes
    bool is_folder() const { return mode == "40000"; }
};

// git sorts a folder as if its name ended in '/'.
int compare(const TreeEntry& a, const TreeEntry& b);

// The entries of one folder, one after the other.
class TreeCursor {
  public:
    explicit TreeCursor(std::string_view bytes) : rest_(bytes) {}
    bool next(); // false: no more, or no tree
    bool there() const { return there_; }
    bool is_good() const { return good_; } // false: it is none that git makes
    const TreeEntry& entry() const { return entry_; }

  private:
    std::string_view rest_;
    TreeEntry entry_;
    bool there_ = false, good_ = true;
};

}
