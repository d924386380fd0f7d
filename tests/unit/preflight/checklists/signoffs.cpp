#include "preflight/checklists/signoffs.h"
#include "preflight/checklists/signers.h"
#include "support/catch.h"
#include <tuple>

using namespace fairlead;
using namespace fairlead::preflight;

namespace {

Checklist two_items() {
    Checklist list;
    list.name = "x";
    Item one, other;
    one.id = "a-02";
    one.text = "The second";
    other.id = "a-01";
    other.text = "The first: of \"all\"";
    list.items = {one, other};
    return list;
}

Signoff signoff_of(const std::string& item) {
    return {.item = item,
            .verdict = "yes",
            .by = "Ada \"A\" <ada@example.org>",
            .on = "2026-06-01",
            .expires = "2026-07-01",
            .evidence = "docs/a.md",
            .note = "a: b # c",
            .text_sha = "012345678912",
            .commit = "",
            .sealed = ""};
}

constexpr auto test_key =
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n"; // RFC 8032, 7.1, test 1

std::string signoff_refusal(const std::string& line) {
    const auto read = read_signoffs("signoffs:\n" + line, "x.yml");
    return read.ok() ? "accepted" : read.error().message;
}

}

TEST_CASE("sign-offs are written a line each below their item, by id, and read back as they were") {
    const auto list = two_items();
    std::map<std::string, Signoff> all = {{"a-01", signoff_of("a-01")}, {"z-99", signoff_of("z-99")}};
    const auto text = write_signoffs(list, all);
    CHECK(text == R"(# Sign-offs of the checklist x, by `fairlead-preflight sign ITEM`.
signoffs:
# a-01: The first: of "all"
- {item: a-01, verdict: "yes", by: "Ada \"A\" <ada@example.org>", on: "2026-06-01", expires: "2026-07-01", evidence: "docs/a.md", note: "a: b # c", text_sha: "012345678912"}
# a-02: The second
- {item: z-99, verdict: "yes", by: "Ada \"A\" <ada@example.org>", on: "2026-06-01", expires: "2026-07-01", evidence: "docs/a.md", note: "a: b # c", text_sha: "012345678912"}
)");
    const auto read = read_signoffs(text, "x.yml");
    REQUIRE(read.ok());
    CHECK(write_signoffs(list, read.value()) == text);
    CHECK(read.value().at("a-01").note == "a: b # c");
    CHECK(read.value().at("a-01").place.line == 4);
    const auto empty = read_signoffs(write_signoffs(list, {}), "x.yml");
    REQUIRE(empty.ok());
    CHECK(empty.value().empty());
}

TEST_CASE("of two sign-offs of one item the later one counts") {
    const auto list = two_items();
    auto early = signoff_of("a-01"), late = early;
    late.on = "2026-06-02";
    late.note = "late";
    auto text = write_signoffs(list, {{"a-01", late}});
    const auto line = write_signoffs(list, {{"a-01", early}});
    text += line.substr(line.find("- {"), line.find("# a-02") - line.find("- {"));
    const auto read = read_signoffs(text, "x.yml");
    REQUIRE(read.ok());
    CHECK(read.value().at("a-01").note == "late");
    late.on = early.on; // of one day the one below
    text = write_signoffs(list, {{"a-01", early}});
    const auto below = write_signoffs(list, {{"a-01", late}});
    text += below.substr(below.find("- {"), below.find("# a-02") - below.find("- {"));
    CHECK(read_signoffs(text, "x.yml").value().at("a-01").note == "late");
}

TEST_CASE("a sign-off that isn't one is refused at its place") {
    const std::string rest = ", verdict: \"yes\", by: A, on: 2026-06-01, text_sha: \"0\"}\n";
    CHECK(signoff_refusal("- {item: a" + rest) == "accepted");
    CHECK(signoff_refusal("- {item: A" + rest).find("is not a valid id") != std::string::npos);
    CHECK(signoff_refusal("- {item: a, verdict: \"perhaps\", by: A, on: 2026-06-01, text_sha: \"0\"}\n")
              .find("yes, no or na") != std::string::npos);
    CHECK(signoff_refusal("- {item: a, verdict: \"yes\", by: A, on: yesterday, text_sha: \"0\"}\n")
              .find("is not a day") != std::string::npos);
    CHECK(signoff_refusal("- {item: a, verdict: \"yes\", on: 2026-06-01, text_sha: \"0\"}\n")
              .find("by of a is missing") != std::string::npos);
    CHECK(signoff_refusal("- {item: a, who: x" + rest).find("key 'who' is unknown") != std::string::npos);
    CHECK(signoff_refusal("  a: b\n").find("must be a list") != std::string::npos);
}

