#include "base/foreign_actions.h"
#include "base/text.h"
#include "support/catch.h"
#include "support/support.h"
#include "sys/files/files.h"

using namespace fairlead;

TEST_CASE("a foreign action is named by its full commit, with the version as the updating bots write it") {
    CHECK(uses("actions/checkout").starts_with("actions/checkout@"));
    CHECK(uses("actions/nobody").empty());
    for (const auto& row : foreign_actions()) {
        INFO(row.name);
        CHECK(row.commit.size() == 40);
        CHECK(row.commit.find_first_not_of("0123456789abcdef") == row.commit.npos);
        CHECK(uses(row.name).ends_with(" # " + std::string(row.version)));
        CHECK(row.node >= 24); // 20 is being retired
    }
}

TEST_CASE("our own workflows use no foreign action that is not in the table") {
    const sys::Path folder = test::source(".github/workflows");
    const auto names = sys::list_folder(folder);
    REQUIRE(names.ok());
    std::size_t seen = 0;
    for (const auto& name : names.value()) {
        const auto text = sys::read_file(folder / name);
        REQUIRE(text.ok());
        for (const auto& line : split(text.value(), '\n')) {
            const auto at = line.find("uses: ");
            if (at == line.npos || line[at + 6] == '.' || line.find("fairlead/fairlead/") != line.npos) continue;
            const auto used = trim(std::string_view(line).substr(at + 6));
            INFO(name << ": " << used);
            CHECK(uses(used.substr(0, used.find('@'))) == used);
            ++seen;
        }
    }
    CHECK(seen > 5);
}
