#include "init/kit/render.h"
#include "support/catch.h"

using namespace fairlead::init;

TEST_CASE("words hold together, and no- turns one round") {
    CHECK(holds({"python", "redis"}, "python redis"));
    CHECK(holds({"python"}, " no-redis  python "));
    CHECK_FALSE(holds({"python", "redis"}, "python no-redis"));
    CHECK_FALSE(holds({}, "python"));
    CHECK(holds({}, ""));
}

TEST_CASE("what doesn't hold is left out, in whatever a file's comments look like") {
    const std::string text = "a\n  # kit:if x\nb\n# kit:else\nc\n\t# kit:end\n// kit:if no-x\nd\n// kit:end\n"
                             "<!-- kit:if x -->\ne\n<!-- kit:end -->\nf\n";
    CHECK(render(text, {"x"}, {}) == "a\nb\ne\nf\n");
    CHECK(render(text, {}, {}) == "a\nc\nd\nf\n");
}

TEST_CASE("what lies in a part that is left out is left out, else or not") {
    const std::string text = "# kit:if x\n# kit:if y\na\n# kit:else\nb\n# kit:end\n# kit:end\nc\n";
    CHECK(render(text, {}, {}) == "c\n");
    CHECK(render(text, {"x"}, {}) == "b\nc\n");
    CHECK(render(text, {"x", "y"}, {}) == "a\nc\n");
}

TEST_CASE("a line that only speaks of such words stays") {
    CHECK(render("see kit:if in the docs\n", {}, {}) == "see kit:if in the docs\n");
}

TEST_CASE("empty lines that come together are one") {
    CHECK(render("\na\n\n# kit:if x\nb\n# kit:end\n\nc\n\n\n", {}, {}) == "a\n\nc\n");
}

TEST_CASE("the longest sample is taken, and no value is looked through again") {
    CHECK(render("kit kit/a\n", {}, {{"kit", "kit/a"}, {"kit/a", "b"}}) == "kit/a b\n");
}
