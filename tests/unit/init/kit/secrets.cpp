#include "base/text.h"
#include "init/kit.h"
#include "support/catch.h"
#include <set>

using namespace fairlead::init;

TEST_CASE("an empty secret gets 64 letters and digits, what others give out and what is set are left") {
    const auto made =
        make_secrets("# Signs.\nSECRET_KEY=\nDEBUG=false\nAPI_TOKEN=x\nSENTRY_DSN=\nSTRIPE_API_KEY=\n", "");
    REQUIRE(made.made.size() == 1);
    CHECK(made.made[0].first == "SECRET_KEY");
    const auto& value = made.made[0].second;
    CHECK(value.size() == 64);
    CHECK(value.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") ==
          std::string::npos);
    CHECK(made.text == "# Signs.\nSECRET_KEY=" + value + "\nDEBUG=false\nAPI_TOKEN=x\nSENTRY_DSN=\nSTRIPE_API_KEY=\n");
    CHECK(made.left == std::vector<std::string>{"SENTRY_DSN", "STRIPE_API_KEY"});
}

TEST_CASE("no two values are alike, and every letter and digit comes up") {
    std::set<std::string> values;
    std::set<char> letters;
    for (int i = 0; i < 200; ++i) {
        const auto value = make_secrets("KEY_PASSWORD=\n", "").made.at(0).second;
        values.insert(value);
        letters.insert(value.begin(), value.end());
    }
    CHECK(values.size() == 200);
    CHECK(letters.size() == 62);
}

TEST_CASE("a file that is there keeps its lines; what it lacks of the template comes behind them, with its comment") {
    const auto made = make_secrets("# Signs.\nSECRET_KEY=\n\n# How much.\n# In words.\nLOG_LEVEL=info\n",
                                   "# mine\nSECRET_KEY='abc'\nEXTRA=1\n");
    CHECK(made.made.empty());
    CHECK(made.text == "# mine\nSECRET_KEY='abc'\nEXTRA=1\n\n# How much.\n# In words.\nLOG_LEVEL=info\n");
    CHECK(make_secrets("# Signs.\nSECRET_KEY=\n\n# How much.\nLOG_LEVEL=info\n", made.text).text == made.text);
}
