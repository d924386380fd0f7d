#include "backup/sets/manifest.h"
#include "backup/sets/names.h"
#include "base/text.h"
#include "support/catch.h"
#include "sys/digest.h"
#include "sys/process/confine.h"
#include <random>

using namespace fairlead;
using namespace fairlead::backup;

namespace {

Manifest example_manifest() {
    Manifest manifest{.id = "shop_backup_20260131_101500",
                      .app = "shop",
                      .environment = "production",
                      .host = "web1",
                      .tool_version = "1.0.0",
                      .commit = "abc",
                      .started = parse_utc("2026-01-31T10:15:00.123Z").value(),
                      .finished = parse_utc("2026-01-31T10:16:00Z").value()};
    Part part{.name = "db", .engine = "postgres", .format = "custom", .file = "shop_backup_20260131_101500.sql.gz"};
    part.compression = "gzip:6";
    part.recipients = {"age1x"};
    part.plain = {1'234'567'890'123, std::string(64, 'a')};
    part.stored = {99, std::string(64, 'b')};
    part.tables = {{"public.users", 3, true}, {"public.\"o'd \xc3\xa4\"", 0, false}};
    part.extensions = {{"citext", "1.6"}};
    part.facts = {{"lsn", "0/1"}};
    part.problems = {"a\nb"};
    manifest.parts = {part};
    return manifest;
}

Result<Manifest> read(const std::string& text) { return read_manifest(text, "m", example_manifest().id); }

}

TEST_CASE("a manifest comes back as it was written") {
    const auto manifest = example_manifest();
    const auto text = write_manifest(manifest);
    const auto back = read(text);
    REQUIRE(back.ok());
    CHECK(back->parts == manifest.parts);
    CHECK(back->started == manifest.started);
    CHECK(back->environment == "production");
    CHECK(write_manifest(*back.operator->()) == text);
    CHECK(back->find("db") == &back->parts[0]);
    CHECK(back->find("x") == nullptr);
}

TEST_CASE("the sets that were there come back, and a manifest from before they were written down has none") {
    auto manifest = example_manifest();
    manifest.after = {"shop_backup_20260203_101500", "shop_backup_20260130_101500"};
    CHECK(read(write_manifest(manifest))->after == manifest.after);
    std::string older;
    for (const auto& line : split(write_manifest(example_manifest()), '\n'))
        if (!line.starts_with(" \"after\"") && !line.starts_with(" \"sha256\"") && !line.empty()) older += line + "\n";
    older.erase(older.rfind(",\n}"), 1); // its own checksum stands last, and is of what is before it
    older.insert(older.rfind("\n}"), ",\n \"sha256\": \"" + sys::sha256(older) + "\"");
    const auto read_back = read(older);
    REQUIRE(read_back.ok());
    CHECK(read_back->after.empty());
    CHECK(read_back->parts == example_manifest().parts);
}

TEST_CASE("one bit flipped anywhere in a manifest is noticed") {
    const auto text = write_manifest(example_manifest());
    for (std::size_t at = 0; at < text.size(); ++at)
        for (std::size_t bit = sys::sanitized ? at % 8 : 0; bit < 8; bit += sys::sanitized ? 8 : 1) {
            auto flipped = text;
            flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
            INFO(at << " " << bit);
            REQUIRE_FALSE(read(flipped).ok());
        }
}

TEST_CASE("a manifest that is cut, longer, renamed or no manifest is refused") {
    const auto text = write_manifest(example_manifest());
    for (std::size_t size = 0; size < text.size(); ++size) REQUIRE_FALSE(read(text.substr(0, size)).ok());
    CHECK_FALSE(read(text + " ").ok());
    CHECK_FALSE(read("[]").ok());
    const auto other = read_manifest(text, "m", "shop_backup_20260131_101501");
    CHECK(other.error().message.find("somebody renamed it") != std::string::npos);
}

TEST_CASE("a manifest with a right checksum and wrong members is refused") {
    const std::string body = "{\n \"schema\": 1,\n \"id\": \"x\"\n}\n";
    const auto with = [](std::string text) {
        const auto digest = sys::sha256(text);
        text.resize(text.size() - 3);
        return text + ",\n \"sha256\": \"" + digest + "\"\n}\n";
    };
    const auto found = read(with(body));
    CHECK(found.error().message.find("lacks required fields") != std::string::npos);
    const auto newer = read(with(replace_all(body, ": 1", ": 2")));
    CHECK(newer.error().message.find("newer fairlead-backup") != std::string::npos);
}

TEST_CASE("a manifest that is called as another app's, or another environment's, is refused") {
    Manifest manifest = example_manifest();
    const auto refused = [&](const std::string& name) {
        const auto checked = check_named(manifest, name);
        return checked.ok() ? "" : checked.error().message;
    };
    manifest.app = "shop";
    manifest.environment = "";
    CHECK(refused(manifest_name(manifest.id)) == "");
    CHECK(refused(manifest_name(manifest.id, "production")).find("of no environment") != std::string::npos);
    manifest.environment = "staging";
    CHECK(refused(manifest_name(manifest.id, "staging")) == "");
    CHECK(refused(manifest_name(manifest.id, "production")).find("of environment 'staging'") != std::string::npos);
    manifest.app = "bank\x1b[2J";
    CHECK(refused(manifest_name(manifest.id, "staging")).find("to the app 'bank\\u001b[2J'") != std::string::npos);
    manifest.id = "backup_20260131_101500";
    manifest.app = "bank";
    CHECK(refused(manifest_name(manifest.id, "bank@staging")) == "");
    CHECK(refused(manifest_name(manifest.id, "shop@staging")) != "");
    manifest.id = "bank/20260131T101500Z";
    CHECK(refused(manifest_name(manifest.id, "staging")) == "");
    CHECK(refused(manifest_name("shop/20260131T101500Z", "staging")) != "");
}
