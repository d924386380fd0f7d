#include "config/change.h"
#include "config/config.h"
#include "config/milder.h"
#include "unit/sys/git_sandbox.h"
#include <sys/stat.h>
#include <unistd.h>

using namespace fairlead;
using test::Sandbox;

namespace {

constexpr const char* strict = "version: 1\napp: strict\n";
constexpr const char* lax = "version: 1\napp: lax\n";

config::Change fork_of(const std::string& base, const std::string& head) {
    return {.event = "pull_request",
            .about = "pull request #7",
            .base = base,
            .head = head,
            .of_two_commits = true,
            .foreign = true,
            .why = "comes from a fork"};
}

Result<config::Config> load(const std::string& folder, const config::Change& change, const std::string& path = "") {
    return config::load({.path = path, .folder = folder, .change = &change});
}

std::string app_of(const Result<config::Config>& config) {
    return config.ok() ? config.value().root()["app"].text() : config.error().message;
}

std::string object_file(const Sandbox& box, const std::string& id) {
    return box.folder + "/.git/objects/" + id.substr(0, 2) + "/" + id.substr(2);
}

}

TEST_CASE("of a foreign change the base's file is loaded, wherever the head has put another one") {
    Sandbox box;
    const auto base = box.commit("fairlead.yml", strict);
    box.write("sub/fairlead.yml", lax);
    const auto head = box.commit("fairlead.yml", lax);
    const auto change = fork_of(base, head);
    CHECK(app_of(load(box.folder, change)) == "strict");
    CHECK(app_of(load(box.folder + "/sub", change)) == "strict"); // not the nearer one
    CHECK(app_of(load(box.folder, change, "fairlead.yml")) == "strict");
    CHECK(app_of(load(box.folder + "/sub", change, "../fairlead.yml")) == "strict");
    CHECK(app_of(load(box.folder, change, box.folder + "/fairlead.yml")) == "strict");
    CHECK(load(box.folder, change)->base_commit() == base);
    CHECK(load(box.folder + "/sub", change)->folder() == box.folder);
    CHECK(app_of(load(box.folder, config::Change{})) == "lax");

    box.shell("rm -r fairlead.yml sub");
    box.commit("gone");
    CHECK(app_of(load(box.folder, change)) == "strict");
}

TEST_CASE("a file that the base has not is none; one outside of the repository is the workflow's own") {
    Sandbox box, other;
    const auto base = box.commit("a", "a");
    box.shell("ln -s fairlead.yml link.yml");
    const auto head = box.commit("fairlead.yml", lax);
    const auto change = fork_of(base, head);
    CHECK_FALSE(load(box.folder, change)->present());
    CHECK(load(box.folder, change)->base_commit() == base);
    const auto named = load(box.folder, change, "fairlead.yml");
    REQUIRE_FALSE(named.ok());
    CHECK(named.error().kind == Kind::usage);
    CHECK(load(box.folder, fork_of(head, base), "link.yml").error().kind == Kind::usage); // a link is not followed
    other.write("own.yml", strict);
    other.shell("ln -s '" + box.folder + "' back");
    CHECK_FALSE(load(box.folder, change, other.folder + "/back/fairlead.yml").ok()); // by a detour it is the change's
    const auto own = load(box.folder, change, other.folder + "/own.yml");
    CHECK(app_of(own) == "strict");
    CHECK(own->base_commit() == base);
}

TEST_CASE("a base that is not in the clone is could-not, with the way to get it") {
    Sandbox box;
    const auto head = box.commit("fairlead.yml", lax);
    const std::string gone(40, '1');
    const auto missing = load(box.folder, fork_of(gone, head));
    REQUIRE_FALSE(missing.ok());
    CHECK(missing.error().kind == Kind::could_not);
    CHECK(missing.error().message.find("git fetch --no-tags --depth=1 origin " + gone) != std::string::npos);
    CHECK(missing.error().message.find("fetch-depth: 0") != std::string::npos);
}

