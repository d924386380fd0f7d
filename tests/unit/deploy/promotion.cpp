#include "deploy/promotion.h"
#include "base/text.h"
#include "support/catch.h"
#include "sys/files/files.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace fairlead;
using namespace fairlead::deploy;

namespace {

const std::string digest(64, 'd');

Proof proof() {
    return {"shop",
            "staging",
            "01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "apply",
            "deployed",
            "1.4.0-dddddddddddd",
            "1.4.0",
            digest,
            "c0ffee",
            "2026-03-31T07:28:03.120Z",
            "2026-03-31T07:29:03.120Z",
            "pass",
            "0.1.0"};
}

Settings live() {
    Settings settings;
    settings.app = "shop";
    settings.environment = "live";
    settings.promote_from = "staging";
    return settings;
}

ReleaseInfo wanted_release() {
    return {.id = "v1-dddddddddddd", .version = "v1", .digest = digest, .commit = "c0ffee"};
}

std::string refusal(const Proof& given, const ReleaseInfo& release = wanted_release()) {
    const auto judged = check_proof(given, live(), release);
    if (judged.ok()) return {};
    CHECK(judged.error().kind == Kind::no);
    return judged.error().message;
}

}

TEST_CASE("a record comes back as it was written, and no other bytes are one") {
    const auto text = to_json(proof());
    const auto back = parse_proof(text, "r.json", "staging");
    REQUIRE(back.ok());
    CHECK(to_json(back.value()) == text);
    const std::string others[] = {"",
                                  "[]",
                                  "{}",
                                  text + " ",
                                  text.substr(0, text.size() - 1),
                                  replace_all(text, "\"schema\": 1", "\"schema\": 2"),
                                  replace_all(text, "\"schema\": 1", "\"schema\": 1,\n \"more\": \"x\""),
                                  replace_all(text, "\"app\": \"shop\"", "\"app\": \"other\",\n \"app\": \"shop\""),
                                  replace_all(text, "\"shop\"", "\"\""),
                                  replace_all(text, "\"shop\"", "1"),
                                  replace_all(text, "\"shop\"", "\"a b\""),
                                  replace_all(text, "\"shop\"", "\"\\u001b[2J\""),
                                  replace_all(text, "\"shop\"", "\"::error::x\\n\""),
                                  replace_all(text, "\"shop\"", "\"" + std::string(129, 'a') + "\""),
                                  text + std::string(8u << 10, '\n')};
    for (const auto& other : others) {
        INFO(other);
        const auto refused = parse_proof(other, "r\n.json", "staging");
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().kind == Kind::no);
        CHECK(refused.error().message == "r\\n.json is not a record written by `fairlead-deploy history --env staging "
                                         "--export FILE` of this version; export it again");
    }
}

TEST_CASE("a record that was changed by one byte, wherever, is none; one of an earlier version has no digest") {
    const auto text = to_json(proof());
    for (std::size_t at = 0; at < text.size(); ++at) {
        auto other = text;
        other[at] = other[at] == '1' ? '2' : '1';
        INFO(other);
        CHECK_FALSE(parse_proof(other, "r.json", "staging").ok());
    }
    const auto check = text.find(",\n \"check\"");
    REQUIRE(check != std::string::npos);
    const auto earlier = parse_proof(text.substr(0, check) + "\n}\n", "r.json", "staging");
    REQUIRE(earlier.ok());
    CHECK(to_json(earlier.value()) == text);
}

TEST_CASE("what is deployed is what the record proves: app, environment, verdict, commit and files") {
    CHECK(refusal(proof()).empty());
    auto unknown = proof();
    unknown.smoke = "unknown"; // nobody asks smoke in every project
    CHECK(refusal(unknown).empty());
    auto undecided = proof();
    undecided.smoke = "error"; // somebody asked, and got no answer
    CHECK(refusal(undecided).find("smoke of staging gave 'error'") != std::string::npos);
    const std::pair<std::string Proof::*, std::string> others[] = {
        {&Proof::app, "app"},       {&Proof::environment, "environment"}, {&Proof::verdict, "verdict"},
        {&Proof::commit, "commit"}, {&Proof::digest, "digest"},           {&Proof::smoke, "smoke"}};
    for (const auto& [member, name] : others) {
        auto other = proof();
        other.*member = "fail";
        INFO(name);
        CHECK(refusal(other).find(name) != std::string::npos);
        CHECK(refusal(other).find("deploy the release to staging first") != std::string::npos);
    }
    auto nameless = wanted_release();
    nameless.commit.clear();
    CHECK(refusal(proof(), nameless).find("commit 'c0ffee', and here it is none") != std::string::npos);
}

TEST_CASE("the refusal of a record of another environment names the one that promote_from does") {
    auto other = proof();
    other.environment = "live";
    CHECK(refusal(other).find("the record says environment 'live', and promote_from is 'staging'") == 0);
}

TEST_CASE("promote_from and a record come together or not at all") {
    auto settings = live();
    CHECK(check_promotion_asked(settings, "r.json").ok());
    CHECK(check_promotion_asked(settings, "").error().kind == Kind::usage);
    CHECK(check_promotion(settings, "", wanted_release()).error().kind == Kind::usage);
    CHECK(check_promotion(settings, "/nowhere/r.json", wanted_release()).error().kind == Kind::no);
    settings.promote_from.clear();
    CHECK(check_promotion_asked(settings, "").ok());
    CHECK(check_promotion(settings, "", wanted_release()).ok());
    CHECK(check_promotion(settings, "r.json", wanted_release()).error().kind == Kind::usage);
}

TEST_CASE("a record is its writer's file only, and replaces a link instead of following it") {
    const auto folder = sys::TemporaryFolder::make("proof test ").value();
    const auto file = folder.path() / "below/r.json";
    REQUIRE(write_proof(proof(), file.string()).ok());
    CHECK(sys::inspect(file).mode == 0600);
    CHECK(check_promotion(live(), file.string(), wanted_release()).ok());
    sys::write_file(folder.path() / "kept", "kept").value();
    std::filesystem::remove(file);
    std::filesystem::create_symlink("../kept", file);
    REQUIRE(write_proof(proof(), file.string()).ok());
    CHECK(sys::read_file(folder.path() / "kept").value() == "kept");
}

TEST_CASE("a pipe that a record is written to stays one, in a work tree as well") {
    const auto folder = sys::TemporaryFolder::make("proof test ").value();
    for (const char* tree : {"", ".git"}) {
        if (*tree) std::filesystem::create_directory(folder.path() / tree);
        const auto file = folder.path() / (std::string("pipe") + tree);
        REQUIRE(::mkfifo(file.c_str(), 0600) == 0);
        const int reader = ::open(file.c_str(), O_RDWR | O_NONBLOCK);
        REQUIRE(write_proof(proof(), file.string()).ok());
        CHECK(sys::inspect(file).type == sys::FileType::other);
        std::string read(4096, '\0');
        const auto count = ::read(reader, read.data(), read.size());
        CHECK((count > 0 && read.substr(0, static_cast<std::size_t>(count)) == to_json(proof())));
        ::close(reader);
    }
}
