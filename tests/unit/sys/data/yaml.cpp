#include "sys/data/yaml.h"
#include "support/catch.h"
#include <ctime>

using namespace fairlead;
using namespace fairlead::sys;

namespace {

YamlNode parsed_yaml(std::string_view text) {
    auto result = parse_yaml(text, "fairlead.yml");
    INFO((result.ok() ? "" : result.error().message));
    REQUIRE(result.ok());
    return std::move(result).value();
}

Error refused_yaml(std::string_view text) {
    const std::clock_t start = std::clock(); // CPU: the machine may be busy
    auto result = parse_yaml(text, "fairlead.yml");
    CHECK(std::clock() - start < 2 * CLOCKS_PER_SEC); // a second, and another one for a sanitizer
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().kind == Kind::usage);
    CHECK(result.error().place.file == "fairlead.yml");
    return result.error();
}

bool says(const Error& error, std::string_view words) {
    UNSCOPED_INFO(error.message);
    return error.message.find(words) != std::string::npos;
}

}

TEST_CASE("maps, lists, scalars and null keep their order, quoting and places") {
    const YamlNode root = parsed_yaml("version: 1\ntargets:\n  - a\n  - \"true\"\nempty:\nblock: |\n  x\n  y\n");
    REQUIRE(root.kind == YamlNode::Kind::map);
    REQUIRE(root.entries.size() == 4);
    CHECK(root.entries[0].first.scalar == "version");
    CHECK(root.find("version")->scalar == "1");
    CHECK_FALSE(root.find("version")->quoted);
    const YamlNode& list = *root.find("targets");
    REQUIRE(list.items.size() == 2);
    CHECK(list.items[1].scalar == "true");
    CHECK(list.items[1].quoted);
    CHECK(list.items[1].line == 4);
    CHECK(list.items[1].column == 5);
    CHECK(root.find("empty")->kind == YamlNode::Kind::null);
    CHECK(root.find("block")->scalar == "x\ny\n");
    CHECK(root.find("absent") == nullptr);
}

TEST_CASE("columns count code points and a byte order mark none") {
    const YamlNode root = parsed_yaml("\xEF\xBB\xBF\"\u00e4\u20ac\U0001F600\": x\n");
    CHECK(root.entries[0].first.column == 1);
    CHECK(root.entries[0].second.column == 8);
    CHECK(root.entries[0].second.line == 1);
}

TEST_CASE("an empty file and one of comments are null") {
    CHECK(parsed_yaml("").kind == YamlNode::Kind::null);
    CHECK(parsed_yaml("# nothing\n").kind == YamlNode::Kind::null);
    CHECK(parsed_yaml("---\n").kind == YamlNode::Kind::null);
}

TEST_CASE("a duplicate key is refused at its second place, in flow maps too") {
    const Error error = refused_yaml("a: 1\nb: 2\na: 3\n");
    CHECK(says(error, "'a' is written twice"));
    CHECK(error.place.line == 3);
    CHECK(error.place.column == 1);
    CHECK(error.place.excerpt == "a: 3");
    CHECK(refused_yaml("x: {a: 1, \u00e4: 2, a: 3}").place.column == 17);
    CHECK(refused_yaml("'a': 1\na: 2\n").place.line == 2);
}

TEST_CASE("anchors, aliases, merge keys and tags are refused where they stand") {
    CHECK(refused_yaml("a: 1\nb: &x 2\n").place.line == 2);
    CHECK(says(refused_yaml("a: &x 1\nb: *x\n"), "anchor '&x' is not supported"));
    CHECK(says(refused_yaml("a: *x\n"), "'*' begins an alias, and no anchor"));
    CHECK(says(refused_yaml("a:\n  <<: {b: 1}\n"), "merge keys"));
    CHECK(parsed_yaml("\"<<\": 1\n").entries.size() == 1);
    CHECK(says(refused_yaml("a: !!binary aGk=\n"), "tag 'tag:yaml.org,2002:binary'"));
    CHECK(says(refused_yaml("a: !include x\n"), "tag '!include'"));
    CHECK(parsed_yaml("a: !!str 1\n").find("a")->quoted);
}

TEST_CASE("a second document is refused") {
    const Error error = refused_yaml("a: 1\n---\nb: 2\n");
    CHECK(says(error, "second YAML document"));
    CHECK(error.place.line >= 2);
    CHECK(says(refused_yaml("- a\nb: 1\n"), "this does not belong to the lines before it"));
}

TEST_CASE("keys that are not text are refused") {
    CHECK(says(refused_yaml("? [a]\n: 1\n"), "plain text"));
    CHECK(says(refused_yaml("{{a: 1}: 2}"), "plain text"));
    CHECK(says(refused_yaml("~: 1\n"), "empty or null"));
}