TEST_CASE("of two commits that the CI merged the first parent is the base, when that one has moved on") {
    Sandbox box;
    box.commit("fairlead.yml", strict);
    box.git("checkout -q -b topic");
    const auto head = box.commit("fairlead.yml", lax);
    box.git("checkout -q main");
    box.commit("other", "moved on");
    box.git("merge -q --no-ff -X theirs --no-edit topic");
    auto change = fork_of(std::string(40, '1'), head);
    change.merged = box.ask("rev-parse HEAD");
    CHECK(app_of(load(box.folder, change)) == "strict");
    change.head = std::string(40, '2'); // a merge of something else tells nothing
    CHECK_FALSE(load(box.folder, change).ok());
}

TEST_CASE("neither a repository within the tree nor an object under a false name speaks for the base") {
    Sandbox box, forged;
    const auto base = box.commit("fairlead.yml", strict);
    const auto head = box.commit("fairlead.yml", lax);
    const auto false_base = forged.commit("fairlead.yml", lax);
    box.shell("mkdir sub && cp -r '" + forged.folder + "/.git/.' sub && git -C sub config core.bare true");
    box.shell("mkdir -p sub/objects/" + base.substr(0, 2) + " && cp '" + object_file(forged, false_base) +
              "' sub/objects/" + base.substr(0, 2) + "/" + base.substr(2));
    CHECK(app_of(load(box.folder + "/sub", fork_of(base, head))) == "strict");

    const auto ours = box.ask("rev-parse " + base + ":fairlead.yml"), theirs = box.ask("rev-parse HEAD:fairlead.yml");
    box.shell("cp -f '" + object_file(box, theirs) + "' '" + object_file(box, ours) + "'");
    CHECK_FALSE(load(box.folder, fork_of(base, head)).ok());
}

TEST_CASE("without a repository no file of a foreign change counts, and one that lies there is not passed over") {
    Sandbox box;
    box.shell("rm -r .git");
    const auto change = fork_of(std::string(40, '1'), std::string(40, '2'));
    CHECK_FALSE(load(box.folder, change)->present());
    Sandbox clone;
    const auto base = clone.commit("fairlead.yml", strict);
    box.shell("cp -r '" + clone.folder + "' clone && echo 'version: 1' > clone/fairlead.yml");
    CHECK(app_of(load(box.folder, fork_of(base, std::string(40, '2')), "clone/fairlead.yml")) == "strict");
    box.write("fairlead.yml", lax);
    const auto refused = load(box.folder, change);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().kind == Kind::could_not);
}

namespace {

using When = config::Milder::When;
constexpr config::Milder milder_rows[] = {{"min", When::lower, "1"},
                                          {"max", When::higher},
                                          {"age", When::higher},
                                          {"skip", When::added},
                                          {"only", When::narrowed},
                                          {"reports.*", When::removed},
                                          {"reports.*.off", When::set},
                                          {"checks.*.expect", When::altered},
                                          {"strict", When::unset},
                                          {"environments.*.require.*", When::removed},
                                          {"evidence.keys", When::altered},
                                          {"evidence.max_age", When::higher, "7d"}};

std::vector<std::string> told(const std::string& before, const std::string& now) {
    const auto read = [](const std::string& text) {
        auto config = config::load_text("version: 1\n" + text, "fairlead.yml", {.folder = "/"});
        REQUIRE(config.ok());
        return std::move(config).value();
    };
    std::vector<std::string> lines;
    for (const auto& one : config::milder(read(before), read(now), "gate", milder_rows))
        lines.push_back(std::to_string(one.line) + ": " + one.message);
    return lines;
}
using Lines = std::vector<std::string>;

}

