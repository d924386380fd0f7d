#include "sys/stream/age.h"
#include "streams.h"
#include "support/catch.h"
#include "sys/files/files.h"
#include "sys/process/process.h"
#include "sys/stream/bech32.h"

using namespace fairlead;
using namespace fairlead::sys;
using namespace fairlead::sys::testing;

namespace {

// The example of the specification: the secret key is 32 times 0x42.
const char* const known_secret = "AGE-SECR"
                                 "ET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
const char* const known_recipient = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

std::string encrypted(const AgeTo& to, std::string_view text, std::size_t piece = 1 << 16) {
    Kept kept;
    const auto sink = encrypting(to, keeping(kept)).value().release();
    const std::unique_ptr<Sink> owner(sink);
    for (std::size_t at = 0; at < text.size(); at += piece) REQUIRE(sink->write(text.substr(at, piece)).ok());
    REQUIRE(sink->close().ok());
    CHECK(kept.closed);
    return kept.bytes;
}

Result<std::string> decrypted(const AgeKeys& keys, std::string bytes, std::size_t piece = 1 << 16) {
    const auto source = TRY(decrypting(keys, source_of(std::move(bytes), piece), "a/set"));
    return read_all(*source, 64 << 20, "a/set");
}

AgeKeys keys_of(std::string_view secret) { return {.identities = read_age_identities(secret, "key").value()}; }
AgeTo to(const AgeKeys& keys) {
    AgeTo made;
    for (const auto& identity : keys.identities) made.recipients.push_back(identity.recipient());
    return made;
}
AgeKeys new_keys() {
    AgeKeys keys;
    keys.identities.push_back(AgeIdentity::make());
    return keys;
}

std::string message_of(const Result<std::string>& result, Kind kind) {
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().kind == kind);
    return result.error().message;
}

}

TEST_CASE("Bech32 is spelt as BIP 173 has it") {
    CHECK(to_bech32("a", "") == "a12uel5l");
    CHECK(from_bech32("a", "A12UEL5L") == "");
    CHECK_FALSE(from_bech32("a", "A12uel5l"));
    CHECK_FALSE(from_bech32("b", "a12uel5l"));
    CHECK_FALSE(from_bech32("a", "a12uel5m"));
    CHECK_FALSE(from_bech32("a", "a1"));
    for (const std::string& bytes : {std::string("\0", 1), std::string("\xff\x00\x80", 3), std::string(100, 'x')})
        CHECK(from_bech32("age", to_bech32("age", bytes)) == bytes);
}

TEST_CASE("keys of age are read and shown as its own programs have them") {
    const auto identity = AgeIdentity::read(known_secret, "key").value().recipient();
    CHECK(identity.shown() == known_recipient);
    CHECK(AgeRecipient::read(known_recipient).value() == identity);
    CHECK(keys_of(known_secret).identities.front().spelt().reveal() == known_secret);
    const auto made = AgeIdentity::make();
    CHECK(AgeIdentity::read(made.spelt().reveal(), "key").value().recipient() == made.recipient());
}

TEST_CASE("what is no key of age is told, and never shown where it may be a secret") {
    CHECK(AgeRecipient::read("age1abc").error().message ==
          "'age1abc' is not an X25519 recipient of age; expected age1 and 58 letters, as age-keygen prints it");
    CHECK(AgeRecipient::read(known_secret).error().message ==
          "a secret key was given instead of its recipient (age1...)");
    const auto file = std::string("# created: today\n\n") + known_secret + "\nAGE-SECRET-KEY-1XYZ\n";
    CHECK(read_age_identities(file, "keys.txt").error().message ==
          "'keys.txt:4' holds no secret key of age; expected AGE-SECRET-KEY-1 and 58 letters");
    CHECK(read_age_identities("# nothing\n", "keys.txt").error().kind == Kind::usage);
}

TEST_CASE("what is encrypted is read by each who was named, in whatever pieces") {
    const auto one = new_keys(), other = new_keys();
    AgeTo both = to(one);
    both.recipients.push_back(other.identities.front().recipient());
    for (const std::size_t size : {0u, 1u, 65535u, 65536u, 65537u, 131072u, 1'000'000u})
        for (const std::size_t piece : {1000u, 1u << 20}) {
            INFO(size << ' ' << piece);
            const auto text = sample(size);
            const auto bytes = encrypted(both, text, piece);
            CHECK(is_age(bytes));
            CHECK(decrypted(one, bytes, piece).value() == text);
            CHECK(decrypted(other, bytes, piece).value() == text);
        }
}

