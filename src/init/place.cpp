#include "init/place.h"
#include "base/credentials.h"
#include "base/text.h"
#include "init/write.h"
#include <fmt/format.h>

namespace fairlead::init {

sys::Path Place::of(const std::string& path) const {
    return tree.relative((root / path).lexically_normal()).value_or("");
}

Result<void> check_place(const sys::Root& tree, const sys::Path& path) {
    const auto shown = (tree.path() / path).string();
    const auto there = TRY(tree.inspect(path));
    if (there.type == sys::FileType::folder)
        return could_not(fmt::format("'{}' is a folder; move it away, a file goes there", shown));
    sys::Path above = path;
    while (above.has_parent_path()) {
        above = above.parent_path();
        const auto folder = TRY(tree.look(above));
        if (folder.type == sys::FileType::folder) return {};
        const auto itself = TRY(tree.inspect(above));
        if (itself.type != sys::FileType::absent)
            return could_not(
                fmt::format("'{}' is not a folder; move it away, a folder goes there", (tree.path() / above).string()));
    }
    return {};
}

void hide_values(const std::string& path, const Result<std::string>& text) {
    const bool may = path.find(".env") != path.npos || path.find("compose") != path.npos;
    if (may && text.ok()) register_assignments(text.value());
}

Result<std::string> ignore_lines(const sys::Root& tree, const sys::Path& path, const std::vector<std::string>& lines,
                                 Mode mode) {
    const auto info = TRY(tree.look(path));
    const bool there = info.type != sys::FileType::absent;
    std::string before;
    if (there) before = TRY(tree.read(path));
    const auto after = with_lines(before, lines);
    if (after == before) return std::string("kept     .gitignore (it names all that is to be ignored)\n");
    if (mode == Mode::write) TRY_VOID(tree.write(path, after));
    return fmt::format("{}  .gitignore ({})\n", mode == Mode::write ? "written" : "would write",
                       there ? "lines were added" : join(lines, ", "));
}

}
