#include "config/believed.h"
#include "base/printable.h"
#include "sys/files/beneath.h"
#include "sys/git/repository.h"
#include <fmt/format.h>

namespace fairlead::config {
namespace {

constexpr std::uint64_t longest = 1u << 20;

Error not_in_base(const std::string& named, const std::string& commit) {
    return usage(
        fmt::format("'{}' is not in commit {}, the base of this change, whose files count; add the file there first",
                    one_line(named), commit.substr(0, 12)));
}

// Nothing of the work tree is asked, not even where its links lead.
Result<std::string> at_base(const sys::Path& tree, const std::string& commit, const sys::Path& from,
                            const std::string& named) {
    std::error_code ignored;
    const sys::Path whole =
        sys::Path(named).is_absolute() ? std::filesystem::weakly_canonical(named, ignored) : tree / from / named;
    const auto inside = whole.lexically_normal().lexically_relative(tree);
    if (inside.empty() || *inside.begin() == "..") return not_in_base(named, commit);
    const auto repository = TRY(sys::Repository::open(tree.string()));
    auto text = TRY(repository.file_at(commit, inside.generic_string()));
    return text ? Result<std::string>(std::move(*text)) : not_in_base(named, commit);
}

}

Result<std::string> believed_file(const Config& config, const std::string& named, std::string_view way_out) {
    if (!config.base_tree_.empty()) return at_base(config.base_tree_, config.base_commit_, config.base_folder_, named);
    const sys::Path folder = config.folder();
    const auto tree = TRY(sys::root_around(folder));
    const auto file = TRY(sys::named_by_tree(tree, folder, named, way_out));
    const auto info = tree.look(file.path);
    if (!info.ok()) return usage(info.error().message);
    if (info->type == sys::FileType::absent)
        return usage(fmt::format("'{}' is not there; name a file that exists, relative to the folder of fairlead.yml",
                                 one_line(named)));
    return tree.read(file.path, longest);
}

}
