#include "gate/collect/matches.h"
#include <set>

namespace fairlead::gate {

Result<Start> start_of(const Expected& expected, const std::string& pattern, const Folders& folders) {
    const auto slash = pattern.substr(0, pattern.find_first_of("*?{[\\")).rfind('/');
    const auto cut = slash == std::string::npos ? 0 : slash + 1;
    const auto fixed = cut == 0 ? sys::Path(".") : sys::Path(pattern.substr(0, cut));
    auto rest = pattern.substr(cut);
    if (expected.place.line == 0) {
        auto folder = TRY(sys::named_by_person(folders.base, fixed));
        return Start{std::move(folder), std::move(rest)};
    }
    const auto tree = TRY(sys::root_around(folders.base));
    auto folder = sys::named_by_tree(tree, folders.base, fixed,
                                     expected.name.empty()
                                         ? "name files of this repository"
                                         : "name reports of this repository, or use --report for other reports");
    if (!folder.ok()) return usage(folder.error().message, expected.place);
    return Start{std::move(folder).value(), std::move(rest)};
}

namespace {

Match match_of(const Start& start, const std::string& name) {
    const auto& [root, folder] = start.folder;
    const auto inner = (sys::Path(folder) / name).lexically_normal().string();
    Match match{root, inner, (root.path() / inner).lexically_normal().string(), "", ""};
    const auto real = root.real(inner);
    match.identity = real.ok() ? (root.path() / real.value()).string() : match.path;
    if (!real.ok()) match.refused = real.error().message;
    return match;
}

}

Result<std::vector<Match>> matching(const Expected& expected, const Folders& folders) {
    std::vector<Match> matches;
    std::set<std::string> seen;
    for (const auto& pattern : expected.patterns) {
        const auto start = TRY(start_of(expected, pattern, folders));
        const auto names = TRY(sys::glob(start.folder.root, start.folder.path, start.rest));
        for (const auto& name : names) {
            auto match = match_of(start, name);
            if (seen.insert(match.path).second) matches.push_back(std::move(match));
        }
    }
    return matches;
}

}
