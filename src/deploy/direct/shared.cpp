#include "deploy/direct/shared.h"
#include "base/shell.h"
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

namespace fs = std::filesystem;

// Behind links, too: what is shared may lie on another disk.
fs::file_type type_at(const sys::Path& path) {
    std::error_code error;
    return fs::status(path, error).type();
}

Result<SharedKind> absent(const Settings& settings, const std::string& word, const sys::Path& there,
                          fs::file_type in_release) {
    const bool says_folder = word.ends_with('/');
    const auto name = there.filename().string();
    if (in_release == fs::file_type::directory || (says_folder && in_release != fs::file_type::regular))
        return SharedKind::folder;
    if (in_release != fs::file_type::regular && name.find('.') == name.npos) return SharedKind::folder;
    const auto owner = settings.user.empty() ? std::string() : fmt::format(" -o {}", settings.user);
    const auto source = in_release == fs::file_type::regular
                            ? shell_word((sys::Path(settings.release_path) / shared_path(word)).string())
                            : std::string("FILE");
    return usage(fmt::format("the file '{}' of target.shared is not in '{}' yet; put it there, `install -D -m "
                             "0600{} {} {}`{}",
                             word, there.parent_path().string(), owner, source, shell_word(there.string()),
                             in_release == fs::file_type::regular || says_folder
                                 ? std::string()
                                 : fmt::format(", or write '{}/' for a folder", word)));
}

}

std::string shared_path(const std::string& word) { return word.substr(0, word.find_last_not_of('/') + 1); }

Result<SharedKind> kind_of_shared(const Settings& settings, const Layout& layout, const std::string& word) {
    const auto there = layout.shared() / shared_path(word);
    const auto type = type_at(there), in_release = type_at(sys::Path(settings.release_path) / shared_path(word));
    const bool is_link = sys::inspect(there).type == sys::FileType::link;
    if (type == fs::file_type::not_found && !is_link) return absent(settings, word, there, in_release);
    const auto wrong = [&](std::string_view fact, std::string_view way_out) {
        return usage(
            fmt::format("'{}' of target.shared is {} in '{}'; {}", word, fact, layout.shared().string(), way_out));
    };
    if (type == fs::file_type::directory) {
        if (in_release != fs::file_type::regular) return SharedKind::folder;
        return wrong("a file in the release and a folder", "move that folder away and put the file there");
    }
    if (type == fs::file_type::regular) {
        if (in_release != fs::file_type::directory && !word.ends_with('/')) return SharedKind::file;
        return wrong("a file", "move it away: by the release or by the slash at its end, it must be a folder");
    }
    return wrong(is_link ? "a link that does not lead to a file or folder" : "not a file or folder", "move it away");
}

Result<void> check_shared(const Settings& settings, const Layout& layout) {
    for (const auto& word : settings.shared) TRY_VOID(kind_of_shared(settings, layout, word));
    return {};
}

}
