#include "tag/version/component.h"
#include "unit/tag/support.h"
#include <algorithm>
#include <filesystem>
#include <random>

using namespace fairlead;
using namespace fairlead::tag;

TEST_CASE("no path that belongs to a component is missed by what its paths begin with") {
    std::mt19937 random(7);
    const auto pick = [&](const std::vector<std::string>& from) {
        return from[std::uniform_int_distribution<std::size_t>(0, from.size() - 1)(random)];
    };
    const std::vector<std::string> globs = {"*",  "**", "a*", "?b",  "{a,ab}",   "[a]",       "a",  "ab",
                                            ".a", "..", ".*", "a.?", "\xc3\xa4", "a\xc3\xa4", "**a"};
    int own = 0, pruned = 0;
    for (int i = 0; i < 20000; ++i) {
        const auto folder = pick({"", "", "a", "a/ab", ".a"});
        Component component;
        component.include = {pick(globs)};
        while (pick({"y", "n"}) == "y") component.include.front() += "/" + pick(globs);
        std::string path = folder.empty() ? pick({"a", "ab", ".a"}) : pick({folder, "a", "ab"});
        while (pick({"y", "n"}) == "y") path += "/" + pick({"a", "ab", ".a", "\xc3\xa4", "a.b"});
        const auto seen = folder.empty() ? path : std::filesystem::path(path).lexically_relative(folder).string();
        const auto begins = beginnings(component, folder);
        const bool reached =
            std::any_of(begins.begin(), begins.end(), [&](const auto& one) { return path.starts_with(one); });
        INFO(component.include.front() << " in '" << folder << "': " << path);
        if (belongs(component, seen)) CHECK(reached);
        own += belongs(component, seen) ? 1 : 0;
        pruned += reached ? 0 : 1;
    }
    CHECK(own > 500);
    CHECK(pruned > 5000);
}

TEST_CASE("globs that can't be read or lead out of the tree are refused") {
    for (const auto* good : {"a", "**", "[]]", "[!]a]", "[[]", "[{]", "{a,b}/[a-z]", "}", "a..b", "...", ".github/**"})
        CHECK(check_paths({good}, 0).ok());
    for (const auto* bad : {"[", "[]", "[!]", "a[b", "{a,b", "../x", "a/../b", "..", "/x", "/"}) {
        INFO(bad);
        CHECK_FALSE(check_paths({"a", bad}, 0).ok());
    }
    CHECK(check_paths({"../x"}, 1).ok()); // fairlead.yml stands in services/
    CHECK_FALSE(check_paths({"../../x"}, 1).ok());
    CHECK_FALSE(check_paths({"../a/../x"}, 1).ok());
}
