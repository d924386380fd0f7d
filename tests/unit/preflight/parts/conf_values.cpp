#include "preflight/parts/conf_values.h"
#include "support/catch.h"

using namespace fairlead::preflight;

namespace {
using Items = std::vector<std::string>;
EnvValue named(std::string name, std::string value) {
    EnvValue one;
    one.name = std::move(name);
    one.value = std::move(value);
    return one;
}
}

TEST_CASE("lists are read as settings modules write them") {
    CHECK(list_items("a.example.org,b.example.org") == Items{"a.example.org", "b.example.org"});
    CHECK(list_items("a.example.org b.example.org") == Items{"a.example.org", "b.example.org"});
    CHECK(list_items(R"(["https://a.example.org", "http://[::1]:8000"])") ==
          Items{"https://a.example.org", "http://[::1]:8000"});
    CHECK(list_items("['*']") == Items{"*"});
    CHECK(list_items("('a', 'b')") == Items{"a", "b"});
    CHECK(list_items("[::1]") == Items{"[::1]"});
    CHECK(list_items(" , ").empty());
    CHECK(list_items("[]").empty());
}

TEST_CASE("a secret's name ends in the word for one") {
    for (const char* name : {"SECRET_KEY", "DB_PASSWORD", "PASS", "STRIPE_API_KEY", "token"})
        CHECK(is_secret_name(name));
    for (const char* name : {"PASSWORD_MIN_LENGTH", "TOKEN_EXPIRE_MINUTES", "SECRET_URL", "JWT_ALGORITHM", "BYPASS",
                             "PWD", "OLDPWD", "MONKEY"})
        CHECK_FALSE(is_secret_name(name));
}

TEST_CASE("of a URL its password is secret, of a switch or a reference nothing") {
    CHECK(secret_of(named("DB_PASSWORD", "maple")) == "maple");
    CHECK(secret_of(named("REDIS_URL", "redis://:ma%70le@cache:6379/0")) == "maple");
    CHECK(secret_of(named("REDIS_URL", "redis://cache:6379/0")).empty());
    CHECK(secret_of(named("USE_TOKEN", "true")).empty());
    CHECK(secret_of(named("API_TOKEN", "op://notes/token")).empty());
    CHECK(secret_of(named("API_TOKEN", "/run/secrets/token")).empty());
    CHECK(secret_of(named("API_TOKEN", "x${TOKEN}")).empty());
    CHECK(secret_of(named("NAME", "maple")).empty());
}
