#include "backup/engines/postgres/postgres_script.h"
#include "base/text.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::backup::postgres;

namespace {

std::string statements(std::string_view globals, const RolesThere& there, Signed is_signed) {
    return join(missing_roles(globals, there, is_signed).statements, "\n");
}

constexpr const char* all = "-- Roles\n"
                            "\\restrict key\n"
                            "SET client_encoding = 'UTF8';\n"
                            "CREATE ROLE app;\n"
                            "ALTER ROLE app WITH NOSUPERUSER LOGIN CONNECTION LIMIT -1 VALID UNTIL 'infinity';\n"
                            "CREATE ROLE \"odd \"\"one; x\";\n"
                            "ALTER ROLE \"odd \"\"one; x\" WITH LOGIN PASSWORD 'md5';\n"
                            "COMMENT ON ROLE app IS 'two\nlines; CREATE ROLE x;';\n"
                            "CREATE ROLE reader;\n"
                            "ALTER ROLE reader SET work_mem TO '5MB';\n"
                            "GRANT reader TO app WITH ADMIN OPTION, INHERIT FALSE GRANTED BY boss;\n"
                            "GRANT app TO reader;\n"
                            "GRANT SET ON PARAMETER work_mem TO app;\n"
                            "CREATE TABLESPACE fast OWNER app LOCATION '/fast';\n";

}

TEST_CASE("of a server's roles only those that are missing are made") {
    CHECK(statements(all, {{"reader"}, {}}, Signed::yes) ==
          "CREATE ROLE \"app\"\n"
          "ALTER ROLE \"app\" WITH NOSUPERUSER LOGIN CONNECTION LIMIT -1 VALID UNTIL E'infinity'\n"
          "CREATE ROLE \"odd \"\"one; x\"\n"
          "ALTER ROLE \"odd \"\"one; x\" WITH LOGIN\n"
          "COMMENT ON ROLE \"app\" IS E'two\nlines; CREATE ROLE x;'\n"
          "GRANT \"reader\" TO \"app\" WITH ADMIN OPTION, INHERIT FALSE GRANTED BY \"boss\"");
    CHECK(statements(all, {{"app", "reader", "odd \"one; x"}, {}}, Signed::yes).empty());
    CHECK(missing_roles(all, {}, Signed::yes).dropped.empty());
    for (const char* broken : {"GRANT \"", "CREATE ROLE x", "CREATE ROLE x y;", "ALTER ROLE x WITH SUPERUSER EVIL;",
                               "ALTER ROLE x SET a TO 'b', c;", "GRANT a TO b WITH ADMIN EVIL;", "CREATE ROLE;", ";;"})
        CHECK(statements(broken, {}, Signed::yes).empty());
}

TEST_CASE("a set that nobody signed gives a role no power over the server") {
    const std::string globals =
        "CREATE ROLE evil; ALTER ROLE evil WITH SUPERUSER LOGIN REPLICATION NOBYPASSRLS CREATEROLE;\n"
        "GRANT postgres TO evil; GRANT pg_monitor TO evil;\n"
        "ALTER ROLE evil IN DATABASE shop SET session_preload_libraries TO '/tmp/evil', 'b';\n"
        "ALTER ROLE evil SET work_mem TO '5MB';\n"
        "ALTER ROLE postgres WITH NOSUPERUSER;\nCOPY (SELECT 1) TO PROGRAM 'id';\n";
    const RolesThere there{{"postgres", "pg_monitor"}, {"work_mem"}};
    const auto roles = missing_roles(globals, there, Signed::no);
    CHECK(roles.statements == std::vector<std::string>{"CREATE ROLE \"evil\"",
                                                       "ALTER ROLE \"evil\" WITH LOGIN NOBYPASSRLS",
                                                       "ALTER ROLE \"evil\" SET \"work_mem\" TO  E'5MB'"});
    CHECK(roles.dropped ==
          std::vector<std::string>{"SUPERUSER of evil", "REPLICATION of evil", "CREATEROLE of evil",
                                   "membership of evil in postgres", "membership of evil in pg_monitor",
                                   "setting session_preload_libraries of evil", "the statement COPY ..."});
    CHECK(roles.made == std::vector<std::string>{"evil"});
    CHECK(missing_roles(globals, there, Signed::yes).statements.size() == 6);
}

TEST_CASE("which roles are made is told, and whether they may do everything") {
    const std::string globals = "CREATE ROLE \"the boss\";\n"
                                "ALTER ROLE \"the boss\" WITH SUPERUSER INHERIT LOGIN;\n"
                                "CREATE ROLE app;\n"
                                "ALTER ROLE app WITH NOSUPERUSER LOGIN;\n"
                                "ALTER ROLE there WITH SUPERUSER;\n";
    CHECK(missing_roles(globals, {}, Signed::yes).made == std::vector<std::string>{"the boss (superuser)", "app"});
    CHECK(missing_roles("", {}, Signed::yes).made.empty());
}
