// Forgeries of a signed verdict, and the answer to each; first what counts.
#include "attest/demand.h"
#include "attest/envelope.h"
#include "attest/policy.h"
#include "attest/statement.h"
#include "base/text.h"
#include "support/catch.h"
#include "sys/data/json.h"
#include "sys/digest.h"
#include "unit/attest/keys.h"
#include <functional>
#include <set>

using namespace fairlead;
using namespace fairlead::attest;

namespace {

using Change = std::function<void(Judged&)>;

const std::string commit(40, 'c'), other_commit(40, 'b'), release(64, 'd'), other_release(64, 'a');
constexpr auto hour = std::chrono::hours(1);
const std::string project_file =
    "version: 1\napp: shop\nscan: {skip: [jwt]}\nevidence: {keys: [team.pub]}\n"
    "environments: {staging: {url: 'https://a.example'}, live: {require: [%]}, other: {}}\n";

std::string requiring(const std::string& what) { return replace_all(project_file, "%", what); }

config::Config project(const std::string& text) {
    return config::load_text(text, "fairlead.yml", {.path = "", .folder = "/w"}).value();
}

Judged good(const std::string& tool = "scan", const std::string& command = "range", const std::string& where = "") {
    Judged judged;
    judged.tool = tool;
    judged.command = command;
    judged.tool_version = "1.2.3";
    judged.app = "shop";
    judged.environment = where;
    judged.verdict = "pass";
    judged.commit = commit;
    judged.policy = policy_digest(project(requiring(tool)), tool, where).value();
    judged.actor = "ci";
    judged.started = judged.finished = now - hour;
    return judged;
}

Judged changed(Judged judged, const Change& change) {
    change(judged);
    return judged;
}

std::string sealed(const std::string& payload, std::string_view type = statement_payload, char by = 't') {
    const auto signer = private_key(by);
    return seal(type, payload, {&signer, 1});
}
std::string sealed(const Judged& judged) { return sealed(write_judged(judged)); }
Stored stored(std::string envelope) { return {sys::sha256(envelope), envelope, ""}; }

struct World {
    std::vector<Key> keys = {key('t')};
    About about = {"shop", "live", commit, false, "1.0.0-dddddddddddd", "1.0.0", release};
    std::string required = "scan";
};

std::string asked(const std::vector<Stored>& all, const World& world = {}) {
    const auto config = project(requiring(world.required));
    const auto demands = read_demands(config, "live").value();
    const auto answers = answer(demands, world.about, config, world.keys, all, now);
    REQUIRE(answers.ok());
    REQUIRE(answers->size() == 1);
    const auto& only = answers->front();
    CHECK(only.evidence.empty() != only.complaint.empty());
    return only.complaint;
}
std::string asked(const std::string& envelope) { return asked({stored(envelope)}); }
std::string asked(const Change& change) { return asked(sealed(changed(good(), change))); }

// One answer about several verdicts.
std::string asked(const std::vector<Judged>& all, const World& world = {}) {
    std::vector<Stored> envelopes;
    for (const auto& one : all) envelopes.push_back(stored(sealed(one)));
    return asked(envelopes, world);
}

std::string not_required(const std::string& required, const std::string& from = "live") {
    const auto demands = read_demands(project(requiring(required)), from);
    REQUIRE_FALSE(demands.ok());
    CHECK(demands.error().kind == Kind::usage);
    CHECK(demands.error().place.line == 5);
    return demands.error().message;
}

}

