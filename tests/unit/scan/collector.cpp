#include "scan/collector.h"
#include "base/text.h"
#include "scan/rules/rule.h"
#include "scan/verdict.h"
#include "support/catch.h"
#include "sys/signals.h"
#include <csignal>
#include <tuple>

using namespace fairlead;
using namespace fairlead::scan;

namespace {

const std::string token = sample("gh|p_SbXOIkDj8Q6xzR8t8JDvTNsLAbgZJ51A1HT7");

Collector collector(Options options = {}, std::string_view ignored = "") {
    if (options.max_file_size == 0) options.max_file_size = 1000;
    options.today = "2026-11-20";
    auto made = Collector::make(options, IgnoreList::parse(ignored));
    REQUIRE(made.ok());
    return std::move(made).value();
}

Result<std::vector<Suppression>> own_comments(const Fragment& fragment) { return find_suppressions(fragment.text); }

std::vector<Found> found_in(Collector& collector, const Fragment& fragment) {
    REQUIRE(collector.add(fragment, own_comments).ok());
    return collector.take_found();
}

report::Report report_of(const std::vector<Found>& found) {
    return to_report(merge(found), {}, {.subject = "the tree"});
}

}

TEST_CASE("columns count code points from 1 and lines from the fragment's first") {
    Collector scan = collector();
    const auto found = found_in(scan, {.path = "a", .text = "x\n\tgrüße = " + token + "\n", .first_line = 10});
    REQUIRE(found.size() == 1);
    CHECK(found[0].line == 11);
    CHECK(found[0].column == 10);
    CHECK(found[0].end_line == 11);
    CHECK(found[0].end_column == 49);
}

TEST_CASE("an identifier is reported, but is no failure, and gives way to a secret") {
    Collector scan = collector();
    const auto found = found_in(scan, {.path = "app.yml",
                                       .text = "discord_client_id: 8172409652"
                                               "13407895\n"});
    REQUIRE(found.size() == 1);
    CHECK(found[0].rule->id == "discord-client-id");
    const report::Report told = report_of(found);
    CHECK(told.verdict == report::Verdict::pass);
    CHECK(told.findings[0].severity == report::Severity::info);
    CHECK(told.facts.starts_with("no secret, 1 identifier in the tree"));
    const auto secret =
        found_in(scan, {.path = "b.yml", .text = sample("bitb|ucket_token: q7kq2vwz9bxzl3m8sht5rc0yw1nf6gj4\n")});
    REQUIRE(secret.size() == 1);
    CHECK(secret[0].rule->id == "generic-api-key");
    CHECK(report_of(secret).verdict == report::Verdict::fail);
}

TEST_CASE("the token of a badge is everybody's, the same one elsewhere is not") {
    Collector scan = collector();
    const std::string value = sample("?to|ken=xq7HhJC37aZ9)");
    for (const auto* badge : {"[![c](https://codecov.io/gh/a/b/graph/badge.svg",
                              "![c](https://img.shields.io/circleci/x", "<img src=\"https://x.io/badge/a"}) {
        INFO(badge);
        CHECK(found_in(scan, {.path = "README.md", .text = badge + value}).empty());
    }
    const std::string several = sample("&tok|en=21c6ecab61943f19040a1c8b43ede60032eb0c83)");
    CHECK(found_in(scan, {.path = "d.md", .text = "![s](https://x.io/project_badges/measure?metric=bugs" + several})
              .empty());
    CHECK(found_in(scan, {.path = "e.md", .text = "[s](https://x.io/measure?metric=bugs" + several}).size() == 1);
    CHECK(found_in(scan, {.path = "a.md", .text = "[c](https://codecov.io/gh/a/b" + value}).size() == 1);
    CHECK(found_in(scan, {.path = "b.md", .text = "badge.svg [c](https://codecov.io/gh/a/b" + value}).size() == 1);
}

TEST_CASE("a guess in a package of somebody else is a warning") {
    Collector scan = collector();
    const std::string text = sample("api_key = |\"KeYOYCfOMSrDfBQXn6hRufV7\"");
    for (const auto* path : {"a/node_modules/b/c.yml", "vendor/x.yml", "lib/site-packages/x.yml"}) {
        INFO(path);
        const auto found = found_in(scan, {.path = path, .text = text});
        REQUIRE(found.size() == 1);
        CHECK(found[0].is_sample);
    }
    CHECK_FALSE(found_in(scan, {.path = "vendors/x.yml", .text = text}).at(0).is_sample);
}

