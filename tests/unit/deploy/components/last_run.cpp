#include "deploy/components/last_run.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::deploy;

TEST_CASE("what the last run of all components left is written and read again") {
    const LastRun run{.parts = {{"api", "2-0123456789ab", "1-0123456789ab"}, {"ui", "2-ffffffffffff", ""}},
                      .done = false};
    CHECK(parse_last_run(to_json(run), "components.json").value() == run);
    for (const auto* text : {"", "{}", R"({"schema":1,"done":true})", R"({"schema":1,"done":1,"parts":[]})",
                             R"({"schema":1,"done":true,"parts":[{"component":"a"}]})"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_last_run(text, "components.json").ok());
    }
}
