#include "sys/database/without_values.h"
#include "support/catch.h"

using namespace fairlead::sys;

TEST_CASE("a value that a message quotes is masked, names are not") {
    CHECK(without_values("ERROR: invalid input syntax for type integer: \"ann \"x\" lee\"") ==
          "ERROR: invalid input syntax for type integer: \"***\"");
    CHECK(without_values("value \"4711\" is out of range for type smallint") ==
          "value \"***\" is out of range for type smallint");
    CHECK(without_values("Key (mail)=(ann@x) already exists") == "Key (mail)=(***) already exists");
    CHECK(without_values("COPY users, line 3, column mail: \"ann@x\"") == "COPY users, line 3, column mail: \"***\"");
    CHECK(without_values("Token \"ann\" is invalid.") == "Token \"***\" is invalid.");
    CHECK(without_values("\"4711e999\" is out of range for type real") == "\"***\" is out of range for type real");
    CHECK(without_values("Failing row contains (1, ann).") == "Failing row contains (***).");
    CHECK(without_values("invalid input value for enum mood: \"cut off") == "invalid input value for enum mood: \"***");
    for (const char* text : {"relation \"users\" does not exist", "COPY failed for table \"users\": ERROR: disk full",
                             "connection to server at \"db\" failed: FATAL: database \"shop\" does not exist", ""})
        CHECK(without_values(text) == text);
}

TEST_CASE("lines that show rows or statements are known") {
    CHECK(shows_rows("DETAIL: Key (mail)=(ann@x) already exists."));
    CHECK(shows_rows("CONTEXT: COPY users, line 3"));
    CHECK(shows_rows("Command was: COPY users FROM stdin;"));
    CHECK(shows_rows("pg_dump: detail: Query was: COPY"));
    CHECK_FALSE(shows_rows("pg_dump: error: disk full"));
}
