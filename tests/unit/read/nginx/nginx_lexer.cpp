#include "read/nginx/nginx_lexer.h"
#include "support/catch.h"

using fairlead::read::nginx_shown;

TEST_CASE("what a message shows of a file is one short line") {
    CHECK(nginx_shown("root") == "root");
    CHECK(nginx_shown("a\nb") == "a\\nb");
    CHECK(nginx_shown(std::string(1000, 'a')) == std::string(40, 'a') + "…");
}