TEST_CASE("a wrong key is told as such, and a file that is none as well") {
    const auto bytes = encrypted(to(new_keys()), "secret");
    CHECK(message_of(decrypted(new_keys(), bytes), Kind::could_not) == "none of the 1 identities opens 'a/set'");
    CHECK(message_of(decrypted({.passphrase = Secret("a phrase")}, bytes), Kind::could_not) ==
          "'a/set' is encrypted for keys, not with a passphrase");
    CHECK(message_of(decrypted(new_keys(), "\x28\xb5\x2f\xfd and so on\n"), Kind::no) ==
          "'a/set' is not encrypted by age v1");
    CHECK(encrypting({}, nullptr).error().kind == Kind::usage);
    AgeTo both = to(new_keys());
    both.passphrase = Secret("a phrase");
    CHECK(encrypting(both, nullptr).error().message ==
          "age encrypts either for recipients or with a passphrase; name only recipients or only a passphrase");
}

TEST_CASE("a passphrase opens what it closed, and no other does") {
    const auto bytes = encrypted({.passphrase = Secret("correct horse")}, "secret");
    CHECK(decrypted({.passphrase = Secret("correct horse")}, bytes).value() == "secret");
    CHECK(message_of(decrypted({.passphrase = Secret("battery staple")}, bytes), Kind::could_not) ==
          "the passphrase doesn't open 'a/set'");
    CHECK(message_of(decrypted(new_keys(), bytes), Kind::could_not) == "'a/set' is encrypted with a passphrase");
}

TEST_CASE("one flipped bit anywhere is noticed") {
    const auto keys = new_keys();
    const auto text = sample(200'000);
    const auto bytes = encrypted(to(keys), text);
    for (std::size_t at = 0; at < bytes.size(); at += at < 300 ? 1 : bytes.size() / 300) {
        auto changed = bytes;
        changed[at] = static_cast<char>(changed[at] ^ (1 << (at % 8)));
        INFO(at);
        CHECK_FALSE(decrypted(keys, changed).ok());
    }
}

TEST_CASE("what is cut off, longer, or put in another order is noticed") {
    const auto keys = new_keys();
    const auto text = sample(3 * 65536);
    const auto bytes = encrypted(to(keys), text);
    const std::size_t head = bytes.size() - 3 * (65536 + 16);
    for (std::size_t size = 0; size < bytes.size(); size += size < head + 40 ? 1 : 9973)
        CHECK_FALSE(decrypted(keys, bytes.substr(0, size)).ok());
    for (std::size_t chunks : {0u, 1u, 2u}) // at the end of a chunk
        CHECK_FALSE(decrypted(keys, bytes.substr(0, head + chunks * (65536 + 16))).ok());
    CHECK_FALSE(decrypted(keys, bytes + "x").ok());
    CHECK_FALSE(decrypted(keys, bytes + bytes).ok());
    const auto chunk = [&](std::size_t number) { return bytes.substr(head + number * 65552, 65552); };
    CHECK_FALSE(decrypted(keys, bytes.substr(0, head) + chunk(1) + chunk(0) + chunk(2)).ok());
}

TEST_CASE("keys are rotated by another header in front of the same content") {
    const auto old_keys = new_keys(), keys = new_keys();
    const auto text = sample(200'000);
    const auto bytes = encrypted(to(old_keys), text);
    Kept kept;
    KeepingSink into(kept);
    TextSource from(bytes);
    REQUIRE(rewrap(old_keys, to(keys), from, into, "a/set").ok());
    CHECK_FALSE(kept.closed);
    CHECK(decrypted(keys, kept.bytes).value() == text);
    CHECK_FALSE(decrypted(old_keys, kept.bytes).ok());
    CHECK(kept.bytes.substr(kept.bytes.size() - text.size()) == bytes.substr(bytes.size() - text.size()));
    TextSource again(bytes);
    CHECK(rewrap(keys, to(keys), again, into, "a/set").error().message == "none of the 1 identities opens 'a/set'");
}

TEST_CASE("the program age reads what we write, and we what it writes") {
    if (!find_program("age")) SKIP_LOUDLY("age", "the program age is not installed");
    const auto folder = TemporaryFolder::make("fairlead-age").value();
    const auto key = (folder.path() / "key").string();
    REQUIRE(write_file(key, std::string(known_secret) + "\n", 0600).ok());
    const auto keys = keys_of(known_secret);
    const auto text = sample(300'000);
    const auto read = run({.argv = {"age", "--decrypt", "--identity", key}, .input = encrypted(to(keys), text)});
    REQUIRE(read.ok());
    CHECK(read->err == "");
    CHECK(read->out == text);
    for (const bool armoured : {false, true}) {
        std::vector<std::string> argv = {"age", "--recipient", known_recipient};
        if (armoured) argv.emplace_back("--armor");
        const auto written = run({.argv = argv, .input = text});
        REQUIRE(written.ok());
        const auto back = decrypted(keys, written->out);
        CHECK(back.ok() != armoured);
        if (back.ok()) CHECK(back.value() == text);
    }
}