TEST_CASE("what makes a tool milder is told at its line, and what makes it stricter is not") {
    CHECK(told("gate: {min: 5}", "gate: {min: 4}") == Lines{"2: this change lowers gate's min"});
    CHECK(told("gate: {min: 5}", "gate: {min: 6}").empty());
    CHECK(told("gate: {min: 5}", "gate: {a: b}") == Lines{"2: this change lowers gate's min"}); // the default is 1
    CHECK(told("gate: {a: b}", "gate: {min: 1}").empty());
    CHECK(told("gate: {max: 5}", "gate: {max: 50%}") == Lines{"2: this change raises gate's max"}); // not comparable
    CHECK(told("gate: {max: 5}", "gate: {a: b}") == Lines{"2: this change removes gate's max"});
    CHECK(told("gate: {a: b}", "gate: {max: 5}").empty());
    CHECK(told("gate: {age: 1h}", "gate: {age: 61m}") == Lines{"2: this change raises gate's age"});
    CHECK(told("gate: {a: b}", "gate: {age: off}") == Lines{"2: this change raises gate's age"});
    CHECK(told("gate: {age: off}", "gate: {age: 1h}").empty());
    CHECK(told("gate: {skip: [a]}", "gate:\n  skip:\n    - a\n    - b") == Lines{"5: this change adds to gate's skip"});
    CHECK(told("gate: {skip: [a, b]}", "gate: {skip: a}").empty());
    CHECK(told("gate: {only: [a, b]}", "gate: {only: [a]}") == Lines{"2: this change narrows gate's only"});
    CHECK(told("gate: {a: b}", "gate: {only: [a]}") == Lines{"2: this change narrows gate's only"});
    CHECK(told("gate: {only: [a]}", "gate: {only: [a, b]}").empty());
    CHECK(told("gate: {strict: true}", "gate: {strict: false}") == Lines{"2: this change removes gate's strict"});
}

TEST_CASE("names and items are followed, and what is gone is told at what is left around it") {
    CHECK(told("gate: {reports: {a: {}, b: {}}}", "gate:\n  reports:\n    b: {}") ==
          Lines{"4: this change removes from gate's reports"});
    CHECK(told("gate: {reports: {a: {}}}", "gate: {reports: {a: {}, c: {off: true}}}").empty());
    CHECK(told("gate: {reports: {a: {}}}", "gate: {reports: {a: {off: true}}}") ==
          Lines{"2: this change sets gate's reports.*.off"});
    CHECK(told("gate: {checks: [{get: /, expect: 200}]}", "gate: {checks: [{get: /x}, {get: /, expect: 404}]}") ==
          Lines{"2: this change alters gate's checks.*.expect"});
    CHECK(told("gate: {min: 5}\nenvironments: {a: {gate: {min: 9}}}",
               "gate: {min: 5}\nenvironments: {a: {gate: {min: 7}}}") == Lines{"3: this change lowers gate's min"});
    CHECK(told("gate: {min: 5}", "app: x") == Lines{"1: this change lowers gate's min"});
    CHECK(told("app: x", "app: y").empty());
}

TEST_CASE("what an environment requires, and whose signatures count, is told for the tool that asks for it") {
    const std::string gate = "gate: {min: 5}\n", live = gate + "environments: {live: {require: ", end = "}}";
    CHECK(told(live + "[gate, scan]" + end, live + "[gate]" + end) ==
          Lines{"3: this change removes from gate's environments.*.require"});
    CHECK(told(live + "[{backup: {max_age: 26h}}]" + end, live + "[{backup: {max_age: 9d}}]" + end).size() == 1);
    CHECK(told(live + "[gate]" + end, live + "[gate, scan]" + end).empty());
    CHECK(told(gate + "evidence: {keys: [a]}", gate + "evidence: {keys: [a, b]}") ==
          Lines{"3: this change alters gate's evidence.keys"});
    CHECK(told(gate + "evidence: {keys: [a]}", gate + "evidence: {keys: [a], max_age: 8d}") ==
          Lines{"3: this change raises gate's evidence.max_age"});
    CHECK(told(gate, gate + "evidence: {keys: [a], max_age: 6d}").empty());
}

