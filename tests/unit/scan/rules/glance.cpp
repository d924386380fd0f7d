#include "scan/rules/glance.h"
#include "base/text.h"
#include "support/catch.h"
#include "sys/pattern/pattern.h"

using namespace fairlead;
using namespace fairlead::scan;

namespace {

bool glance_passes(const Rule& rule, std::string_view text) {
    const Glance glance(rule);
    const std::string small = lower(text);
    for (const std::string_view keyword : rule.keywords) {
        if (keyword.empty()) continue;
        for (std::size_t at = small.find(keyword); at != small.npos; at = small.find(keyword, at + 1))
            if (glance.may_match(text, at, at + keyword.size())) return true;
    }
    return rule.keywords[0].empty();
}

bool glance_passes(std::string_view id, std::string_view text) { return glance_passes(*find_rule(id), sample(text)); }

}

TEST_CASE("a glance passes over no sample of a rule, wherever it stands") {
    for (const Rule* rule : rules())
        for (const std::string_view hit : rule->hits) {
            if (hit.empty()) continue;
            INFO(rule->id << ": " << hit);
            const std::string text = sample(hit);
            CHECK(glance_passes(*rule, text));
            CHECK(glance_passes(*rule, "\n" + text));
            if (rule->shape == Shape::token || rule->shape == Shape::near)
                for (const std::string before : {" ", "\\n", "%3D", "%252525252525252525253D", "\\u003d", "\x1b[1;31m"})
                    CHECK(glance_passes(*rule, before + text));
        }
}

TEST_CASE("words of a text are no names of values") {
    for (const std::string_view text : {"the key is enabled", "| key | x |", "keyboard", "Ensure that keys are rotated",
                                        "key", "api\nx = 1", "an author, and a token", "keys (all of them): none"})
        CHECK_FALSE(glance_passes("generic-api-key", text));
    for (const std::string_view text : {"api|_key = x", "api.key: x", "\"api-key\" => x", "key|=", "--api-|key x1",
                                        "ENV API_|KEY x1", "  arg token  x", "a key of some words :x",
                                        "<api_key>x</api_key>", "key%3Dx", "tokens\t= x", "(\"key\", \"x\")"})
        CHECK(glance_passes("generic-api-key", text));
}

TEST_CASE("two strokes assign, one doesn't") {
    const Glance glance(*find_rule("generic-api-key"));
    CHECK(glance.may_match("key || x", 0, 3));
    CHECK_FALSE(glance.may_match("key | x", 0, 3));
}

TEST_CASE("a token is told by how it begins") {
    CHECK_FALSE(glance_passes("resend-api-key", "ar|e_adroM6kH_4yNK66vuXISMX16atgRGCZnH"));
    CHECK_FALSE(glance_passes("resend-api-key", "re_sources"));
    CHECK_FALSE(glance_passes("twilio-api-key", "a task, Sk"));
    CHECK(glance_passes("resend-api-key", "-r|e_adroM6kH_4yNK66vuXISMX16atgRGCZnH"));
}

TEST_CASE("an address without a user has no password") {
    CHECK_FALSE(glance_passes("connection-string-password", "https://example.org/a:b"));
    CHECK_FALSE(glance_passes("connection-string-password", "https://user@example.org"));
    CHECK_FALSE(glance_passes("connection-string-password", "https://"));
    CHECK(glance_passes("connection-string-password", "redis://:x"));
    CHECK_FALSE(glance_passes("basic-auth", "authors"));
}