TEST_CASE("a Google API key in a package of somebody else is theirs, and one beside that isn't") {
    Collector scan = collector();
    const std::string text = "k = \"" + sample("AI|zaekGA7xn_acCTpucC7rUM67qN4ltWi2-iC9G") + "\"";
    CHECK(found_in(scan, {.path = "node_modules/a/b.js", .text = text}).at(0).is_sample);
    CHECK_FALSE(found_in(scan, {.path = "tests/a.js", .text = text}).at(0).is_sample);
    CHECK_FALSE(found_in(scan, {.path = "node_modules/a/b.js", .text = "t = " + token}).at(0).is_sample);
}

TEST_CASE("a form to copy says so anywhere in its name, and a page of docs may be of data") {
    Collector scan = collector();
    const std::string text = sample("api_key = |\"KeYOYCfOMSrDfBQXn6hRufV7\"");
    for (const auto* path :
         {"example.application.properties", "a/settings-example.json", "conf_sample.ini", "docs/api/a.json"})
        CHECK(found_in(scan, {.path = path, .text = text}).at(0).is_sample);
    for (const auto* path : {"application.properties", "exampled.json", "sampler.ini", "docs/build.py", "api/a.json"})
        CHECK_FALSE(found_in(scan, {.path = path, .text = text}).at(0).is_sample);
}

TEST_CASE("a key of a test account, or in a generator's comment, is a warning") {
    Collector scan = collector();
    const std::string value = "KeYOYCfOMSrDfBQXn6hRufV7";
    const auto is_sample = [&](const std::string& text) {
        return found_in(scan, {.path = "a.rb", .text = text}).at(0).is_sample;
    };
    CHECK(is_sample("api_key = \"test_sk_" + value + "\""));
    CHECK(is_sample("k = \"sk_te"
                    "st_9fK27QwLyjZXcrjtP4mnb3vs\""));
    CHECK_FALSE(is_sample("api_key = \"latest" + value + "\""));
    CHECK(is_sample("x\n  # config.secret_key = '" + value + "'"));
    CHECK_FALSE(is_sample("  # config.other_key = '" + value + "'"));
    CHECK_FALSE(is_sample("  config.secret_key = '" + value + "'"));
}

TEST_CASE("a token that has expired is a warning that says since when; the last day counts") {
    Collector scan = collector(); // on 2026-11-20
    const auto told = [&](const std::string& claims) {
        std::string text = base64("{\"alg\":\"HS256\"}") + "." + base64(claims) + ".hHY831zbC1xO0yRZgFKtvt6yQ0WIvaWT";
        std::erase(text, '=');
        return report_of(found_in(scan, {.path = "a.ts", .text = "t = '" + text + "'"})).findings.at(0);
    };
    const auto over = told("{\"sub\":\"ada\",\"exp\": 1795132799}");
    CHECK(over.severity == report::Severity::warning);
    CHECK(over.message.starts_with("JSON Web Token that expired on 2026-11-19;"));
    for (const auto* claims : {"{\"sub\":\"ada\",\"exp\": 1795132800}", "{\"sub\":\"ada\",\"exp\":\"soon\"}",
                               "{\"sub\":\"ada\",\"iat\": 1700000000}", "{\"sub\":\"ada\",\"exp\":-1700000000}"}) {
        INFO(claims);
        CHECK(told(claims).severity == report::Severity::error);
    }
}

TEST_CASE("a weak password is a warning where it opens something, and hides no word in what is told") {
    Collector scan = collector();
    const std::string text = sample("      MYSQL_PASS|WORD: \"sausages\"\n");
    const auto found = found_in(scan, {.path = "sausages/docker-compose.yml", .text = text});
    REQUIRE(found.size() == 1);
    const auto report = report_of(found);
    CHECK(report.verdict == report::Verdict::pass);
    CHECK(report.facts.starts_with("no secret, 1 weak or expired in the tree"));
    CHECK(report.findings[0].severity == report::Severity::warning);
    CHECK(mask(report.findings[0].file) == "sausages/docker-compose.yml");
    CHECK(found_in(scan, {.path = "tests/docker-compose.yml", .text = text}).empty());
    CHECK(found_in(scan, {.path = "docs/a.md",
                          .text = "postgres"
                                  "ql://app:word26@localhost/a"})
              .empty());
}

