#include "preflight/rows/row.h"
#include "preflight/rows/tree.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::preflight;

namespace {

// What is said of a rule with these keys.
std::string said(const std::string& keys) {
    const auto read =
        read_rows("version: 1\npreflight:\n  own_rules:\n    - {title: t, " + keys + "}\n", "fairlead.yml");
    return read.ok() ? std::to_string(read.value()->rules.size()) + " rule" : read.error().message;
}

const std::string sound = "id: team-a, in: compose, message: m";

}

TEST_CASE("a rule of a team is refused where a key has no effect or none is there") {
    CHECK(said(sound + ", path: image, wrong: {is: a}") == "1 rule");
    CHECK(said("id: team, in: compose, message: m, path: image, wrong: {is: a}").starts_with("id 'team' is not valid"));
    CHECK(said(sound + ", wrong: {is: a}").starts_with("path is missing"));
    CHECK(said(sound + ", path: image, wrong: {except: a}").starts_with("no conditions are given here"));
    CHECK(said(sound + ", path: image, wrong: {is: a, missing: true}").starts_with("2 conditions are given here"));
    CHECK(said(sound + ", path: image, wrong: {above: 1, below: 3}") == "1 rule");
    CHECK(said(sound + ", path: image, wrong: {is: a, except: b}").starts_with("except is only allowed with matches"));
    CHECK(said(sound + ", path: image, wrong: {matches: '('}").find("is not a regular expression") !=
          std::string::npos);
    CHECK(
        said(sound + ", path: image, where: {build: {}}, wrong: {is: a}").starts_with("no conditions are given here"));
    CHECK(said(sound + ", path: image, each: pod, wrong: {is: a}") ==
          "in compose there is no 'pod'; expected service or lasting");
    CHECK(
        said(sound + ", path: image, kinds: Pod, wrong: {is: a}").starts_with("kinds is only for Kubernetes objects"));
    CHECK(said("id: team-a, in: compose, path: image, wrong: {is: a}, message: '{who} is'")
              .starts_with("message: {who} is not a placeholder"));
    CHECK(said("id: team-a, in: yaml, path: a, wrong: {is: a}, message: m").starts_with("in: yaml needs files:"));
    CHECK(
        said("id: team-a, in: text, files: a, path: a, wrong: {is: a}, message: m").starts_with("a line has no path"));
    CHECK(
        said("id: team-a, in: text, files: a, wrong: {missing: true}, message: m").starts_with("missing needs a path"));
    CHECK(said("id: team-a, in: env, path: A, wrong: {missing: true}, message: m")
              .starts_with("preflight.required_vars names"));
    CHECK(said("id: team-a, in: env, path: A, where: {b: {is: c}}, wrong: {is: a}, message: m")
              .starts_with("in env a value has no keys next to it"));
    CHECK(said("id: team-a, in: dockerfile, path: USER, wrong: {lacks: a}, message: m")
              .starts_with("in dockerfile nothing is a list"));
    CHECK(said(sound + ", path: a..b, wrong: {is: a}").starts_with("path 'a..b' has an empty part"));
    CHECK(said("id: team-a, in: compose, path: image, wrong: {is: a}, message: '{ x'")
              .starts_with("message: { x is not a placeholder"));
    CHECK(said(sound + ", path: a, wrong: {is: a}}\n    - {title: t, " + sound + ", path: b, wrong: {is: a}")
              .starts_with("two rules have the id team-a"));
}

TEST_CASE("a path leads to each entry, and to the last place that is there") {
    const auto root = sys::parse_yaml("a:\n  b:\n    - c: 1\n    - d: 2\n", "x.yml").value();
    const auto walked = [&](std::string_view path) {
        std::string all;
        walk(root, path, [&](const Reached& one) {
            all += one.key + (one.value ? "=" + std::string(one.value->text()) : " is missing") + " at " +
                   std::to_string(one.place.line) + (one.holder ? "; " : ", without its map; ");
        });
        return all;
    };
    CHECK(walked("a.b.*.c") == "c=1 at 3; c is missing at 4; ");
    CHECK(walked("a.x.y") == "y is missing at 2, without its map; ");
    CHECK(walked("x") == "x is missing at 0; ");
    CHECK(walked("x.*.y").empty());
}
