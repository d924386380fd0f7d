#include "migrate/drivers/rows.h"
#include "unit/migrate/drivers/seen.h"

using namespace fairlead;
using namespace fairlead::migrate::drivers;
using fairlead::test::Folder;
using fairlead::test::recorded;
using fairlead::test::states;
using fairlead::test::words;

namespace {

const char* const rails_files[][2] = {{"db/migrate/20260102000000_add_price.rb", ""},
                                      {"db/migrate/001_create_items.rb", ""},
                                      {"db/migrate/notes.rb", ""},
                                      {"db/schema.rb", ""}};

}

TEST_CASE("Rails' files and its table") {
    const Folder folder(rails_files);
    CHECK(rails().is_found(folder.tree()));
    const auto found = rails().read(folder.project(), recorded({"1", "20250101000000"}));
    REQUIRE(found.ok());
    CHECK(states(found.value()) == "1:applied 20260102000000:pending 20250101000000:unknown");
    CHECK(found.value().all[1].name == "add price");
    folder.add("db/migrate/1_again.rb");
    CHECK(rails().read(folder.project(), {})->trouble->message.starts_with("version 1 is in two files"));
}

TEST_CASE("Rails is never started") {
    CHECK(rails().program.empty());
    CHECK(rails().no_sql.starts_with("they are Ruby"));
    CHECK(words(rails().up({}, {}))
              .ends_with("run: bin/rails db:migrate; for your own files of SQL say migrate.driver: sql"));
    CHECK(words(rails().down({}, {})).starts_with("down: "));
}
