#include "support/catch.h"
#include "unit/init/found.h"

using namespace fairlead;
using namespace fairlead::init;

TEST_CASE("a data store is known with its driver, its place and the tool that changes its tables") {
    const auto app = only({{"requirements.txt", "flask\ngunicorn\npsycopg2-binary\nalembic\nredis\n"},
                           {"alembic.ini", ""},
                           {"app.py", "app = Flask(__name__)\n"}});
    REQUIRE(app.data.size() == 2);
    CHECK(app.data[0].what == "postgresql");
    CHECK(app.data[0].driver == "psycopg2-binary");
    CHECK(app.data[0].from == "requirements.txt:3");
    CHECK(app.data[0].migrations == "alembic");
    CHECK(app.data[1].what == "redis");
    CHECK(app.data[1].migrations.empty());
}

TEST_CASE("migrations are told by files where no package tells them") {
    const auto tool = [](Texts more) {
        more["package.json"] = R"({"scripts":{"start":"node a.js"},"dependencies":{"express":"1","pg":"8"}})";
        more["package-lock.json"] = "{}";
        const auto app = only(more);
        return app.data.empty() ? std::string("none") : app.data[0].migrations;
    };
    CHECK(tool({{"prisma/schema.prisma", ""}}) == "prisma");
    CHECK(tool({{"knexfile.js", ""}}) == "knex");
    CHECK(tool({}).empty());
}