TEST_CASE("what is not YAML in UTF-8 is refused in words that name it") {
    CHECK(says(refused_yaml("a: [1, 2\nb: 3\n"), "bad YAML"));
    CHECK(refused_yaml("a: 1\n b: 2\n").place.line == 2);
    CHECK(says(refused_yaml(std::string_view("\xFF\xFE"
                                             "a\0:\0",
                                             6)),
               "UTF-16"));
    CHECK(says(refused_yaml(std::string_view("\xFE\xFF\0a", 4)), "UTF-16"));
    CHECK(says(refused_yaml(std::string_view("a: 1\nb: \0\n", 10)), "NUL"));
    const Error latin = refused_yaml("a: 1\nb: caf\xE9\n");
    CHECK(says(latin, "not valid UTF-8"));
    CHECK(latin.place.line == 2);
    const Error end = refused_yaml("a: 1\nb: \x04\nc: 2\n"); // to yaml-cpp the end of the file
    CHECK(says(end, "U+0004"));
    CHECK(end.place.line == 2);
}

TEST_CASE("a quote that is never closed is refused where it begins, not read to the end of the file") {
    for (const std::string text :
         {"a: 1\nb: \"x\nc: 2\n", "a: 1\nb: 'x\nc: 2\n", "a: 1\nb: 'it''s\n", "a: 1\nb: \"x\\\"\n"}) {
        INFO(text);
        const Error error = refused_yaml(text);
        CHECK(says(error, "the quote that begins here is never closed"));
        CHECK(error.place.line == 2);
        CHECK(error.place.column == 4);
    }
    CHECK(parsed_yaml("a: 'it''s'\nb: \"x\\\\\"\nc: \"\\\"\"\n").find("b")->scalar == "x\\");
    CHECK(parsed_yaml("a: \"two\n  lines\"\nb: 5\" and 6'\n").find("a")->scalar == "two lines");
    CHECK(parsed_yaml("a: !!str \"x\"\n'b': |\n  \"c\n").find("b")->scalar == "\"c\n");
}

TEST_CASE("bad YAML is refused with what is wrong and the way out") {
    const std::pair<const char*, const char*> wrong[] = {
        {"a: b: c\n", "put text that holds ': ' in quotes"},
        {"a: 1\n b: 2\n", "indent the keys of a map equally"},
        {"a:\n\tb: 1\n", "the line begins with a tab; indent with blanks"},
        {"a: [1, 2}\n", "'[' goes with ']'"},
        {"a: @b\n", "put the value in quotes"},
        {"a: \"\\q\"\n", "in single quotes a '\\' is a plain character"},
        {"a: \"\\xZZ\"\n", "in single quotes a '\\' is a plain character"},
        {"a: \"b\" c\n", "write 'key: value', with keys indented equally"},
        {"- \"b\" c\n", "begin each item with '- '"},
        {"a: - b\n", "write each '- ' on a separate line"},
        {"a: !<x\n", "check the quotes, the brackets and the indentation"},
    };
    for (const auto& [text, words] : wrong) {
        INFO(text);
        const Error error = refused_yaml(text);
        CHECK(says(error, std::string("bad YAML: ")));
        CHECK(says(error, words));
    }
}

TEST_CASE("an open bracket is named, and shown where the file ends in it") {
    const Error end = refused_yaml("x: 1\na: {\n  b: 1\n");
    CHECK(says(end, "the '{' of line 2 is not closed; add '}', or a comma before the next value"));
    CHECK(end.place.line == 2);
    CHECK(end.place.column == 4);
    CHECK(end.place.excerpt == "a: {");
    const Error comma = refused_yaml("a: [1,\n  2\n  , 3 {b: 1}]\n");
    CHECK(says(comma, "the '[' of line 1 is not closed"));
    CHECK(comma.place.line == 3);
}

