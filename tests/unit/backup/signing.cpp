#include "backup/signing.h"
#include "base/text.h"
#include "support/catch.h"
#include "sys/files/files.h"

using namespace fairlead;
using namespace fairlead::backup;

namespace {

const SystemTime on_that_day = parse_utc("2026-03-31T12:00:00Z").value();

std::string pem_of(char letter) {
    const std::string label = "PRIVATE KEY";
    const std::string der =
        std::string("\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20", 16) + std::string(32, letter);
    return "-----BEGIN " + label + "-----\n" + base64(der) + "\n-----END " + label + "-----\n";
}

// Whoever has no key trusts none.
Signing signing_of(char letter = '\0') {
    static std::vector<std::unique_ptr<sys::Environment>> all;
    std::map<std::string, std::string> variables;
    if (letter != '\0') variables["KEY"] = pem_of(letter);
    all.push_back(std::make_unique<sys::Environment>(variables));
    return read_signing({.key_env = letter == '\0' ? "" : "KEY", .trust = {}}, {}, {*all.back(), "/", ""}).value();
}

Manifest set_of(char content, const std::string& id = "shop_backup_20260131_101500") {
    Manifest manifest;
    manifest.id = id;
    manifest.parts = {{.name = "db", .plain = {7, std::string(64, content)}}};
    return manifest;
}

const std::string found_well = R"({"passed":true})";

}

TEST_CASE("what a verification found_well is believed when a trusted key signed it, of that very content") {
    const auto ours = signing_of('a'), theirs = signing_of('b');
    const auto record = ours.verification(set_of('1'), found_well).value();
    CHECK(ours.found_in(record, "r", set_of('1'), on_that_day).value() == found_well);
    CHECK(ours.unbelieved().empty());
    for (const auto& other : {set_of('2'), set_of('1', "shop_backup_20260131_101501")})
        CHECK(ours.found_in(record, "r", other, on_that_day).error().kind == Kind::no);
    CHECK(theirs.found_in(record, "r", set_of('1'), on_that_day).error().kind == Kind::no);
    CHECK(ours.found_in(found_well, "r", set_of('1'), on_that_day).error().kind ==
          Kind::no); // as whoever writes there may
    const auto manifest_statement = ours.statement("m.manifest.json", "bytes").value();
    CHECK(ours.found_in(manifest_statement, "r", set_of('1'), on_that_day).error().kind == Kind::no);
    auto rotated = set_of('1');
    rotated.parts[0].stored = {9, std::string(64, '3')};
    CHECK(ours.found_in(record, "r", rotated, on_that_day).ok());
}

TEST_CASE("where no key is trusted a record is read as it is, signed or not") {
    const auto nobody = signing_of();
    CHECK_FALSE(nobody.verification(set_of('1'), found_well));
    CHECK(nobody.unbelieved().empty());
    CHECK(nobody.found_in(found_well, "r", set_of('1'), on_that_day).value() == found_well);
    CHECK(nobody.found_in(signing_of('b').verification(set_of('1'), found_well).value(), "r", set_of('1'), on_that_day)
              .value() == found_well);
}

TEST_CASE("of a set whose manifest could not be opened nothing is signed") {
    CHECK_FALSE(signing_of('a').verification({}, found_well));
}

TEST_CASE("what a key signs that is none of the trusted ones nobody believes, and that is told") {
    const auto folder = sys::TemporaryFolder::make("fairlead keys").value();
    const auto bytes = sys::read_private_key(pem_of('b'), "KEY").value().public_key().bytes;
    const std::string der =
        std::string("\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00", 12) + std::string(bytes.begin(), bytes.end());
    const std::string label = "PUBLIC KEY";
    REQUIRE(sys::write_file(folder.path() / "b.pub",
                            "-----BEGIN " + label + "-----\n" + base64(der) + "\n-----END " + label + "-----\n")
                .ok());
    const auto unbelieved = [&](char letter) {
        const sys::Environment variables(std::map<std::string, std::string>{{"KEY", pem_of(letter)}});
        const auto config = config::load_text("version: 1\n", "fairlead.yml", {.folder = folder.path()}).value();
        return read_signing({.key_env = "KEY", .trust = {"b.pub"}}, config, {variables, folder.path(), ""})
            .value()
            .unbelieved();
    };
    CHECK(unbelieved('b').empty());
    CHECK(unbelieved('a') == "the key of backup.sign.key_env is not in backup.sign.trust; add its public key");
}
