#include "project/variables.h"
#include "base/text.h"
#include "support/catch.h"

using namespace fairlead;
using project::Need;

namespace {

// "NAME:line:need" of each.
std::string reads(std::string_view path, std::string_view text) {
    std::vector<std::string> all;
    for (const auto& one : project::variables_read(path, text))
        all.push_back(one.name + ":" + std::to_string(one.line) + ":" +
                      (one.need == Need::required   ? "required"
                       : one.need == Need::optional ? "optional"
                                                    : "unknown"));
    return join(all, " ");
}

}

TEST_CASE("each language's ways to read a variable are known, with line and need") {
    struct Row {
        std::string_view path, text, found;
    };
    const Row rows[] = {
        {"a.py", "import os\nx = os.environ['API_KEY']\n", "API_KEY:2:required"},
        {"a.py", "os.environ.get(\"REGION\", \"eu\")\n", "REGION:1:optional"},
        {"a.py", "os.getenv('REGION')", "REGION:1:unknown"},
        {"a.py", "os.getenv('REGION') or 'eu'", "REGION:1:optional"},
        {"a.py", "os.environ['SET'] = 'x'\n# os.environ['TOLD']\n", ""},
        {"a.py", "if os.environ['MODE'] == 'x':", "MODE:1:required"},
        {"a.py", "environ['PATH_INFO'], environ.get('HTTP_X_SCHEME'), os.environ['HTTP_PROXY']",
         "HTTP_PROXY:1:required"},
        {"a.php", "$_SERVER['REQUEST_URI'] . $_SERVER['API_KEY']", "API_KEY:1:unknown"},
        {"a.py", "SECRET_KEY = env('SECRET_KEY')\nD = env.bool('VERBOSE', default=False)\n",
         "SECRET_KEY:1:required VERBOSE:2:optional"},
        {"a.py", "x = config('TOKEN', cast=str)\ny = my_config('NONE')\n", "TOKEN:1:required"},
        {"a.py",
         "class S(BaseSettings):\n    database_url: str\n    region: str = 'eu'\n    model_config = {}\nother: int\n",
         "DATABASE_URL:2:required REGION:3:optional"},
        {"a.py",
         "class S(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='SHOP_')\n    key: str = "
         "Field(...)\n",
         "SHOP_KEY:3:required"},
        {"a.ts", "const a = process.env.API_KEY!;\nconst b = process.env.REGION ?? 'eu';\n",
         "API_KEY:1:required REGION:2:optional"},
        {"a.js", "process.env['API_KEY']; process.env.OTHER || 1; // process.env.TOLD",
         "API_KEY:1:unknown OTHER:1:optional"},
        {"a.go", "k := os.Getenv(\"API_KEY\")\nv, ok := os.LookupEnv(\"REGION\")",
         "API_KEY:1:unknown REGION:2:optional"},
        {"a.rb", "ENV.fetch('API_KEY')\nENV.fetch('REGION') { 'eu' }\nENV['OTHER']",
         "API_KEY:1:required REGION:2:optional OTHER:3:unknown"},
        {"a.php", "$x = env('REGION', 'eu');\ngetenv('API_KEY');", "API_KEY:2:unknown REGION:1:optional"},
        {"a.rs", "env::var(\"API_KEY\").unwrap(); env::var(\"REGION\").unwrap_or(x);",
         "API_KEY:1:required REGION:1:optional"},
        {"a.cs", "Environment.GetEnvironmentVariable(\"API_KEY\")", "API_KEY:1:unknown"},
        {"a.java", "System.getenv(\"API_KEY\")", "API_KEY:1:unknown"},
        {"src/application.yml", "a: ${API_KEY}\nb: ${REGION:eu}\n# ${TOLD}\n", "API_KEY:1:required REGION:2:optional"},
        {"a.txt", "os.environ['API_KEY']", ""},
        {"a.py", "os.environ['lower']; os.environ[name]; os.environ['A B']", ""},
    };
    for (const auto& row : rows) {
        INFO(row.path << ": " << row.text);
        auto parts = split(reads(row.path, row.text), ' '), wanted = split(std::string(row.found), ' ');
        std::sort(parts.begin(), parts.end());
        std::sort(wanted.begin(), wanted.end());
        CHECK(join(parts, " ") == join(wanted, " "));
    }
}

TEST_CASE("what stands behind the name is the fallback, and the host gives some names") {
    const auto one = project::variables_read("a.py", "os.getenv(\"DATABASE_URL\", \"sqlite:///x.db\")").at(0);
    CHECK(one.fallback.find("sqlite") != std::string::npos);
    CHECK(one.form == "os.getenv(");
    CHECK(project::variables_read("a.py", "config('A_B', default=None)").at(0).fallback == "default=None)");
    CHECK(project::is_given_anyway("PORT"));
    CHECK(project::is_given_anyway("FAIRLEAD_SLOT"));
    CHECK_FALSE(project::is_given_anyway("DATABASE_URL"));
}
