#include "cli/words.h"
#include "support/catch.h"

using namespace fairlead;

namespace {

const cli::Flag flags[] = {{"name", 'n', true}, {"quiet", 'q', false}, {"verbose", 'v', false}, {"to", 0, true}};
using List = std::vector<std::string>;

cli::Words words(const List& arguments) {
    auto result = cli::split_words(flags, arguments);
    INFO((result.ok() ? "" : result.error().message));
    REQUIRE(result.ok());
    return std::move(result).value();
}

}

TEST_CASE("every usual spelling of a flag is understood") {
    for (const List& given : {List{"--name", "x"}, List{"--name=x"}, List{"-n", "x"}, List{"-nx"}}) {
        CHECK(words(given).flags.at("name") == List{"x"});
    }
    CHECK(words({"-qv"}).flags.size() == 2);
    CHECK(words({"--name", "a", "w", "--name", "b"}).flags.at("name") == List{"a", "b"});
    CHECK(words({"--name=a=b"}).flags.at("name") == List{"a=b"});
}

TEST_CASE("a value is taken as it is") {
    for (const char* value :
         {"--to", "-x", "", "[a,b]", "{}", "%%", "a b", "'q'", "\"q\"", "-", "1,2", "#x", "line\nbreak"}) {
        INFO(value);
        CHECK(words({"--name", value, "--to", "y"}).flags.at("name") == List{value});
        CHECK(words({"--name", value, "--to", "y"}).flags.at("to") == List{"y"});
    }
    for (const char* value : {"", "[a,b]", "{}", "%%", "a b", "'q'", "\"q\"", "-"}) {
        INFO(value);
        CHECK(words({"--name=" + std::string(value), "--to", "y"}).flags.at("name") == List{value});
    }
}

TEST_CASE("words without a flag keep their order, and all after -- are words") {
    CHECK(words({"a", "--quiet", "b", "", "-", "c"}).words == List{"a", "b", "", "-", "c"});
    CHECK(words({"a", "--", "--name", "-q", "--", "b"}).words == List{"a", "--name", "-q", "--", "b"});
}
