#include "deploy/settings.h"
#include "config/config.h"
#include "support/catch.h"
#include "support/support.h"
#include "sys/files/files.h"
#include "sys/process/process.h"
#include <fmt/format.h>
#include <map>

using namespace fairlead;
using namespace fairlead::deploy;
using fairlead::test::has;

namespace {

// A repository with this target and this deploy section; HOME is a folder in it.
struct Written {
    std::string target = "kind: direct, root: /srv/shop, state: /srv/state, command: [serve]";
    std::string section, environment, url = "http://127.0.0.1:1", name = "staging";
    std::map<std::string, std::string> variables = {};

    Result<Settings> read() const {
        const auto folder = sys::TemporaryFolder::make("deploy settings ").value();
        const auto here = [&](std::string text) {
            for (auto at = text.find("HERE"); at != text.npos; at = text.find("HERE"))
                text.replace(at, 4, folder.path().string());
            return text;
        };
        const auto text = here(fmt::format("app: shop\ndeploy: {{{}}}\nenvironments:\n  {}:\n    url: {}\n    {}\n"
                                           "    deploy: {{target: {{{}}}}}\n",
                                           section, name, url, environment, target));
        sys::write_file(folder.path() / "fairlead.yml", text).value();
        auto given = variables;
        for (auto& [key, value] : given) value = here(value);
        const sys::Environment process(given);
        config::LoadOptions options;
        options.path = "fairlead.yml";
        options.folder = folder.path().string();
        options.environment = &process;
        options.environment_name = name;
        options.tool = "deploy";
        options.fields = fields();
        const auto config = config::load(options);
        if (!config.ok()) return config.error();
        return read_settings(config.value(), name, process);
    }
    // What is wrong with it; empty: nothing.
    std::string wrong() const {
        const auto settings = read();
        if (settings.ok()) return "";
        CHECK(settings.error().kind == Kind::usage);
        return settings.error().message;
    }
};

std::string target_at(const std::string& root) {
    return fmt::format("kind: direct, root: '{}', state: /srv/state, command: [serve]", root);
}

}

TEST_CASE("a target's root is a folder of its own") {
    CHECK(Written{}.wrong().empty());
    CHECK(Written{.target = target_at("HERE/below")}.wrong().empty());
    CHECK(has(Written{.target = target_at("/srv")}.wrong(), "belongs to the whole host"));
    CHECK(has(Written{.target = target_at("/srv/")}.wrong(), "belongs to the whole host"));
    CHECK(has(Written{.target = target_at("HERE")}.wrong(), "contains the release itself"));
    CHECK(has(Written{.target = target_at("HERE/dist"), .section = "release: {path: dist/app}"}.wrong(),
              "contains the release itself"));
    CHECK(has(Written{.target = target_at("/home/anna/x"), .variables = {{"HOME", "/home/anna/x"}}}.wrong(),
              "is a home folder"));
    CHECK(has(Written{.target = target_at("/srv/a{b}")}.wrong(), "would read as something else"));
}

TEST_CASE("a socket's path has to fit the kernel, a shared path the release") {
    CHECK(has(Written{.target = target_at("/srv/" + std::string(90, 'x'))}.wrong(), "choose a shorter target.root"));
    for (const std::string path : {"/etc", "../x", "a/../../x", "."}) {
        INFO(path);
        CHECK(has(Written{.target = target_at("/srv/shop") + ", shared: ['" + path + "']"}.wrong(),
                  "is not inside the release"));
    }
    CHECK(Written{.target = target_at("/srv/shop") + ", shared: [data/uploads]"}.wrong().empty());
}

TEST_CASE("a placeholder that is misspelt is no word for the program") {
    const auto command = [](const std::string& words) {
        return Written{.target = "kind: direct, root: /srv/shop, state: /srv/state, command: [" + words + "]"}.wrong();
    };
    CHECK(has(command("serve, '--bind=unix:{sockt}'"), "did you mean '{socket}'?"));
    CHECK(has(command("serve, '{Release}/x'"), "did you mean '{release}'?"));
    CHECK(command("serve, '{socket}', '{\"json\": 1}'").empty());
}

TEST_CASE("names that become folders, units and options are plain") {
    CHECK(has(Written{.name = "-x"}.wrong(), "may have only letters, digits and - _ ."));
    CHECK(has(Written{.name = "a/b"}.wrong(), "may have only letters, digits and - _ ."));
    CHECK(has(Written{.name = "..x"}.wrong(), "may have only letters, digits and - _ ."));
    for (const std::string user : {"-u", ".x", "a b", "a%b"}) {
        INFO(user);
        CHECK(has(Written{.target = target_at("/srv/shop") + ", user: '" + user + "'"}.wrong(),
                  "can't be the name of a user"));
    }
    CHECK(Written{.target = target_at("/srv/shop") + ", user: www-data"}.wrong().empty());
}

TEST_CASE("numbers that would stop every deployment, or none, are refused") {
    CHECK(has(Written{.section = "health: {expect: 299-200}"}.wrong(), "write the lower status first: 200-299"));
    for (const auto* key : {"interval", "timeout", "deadline"})
        CHECK(has(Written{.section = fmt::format("health: {{{}: 0s}}", key)}.wrong(), "must be longer than 0s"));
    CHECK(has(Written{.section = "release: {max_size: 0B}"}.wrong(), "which no release fits"));
    CHECK(Written{.section = "health: {interval: 1ms}"}.read()->health.interval == Milliseconds{10});
    CHECK(Written{.section = "health: {expect: 2xx}"}.read()->health.highest == 299);
}

TEST_CASE("the url is asked as it stands, less the slashes at its end") {
    CHECK(Written{.url = "http://127.0.0.1:1//"}.read()->url == "http://127.0.0.1:1");
    CHECK(Written{.url = "http://127.0.0.1:1/shop/"}.read()->url == "http://127.0.0.1:1/shop");
}

TEST_CASE("each environment has a state of its own, in a place that others can't write to") {
    CHECK(Written{}.read()->state == "/srv/state/shop/staging");
    CHECK(Written{.name = "live"}.read()->state == "/srv/state/shop/live");
    const auto without = [](std::map<std::string, std::string> variables) {
        return Written{.target = "kind: direct, root: /srv/shop, command: [serve]", .variables = std::move(variables)};
    };
    if (sys::is_root()) {
        CHECK(without({{"XDG_STATE_HOME", "/x"}}).read()->state == "/var/lib/fairlead/shop/staging");
        return;
    }
    CHECK(without({{"XDG_STATE_HOME", "/x"}, {"HOME", "/h"}}).read()->state == "/x/fairlead/shop/staging");
    CHECK(without({{"XDG_STATE_HOME", "x"}, {"HOME", "/h"}}).read()->state == "/h/.local/state/fairlead/shop/staging");
    CHECK(has(without({{"XDG_STATE_HOME", "x"}, {"HOME", "h"}}).wrong(), "has no place"));
}

TEST_CASE("the environment's profile goes with the settings: as written, else by its name") {
    Written written;
    CHECK(written.read()->profile == "staging");
    written.environment = "profile: production";
    CHECK(written.read()->profile == "production");
}
