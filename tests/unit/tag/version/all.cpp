#include "tag/version/all.h"
#include "base/text.h"
#include "unit/tag/support.h"

using namespace fairlead;
using namespace fairlead::tag;
using tag::test::Scratch;

namespace {

Component part(const std::string& name, const std::vector<std::string>& depends = {}) {
    Component component;
    component.name = name;
    component.prefix = name + "/v";
    component.infers_prefix = true;
    component.include = {name + "/**"};
    component.depends = depends;
    return component;
}

// "api 1.2.3 minor, …", in the order that they come.
std::string all(const Scratch& scratch, const std::vector<Component>& components, const std::string& channel = {}) {
    Checkout checkout(scratch.path());
    NextWanted wanted;
    wanted.channel = channel;
    const auto versions = next_versions(wanted, components, checkout);
    if (!versions.ok()) return versions.error().message;
    std::vector<std::string> shown;
    for (const auto& [name, next] : versions.value())
        shown.push_back(name + " " + next.version + " " +
                        (next.changed ? std::string(name_of(next.level)) : std::string("same")));
    return join(shown, ", ");
}

std::string order(const std::vector<Component>& components) {
    const auto found = in_order(components);
    if (!found.ok()) return found.error().message;
    std::vector<std::string> names;
    for (const auto number : found.value()) names.push_back(components[number].name);
    return join(names, " ");
}

}

TEST_CASE("components come behind what they depend on, and a cycle is named") {
    CHECK(order({part("a"), part("b")}) == "a b");
    CHECK(order({part("a", {"c"}), part("b"), part("c", {"b"})}) == "b c a");
    CHECK(order({part("x", {"a"}), part("a", {"b"}), part("b", {"a"})}) ==
          "components depend on each other: a -> b -> a; remove an entry in depends");
    CHECK(order({part("a", {"a"})}).starts_with("components depend on each other: a -> a"));
}

TEST_CASE("each component has its own version, and what another one changes reaches who depends on it") {
    const Scratch scratch;
    scratch.commit("chore: begin", "api/a");
    const std::vector<Component> parts = {part("api", {"lib"}), part("web", {"api"}), part("lib")};
    scratch.git({"tag", "api/v1.0.0"});
    scratch.git({"tag", "web-v2.0.0"});
    CHECK(all(scratch, parts) == "lib 0.1.0 same, api 1.0.0 same, web 2.0.0 same");
    scratch.commit("feat: b", "lib/b");
    CHECK(all(scratch, parts) == "lib 0.1.0 minor, api 1.0.1 patch, web 2.0.1 patch");
    scratch.git({"tag", "lib/v1.0.0"});
    CHECK(all(scratch, parts) == "lib 1.0.0 same, api 1.0.1 patch, web 2.0.1 patch"); // since their own last version
    scratch.commit("docs: c", "lib/c");
    scratch.git({"tag", "api/v1.0.1"});
    scratch.commit("docs: d", "lib/d");
    CHECK(all(scratch, parts) == "lib 1.0.0 same, api 1.0.1 same, web 2.0.1 patch");
    scratch.commit("feat: e", "api/e");
    CHECK(all(scratch, parts) == "lib 1.0.0 same, api 1.1.0 minor, web 2.0.1 patch");
    CHECK(all(scratch, parts, "rc") == "lib 1.0.0 same, api 1.1.0-rc.1 minor, web 2.0.1-rc.1 patch");
    Checkout checkout(scratch.path());
    const auto versions = next_versions({}, parts, checkout);
    REQUIRE(versions.ok());
    CHECK(versions.value().back().second.decided_by.starts_with("because of api: "));
}

TEST_CASE("what is refused of one component is refused with its name") {
    const Scratch scratch;
    scratch.commit("feat: a", "api/a");
    scratch.git({"tag", "api/v1.0.0"});
    scratch.git({"checkout", "--quiet", "-b", "side"});
    scratch.git({"commit", "--quiet", "--allow-empty", "-m", "x"});
    scratch.git({"tag", "api/v1.0.1"});
    scratch.git({"checkout", "--quiet", "main"});
    scratch.commit("fix: b", "api/b");
    CHECK(all(scratch, {part("api"), part("web")}).starts_with("component 'api': tag api/v1.0.1 is in the way"));
}

TEST_CASE("all components at once say what each says alone") {
    const Scratch scratch;
    std::vector<Component> parts;
    for (int i = 0; i < 70; ++i) parts.push_back(part("c" + std::to_string(i))); // more than one walk takes
    for (int i = 0; i < 70; ++i) {
        const auto name = "c" + std::to_string(i * 31 % 70);
        scratch.commit(i % 3 == 0 ? "feat: x" : "fix: x", name + "/x" + std::to_string(i));
        if (i % 2 == 0) scratch.git({"tag", "c" + std::to_string(i * 17 % 70) + "/v1.0.0"});
    }
    std::vector<std::string> alone;
    for (const auto& component : parts) alone.push_back(all(scratch, {component}));
    CHECK(all(scratch, parts) == join(alone, ", "));
}
