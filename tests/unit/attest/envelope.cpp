#include "attest/envelope.h"
#include "base/text.h"
#include "support/catch.h"
#include "unit/attest/keys.h"

using namespace fairlead;
using namespace fairlead::attest;

namespace {

std::string sealed(std::initializer_list<char> letters, std::string_view payload = "a payload") {
    std::vector<sys::PrivateKey> keys;
    for (const char letter : letters) keys.push_back(private_key(letter));
    return seal("text/x", payload, keys);
}

std::string opened(const std::string& envelope, std::vector<Key> keys, std::string_view type = "text/x") {
    const auto result = open(envelope, "e", type, keys, now);
    if (!result.ok()) CHECK(result.error().kind == Kind::no);
    return result.ok() ? result->payload + " by " + result->key : "";
}

}

TEST_CASE("what is signed is the type and the bytes, as the protocol has them") {
    const std::string message = "DSSEv1 29 http://example.com/HelloWorld 11 hello world"; // its own example
    const auto by = private_key('a');
    const auto envelope = replace_all(sealed({'a'}, "hello world"), "text/x", "http://example.com/HelloWorld");
    const auto signature = base64(by.sign(message));
    const auto start = envelope.find("\"sig\":\"") + 7;
    CHECK(opened(envelope.substr(0, start) + signature + envelope.substr(envelope.find('"', start)), {key('a')},
                 "http://example.com/HelloWorld") == "hello world by a");
    CHECK(opened(envelope, {key('a')}, "http://example.com/HelloWorld").empty()); // signed for another type
}

TEST_CASE("one signature by one of the keys is enough") {
    CHECK(opened(sealed({'a'}), {key('a')}) == "a payload by a");
    CHECK(opened(sealed({'a', 'b'}), {key('b')}) == "a payload by b");
    CHECK(opened(sealed({'a', 'a'}), {key('c'), key('a')}) == "a payload by a");
    CHECK(opened(sealed({'a', 'b'}), {key('c')}).empty());
    CHECK(opened(sealed({'a'}), {}).empty());
    CHECK(opened(sealed({}), {key('a')}).empty());
}

TEST_CASE("a key that is over doesn't count, another one beside it does") {
    auto over = key('a');
    over.before = now;
    CHECK(opened(sealed({'a'}), {over}).empty());
    CHECK(opened(sealed({'a', 'b'}), {over, key('b')}) == "a payload by b");
    over.before = now + Milliseconds(1);
    CHECK(opened(sealed({'a'}), {over}) == "a payload by a");
}

TEST_CASE("no byte of an envelope can be changed for another payload") {
    const auto envelope = sealed({'a'});
    for (std::size_t i = 0; i < envelope.size(); ++i)
        for (const char c : {'A', '"', '0', '{'}) {
            auto changed = envelope;
            changed[i] = c;
            const auto got = opened(changed, {key('a')});
            if (!got.empty()) CHECK(got == "a payload by a");
        }
}

TEST_CASE("what is no envelope is refused") {
    const auto good = sealed({'a'});
    for (const auto& text : {std::string(), std::string("null"), std::string("[]"), std::string("{}"),
                             good.substr(0, 50), "[" + good + "]", good + good, "{\"payload\":\"\"," + good.substr(1),
                             "\xff" + good, good + std::string(envelope_limit, ' ')}) {
        CHECK(opened(text, {key('a')}).empty());
    }
    CHECK(opened(sealed({'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a',
                         'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a'}),
                 {key('a')})
              .empty()); // 33
    CHECK(opened(sealed({'a'}), {key('a')}, "text/y").empty());
}

TEST_CASE("where no key is trusted the payload is read, whoever signed, and only that of the type") {
    CHECK(unproven_payload(sealed({'a'}), "e", "text/x").value() == "a payload");
    CHECK(unproven_payload(sealed({}), "e", "text/x").value() == "a payload");
    CHECK(unproven_payload(sealed({'a'}), "e", "text/y").error().kind == Kind::no);
    CHECK(unproven_payload("{}", "e", "text/x").error().kind == Kind::no);
    CHECK(unproven_payload("", "e", "text/x").error().kind == Kind::no);
}
