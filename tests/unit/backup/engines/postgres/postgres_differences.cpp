#include "backup/engines/postgres/postgres_catalog.h"
#include "support/catch.h"

using namespace fairlead::backup::postgres;

namespace {

using Texts = std::vector<std::string>;

Texts found(std::string_view was, std::string_view is, const Copied& copied = {}) {
    return differences_of(was, is, copied).found;
}

}

TEST_CASE("what is missing, otherwise or too much is named") {
    const std::string was = "head 15\nindex a.i\tone\ntable a.t\tr\ntrigger x on a.t\tO\nend\n";
    CHECK(found(was, was).empty());
    CHECK(found(was, "table a.t\tr\ntrigger x on a.t\tD\nview a.v\t\n") ==
          Texts{"index a.i is missing", "trigger x on a.t is not as it was",
                "view a.v is there, but was not in the original"});
}

TEST_CASE("of what goes or comes with its table the table is enough") {
    const std::string table = "owner of table a.t\tapp\ntable a.t\tr\ntable column a.t.c\tint\ntrigger x on a.t\tO\n";
    CHECK(found(table, "") == Texts{"table a.t is missing"});
    CHECK(found("", table) == Texts{"table a.t is there, but was not in the original"});
}

TEST_CASE("a sequence may be ahead of the snapshot, and never behind") {
    CHECK(found("value of sequence s\t1 15\n", "value of sequence s\t1 20\n").empty());
    CHECK(found("value of sequence s\t1\n", "value of sequence s\t1 20\n").empty());
    CHECK(found("value of sequence s\t1 15\n", "value of sequence s\t1 10\n") ==
          Texts{"sequence s is behind: 10, and was 15"});
    CHECK(found("value of sequence s\t1 15\n", "value of sequence s\t1\n") ==
          Texts{"sequence s is behind: at its start, and was 15"});
    CHECK(found("value of sequence s\t-1 -3\n", "value of sequence s\t-1 -4\n").empty());
    CHECK(found("value of sequence s\t-1 -3\n", "value of sequence s\t-1 -2\n") ==
          Texts{"sequence s is behind: -2, and was -3"});
}

TEST_CASE("another machine's versions are told, roles of others are not") {
    const auto both =
        differences_of("version of extension h\t1.8\n", "version of extension h\t1.9\nrole other\tf\n", {});
    CHECK(both.found.empty());
    CHECK(both.told == Texts{"version of extension h is not as it was"});
}

TEST_CASE("nobody asks a copy for what it can't have") {
    const std::string was =
        "owner of table t\tapp\npolicy p on t\tr\nrole app\tt\nsorting of the database\tUTF8 C\nsetting "
        "work_mem in the database\t7MB\n";
    CHECK(found(was, "").size() == 5);
    CHECK(found(was, "", {.owners = false, .sorting = false, .settings = false}).empty());
}

TEST_CASE("a list of varchar is the same however the server casts it, another list is not") {
    const std::string was =
        "CHECK (((n)::text = ANY ((ARRAY['a'::character varying, 'c''x]'::character varying(9)])::text[])))";
    const std::string is =
        "CHECK (((n)::text = ANY (ARRAY[('a'::character varying)::text, ('c''x]'::character varying(9))::text])))";
    CHECK(settled(was) == is);
    CHECK(settled(is) == is);
    CHECK(found("c\t" + was + "\n", "c\t" + is + "\n").empty());
    CHECK(found("c\t" + was + "\n", "c\tCHECK (true)\n").size() == 1);
    for (const char* text : {"(ARRAY[", "(ARRAY['a", "(ARRAY[1, 2])", "(ARRAY['a'::character varying",
                             "(ARRAY[])::text[]", "a OR (b AND c)"})
        CHECK(settled(text) == text);
}