TEST_CASE("what looks random under a telling name is guessed at in sources, not where programs write digests") {
    const std::string text = sample("api_key = |\"KeYOYCfOMSrDfBQXn6hRufV7\"");
    for (const auto* path : {"app.js", "README.md", "lock.py", "docs/train.ipynb"}) {
        INFO(path);
        Collector scan = collector();
        CHECK(found_in(scan, {.path = path, .text = text}).size() == 1);
    }
    for (const auto* path :
         {"package-lock.json", "poetry.lock", "go.sum", "go.work.sum", "app.min.js", "docs/keys.md"}) {
        INFO(path);
        Collector scan = collector();
        CHECK(found_in(scan, {.path = path, .text = text}).empty());
        CHECK(found_in(scan, {.path = path, .text = "t = " + token}).size() == 1);
    }
    const std::string line = "var a=[" + std::string(1500, '1') + "];";
    for (const auto& [path, bundle, count] :
         {std::tuple("lib/charts.js", line + text + line, 0u), std::tuple("lib/charts.py", line + text + line, 1u),
          std::tuple("lib/charts.css", text, 1u)}) {
        INFO(path);
        Collector scan = collector();
        CHECK(found_in(scan, {.path = path, .text = bundle}).size() == count);
    }
}

TEST_CASE("a password, key or hash in a test is a warning; a token of a service is an error wherever it is") {
    const std::string guess = sample("api_key = |\"KeYOYCfOMSrDfBQXn6hRufV7\"\n"), known = "t = " + token + "\n";
    const auto verdict = [&](const std::string& path, const std::string& text) {
        Collector scan = collector();
        const auto report = report_of(found_in(scan, {.path = path, .text = text}));
        REQUIRE(report.findings.size() == 1);
        CHECK((report.verdict == report::Verdict::fail) == (report.findings[0].severity == report::Severity::error));
        return report.findings[0].severity;
    };
    for (const auto* path :
         {"tests/login.py", "src/test/java/A.java", "Tests/a.php", "pkg/testdata/a.json", "a/key_test.go",
          "src/LoginTest.java", "web/api.spec.ts", "spec/a.rb", "test_login.py", "conftest.py", "test_project/a.py",
          ".env.example", "app/__stubs__/a.ts", "conf.sample.yml"}) {
        INFO(path);
        CHECK(verdict(path, guess) == report::Severity::warning);
        CHECK(verdict(path, known) == report::Severity::error);
    }
    for (const auto* path : {"latest/login.py", "src/contest.py", "attest.go", "tests.py/../a", "prod/Latest.java",
                             "inspector/a.rb", "test", "src/testing.py"}) {
        INFO(path);
        CHECK(verdict(path, guess) == report::Severity::error);
    }
}

TEST_CASE("a block ends in another line than it begins") {
    Collector scan = collector();
    const std::string key =
        sample("-----BEGIN EC PRIVA|TE KEY-----\nMHcngzZpVNIZCFnNd|d8qQlGHaAKCXX2yau/dQGK4ggLSN+PEmFySsh6H1Zah2QnJ\n"
               "oa+ZG6jE8eRBwh5ohsrXndwNr7gWP3fC90NQClNlsegt85xI6xzg536BMIi1k4Wt\n-----END EC PRIVATE KEY-----\n");
    const auto found = found_in(scan, {.path = "a", .text = "\n" + key});
    REQUIRE(found.size() == 1);
    CHECK(found[0].line == 2);
    CHECK(found[0].end_line == 5);
}

TEST_CASE("a comment outside of the added lines counts as well") {
    Collector scan = collector();
    const Fragment added{.path = "a", .commit = "c", .text = "t = " + token, .first_line = 2};
    REQUIRE(scan.add(added,
                     [&](const Fragment&) {
                         return Result<std::vector<Suppression>>(
                             find_suppressions("# fairlead: ignore[github-pat] a sample\nt = x"));
                     })
                .ok());
    CHECK(scan.take_found()[0].state == report::State::suppressed);
}

TEST_CASE("gitleaks' ignore list covers places, with and without a commit, and tells what it did not cover") {
    Collector scan = collector({}, "# note\na:github-pat:1\nabc:b:github-pat:1\nb:jwt:7\nnonsense\n");
    CHECK(found_in(scan, {.path = "a", .text = token})[0].state == report::State::suppressed);
    CHECK(found_in(scan, {.path = "b", .text = token})[0].state == report::State::fresh);
    CHECK(found_in(scan, {.path = "b", .commit = "abc", .text = token})[0].state == report::State::suppressed);
    const auto complaints = scan.ignored().complaints(IgnoreList::Scanned::whole_tree);
    REQUIRE(complaints.size() == 2);
    CHECK(complaints[0] == ".gitleaksignore:5: this line is not an entry; write file:rule:line");
    CHECK(complaints[1] == ".gitleaksignore:4: this entry covers no finding; remove it");
    CHECK(scan.ignored().complaints(IgnoreList::Scanned::part).size() == 1);
}

