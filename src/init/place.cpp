#include "init/place.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "init/write.h"
#include "sys/clock.h"
#include <chrono>
#include <fmt/format.h>

namespace fairlead::init {

sys::Path Place::of(const std::string& path) const {
    return tree.relative((root / path).lexically_normal()).value_or("");
}

Result<void> check_place(const sys::Root& tree, const sys::Path& path) {
    const auto shown = (tree.path() / path).string();
    const auto there = TRY(tree.inspect(path));
    if (there.type == sys::FileType::folder)
        return could_not(fmt::format("'{}' is a folder, but init writes a file there; move the folder away", shown));
    sys::Path above = path;
    while (above.has_parent_path()) {
        above = above.parent_path();
        const auto folder = TRY(tree.look(above));
        if (folder.type == sys::FileType::folder) return {};
        const auto itself = TRY(tree.inspect(above));
        if (itself.type != sys::FileType::absent)
            return could_not(fmt::format("'{}' is not a folder, but init needs a folder there; move it away",
                                         (tree.path() / above).string()));
    }
    return {};
}

Result<void> remove_left(const sys::Root& tree, const sys::Path& path) {
    constexpr std::int64_t old = 60'000'000'000; // another init may be writing a younger one
    const auto folder = path.parent_path();
    const auto name = path.filename().string();
    const auto names = TRY(tree.list(folder.empty() ? "." : folder));
    const auto now = std::chrono::nanoseconds(sys::real_clock().now().time_since_epoch()).count();
    for (const auto& entry : names) {
        if (entry.type != sys::FileType::file || !entry.name.starts_with(sys::written_mark) ||
            !entry.name.ends_with("." + name) || entry.name.size() != sys::written_mark.size() + 12 + 1 + name.size())
            continue;
        const auto left = TRY(tree.inspect(folder / entry.name));
        if (left.type != sys::FileType::file || now - left.modified_ns < old) continue;
        TRY_VOID(tree.remove(folder / entry.name));
    }
    return {};
}

void hide_values(const std::string& path, const Result<std::string>& text) {
    const bool may = path.find(".env") != path.npos || path.find("compose") != path.npos;
    if (may && text.ok()) register_assignments(text.value());
}

Result<std::string> ignore_lines(const sys::Root& tree, const sys::Path& link, const std::vector<std::string>& lines,
                                 Mode mode) {
    const sys::Path path = TRY(tree.real(link));
    const auto info = TRY(tree.look(path));
    const bool there = info.type != sys::FileType::absent;
    std::string before;
    if (there) before = TRY(tree.read(path));
    const auto after = with_lines(before, lines);
    if (after == before) return std::string("kept     .gitignore (it is complete)\n");
    if (mode == Mode::write) TRY_VOID(tree.write(path, after));
    return fmt::format("{}  .gitignore ({})\n", mode == Mode::write ? "written" : "would write",
                       there ? "lines were added" : join(lines, ", "));
}

}
