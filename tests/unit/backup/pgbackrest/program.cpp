#include "backup/pgbackrest/program.h"
#include "backup/pgbackrest/configuration.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::backup::pgbackrest;

TEST_CASE("versions of pgBackRest, and what each can't do") {
    CHECK(read_version("pgBackRest 2.45\n") == Version{2, 45});
    CHECK(read_version("pgBackRest 2.55.1") == Version{2, 55});
    CHECK(read_version("pgBackRest 2.60.0dev") == Version{2, 60});
    for (const char* other : {"", "pg_dump 15", "pgBackRest", "pgBackRest two", "pgBackRest 2"})
        CHECK_FALSE(read_version(other));
    CHECK(lacks({2, 45}, Feature::sftp).find("2.46 is the first version that") != std::string::npos);
    CHECK(lacks({2, 46}, Feature::sftp).empty());
    CHECK(lacks({2, 40}, Feature::annotations).find("2.41") != std::string::npos);
    CHECK(lacks({2, 45}, Feature::annotations).empty());
    CHECK(lacks_server({2, 45}, 15).empty());
    CHECK(lacks_server({2, 45}, 16).find("2.48 is the first version that takes PostgreSQL 16") != std::string::npos);
    CHECK(lacks_server({2, 45}, 18).find("PostgreSQL 18") != std::string::npos);
    CHECK(lacks_server({2, 54}, 17).empty());
    CHECK_FALSE(lacks_server({2, 54}, 18).empty());
    CHECK_FALSE(lacks_server({2, 57}, 19).empty());
}

TEST_CASE("an error of pgBackRest's is one sentence with its hint") {
    CHECK(read_error("ERROR: [055]: unable to open 'x'\n       HINT: is it there?\n", 55) ==
          "unable to open 'x'; HINT: is it there?");
    CHECK(read_error("", 7) == "it ended with status 7");
    CHECK(read_error(std::string(5000, 'x'), 1).size() < 1000);
}

TEST_CASE("a path that restore_command can't hold is refused") {
    for (const char* path : {"/srv/it's", "/srv/a\"b", "/srv/$HOME", "/srv/100%", "/srv/a\\b", "/srv/`id`"})
        CHECK_FALSE(check_path(path).ok());
    CHECK(check_path("/srv/a folder/pg-1_main").ok());
}

TEST_CASE("an option is the stanza's own, else everybody's") {
    const std::string text = "[global]\npg1-path=/all\nrepo1-path = /repo\n[shop]\n# "
                             "pg1-path=/no\npg1-path=/shop\n[other]\npg1-path=/other\n";
    CHECK(value_in(text, "shop", "pg1-path") == "/shop");
    CHECK(value_in(text, "none", "pg1-path") == "/all");
    CHECK(value_in(text, "shop", "repo1-path") == "/repo");
    CHECK(value_in(text, "shop", "pg1-port").empty());
}

TEST_CASE("what is shown of a configuration has no secret") {
    const auto shown = without_secrets(
        "repo1-cipher-pass=one\nrepo1-s3-key=id\nrepo1-s3-key-secret=two\nrepo2-s3-token=three\nrepo1-path=/p\n");
    CHECK(shown ==
          "repo1-cipher-pass=***\nrepo1-s3-key=id\nrepo1-s3-key-secret=***\nrepo2-s3-token=***\nrepo1-path=/p\n");
}
