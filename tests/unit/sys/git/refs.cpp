#include "sys/git/refs.h"
#include "unit/sys/git_sandbox.h"
#include <optional>

using namespace fairlead;
using namespace fairlead::test;

TEST_CASE("an error at the second reference ends the walk, loose or packed, and so does a signal") {
    Sandbox box;
    box.commit("f", "a\n");
    for (const auto* name : {"v1", "v2", "v3", "v4"}) box.git(std::string("tag ") + name);
    for (const bool packed : {false, true}) {
        if (packed) box.git("pack-refs --all");
        const auto git_folder = box.open().git_folder();
        Second second;
        const auto by_second = each_reference(git_folder, "refs/tags/", std::ref(second));
        CHECK(second.ended(by_second));

        int calls = 0;
        std::optional<Stopped> stopped;
        const auto walk = each_reference(git_folder, "refs/tags/", [&](const StoredReference&) {
            if (++calls == 2) stopped.emplace();
            return Result<void>();
        });
        REQUIRE_FALSE(walk.ok());
        CHECK(walk.error().kind == Kind::could_not);
        CHECK(walk.error().message == "interrupted while reading the references");
        CHECK(calls == 2);
    }
}