TEST_CASE("a sealed sign-off holds for what it says and nothing else") {
    const auto key = sys::read_private_key(test_key, "test");
    REQUIRE(key.ok());
    const std::vector<attest::Key> keys = {
        {.key = key.value().public_key(), .name = "ada.pem", .from = {}, .before = {}}};
    auto signoff = signoff_of("a-01");
    const auto now = *parse_utc("2026-06-15T12:00:00Z");
    CHECK_FALSE(sealed_by("x", signoff, keys, now).ok());
    signoff.sealed = seal_signoff("x", signoff, key.value());
    const auto by = sealed_by("x", signoff, keys, now);
    REQUIRE(by.ok());
    CHECK(by.value() == "ada.pem");
    CHECK_FALSE(sealed_by("y", signoff, keys, now).ok());
    signoff.on = "2026-06-10";
    CHECK_FALSE(sealed_by("x", signoff, keys, now).ok());
    const auto read = read_signoffs(write_signoffs(two_items(), {{"a-01", signoff}}), "x.yml");
    REQUIRE(read.ok());
    CHECK(read.value().at("a-01").sealed == signoff.sealed);
}

TEST_CASE("no byte of a sealed sign-off can be another and it says something else") {
    const auto key = sys::read_private_key(test_key, "test");
    REQUIRE(key.ok());
    const std::vector<attest::Key> keys = {
        {.key = key.value().public_key(), .name = "ada.pem", .from = {}, .before = {}}};
    const auto now = *parse_utc("2026-06-15T12:00:00Z");
    auto signoff = signoff_of("a-01");
    signoff.sealed = seal_signoff("x", signoff, key.value());
    const auto before = write_signoffs(two_items(), {{"a-01", signoff}});
    int read_again = 0, still_sealed = 0;
    for (std::size_t at = before.find("- {item"); at < before.size(); ++at)
        for (const char byte : {'x', '7', ' ', '"', ',', char(before[at] ^ 1)}) {
            auto text = before;
            text[at] = byte;
            const auto read = read_signoffs(text, "x.yml");
            if (!read.ok()) continue;
            ++read_again;
            for (const auto& [id, one] : read.value()) {
                if (!sealed_by("x", one, keys, now).ok()) continue;
                ++still_sealed;
                CHECK(std::tie(id, one.verdict, one.by, one.on, one.expires, one.evidence, one.note, one.text_sha) ==
                      std::tie(signoff.item, signoff.verdict, signoff.by, signoff.on, signoff.expires, signoff.evidence,
                               signoff.note, signoff.text_sha));
            }
        }
    CHECK(read_again > 1000);
    CHECK(still_sealed > 0);
}

TEST_CASE("evidence that lets in is known by its password, its token or its parameter") {
    for (const auto* text : {"https://ada:hunter2@m.example.org/", "https://m.example.org/7?access_token=zGk2pVq8Lw",
                             "see https://m.example.org/7?a=b&api_key=zGk2pVq8Lw"})
        CHECK(lets_in(text));
    for (const auto* text : {"", "docs/a.md#seen", "https://m.example.org/checks/7?page=2", "run 12, by Ada"})
        CHECK_FALSE(lets_in(text));
}

TEST_CASE("CODEOWNERS' last matching line says who owns the sign-offs") {
    const std::string path = ".fairlead/signoffs/deployment.yml";
    const std::pair<std::string, std::vector<std::string>> rows[] = {
        {"* @a b@example.org # all\n", {"@a", "b@example.org"}},
        {"* @a\n/.fairlead/ @b\n", {"@b"}},
        {"* @a\n.fairlead/signoffs @c\n", {"@c"}},
        {"/.fairlead/signoffs/*.yml @d\n*.md @a\n", {"@d"}},
        {"*.yml @e\n", {"@e"}},
        {"docs/ @f\n", {}},
        {"* @a\n/.fairlead/\n", {}},
        {"# * @a\n", {}},
    };
    for (const auto& [text, owners] : rows) {
        INFO(text);
        CHECK(owners_of(text, path) == owners);
    }
    const Signers team{{"@acme/ops"}, "CODEOWNERS", false};
    CHECK(team.may_sign("Ada <ada@example.org>"));
    const Signers named{{"Ada <ada@example.org>", "bob@example.org"}, "preflight.signers", true};
    CHECK(named.may_sign("Somebody <ADA@example.org>"));
    CHECK(named.may_sign("Bob <bob@example.org>"));
    CHECK_FALSE(named.may_sign("Eve <eve@example.org>"));
    CHECK_FALSE(named.may_sign("Eve"));
}