TEST_CASE("rules are chosen by id; an unknown one is a usage error that names the nearest") {
    Collector without = collector({.skip = {"github-pat", "generic-api-key"}});
    CHECK(found_in(without, {.path = "a", .text = token}).empty());
    Collector only = collector({.only = {"jwt"}});
    CHECK(found_in(only, {.path = "a", .text = token}).empty());
    const auto wrong = Collector::make({.skip = {"github-pta"}}, IgnoreList::parse(""));
    REQUIRE_FALSE(wrong.ok());
    CHECK(wrong.error().kind == Kind::usage);
    CHECK(wrong.error().message.find("github-pat") != std::string::npos);
}

TEST_CASE("excluded paths are counted, not scanned") {
    Collector scan = collector({.exclude = {"vendor/**"}});
    CHECK(scan.skips("vendor/x/y"));
    CHECK_FALSE(scan.skips("src/x"));
    CHECK(scan.totals().skipped.at("excluded") == std::set<std::string>{"vendor/x/y"});
}

TEST_CASE("a secret that is still in the final tree is named there, one that is gone at its first commit") {
    Collector scan = collector();
    std::vector<Found> all;
    for (const auto& [path, commit, line] : std::vector<std::tuple<std::string, std::string, int>>{
             {"kept", "c1", 1}, {"gone", "c1", 3}, {"gone", "c2", 9}, {"kept", "", 5}}) {
        for (Found& found : found_in(scan, {path, commit, token, line})) all.push_back(std::move(found));
    }
    const auto merged = merge(std::move(all));
    REQUIRE(merged.size() == 2);
    CHECK(merged[0].path == "kept");
    CHECK(merged[0].line == 5);
    CHECK(merged[1].path == "gone");
    CHECK(merged[1].commit == "c1");
    CHECK(merged[1].line == 3);
}

TEST_CASE("no report shows the secret, not even as part of a path") {
    Collector scan = collector();
    const auto report = report_of(found_in(scan, {.path = "keys/" + token, .text = token}));
    CHECK(report.verdict == report::Verdict::fail);
    CHECK(report.findings[0].message.find(token) == std::string::npos);
    CHECK(mask(report.findings[0].file) == "keys/***");
}

TEST_CASE("a secret in the name of a file is found and shown nowhere") {
    Collector scan = collector();
    const auto report = report_of(found_in(scan, {.path = "keys/" + token + ".txt", .text = "x"}));
    REQUIRE(report.findings.size() == 1);
    CHECK(report.findings[0].line == 0);
    CHECK(mask(report.findings[0].file) == "keys/***.txt");
    Collector silenced = collector({}, "keys/" + token + ":github-pat:0");
    CHECK(found_in(silenced, {.path = "keys/" + token, .text = "x"})[0].state == report::State::suppressed);
}

TEST_CASE("the fingerprint depends on rule, salt and secret, not on the place") {
    Collector scan = collector();
    const auto first = found_in(scan, {.path = "a", .text = token}),
               second = found_in(scan, {.path = "b", .text = "\n " + token});
    CHECK(fingerprint(first[0], "salt") == fingerprint(second[0], "salt"));
    CHECK(fingerprint(first[0], "salt") != fingerprint(first[0], ""));
    CHECK(fingerprint(first[0], "").starts_with("v1:"));
    CHECK(fingerprint(first[0], "").size() == 35);
}

TEST_CASE("suppressed findings decide nothing") {
    Collector scan = collector({}, "a:github-pat:1");
    const auto report = report_of(found_in(scan, {.path = "a", .text = token}));
    CHECK(report.verdict == report::Verdict::pass);
    CHECK(report.facts.find("1 suppressed") != std::string::npos);
}

TEST_CASE("what the baseline knows decides nothing; it drops what is gone and takes new ones only when told") {
    Collector scan = collector();
    const auto found = found_in(scan, {.path = "a", .text = token});
    const auto fresh = report_of(found);
    CHECK(report::write_baseline(fresh.findings, report::AcceptNew::no).empty());
    const std::string written = report::write_baseline(fresh.findings, report::AcceptNew::yes);
    CHECK(written.find(token) == std::string::npos);
    auto baseline = report::Baseline::parse(written, "scan.jsonl", "2026-01-31");
    REQUIRE(baseline.ok());
    const auto known = to_report(found, {}, {.subject = "the tree", .baseline = baseline.value()});
    CHECK(known.verdict == report::Verdict::pass);
    CHECK(known.findings[0].state == report::State::known);
    CHECK(report::write_baseline(known.findings, report::AcceptNew::no) == written);
    CHECK(report::write_baseline({}, report::AcceptNew::yes).empty());
}

