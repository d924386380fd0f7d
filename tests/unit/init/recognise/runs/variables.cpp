#include "support/catch.h"
#include "unit/init/found.h"

using namespace fairlead;
using namespace fairlead::init;

namespace {

Component reading(const std::string& requirements, const std::string& source) {
    return only(
        {{"requirements.txt", "flask\ngunicorn\n" + requirements}, {"app.py", "app = Flask(__name__)\n" + source}});
}

std::string variables(const Component& component) {
    std::string text;
    for (const auto& one : component.variables)
        text += one.name + "@" + one.from + (one.need == project::Need::required ? "! " : " ");
    return text;
}

}

TEST_CASE("what the sources read is known with its place, and the strongest need counts") {
    const auto app =
        reading("", "a = os.getenv('API_TOKEN', 'x')\nb = os.environ['API_TOKEN']\nc = os.environ['REGION']\n"
                    "d = os.getenv('PORT')\n");
    CHECK(variables(app) == "API_TOKEN@app.py:3! REGION@app.py:4! ");
    CHECK(join(app.secrets, " ") == "API_TOKEN"); // REGION is no secret
}

TEST_CASE("a database with a server is demanded where the source falls back to an SQLite file") {
    const auto source = "u = os.getenv('DATABASE_URL', 'sqlite:///shop.db')\n";
    const auto app = reading("psycopg2-binary\n", source);
    CHECK(variables(app) == "DATABASE_URL@app.py:2! ");
    CHECK(join(app.secrets, " ") == "DATABASE_URL");
    CHECK(says(app, "without DATABASE_URL the program opens an SQLite file (app.py:2)"));
    const auto file = reading("", source); // SQLite is all that it has
    CHECK(variables(file) == "DATABASE_URL@app.py:2 ");
    CHECK(file.secrets.empty());
}

TEST_CASE("tests and what is not served demand nothing of an environment") {
    const auto library = only(
        {{"pyproject.toml", "[project]\nname='x'\n[build-system]\n"}, {"x/__init__.py", "os.environ['API_TOKEN']\n"}});
    CHECK(variables(library) == "API_TOKEN@x/__init__.py:1! ");
    CHECK(library.secrets.empty());
    CHECK(variables(only({{"requirements.txt", "flask\ngunicorn\n"},
                          {"app.py", "app = Flask(__name__)\n"},
                          {"tests/test_a.py", "os.environ['API_TOKEN']\n"}}))
              .empty());
}
