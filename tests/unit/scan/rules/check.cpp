#include "scan/rules/check.h"
#include "base/text.h"
#include "support/catch.h"
#include <string>

using namespace fairlead;
using namespace fairlead::scan;

TEST_CASE("what stands under a service's name has its digits, and is no digest, word or name") {
    const auto judged = [](std::string_view name, const std::string& value) {
        const std::string match = std::string(name) + value;
        return check_named(std::string_view(match).substr(name.size()), match);
    };
    const std::string value = "q7kq2vwz9bxzl3m8sht5rc0yw1nf6gj4", letters = "tqbqxrklkorqqslfqcjuvprdxmqxqgpq";
    CHECK(judged("fastly_io=", value) == Proof::unknown);
    CHECK(judged("fastly_io=", letters) == Proof::refuted);
    CHECK(judged("fastly_io=", "73biifhgyivyl0f") == Proof::unknown); // short, with two digits
    CHECK(judged("fastly_io=", "biifhgyivyl7fgh") == Proof::refuted); // with one
    CHECK(judged("fastly_io=", "fastlyAccountNumber2Key") == Proof::refuted);
    for (const auto* name : {"fastly_commit=", "fastly_sha256=", "fastly_digest: ", "fastly-site-verification="}) {
        INFO(name);
        CHECK(judged(name, value) == Proof::refuted);
    }
}

TEST_CASE("behind a run of A, random letters prove a token, and more of A refute it") {
    const std::string run(22, 'A');
    CHECK(check_padded(run + "q7Kq2vWz9BxZl3M8sHt5Rc0Yw1Nf6Gj4Pb2Xe9V", "") == Proof::proven);
    CHECK(check_padded(run + run, "") == Proof::refuted);
    CHECK(check_padded(run + "the-quick-brown-fox-jumps-over-the-dog", "") == Proof::refuted);
}

TEST_CASE("a value of Kubernetes' Secret is a secret, unless it encodes a certificate or a stand-in") {
    for (const auto* secret : {"t7Kq2vWz9B18xLp3", "mypassword", "{\"auths\":{}}",
                               "-----BEGIN PRIVA"
                               "TE KEY-----\nMII"}) {
        INFO(secret);
        CHECK(check_kube(base64(secret), "") == Proof::unknown);
    }
    for (const auto* plain :
         {"password", "admin", "changeme-12345678", "-----BEGIN CERTIFICATE-----\nMII", "Username\n"}) {
        INFO(plain);
        CHECK(check_kube(base64(plain), "") == Proof::refuted);
    }
}

TEST_CASE("a JSON Web Token in base64 has a header of JSON, and a dot") {
    const std::string header = base64("{\"enc\":\"A256GCM\"}");
    CHECK(check_jwt_base64(base64(header + ".eyJpc3MiOiJqb2UiLA"), "") == Proof::unknown);
    CHECK(check_jwt_base64(base64(header + "eyJpc3MiOiJqb2UiLA"), "") == Proof::refuted);
    CHECK(check_jwt_base64(base64("eyJ no JSON at all.and a dot"), "") == Proof::refuted);
}

TEST_CASE("a sequence of DER is one whole one, in each form of its length") {
    const std::string forms[] = {std::string("\x30\x7f", 2) + std::string(127, 'x'),
                                 std::string("\x30\x81\x87", 3) + std::string(135, 'x'),
                                 std::string("\x30\x82\x01\x04", 4) + std::string(260, 'x')};
    for (const auto& whole : forms) {
        INFO(whole.size());
        CHECK(check_der(base64(whole), "") == Proof::proven);
        CHECK(check_der(base64(whole.substr(0, whole.size() - 1)), "") == Proof::refuted);
        CHECK(check_der(base64(whole + "x"), "") == Proof::refuted);
    }
    CHECK(check_der(base64(std::string("\x31\x7f", 2) + std::string(127, 'x')), "") == Proof::refuted);
    CHECK(check_der(base64("\x30"), "") == Proof::refuted);
}
