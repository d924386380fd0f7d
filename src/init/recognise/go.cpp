#include "base/text.h"
#include "init/recognise/recogniser.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::init {

namespace {

// By `go run`, which the module proxy and sum.golang.org pin.
constexpr const char* to_junit = "gotest.tools/gotestsum@v1.13.0";
constexpr const char* to_lcov = "github.com/jandelgado/gcov2lcov@v1.1.1";

struct Main {
    std::string folder; // cmd/server; empty: the module's own
    bool serves = false;
};

// A folder that begins with '_' is none of the module's (go help packages), nor is one with a go.mod of its own.
std::vector<std::string> own_sources(const Folder& folder) {
    auto names = folder.sources({".go"});
    std::vector<std::string> modules;
    for (const auto& name : folder.below())
        if (name.ends_with("/go.mod")) modules.push_back(name.substr(0, name.size() - 6));
    std::erase_if(names, [&](const std::string& name) {
        const bool elsewhere =
            std::any_of(modules.begin(), modules.end(), [&](const auto& module) { return name.starts_with(module); });
        return elsewhere || name.ends_with("_test.go");
    });
    return names;
}

bool is_main(std::string_view text) {
    for (const auto& line : split(text.substr(0, 20'000), '\n'))
        if (line.starts_with("package ")) return trim(std::string_view(line).substr(8)).substr(0, 4) == "main";
    return false;
}

bool serves(std::string_view text) {
    const bool standard = text.find("\"net/http\"") != text.npos;
    if (standard && (text.find(".Serve(") != text.npos || text.find(".ServeTLS(") != text.npos)) return true;
    for (const auto* call : {"FAIRLEAD_SOCKET", "ListenAndServe", "http.Serve(", "gin.Default(", "gin.New(",
                             "echo.New(", "fiber.New(", "iris.New("})
        if (text.find(call) != text.npos) return true;
    return false;
}

// What a build makes and git doesn't have, no test compiles without.
void tell_embedded(Folder& folder, const std::string& name, const std::string& text) {
    if (text.find("//go:embed ") == text.npos) return;
    const auto slash = name.rfind('/');
    const auto here = slash == name.npos ? std::string() : name.substr(0, slash + 1);
    for (const auto& line : split(text, '\n')) {
        if (!line.starts_with("//go:embed ")) continue;
        for (auto pattern : words_of(line.substr(11))) {
            if (pattern.starts_with("all:")) pattern.erase(0, 4);
            const auto star = pattern.find_first_of("*?[");
            if (star != pattern.npos)
                pattern.erase(pattern.rfind('/', star) == pattern.npos ? 0 : pattern.rfind('/', star));
            if (pattern.empty() || pattern == "." || folder.has(here + pattern) ||
                !folder.below(here + pattern).empty())
                continue;
            folder.doubt(fmt::format("{} embeds {}, which is not in git and must be built before go vet and go test; "
                                     "add the build to the install step",
                                     name, here + pattern));
        }
    }
}

struct FoundMains {
    std::vector<Main> mains;
    bool serves = false, knows_socket = false, knows_port = false; // anywhere
};

FoundMains look_into(Folder& folder) {
    constexpr std::size_t most_files = 500;
    FoundMains found;
    auto names = own_sources(folder);
    if (names.size() > most_files) names.resize(most_files);
    for (const auto& name : names) {
        const auto text = folder.text(name);
        // What is built for other tools only (generators) says so.
        if (text.find("//go:build ignore") != text.npos || text.find("// +build ignore") != text.npos) continue;
        const bool its = serves(text);
        tell_embedded(folder, name, text);
        found.serves |= its;
        found.knows_socket |= text.find("FAIRLEAD_SOCKET") != text.npos;
        found.knows_port |= text.find("Getenv(\"PORT\")") != text.npos || text.find("LookupEnv(\"PORT\")") != text.npos;
        if (!is_main(text)) continue;
        const auto slash = name.rfind('/');
        const auto place = slash == name.npos ? std::string() : name.substr(0, slash);
        const auto known = std::find_if(found.mains.begin(), found.mains.end(),
                                        [&](const Main& main) { return main.folder == place; });
        if (known == found.mains.end())
            found.mains.push_back({place, its});
        else
            known->serves |= its;
    }
    return found;
}

std::string module_name(Folder& folder) {
    for (const auto& line : lines_of(folder.text("go.mod")))
        if (line.starts_with("module ")) {
            auto name = trim(line.substr(7));
            name.erase(0, name.rfind('/') == name.npos ? 0 : name.rfind('/') + 1);
            const bool version =
                name.size() > 1 && name[0] == 'v' && name.find_first_not_of("0123456789", 1) == name.npos;
            if (!version) return plain_name(name);
            name = trim(line.substr(7)); // example.org/shop/v2 is shop
            name.erase(name.rfind('/') == name.npos ? 0 : name.rfind('/'));
            return plain_name(name.substr(name.rfind('/') == name.npos ? 0 : name.rfind('/') + 1));
        }
    return "app";
}

void add_programs(Folder& folder, Component& component, const FoundMains& found) {
    if (found.mains.empty()) return;
    component.kind = found.serves ? Kind::service : Kind::program;
    auto main = std::find_if(found.mains.begin(), found.mains.end(), [](const Main& one) { return one.serves; });
    // The server may be started by another package than main.
    if (main == found.mains.end()) main = found.mains.begin();
    const auto& place = main->folder;
    const auto name = place.empty()
                          ? module_name(folder)
                          : plain_name(place.substr(place.rfind('/') == place.npos ? 0 : place.rfind('/') + 1));
    component.build = step("build", {{"go", "build", "-o", "bin/" + name, place.empty() ? "." : "./" + place}},
                           (place.empty() ? "" : place + ": ") + std::string("package main"));
    component.ignored.push_back("bin/");
    if (component.kind != Kind::service) return;
    component.serve = {"./bin/" + name};
    if (found.mains.size() > 1)
        folder.doubt(fmt::format(
            "there are {} main packages; {} is assumed to be the server; if not, change deploy.target.command",
            found.mains.size(), place.empty() ? "the root's" : place));
    component.by_port = !found.knows_socket && found.knows_port;
    if (component.by_port) component.serve = {"env", "PORT={port}", "./bin/" + name};
    if (!found.knows_socket && !component.by_port)
        folder.doubt("a deployment gives the program a socket in $FAIRLEAD_SOCKET; let the program listen there: "
                     "net.Listen(\"unix\", os.Getenv(\"FAIRLEAD_SOCKET\"))");
}

void add_services(Folder& folder, Component& component) {
    struct Row {
        std::string_view module, service;
    };
    constexpr Row rows[] = {{"github.com/jackc/pgx", "postgresql"},    {"github.com/lib/pq", "postgresql"},
                            {"gorm.io/driver/postgres", "postgresql"}, {"github.com/redis/go-redis", "redis"},
                            {"github.com/go-redis/redis", "redis"},    {"github.com/go-sql-driver/mysql", "mysql"},
                            {"go.mongodb.org/mongo-driver", "mongodb"}};
    const auto text = folder.text("go.mod");
    for (const auto& [module, service] : rows)
        for (const auto& line : lines_of(text))
            if (line.find(module) != line.npos && line.find("// indirect") == line.npos &&
                !contains(component.services, service))
                component.services.emplace_back(service);
}

}

bool describe_go(Folder& folder, Component& component) {
    component.manager = "go";
    component.runtime = {"go", "", "go.mod"};
    component.install = step("install", {{"go", "mod", "download"}}, "go.mod");
    component.lint = step("lint", {{"go", "vet", "./..."}}, "go.mod");
    const auto names = folder.below();
    const bool tested =
        std::any_of(names.begin(), names.end(), [](const auto& name) { return name.ends_with("_test.go"); });
    if (tested) {
        // What is run afterwards is run for failing tests, too.
        component.test =
            step("test",
                 {{"mkdir", "-p", "reports"},
                  {"go", "run", to_junit, "--junitfile", "reports/junit.xml", "--post-run-command",
                   fmt::format("go run {} -infile reports/coverage.out -outfile reports/lcov.info", to_lcov), "--",
                   "-coverprofile=reports/coverage.out", "./..."}},
                 "_test.go");
        component.evidence = {{"tests", "reports/junit.xml"}, {"coverage", "reports/lcov.info"}};
        component.ignored.push_back("reports/");
    } else
        folder.doubt("no *_test.go was found; gate has nothing to judge until there is a test: then run init again");
    const auto found = look_into(folder);
    add_programs(folder, component, found);
    if (component.serve.empty()) take_procfile(folder, component, "");
    if (component.kind == Kind::service) add_services(folder, component);
    return true;
}

}
