#include "ledger/files.h"
#include <fmt/format.h>

namespace fairlead::ledger {

namespace {

Result<bool> is_there(const sys::Path& path) {
    std::error_code error;
    const bool there = std::filesystem::exists(path, error);
    if (error) return could_not(fmt::format("'{}' can't be inspected: {}", path.string(), error.message()));
    return there;
}

}

Result<std::string> read_or_empty(const sys::Path& path) {
    if (!TRY(is_there(path))) return std::string();
    return sys::read_file(path);
}

Result<std::vector<std::string>> names_in(const sys::Path& folder) {
    if (!TRY(is_there(folder))) return std::vector<std::string>{};
    return sys::list_folder(folder);
}

Result<void> add_after_whole_lines(const sys::Path& path, std::string_view line, sys::Sync sync) {
    const auto text = TRY(read_or_empty(path));
    const auto whole = text.rfind('\n') + 1; // npos + 1 is 0
    if (whole == text.size()) return sys::append_file(path, line, file_mode, sync);
    return sys::write_file(path, text.substr(0, whole).append(line), file_mode);
}

bool is_leftover(std::string_view name) {
    constexpr std::size_t digits = 12;
    if (name.size() < digits + 3 || name[0] != '.' || name[name.size() - digits - 1] != '.') return false;
    return name.substr(name.size() - digits).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Result<void> remove_leftovers(const sys::Path& folder) {
    for (const auto& name : TRY(names_in(folder))) {
        if (is_leftover(name)) TRY_VOID(sys::remove_tree(folder / name));
    }
    return {};
}

}