TEST_CASE("a nearer file that takes the place of another one is told, and so is one that gives way to it") {
    Sandbox box;
    box.write("app/kept", "");
    const std::string policy = "version: 1\ngate: {min: 5}\n", other = "version: 1\ngate: {min: 2}\n";
    const auto far = box.commit("fairlead.yml", policy);
    const auto near = box.commit("app/fairlead.yml", other);
    const auto told_of = [&](const std::string& base, const std::string& folder, const std::string& path = "") {
        const config::Change change{.event = "push", .about = "the push", .base = base};
        const auto now = config::load({.path = path, .folder = box.folder + folder, .change = &change});
        REQUIRE(now.ok());
        Lines lines;
        for (const auto& one :
             config::milder_by(change, now.value(), path.empty() ? box.folder + folder : "", "gate", milder_rows))
            lines.push_back(one.file + ":" + std::to_string(one.line) + ": " + one.message);
        return lines;
    };
    CHECK(told_of(far, "/app") == Lines{"app/fairlead.yml:1: this change makes this file count instead of fairlead.yml",
                                        "app/fairlead.yml:2: this change lowers gate's min"});
    CHECK(told_of(far, "").empty());
    CHECK(told_of(near, "/app").empty());
    CHECK(told_of(far, "", "fairlead.yml").empty());
    box.shell("rm app/fairlead.yml");
    box.commit("gone");
    CHECK(told_of(near, "/app") ==
          Lines{"fairlead.yml:1: this change makes this file count instead of app/fairlead.yml"});
    CHECK(told_of(near, "").empty());
}

TEST_CASE("root takes no file of another user's, nor one by a folder of theirs, but in CI and from who called sudo") {
    if (::geteuid() != 0) return; // only root could give a file away
    constexpr unsigned nobody = 65534;
    Sandbox box;
    box.write("sub/fairlead.yml", lax);
    const std::string file = box.folder + "/sub/fairlead.yml";
    const config::Change none;
    const auto as = [&](std::map<std::string, std::string> variables, const std::string& path = "") {
        const sys::Environment process(std::move(variables));
        const auto config =
            config::load({.path = path, .folder = box.folder + "/sub", .environment = &process, .change = &none});
        if (!config.ok()) CHECK(config.error().kind == Kind::usage);
        return app_of(config);
    };
    const auto give = [&](const std::string& path, unsigned user) {
        REQUIRE(::lchown(path.c_str(), user, static_cast<gid_t>(-1)) == 0);
    };
    CHECK(as({}) == "lax");
    for (const auto& path : {file, box.folder + "/sub", box.folder}) {
        give(path, nobody);
        INFO(path);
        CHECK(as({}).find("belongs to user nobody, and root does not follow") != std::string::npos);
        CHECK(as({}, "fairlead.yml").find("belongs to user nobody") != std::string::npos);
        CHECK(as({}, file).find("chown root " + path) != std::string::npos);
        CHECK(as({{"SUDO_UID", "1"}}).find("belongs to user nobody") != std::string::npos);
        CHECK(as({{"SUDO_UID", "65534"}}) == "lax");
        CHECK(as({{"CI", "true"}}) == "lax");
        give(path, 0);
    }
    for (const auto& path : {file, box.folder + "/sub", box.folder}) {
        const auto set = [&](unsigned mode) { REQUIRE(::chmod(path.c_str(), mode) == 0); };
        INFO(path);
        set(0777);
        CHECK(as({}).find("'" + path + "' can be written by every user, and root does not follow") !=
              std::string::npos);
        CHECK(as({}).find("run: chmod o-w " + path) != std::string::npos);
        CHECK(as({{"SUDO_UID", "65534"}}).find("can be written by every user") != std::string::npos);
        CHECK(as({{"CI", "true"}}) == "lax");
        set(0775); // umask 002
        CHECK(as({}) == "lax");
        set(01777); // what is in it stays its owner's
        CHECK((as({}) == "lax") == (path != file));
        set(0755);
    }
    box.shell("mv sub/fairlead.yml sub/other.yml; ln -s other.yml sub/fairlead.yml");
    CHECK(as({}) == "lax");
    give(box.folder + "/sub/other.yml", nobody); // what a link leads to
    CHECK(as({}).find("is reached by '" + box.folder + "/sub/other.yml'") != std::string::npos);
    give(box.folder + "/sub/other.yml", 0);
    give(file, nobody); // the link
    CHECK(as({}).find("belongs to user nobody") != std::string::npos);
}
