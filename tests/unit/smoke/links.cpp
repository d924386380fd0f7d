#include "smoke/links.h"
#include "support/catch.h"
#include <utility>

using namespace fairlead::smoke;

TEST_CASE("an address in a page is resolved as in browsers") {
    const std::string base = "https://app.example.org:8443/a/b?c=1";
    const std::pair<const char*, const char*> cases[] = {
        {"d", "https://app.example.org:8443/a/d"},
        {"./d", "https://app.example.org:8443/a/d"},
        {"../d/", "https://app.example.org:8443/d/"},
        {"../../../d", "https://app.example.org:8443/d"},
        {"/d/../e?f#g", "https://app.example.org:8443/e?f"},
        {"?f", "https://app.example.org:8443/a/b?f"},
        {"", "https://app.example.org:8443/a/b?c=1"},
        {"#g", "https://app.example.org:8443/a/b?c=1"},
        {"//Other.test/x", "https://other.test/x"},
        {"HTTP://other.test", "http://other.test/"},
        {"https://other.test:443/.", "https://other.test/."},
        {"d:e", ""},
        {"img\\links\\a.jpg?x\\y", "https://app.example.org:8443/a/img/links/a.jpg?x\\y"},
        {"\\\\other.test\\x", "https://other.test/x"},
        {"./d:e", "https://app.example.org:8443/a/d:e"},
        {"mailto:a@b.test", ""},
        {"//", ""},
        {"https://", ""},
        {"ä b", "https://app.example.org:8443/a/%C3%A4%20b"},
    };
    for (const auto& [reference, url] : cases) CHECK(resolved_url(base, reference) == url);
    CHECK(resolved_url("http://a.test", "b") == "http://a.test/b");
    CHECK(resolved_url(base, std::string(1u << 20, 'x')).empty());
    CHECK(resolved_url("nonsense", "b").empty());
}
