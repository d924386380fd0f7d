#include "preflight/parts/conf_guess.h"
#include "support/catch.h"
#include <string>

using namespace fairlead::preflight;

TEST_CASE("what a template holds is a placeholder") {
    for (const char* text : {"change-me",
                             "CHANGEME",
                             "your-secret-key",
                             "your_password_here",
                             "<key>",
                             "{{ key }}",
                             "django-insecure-maple",
                             "xxxxxxxx",
                             "aaaa",
                             "secret",
                             "secret123",
                             "admin",
                             "dev_key",
                             "replace-this",
                             "todo",
                             "please change this",
                             "an example",
                             "super-secret-key",
                             "xxx-yyy",
                             "your-secret-key-1234567890abcdefghij"}) {
        CAPTURE(text);
        CHECK(is_placeholder(text));
    }
}

TEST_CASE("what was generated or thought of is none, whatever stands before it") {
    // Words are put together here: nothing that looks like a vendor's key stands in the source.
    const std::string generated = std::string("q7w2m4z9") + "k3v8x5n1b6";
    for (const auto& text : {std::string(), std::string("maple river copper anvil"), std::string("attested"),
                             "sk_test_" + generated, "secret_" + generated, generated + "xxx"}) {
        CAPTURE(text);
        CHECK_FALSE(is_placeholder(text));
    }
}

TEST_CASE("what can be guessed says why and not what") {
    struct Case {
        const char *text, *why;
    };
    for (const auto& [text, why] : {Case{"ababababab", "has 2 distinct characters"},
                                    {"a", "has 1 distinct character"},
                                    {"Sunshine2024!", "is a word and digits"},
                                    {"p@ssw0rd1", "is a word and digits"},
                                    {"monkey", "is a word and digits"},
                                    {"qwertyuiop", "is a simple sequence of keys"},
                                    {"poiuytrewq", "is a simple sequence of keys"},
                                    {"12345678", "is a simple sequence of keys"},
                                    {"1qaz2wsx3edc", "is a simple sequence of keys"},
                                    {"abcdeabcdeabcdeabcde", "is a simple sequence of keys"},
                                    {"lemlomlamlimlemlom", "has 2.2 bits per character"}}) {
        CAPTURE(text);
        CHECK(weakness(text) == why);
    }
}

TEST_CASE("what nobody guesses has no weakness") {
    for (const std::string text : {"", "maple river copper anvil", "xkvbnwrt72", "tarlomdisk", "0a3f9c71d2e8b645"}) {
        CAPTURE(text);
        CHECK(weakness(text).empty());
    }
    CHECK(weakness(std::string(100000, 'q') + "wert") == ""); // beyond measure it isn't looked at
}

TEST_CASE("entropy is Shannon's, in bits per byte") {
    CHECK(entropy("aaaa") == 0);
    CHECK(entropy("abab") == 1);
    CHECK(entropy("abcd") == 2);
    CHECK(entropy("0123456789abcdef") == 4);
    CHECK(distinct("abca") == 3);
}
