#include "sys/git/pack/tree_entries.h"
#include <algorithm>

namespace fairlead::sys {

namespace {

// Takes the first entry of a tree's bytes (gitformat "tree": mode, blank, name, NUL, id); false: they are none.
bool take_entry(std::string_view& bytes, TreeEntry& entry) {
    std::size_t blank = 0;
    while (blank < bytes.size() && bytes[blank] != ' ' && bytes[blank] != '\0') ++blank;
    if (blank == bytes.size() || bytes[blank] != ' ') return false;
    const auto end = bytes.find('\0', blank);
    if (end == bytes.npos || bytes.size() - end - 1 < raw_id_size) return false;
    entry.mode = bytes.substr(std::min(bytes.find_first_not_of('0'), blank));
    entry.mode = entry.mode.substr(0, entry.mode.find(' '));
    entry.name = bytes.substr(blank + 1, end - blank - 1);
    entry.id = bytes.substr(end + 1, raw_id_size);
    bytes.remove_prefix(end + 1 + raw_id_size);
    const auto type = entry.mode.size() == 6 ? entry.mode.substr(0, 2) : std::string_view(); // file, link, submodule
    const bool is_known = entry.is_folder() || type == "10" || type == "12" || type == "16";
    return is_known && !entry.name.empty() && entry.name.find('/') == entry.name.npos;
}

}

int compare(const TreeEntry& a, const TreeEntry& b) {
    const auto size = std::min(a.name.size(), b.name.size());
    if (const int order = a.name.substr(0, size).compare(b.name.substr(0, size)); order != 0) return order;
    const auto next = [&](const TreeEntry& entry) {
        return entry.name.size() > size ? static_cast<unsigned char>(entry.name[size]) : entry.is_folder() ? '/' : 0;
    };
    return static_cast<int>(next(a)) - static_cast<int>(next(b));
}

// Whether the entry is a folder with the name of a file before it, which the order allows.
bool TreeCursor::is_twice() {
    while (!files_.empty() && !entry_.name.starts_with(files_.back())) files_.pop_back();
    if (entry_.is_folder()) return !files_.empty() && files_.back() == entry_.name;
    files_.push_back(entry_.name);
    return false;
}

bool TreeCursor::next() {
    if (rest_.empty()) return there_ = false;
    if (checks_ == Checks::none) return there_ = good_ = take_entry(rest_, entry_);
    const TreeEntry last = entry_;
    good_ = take_entry(rest_, entry_) && (last.name.empty() || compare(last, entry_) < 0) && !is_twice();
    return there_ = good_;
}

}