TEST_CASE("too much of anything is refused soon") {
    CHECK(says(refused_yaml(std::string(yaml_size_limit + 1, 'a')), "larger than 1 MiB"));
    CHECK(says(refused_yaml("a: [" +
                            [] {
                                std::string items;
                                for (int i = 0; i < 150'000; ++i) items += "1, ";
                                return items;
                            }() +
                            "]"),
               "more than 100000 values"));
    CHECK(refused_yaml(std::string(500'000, '[')).place.line == 1);
    CHECK(says(refused_yaml("a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n"), "anchor '&a'"));
    std::string dashes;
    for (int i = 0; i < 300'000; ++i) dashes += "- ";
    CHECK(says(refused_yaml(dashes), "nested deeper than 100"));
    CHECK(says(refused_yaml(std::string(200, '[') + std::string(200, ']')), "nested deeper than 100"));
}

TEST_CASE("a long line has no excerpt") { CHECK(refused_yaml("a: *" + std::string(1000, 'x')).place.excerpt.empty()); }

namespace {

YamlNode composed(std::string_view text) {
    auto result = parse_yaml_documents(text, "compose.yml", YamlDialect::compose);
    INFO((result.ok() ? "" : result.error().message));
    REQUIRE(result.ok());
    REQUIRE(result->size() == 1);
    return std::move(result->front());
}

Error refused_in_compose(std::string_view text) {
    auto result = parse_yaml_documents(text, "compose.yml", YamlDialect::compose);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().kind == Kind::usage);
    return result.error();
}

}

TEST_CASE("in compose an alias is the value that its anchor names, at the place where that is written") {
    const YamlNode root =
        composed("x-env: &env\n  A: '1'\nservices:\n  web:\n    environment: *env\n    image: &i app\n"
                 "  job: {image: *i, none: &n , again: *n}\n");
    const auto* web = root.find("services")->find("web");
    CHECK(web->find("environment")->find("A")->scalar == "1");
    CHECK(web->find("environment")->find("A")->line == 2);
    CHECK(root.find("services")->find("job")->find("image")->scalar == "app");
    CHECK(root.find("services")->find("job")->find("image")->line == 6);
    CHECK(root.find("services")->find("job")->find("again")->kind == YamlNode::Kind::null);
}

TEST_CASE("in compose a merge key brings what is not written, of several the first one first") {
    const YamlNode root =
        composed("x-a: &a {restart: always, init: true, user: a}\nx-b: &b {user: b, tty: true}\nweb:\n"
                 "  <<: [*a, *b]\n  restart: 'no'\nplain: {'<<': text}\nnested: {<<: {<<: *b, tty: false}}\n");
    const auto* web = root.find("web");
    CHECK(web->find("restart")->scalar == "no");
    CHECK(web->find("restart")->line == 5);
    CHECK(web->find("user")->scalar == "a");
    CHECK(web->find("user")->line == 1);
    CHECK(web->find("tty")->scalar == "true");
    CHECK(web->entries.size() == 4);
    CHECK(root.find("plain")->find("<<")->scalar == "text");
    CHECK(root.find("nested")->find("tty")->scalar == "false");
    CHECK(root.find("nested")->find("user")->scalar == "b");
    for (const auto* text : {"a: {<<: text}\n", "x: &x [1]\na: {<<: *x}\n", "a: {<<: }\n"})
        CHECK(says(refused_in_compose(text), "a merge key ('<<') takes a map"));
}

TEST_CASE("in compose tags of overrides are kept, those of the core schema are read, others refused") {
    const YamlNode root =
        composed("ports: !reset []\nimage: !reset null\nenvironment: !override {A: 1}\nuser: !!str 10\n"
                 "n: !!int 3\n");
    CHECK(root.find("ports")->tag == "!reset");
    CHECK(root.find("image")->tag == "!reset");
    CHECK(root.find("environment")->tag == "!override");
    CHECK(root.find("user")->quoted);
    CHECK_FALSE(root.find("n")->quoted);
    CHECK(says(refused_in_compose("a: !vault x\n"), "tag '!vault' is not supported"));
}

TEST_CASE("in compose a file may hold several documents, each with anchors of its own") {
    auto result = parse_yaml_documents("a: &a 1\n---\nb: 2\n", "compose.yml", YamlDialect::compose);
    REQUIRE(result.ok());
    REQUIRE(result->size() == 2);
    CHECK(result->back().find("b")->scalar == "2");
    CHECK(says(refused_in_compose("a: &a 1\n---\nb: *a\n"), "'*' begins an alias"));
    auto empty = parse_yaml_documents("", "compose.yml", YamlDialect::compose);
    REQUIRE(empty.ok());
    CHECK(empty->size() == 1);
    CHECK(says(refused_in_compose("a: 1\na: 2\n"), "key 'a' is written twice"));
}

TEST_CASE("in compose neither an alias bomb nor one within itself is built") {
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n", deep = "b0: &b0 [x]\n";
    for (int i = 1; i < 9; ++i) {
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
        for (int j = 0; j < 10; ++j) bomb += (j ? ", *a" : "*a") + std::to_string(i - 1);
        bomb += "]\n";
    }
    for (int i = 1; i < 200; ++i)
        deep += "b" + std::to_string(i) + ": &b" + std::to_string(i) + " [*b" + std::to_string(i - 1) + "]\n";
    CHECK(says(refused_in_compose(bomb), "more than 100000 values"));
    CHECK(says(refused_in_compose(deep), "nested deeper than 100 levels"));
    CHECK(says(refused_in_compose("a: &a [*a]\n"), "is inside the value that it names"));
    CHECK(says(refused_in_compose("a: &a {b: *a}\n"), "is inside the value that it names"));
}