TEST_CASE("a verdict about this commit by this policy counts, also one about the environment or the release") {
    CHECK(asked({good()}).empty());
    CHECK(asked({good("scan", "tree")}).empty());
    CHECK(asked({good("scan", "range", "live")}).empty());
    CHECK(asked([](Judged& one) { one.digest = release; }).empty());
    CHECK(asked([](Judged& one) { one.finished += Milliseconds(30'000); }).empty()); // two clocks
    CHECK(asked(std::vector<Stored>{}) == "scan: there is none; run: fairlead-scan range");
}

TEST_CASE("a verdict about another environment is required by its name, and says which release was there") {
    World world;
    world.required = "smoke@staging";
    const auto smoke = good("smoke", "", "staging");
    const auto told = [&](const Change& change) { return asked({changed(smoke, change)}, world); };
    CHECK(told([](Judged& one) { one.digest = release; }).empty());
    CHECK(told([](Judged& one) { one.serves = "1.0.0"; }).empty());
    CHECK(told([](Judged& one) {
              one.serves = "1.0.0-dddddddddddd";
              one.dirty = true;
          }).empty());
    CHECK(told([](Judged&) {}) ==
          "smoke@staging: it doesn't say which release was there; run: fairlead-smoke --env staging");
    CHECK(told([](Judged& one) { one.serves = "0.9.0"; }).find("'0.9.0' was there, and this is 1.0.0-dddd") !=
          std::string::npos);
    CHECK(told([](Judged& one) {
              one.digest = other_release;
              one.serves = "1.0.0";
          }).find("about the release aaaa") != std::string::npos);
    CHECK(told([](Judged& one) { one.environment = "other"; }).find("about environment 'other'") != std::string::npos);
    CHECK(told([](Judged& one) { one.environment = ""; }).find("about no environment") != std::string::npos);
    world.required = "deploy@staging";
    CHECK(
        asked({changed(good("deploy", "apply", "staging"), [](Judged& one) { one.digest = release; })}, world).empty());
    CHECK(asked({good("deploy", "apply", "staging")}, world).find("which release was there") != std::string::npos);
}

TEST_CASE("a proven backup is about the environment, whatever the commit, and has an age of its own") {
    World world;
    world.required = "{backup: {max_age: 26h}}";
    const auto backup = changed(good("backup", "verify", "live"), [](Judged& one) { one.commit = other_commit; });
    CHECK(asked({backup}, world).empty());
    CHECK(asked({changed(backup, [](Judged& one) { one.started = one.finished = now - 27 * hour; })}, world) ==
          "backup: it is from 2026-03-30T09:00:00.000Z, older than 1d2h; run: fairlead-backup verify --env live");
    CHECK(asked({good("backup", "verify", "staging")}, world).find("'staging'") != std::string::npos);
}

TEST_CASE("a no is taken back only by a later yes of the same command about the same environment") {
    const auto failed = changed(good(), [](Judged& one) { one.verdict = "fail"; });
    const auto later = [](Judged& one) { one.finished += Milliseconds(1); };
    CHECK(asked({failed, changed(good(), later)}).empty());
    CHECK(asked({good(), changed(failed, later)}) ==
          "scan: it is a no, from 2026-03-31T11:00:00.001Z; run: fairlead-scan range");
    CHECK(asked({failed, changed(good("scan", "tree"), later)}).find("it is a no") != std::string::npos);
    CHECK(asked({good(), failed}).find("two verdicts of the same moment disagree") != std::string::npos);
    const auto failed_tree = changed(good("scan", "tree"), [](Judged& one) { one.verdict = "fail"; });
    CHECK(asked({failed_tree, changed(good(), later)}).ends_with("; run: fairlead-scan tree"));
}

TEST_CASE("a no about a release that serves is taken back by whichever command brings the release there") {
    World world;
    world.required = "deploy@staging";
    const auto here = [](Judged& one) { one.digest = release; };
    const auto failed =
        changed(changed(good("deploy", "rollback", "staging"), here), [](Judged& one) { one.verdict = "fail"; });
    const auto applied = changed(changed(good("deploy", "apply", "staging"), here),
                                 [](Judged& one) { one.finished += Milliseconds(1); });
    CHECK(asked({failed, applied}, world).empty());
    CHECK(asked({changed(failed, [](Judged& one) { one.finished += hour; }), applied}, world)
              .ends_with("; run: fairlead-deploy --env staging"));
}

TEST_CASE("without a whole commit, or of changed files, no verdict about a commit counts") {
    World world;
    world.about.commit = "";
    CHECK(asked({good()}, world).find("and this is no commit") != std::string::npos);
    world.about.commit = commit.substr(0, 12);
    CHECK(asked({good()}, world).find("say --commit with all its digits") != std::string::npos);
    world.about.commit = commit;
    world.about.dirty = true;
    CHECK(asked({good()}, world).find("the release was made from files that were changed") != std::string::npos);
}

TEST_CASE("what can't be required is told at its place") {
    CHECK(not_required("tests") ==
          "'tests' is not a tool whose verdict can be required; expected gate, scan, preflight, "
          "migrate, smoke, deploy or backup");
    CHECK(not_required("smoke").find("write smoke@ENVIRONMENT") != std::string::npos);
    CHECK(not_required("smoke@live").find("name the environment before it") != std::string::npos);
    CHECK(not_required("gate@nowhere").find("environment 'nowhere' of 'gate@nowhere' is unknown") != std::string::npos);
    CHECK(not_required("gate, gate") == "'gate' is required twice; remove one of them");
    CHECK(not_required("{gate: {}}").find("has no max_age") != std::string::npos);
    CHECK(not_required("{gate: {age: 1h}}").find("key 'age' is unknown") != std::string::npos);
    CHECK(not_required("{gate: {max_age: soon}}").find("'soon' is not a duration") != std::string::npos);
    CHECK(not_required("{gate: {max_age: 0s}}").find("above 0s") != std::string::npos);
    CHECK(not_required("{gate: {max_age: 1h}, scan: {max_age: 1h}}").find("names one tool") != std::string::npos);
    const auto no_keys =
        read_demands(project(replace_all(requiring("gate"), "evidence: {keys: [team.pub]}\n", "")), "live");
    CHECK(no_keys.error().message.find("evidence.keys") != std::string::npos);
    CHECK(read_demands(project(requiring("gate")), "staging")->empty());
}

namespace {

struct Forgery {
    const char *what, *told;
    std::string complaint;
};

std::vector<Forgery> of_what_it_says() {
    const auto day = 24 * hour;
    return {
        {"other commit", "about commit bbbbbbbbbbbb, and this is commit c",
         asked([](Judged& o) { o.commit = other_commit; })},
        {"no commit", "about no commit", asked([](Judged& o) { o.commit = ""; })},
        {"other release", "about the release aaaa", asked([](Judged& o) { o.digest = other_release; })},
        {"other environment", "about environment 'staging'", asked({good("scan", "range", "staging")})},
        {"other app", "about app 'shop2'", asked([](Judged& o) { o.app = "shop2"; })},
        {"app in capitals", "about app 'Shop'", asked([](Judged& o) { o.app = "Shop"; })},
        {"app with a Cyrillic letter", "about app 'sh\xD0\xBEp'", asked([](Judged& o) { o.app = "sh\xD0\xBEp"; })},
        {"app with a blank of no width", "about app", asked([](Judged& o) { o.app = "shop\xE2\x80\x8B"; })},
        {"app written backwards", "about app 'shop\\u202e'", asked([](Judged& o) { o.app = "shop\xE2\x80\xAE"; })},
        {"app with a line end", "can't be read", asked([](Judged& o) { o.app = "shop\n"; })},
        {"very long app", "can't be read", asked([](Judged& o) { o.app = std::string(301, 'a'); })},
        {"environment with a blank", "environment 'live '", asked([](Judged& o) { o.environment = "live "; })},
        {"other tool", "there is none", asked([](Judged& o) { o.tool = "gate"; })},
        {"other command", "there is none", asked([](Judged& o) { o.command = "staged"; })},
        {"a no", "it is a no", asked([](Judged& o) { o.verdict = "fail"; })},
        {"neither yes nor no", "can't be read", asked([](Judged& o) { o.verdict = "passed"; })},
        {"old", "older than 1w", asked([&](Judged& o) { o.started = o.finished = now - 8 * day; })},
        {"of tomorrow", "in the future", asked([&](Judged& o) { o.finished = now + day; })},
        {"ended before it began", "can't be read", asked([&](Judged& o) { o.started = now; })},
        {"policy made milder", "another policy", asked([](Judged& o) { o.policy = std::string(64, '0'); })},
        {"policy of another tool", "another policy", asked([](Judged& o) { o.policy = good("gate", "").policy; })},
        {"policy of another environment", "another policy", asked([](Judged& o) { o.environment = "live"; })},
        {"milder by a flag", "flags or variables decided it, too (skip)", asked([](Judged& o) { o.given = {"skip"}; })},
        {"changed files", "were changed since the commit", asked([](Judged& o) { o.dirty = true; })},
        {"two that disagree", "disagree", asked({good(), changed(good(), [](Judged& o) { o.verdict = "fail"; })})},
        {"an older yes", "it is a no",
         asked({good(), changed(good(),
                                [](Judged& o) {
                                    o.verdict = "fail";
                                    o.finished = now;
                                })})},
    };
}

std::vector<Forgery> of_who_signed() {
    const auto payload = write_judged(good());
    const auto envelope = sealed(payload);
    World revoked, later, over, nobody;
    revoked.keys[0].before = now;
    revoked.keys[0].name = "old.pub (revoked: lost)";
    later.keys[0].from = now + Milliseconds(1);
    over.keys[0].before = now - hour;
    nobody.keys.clear();
    const sys::PrivateKey both[] = {private_key('f'), private_key('g')};
    return {
        {"foreign key", "not signed by any", asked(sealed(payload, statement_payload, 'f'))},
        {"several foreign keys", "not signed by any", asked(seal(statement_payload, payload, both))},
        {"no key counts", "not signed by any", asked({stored(envelope)}, nobody)},
        {"revoked key", "'old.pub (revoked: lost)' was valid only before 2026-03-31",
         asked({stored(envelope)}, revoked)},
        {"key of later", "is valid only from", asked({stored(envelope)}, later)},
        {"key of before", "was valid only before", asked({stored(envelope)}, over)},
        {"unsigned", "is not signed", asked(seal(statement_payload, payload, {}))},
        {"foreign key by our name", "not signed by any",
         asked(replace_all(sealed(payload, statement_payload, 'f'), key('f').key.id, key('t').key.id))},
        {"signature of another statement", "not signed by any",
         asked(replace_all(envelope, base64(payload), base64(write_judged(good("scan", "tree")))))},
        {"signed as something else", "can't be read", asked(sealed(payload, "application/vnd.fairlead.approval+json"))},
    };
}

std::vector<Forgery> of_its_form() {
    const auto payload = write_judged(good());
    const auto envelope = sealed(payload);
    const auto bytes = [&](std::string_view a, std::string_view b) {
        REQUIRE(envelope.find(a) != envelope.npos);
        return asked(replace_all(envelope, a, b));
    };
    const auto says = [&](std::string_view a, std::string_view b) { // and is signed by our key
        REQUIRE(payload.find(a) != payload.npos);
        return asked(sealed(replace_all(payload, a, b)));
    };
    const auto subject = "{\"name\":\"commit\",\"digest\":{\"gitCommit\":\"" + commit + "\"}}";
    std::string many;
    for (int i = 0; i < 33; ++i) many += "{\"sig\":\"AAAA\"},";
    auto reordered = sys::parse_json(payload, "p").value();
    const auto predicate = reordered["predicate"];
    reordered.erase("predicate");
    return {
        {"no signatures", "not a signed envelope", bytes("\"signatures\"", "\"signature\"")},
        {"type renamed after signing", "can't be read", bytes("in-toto+json", "in-toto+jsom")},
        {"signatures twice", "says 'signatures' twice",
         bytes("{\"payloadType\"", "{\"signatures\":[],\"payloadType\"")},
        {"payload twice", "says 'payload' twice", bytes("{\"payloadType\"", "{\"payload\":\"e30=\",\"payloadType\"")},
        {"escaped name of a member", "says 'payload' twice",
         bytes("{\"payloadType\"", "{\"p\\u0061yload\":\"e30=\",\"payloadType\"")},
        {"too many signatures", "more than 32", bytes("\"signatures\":[", "\"signatures\":[" + many)},
        {"truncated", "can't be read", asked(envelope.substr(0, envelope.size() / 2))},
        {"two envelopes in one", "can't be read", asked(envelope + envelope)},
        {"not UTF-8", "can't be read", asked("\xff" + envelope)},
        {"nothing", "can't be read", asked(std::string(" "))},
        {"other predicate", "expected 'https://fairlead.dev/verdict/v1'", says("/verdict/v1", "/verdict/v2")},
        {"other statement", "expected 'https://in-toto.io/Statement/v1'", says("Statement/v1", "Statement/v0.1")},
        {"member twice", "says 'dirty' twice", says("\"dirty\":false", "\"dirty\":true,\"dirty\":false")},
        {"reordered, without its predicate", "is empty", asked(sealed(sys::dump_json(reordered)))},
        {"subject twice", "names 'commit' twice", says("\"subject\":[", "\"subject\":[" + subject + ",")},
        {"subject of another name", "no verdict is about", says("\"name\":\"commit\"", "\"name\":\"Commit\"")},
        {"no subject", "can't be read", says(subject, "")},
        {"commit in capitals", "can't be read", says(commit, upper(commit))},
        {"shortened commit", "can't be read", says(commit, commit.substr(0, 39))},
        {"commit as SHA-1", "can't be read", says("\"gitCommit\"", "\"sha1\"")},
        {"a text for a truth", "can't be read", says("\"dirty\":false", "\"dirty\":\"false\"")},
        {"changed under its name", "content was changed",
         asked({Stored{sys::sha256("x"), envelope, "its content was changed"}})},
        {"a link", "it is not a regular file", asked({Stored{sys::sha256("x"), "", "it is not a regular file"}})},
        {"huge", "larger than 256 KiB", asked({Stored{sys::sha256("x"), "", "it is larger than 256 KiB"}})},
    };
}

}

TEST_CASE("forgeries: none is accepted, and each answer says why") {
    std::vector<Forgery> all = of_what_it_says();
    for (auto* more : {of_who_signed, of_its_form})
        for (auto& one : more()) all.push_back(std::move(one));
    CHECK(all.size() >= 40);
    std::set<std::string> names;
    for (const auto& [what, told, complaint] : all) {
        CAPTURE(what, complaint);
        CHECK(names.insert(what).second);
        CHECK(complaint.starts_with("scan: "));
        CHECK(complaint.ends_with("; run: fairlead-scan range"));
        CHECK(complaint.find(told) != complaint.npos);
    }
}

TEST_CASE("no byte of an envelope can be changed so that it says something else") {
    const auto payload = write_judged(good());
    const auto envelope = sealed(payload);
    const std::vector<Key> keys = {key('t')};
    for (std::size_t i = 0; i < envelope.size(); i += 3) {
        auto other = envelope;
        other[i] = other[i] == 'A' ? 'B' : 'A';
        const auto opened = open(other, "e", statement_payload, keys, now);
        if (opened.ok()) CHECK(opened->payload == payload); // a keyid, which nothing rests on
    }
}
