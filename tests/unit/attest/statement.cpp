#include "attest/statement.h"
#include "base/text.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::attest;

namespace {

const std::string ones(64, '1'), twos(64, '2');
const Statement about{{{"a", ones}, {"b", twos}}, std::string(provenance_type), "{\"x\":1}"};

bool is_read(const std::string& text) {
    const auto read = read_statement(text, "s", provenance_type);
    if (!read.ok()) CHECK(read.error().kind == Kind::no);
    return read.ok();
}

}

TEST_CASE("a statement is read as it was written") {
    const auto read = read_statement(write_statement(about), "s", provenance_type).value();
    CHECK(read.subjects == about.subjects);
    CHECK(read.predicate == about.predicate);
}

TEST_CASE("what is not a whole statement of that kind is refused") {
    const auto good = write_statement(about);
    CHECK(is_read(good));
    const std::pair<const char*, const char*> changes[] = {
        {"Statement/v1", "Statement/v0.1"},
        {"provenance/v1", "provenance/v0.2"},
        {"{\"x\":1}", "[]"},
        {"\"predicate\":", "\"other\":"},
        {"\"subject\":", "\"subjects\":"},
        {"\"name\":\"b\"", "\"name\":\"a\""},
        {"\"name\":\"b\"", "\"name\":\"\""},
        {"\"name\":\"b\"", "\"name\":1"},
        {"\"sha256\":\"1", "\"sha512\":\"1"},
        {"\"sha256\":\"1", "\"sha256\":\"g"},
        {"\"sha256\":\"1", "\"sha256\":\""},
        {"\"sha256\":\"1", "\"sha256\":\"11"},
        {"{\"_type\"", "{\"subject\":[],\"_type\""},
    };
    for (const auto& [from, to] : changes) {
        CAPTURE(from, to);
        const auto at = good.find(from);
        REQUIRE(at != good.npos);
        CHECK_FALSE(is_read(good.substr(0, at) + to + good.substr(at + std::string(from).size())));
    }
    CHECK_FALSE(is_read(write_statement({{}, about.type, "{}"})));
}

TEST_CASE("a file is a subject by its name and its digest") {
    CHECK(check_subject(about, "s", {"a", ones}).ok());
    CHECK(check_subject(about, "s", {"b", twos}).ok());
    CHECK(check_subject(about, "s", {"a", twos}).error().message ==
          "'s' says that 'a' has the SHA-256 " + ones + ", not " + twos);
    CHECK(check_subject(about, "s", {"c", twos}).error().message == "'s' knows these bytes as 'b', not as 'c'");
    CHECK(check_subject(about, "s", {"c", std::string(64, '3')}).error().message ==
          "'s' is not about 'c'; it is about 'a' and 1 more");
}
