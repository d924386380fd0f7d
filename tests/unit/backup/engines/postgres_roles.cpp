#include "backup/engines/postgres_parts.h"
#include "support/catch.h"

using namespace fairlead::backup;

TEST_CASE("of a server's roles only those that are missing are made") {
    const std::string globals = "-- Roles\n"
                                "CREATE ROLE app;\n"
                                "ALTER ROLE app WITH NOSUPERUSER LOGIN;\n"
                                "CREATE ROLE \"odd \"\"one; x\";\n"
                                "ALTER ROLE \"odd \"\"one; x\" WITH LOGIN;\n"
                                "CREATE ROLE reader;\n"
                                "ALTER ROLE reader SET work_mem TO '5MB';\n"
                                "GRANT reader TO app GRANTED BY boss;\n"
                                "GRANT app TO reader;\n"
                                "CREATE TABLESPACE fast OWNER app LOCATION '/fast';\n";
    CHECK(postgres::missing_roles(globals, {"reader"}) == "CREATE ROLE app;\n"
                                                          "ALTER ROLE app WITH NOSUPERUSER LOGIN;\n"
                                                          "CREATE ROLE \"odd \"\"one; x\";\n"
                                                          "ALTER ROLE \"odd \"\"one; x\" WITH LOGIN;\n"
                                                          "GRANT reader TO app GRANTED BY boss;\n");
    CHECK(postgres::missing_roles(globals, {"app", "reader", "odd \"one; x"}).empty());
    CHECK(postgres::missing_roles("GRANT \"", {}).empty());
}

TEST_CASE("which roles are made is told, and whether they may do everything") {
    const std::string globals = "CREATE ROLE \"the boss\";\n"
                                "ALTER ROLE \"the boss\" WITH SUPERUSER INHERIT LOGIN;\n"
                                "CREATE ROLE app;\n"
                                "ALTER ROLE app WITH NOSUPERUSER LOGIN;\n"
                                "ALTER ROLE there WITH SUPERUSER;\n";
    CHECK(postgres::roles_made(globals) == std::vector<std::string>{"the boss (superuser)", "app"});
    CHECK(postgres::roles_made("").empty());
}
