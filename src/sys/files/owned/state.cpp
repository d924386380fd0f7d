#include "sys/files/owned/state.h"
#include "sys/files/owned/owned.h"

namespace fairlead::sys {

std::optional<std::string> state_folder(const Environment& variables, bool root) {
    if (root) return "/var/lib/fairlead";
    const auto folder = variables.get_or("XDG_STATE_HOME", ""), home = variables.get_or("HOME", "");
    if (folder.starts_with('/')) return folder + "/fairlead"; // by the XDG specification a relative one counts as unset
    if (home.starts_with('/')) return home + "/.local/state/fairlead";
    return std::nullopt;
}

Result<std::optional<std::string>> read_state(const Path& folder, const Path& file) {
    TRY_VOID(check_way((folder / file).parent_path(), folder));
    TRY_VOID(check_own_file(folder / file));
    if (inspect(folder / file).type == FileType::absent) return std::optional<std::string>();
    auto text = TRY(read_own_file(folder / file));
    return std::optional(std::move(text));
}

Result<void> write_state(const Path& folder, const Path& file, std::string_view bytes) {
    const auto place = (folder / file).parent_path();
    TRY_VOID(check_way(place, folder));
    TRY_VOID(make_folders(place, 0700));
    TRY_VOID(check_way(place, folder)); // of what is there by now
    TRY_VOID(check_own_file(folder / file));
    return write_file(folder / file, bytes, 0600);
}

}
