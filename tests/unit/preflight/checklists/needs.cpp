#include "preflight/checklists/needs.h"
#include "preflight/rule.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::preflight;

TEST_CASE("each rule says what it judges, and judges nothing of an empty project but the tree itself") {
    const Project nothing;
    for (const Rule& rule : all_rules()) {
        INFO(rule.id);
        CHECK(says_what_it_judges(rule.id));
        const auto group = group_of(rule.id);
        const bool of_tree = group == "repo" || group == "mig" || group == "suppress" || group == "ignore";
        if (!of_tree) CHECK(lack_of(rule.id, nothing) != "");
    }
    CHECK(lack_of("repo-env-mode", nothing) == "no env file is here; name it by --env-file");
}

TEST_CASE("values are judged where a program of that profile gets them whole") {
    Project project;
    EnvValues values;
    values.all.push_back({.name = "DEBUG", .value = "0", .raw = "0", .file = "x"});
    const auto lack = [&] {
        project.values = {values};
        return lack_of("conf-debug-on", project);
    };
    values.file = "Dockerfile";
    values.from = EnvValues::From::image;
    CHECK(lack() == "no env file of production is here; name it by --env-file");
    values.from = EnvValues::From::service;
    CHECK(lack() != "");
    values.from = EnvValues::From::pod;
    CHECK(lack() == "");
    values.from = EnvValues::From::env_file;
    CHECK(lack() == "");
    CHECK(lack_of("conf-rate-limit", project) != "");
    CHECK(lack_of("conf-error-tracking-unset", project) != "");
    values.profile = Profile::development; // .env.local
    CHECK(lack() != "");
    project.profile = Profile::development;
    CHECK(lack() == "");
}

TEST_CASE("a site that was not reached, or not by TLS, proves nothing of it") {
    Project project;
    CHECK(lack_of("tls-chain", project) == "name the site by --url, or by url: of the environment");
    project.sites.emplace_back();
    project.sites[0].url = "https://shop.example.org";
    CHECK(lack_of("http-csp", project) == "the site was not reached");
    CHECK(lack_of("http-hsts", project) == "the site was not reached by https");
    CHECK(lack_of("tls-chain", project) == "no TLS connection was made");
    CHECK(lack_of("live-dns", project) == "no name was looked up in the DNS");
    project.sites[0].url = "http://127.0.0.1:8000";
    project.sites[0].hops.push_back({.url = "http://127.0.0.1:8000/", .status = 200});
    CHECK(lack_of("http-csp", project) == "");
    CHECK(lack_of("http-hsts", project) != "");
    CHECK(lack_of("tls-expiry", project) != "");
    project.sites[0].handshake.emplace();
    CHECK(lack_of("tls-expiry", project) == "");
}