TEST_CASE("a baseline that can't be read is a usage error with its line") {
    for (const char* text : {"\n{\"rule\":\"jwt\"}\n", "\nnot json\n", "\n[]\n"}) {
        const auto baseline = report::Baseline::parse(text, "scan.jsonl", "2026-01-31");
        REQUIRE_FALSE(baseline.ok());
        CHECK(baseline.error().kind == Kind::usage);
        CHECK(baseline.error().place.line == 2);
    }
}

TEST_CASE("a signal ends the scan as not done, never as clean") {
    Collector scan = collector();
    sys::catch_signals();
    raise(SIGTERM);
    const auto result = scan.add({.path = "a", .text = "x"}, own_comments);
    sys::reset_stop_request();
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().kind == Kind::could_not);
}

TEST_CASE("a guess on a page of docs counts only if the same value is found elsewhere") {
    const std::string line = sample("gate_k|ey: 'q7kq2vwz9bxzl3m8sht5rc0yw1nf6gj4'\n");
    Collector alone = collector();
    REQUIRE(alone.add({.path = "docs/a.md", .text = line}, own_comments).ok());
    REQUIRE(alone.add_pages(own_comments).ok());
    CHECK(alone.take_found().empty());
    Collector both = collector();
    REQUIRE(both.add({.path = "docs/a.md", .text = line}, own_comments).ok());
    REQUIRE(both.add({.path = "src/a.yml", .text = line}, own_comments).ok());
    REQUIRE(both.add_pages(own_comments).ok());
    const auto found = both.take_found();
    REQUIRE(found.size() == 2);
    CHECK(found[1].path == "docs/a.md");
    CHECK(found[1].is_sample);
    CHECK_FALSE(found[0].is_sample);
}

TEST_CASE("an example in the comment of a page is a warning, a secret in another comment is not") {
    const std::string line = sample("gate_k|ey: 'q7kq2vwz9bxzl3m8sht5rc0yw1nf6gj4'");
    const auto is_sample = [&](const std::string& path, const std::string& text) {
        Collector scan = collector();
        const auto found = found_in(scan, {.path = path, .text = text});
        REQUIRE(found.size() == 1);
        return found[0].is_sample;
    };
    CHECK(is_sample("src/A.kt", "/**\n * " + line + "\n */\n"));
    CHECK(is_sample("src/a.rs", "/// " + line + "\n"));
    CHECK(is_sample("lib/A.pm", "=head2 gate\n\n  " + line + "\n\n=cut\n"));
    CHECK_FALSE(is_sample("lib/A.pm", "=head2 gate\n\n=cut\n\n" + line + "\n"));
    CHECK_FALSE(is_sample("src/A.kt", "/*\n * " + line + "\n */\n"));
    CHECK_FALSE(is_sample("src/A.kt", "/** gate */\n" + line + "\n"));
    CHECK_FALSE(is_sample("src/a.rs", "// " + line + "\n"));
    for (const auto* path : {"t/a/basic.yml", "lib/x.t", "samples/a.yml", ".env.test"}) {
        INFO(path);
        CHECK(is_sample(path, line + "\n"));
    }
}

TEST_CASE("the base64 in a Secret of Kubernetes is not taken for a password") {
    const std::string value = base64("t7Kq2vWz9B18xLp3"), data = "kind: Sec"
                                                                 "ret\nmetadata:\n  name: a\ndata:\n  password: ";
    const auto rules_in = [&](const std::string& text) {
        Collector scan = collector();
        std::vector<std::string> ids;
        for (const Found& found : found_in(scan, {.path = "k8s/db-deployment.yaml", .text = text}))
            ids.emplace_back(found.rule->id);
        return ids;
    };
    CHECK(rules_in(data + value + "\n") == std::vector<std::string>{"kubernetes-secret-yaml"});
    CHECK(rules_in(data + base64("postgres") + "\n").empty());
    CHECK(rules_in("kind: ConfigMap\nmetadata:\n  name: a\ndata:\n  password: Harbour-26"
                   "lights\n")
              .size() == 1);
}
