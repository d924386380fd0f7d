#include "attest/key.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::attest;

namespace {

const std::string pem =
    "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC "
    "KEY-----\n";

bool counts(const Key& key, const char* time) { return refusal(key, parse_utc(time).value()).empty(); }

}

TEST_CASE("a key without days counts always") {
    const auto key = read_key("\n \r\nED25519 Public-Key:\npub:\n    d7:5a:98:\n    1a\n" + pem, "p").value();
    CHECK(counts(key, "1970-01-01T00:00:00Z"));
    CHECK(counts(key, "2999-01-01T00:00:00Z"));
}

TEST_CASE("both days of a key are part of its time") {
    const auto key = read_key("Valid-From: 2026-01-02\r\nvalid-until:2026-03-31\n" + pem, "p.pem").value();
    CHECK_FALSE(counts(key, "2026-01-01T23:59:59.999Z"));
    CHECK(counts(key, "2026-01-02T00:00:00Z"));
    CHECK(counts(key, "2026-03-31T23:59:59.999Z"));
    CHECK_FALSE(counts(key, "2026-04-01T00:00:00Z"));
    CHECK(refusal(key, parse_utc("2026-04-01T00:00:00Z").value()) ==
          "'p.pem' was valid only before 2026-04-01T00:00:00.000Z");
}

TEST_CASE("times of RFC 3339 are taken with their offset") {
    const auto key = read_key("Valid-From: 2026-01-02T12:00:00+02:00\n" + pem, "p").value();
    CHECK_FALSE(counts(key, "2026-01-02T09:59:59Z"));
    CHECK(counts(key, "2026-01-02T10:00:00Z"));
}

TEST_CASE("whatever else stands before a key may be meant as its end, and is refused") {
    for (const char* head :
         {"Valid-Until 2020-01-01\n", "Valid-Until=2020-01-01\n", "\xEF\xBB\xBFValid-Until: 2020-01-01\n",
          "\xC2\xA0Valid-Until: 2020-01-01\n", "# Valid-Until: 2020-01-01\n", "ValidUntil 2020\n",
          "Until: 2020-01-01\n", "2020-01-01\n", "a word\n", "About: a key\n", "-----BEGIN\n"}) {
        CAPTURE(head);
        const auto key = read_key(head + pem, "p");
        REQUIRE_FALSE(key.ok());
        CHECK(key.error().kind == Kind::usage);
    }
}

TEST_CASE("a day that can't be read, is there twice or is spelled otherwise is no day without one") {
    for (const char* head : {"Valid-Until: soon\n", "Valid-Until:\n", "Valid-Until: 2026-13-01\n",
                             "Valid-Until: 2026\n", "Valid-To: 2026-01-01\n", "Valid Until: 2026-01-01\n",
                             "VALIDITY: 1\n", "Valid-Until: 2026-01-01\nValid-Until: 2027-01-01\n"}) {
        CAPTURE(head);
        const auto key = read_key(head + pem, "p");
        REQUIRE_FALSE(key.ok());
        CHECK(key.error().kind == Kind::usage);
    }
    CHECK_FALSE(read_key("", "p").ok());
}
