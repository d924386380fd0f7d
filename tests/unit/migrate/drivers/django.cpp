#include "migrate/drivers/rows.h"
#include "unit/migrate/drivers/seen.h"

using namespace fairlead;
using namespace fairlead::migrate::drivers;
using fairlead::test::seen;
using fairlead::test::states;
using fairlead::test::words;

namespace {

constexpr const char* plan = "[X]  contenttypes.0001_initial\n"
                             "[X]  auth.0001_initial ... (contenttypes.0001_initial)\n"
                             "[ ]  auth.0002_alter_permission_name_max_length ... (auth.0001_initial)\n"
                             "[X]  shop.0001_initial\n"
                             "[X]  shop.0002_item_price ... (shop.0001_initial)\n";

Seen dated(std::string out) {
    Seen all = seen(std::move(out), {});
    all.records.rows = {{"shop.0001_initial", Migration::State::applied, "2026-11-22T11:43:53Z"},
                        {"shop.0002_item_price", Migration::State::applied, "2026-11-22T11:43:54Z"},
                        {"contenttypes.0001_initial", Migration::State::applied, "2026-11-22T11:45:00Z"},
                        {"auth.0001_initial", Migration::State::applied, "2026-11-22T11:45:00Z"}};
    return all;
}

}

TEST_CASE("Django's plan is read") {
    const auto found = django().hear(dated(plan));
    REQUIRE(found.ok());
    CHECK(states(found.value()) == "contenttypes.0001_initial:applied auth.0001_initial:applied "
                                   "auth.0002_alter_permission_name_max_length:pending "
                                   "shop.0001_initial:applied shop.0002_item_price:applied");
    CHECK(found.value().all[4].needs == std::vector<std::string>{"shop.0001_initial"});
    CHECK(found.value().all[4].when == "2026-11-22T11:43:54Z");
    CHECK_FALSE(found.value().trouble);
}

TEST_CASE("squashed migrations of Django") {
    const auto found =
        django().hear(seen("[X]  shop.0001_squashed_0002 (2 squashed migrations)\n", {"shop.0001_squashed_0002"}));
    REQUIRE(found.ok());
    CHECK(states(found.value()) == "shop.0001_squashed_0002:applied");
}

TEST_CASE("InconsistentMigrationHistory is explained") {
    const auto found = django().hear(
        seen("[ ]  shop.0001_initial\n[X]  shop.0002_item_price ... (shop.0001_initial)\n", {"shop.0002_item_price"}));
    REQUIRE(found.ok());
    REQUIRE(found.value().trouble);
    CHECK(found.value().trouble->kind == Kind::no);
    CHECK(found.value().trouble->message.starts_with(
        "shop.0002_item_price is applied, and shop.0001_initial, which it depends on, is not "
        "(InconsistentMigrationHistory): "));
}

TEST_CASE("two ends of one Django app are wrong use") {
    const auto found = django().hear(seen("[X]  shop.0001_initial\n"
                                          "[ ]  shop.0002_b ... (shop.0001_initial)\n"
                                          "[X]  shop.0002_item_price ... (shop.0001_initial)\n",
                                          {"shop.0001_initial", "shop.0002_item_price"}));
    REQUIRE(found.ok());
    REQUIRE(found.value().trouble);
    CHECK(found.value().trouble->kind == Kind::usage);
    CHECK(found.value().trouble->message ==
          "shop ends in 2 migrations: 0002_b, 0002_item_price; join them, run: python "
          "manage.py makemigrations --merge shop");
}

TEST_CASE("Django at another database than ours is refused") {
    CHECK_FALSE(django().hear(seen(plan, {})).ok());
    CHECK_FALSE(django().hear(seen("[ ]  shop.0001_initial\n", {"shop.0001_initial"})).ok());
    CHECK(django().hear(seen("[ ]  shop.0001_initial\n", {"gone.0001_initial"})).ok()); // an app that was removed
}

TEST_CASE("Django's commands") {
    const auto read = django().hear(dated(plan));
    REQUIRE(read.ok());
    const auto& found = read.value();
    CHECK(words(django().up(found, {})) == "migrate --noinput");
    CHECK(words(django().up(found, {1, ""})) == "migrate auth 0002_alter_permission_name_max_length --noinput");
    CHECK(words(django().up(found, {0, "auth.0002"})) ==
          "migrate auth 0002_alter_permission_name_max_length --noinput");
    CHECK(words(django().down(found, {2, ""})) == "migrate auth zero --noinput; migrate contenttypes zero --noinput");
    CHECK(words(django().down(found, {3, ""})) ==
          "migrate auth zero --noinput; migrate contenttypes zero --noinput; migrate shop 0001_initial --noinput");
    CHECK(words(django().down(found, {0, "shop.0001"})) == "migrate shop 0001_initial --noinput");
    CHECK(words(django().down(found, {0, "shop.zero"})) == "migrate shop zero --noinput");
    CHECK(words(django().up(found, {0, "auth"})) ==
          "'auth' is the beginning of both auth.0001_initial and auth.0002_alter_permission_name_max_length; write "
          "more of the name");
    CHECK(words(django().adopt(found, {}, found.all[2])) ==
          "migrate auth 0002_alter_permission_name_max_length --noinput --fake");
    CHECK(words(django().sql(found)) == "sqlmigrate auth 0002_alter_permission_name_max_length");
    CHECK(django().explain("CommandError: Conflicting migrations detected; multiple leaf nodes") ==
          "an app ends in two migrations; run: python manage.py makemigrations --merge");
}
