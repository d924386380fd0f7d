#include "support/catch.h"
#include "unit/init/found.h"

using fairlead::join;
using namespace fairlead::init;

namespace {

Component with(Texts more) {
    more["requirements.txt"] = "flask\ngunicorn\n";
    more["app.py"] += "app = Flask(__name__)\n";
    return only(more);
}

}

TEST_CASE("names of secrets come from templates of the environment, and never values") {
    const auto app =
        with({{".env.example",
               "# KEY=1\nSECRET_KEY=change-me\nexport "
               "API_TOKEN=abc\nDATABASE_URL=postgres://u:p@h/d\nDEBUG=1\nJWT_PASSWORD_EXPIRATION_MINUTES=10\n"
               "VITE_API_KEY=x\nlower_key=1\nBAD${{ x }}KEY=1\nMY-${{ x }}_KEY=1\nNOT A KEY\n"},
              {".env.deploy.example", "SMTP_PASSWORD=\nSECRET_KEY=\n"},
              {".env", "OTHER_TOKEN=real\n"}});
    CHECK(join(app.secrets, " ") == "SECRET_KEY API_TOKEN DATABASE_URL SMTP_PASSWORD");
}

TEST_CASE("services are those of compose") {
    const auto app = with({{"compose.yaml", "services:\n  db:\n    image: docker.io/library/postgres:17\n  cache: "
                                            "{image: valkey/valkey:8}\n  web: {build: .}\n"}});
    CHECK(join(app.services, " ") == "postgresql redis");
    CHECK(says(with({{"compose.yaml", "services: [\n"}}), "compose.yaml:"));
}

TEST_CASE("a health path is compose's or the container's check, else the source's") {
    CHECK(with({{"api.py", "@app.get('/api/health')\n"}}).health == "/api/health");
    CHECK(with({{"api.py", "x = '/healthy'\ny = '//health'\nz = 'health'\n"}}).health.empty());
    CHECK(with({{"tests/a.py", "'/health'"}}).health.empty());
    CHECK(with({{"api.py", "'/health'"},
                {"Dockerfile", "FROM a\nHEALTHCHECK CMD curl -f http://localhost:8000/live/healthz || exit 1\n"}})
              .health == "/live/healthz");
    CHECK(with({{"api.py", "'/health'"},
                {"compose.yml", "services:\n  web:\n    build: .\n    healthcheck: {test: [CMD, curl, "
                                "'http://localhost:8000/api/v1/health/']}\n"}})
              .health == "/api/v1/health/");
    CHECK(says(with({}), "no path for a health check was found"));
}

TEST_CASE("a health path that is mounted below another is the one that is asked for, or a doubt") {
    const std::string routes = "r = APIRouter(prefix='/api')\n@r.get('/health')\n";
    const auto doubtful = with({{"routes.py", routes}});
    CHECK(doubtful.health == "/health");
    CHECK(says(doubtful, "/health was found in the source, but its full path is not known"));
    for (const auto& [path, text] : Texts{{"tests/test_api.py", "client.get('/api/v2/health')\n"},
                                          {"scripts/wait.sh", "curl -f http://localhost:8000/api/v2/health?x=1\n"},
                                          {"check.go", "http.Get(\"http://\" + host + \"/api/v2/health\")"}}) {
        const auto asked = with({{"routes.py", routes}, {path, text}});
        CHECK(asked.health == "/api/v2/health");
        CHECK_FALSE(says(asked, "mounted"));
    }
    // What stands at the application itself, and what asks for another one.
    const auto direct = with({{"routes.py", "r = APIRouter(prefix='/api')\n@app.get('/health')\n"}});
    CHECK(direct.health == "/health");
    CHECK_FALSE(says(direct, "mounted"));
    CHECK(with({{"routes.py", routes}, {"tests/test_api.py", "client.get('/api/healthz')\n"}}).health == "/health");
}

TEST_CASE("each process of a Procfile is started or told, and never a secret of its words") {
    const auto app =
        with({{"Procfile", "web: gunicorn app:app\nrelease: flask db upgrade\nworker: rq worker --token=x\n"
                           "odd name: x\n"}});
    CHECK(commands(app.prepare).ends_with("flask db upgrade\n"));
    REQUIRE(app.processes.size() == 1);
    CHECK(join(app.processes[0].command, " ") == ".venv/bin/rq worker --token=x"); // too short for a secret
    CHECK_FALSE(says(app, "odd name"));
    const auto node = only({{"package.json", R"({"scripts":{"start":"node a.js","test":"node --test"}})"},
                            {"package-lock.json", "{}"},
                            {"Procfile", "web: npm start\n"}});
    CHECK(join(node.serve, " ") == "env PORT={socket} npm start");
}

TEST_CASE("a name that is CI's own is no secret of the application, and many are told") {
    const auto app = with({{".env.example", "GITHUB_TOKEN=\nRUNNER_PASSWORD=\nMAIL_PASSWORD=\n"}});
    CHECK(join(app.secrets, " ") == "MAIL_PASSWORD");
    CHECK(says(app, "GITHUB_TOKEN of .env.example is a name that the CI uses itself"));
    CHECK_FALSE(says(app, "may be unset"));
    std::string many;
    for (const char letter : std::string("ABCDEFGHI")) many += std::string(1, letter) + "_TOKEN=\n";
    CHECK(says(with({{".env.example", many}}), "9 names under env.secrets come from the template"));
}

TEST_CASE("nothing is said of a deployment that isn't written") {
    const auto app = only({{"Dockerfile", "FROM php:8\nEXPOSE 80\nCMD [\"apache2-foreground\"]\n"}});
    CHECK(says(app, "no deployment is written"));
    CHECK_FALSE(says(app, "so / is used"));
}

TEST_CASE("the container file is the one that is deployed") {
    CHECK(with({{"Dockerfile.dev", ""}, {"Dockerfile.playwright", ""}, {"Dockerfile.api", ""}}).dockerfile ==
          "Dockerfile.api");
    CHECK(with({{"docker/alpine.Dockerfile", ""}, {"docker/default.Dockerfile", ""}}).dockerfile ==
          "docker/default.Dockerfile");
    CHECK(with({{"Dockerfile.dev", ""}, {"Dockerfile.test", ""}}).dockerfile.empty());
    CHECK(with({{"Dockerfile.$(x)", ""}}).dockerfile.empty());
    CHECK(with({{"packaging/docker/alpine/Dockerfile", ""}}).dockerfile == "packaging/docker/alpine/Dockerfile");
}

TEST_CASE("what a container exposes and starts makes a service") {
    const Texts tool = {{"package.json", R"({"scripts":{"test":"vitest"}})"}};
    auto service = tool;
    service["Dockerfile"] =
        "FROM node AS build\nEXPOSE 1\nCMD [\"x\"]\nFROM node\nEXPOSE 80\nCMD [\"node\", \"server.js\"]\n";
    CHECK(join(only(service).serve, " ") == "env PORT={socket} node server.js");
    auto program = tool;
    program["Dockerfile"] = "FROM node AS build\nEXPOSE 1\nFROM node\nCMD [\"node\", \"x.js\"]\n";
    CHECK(only(program).kind == fairlead::init::Kind::library);
}
