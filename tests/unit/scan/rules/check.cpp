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

TEST_CASE("a path of an object, and a UUID under the name of an id, are no secrets") {
    const auto judged = [](std::string_view name, const std::string& value) {
        const std::string match = std::string(name) + value;
        return check_generic(std::string_view(match).substr(name.size()), match);
    };
    const std::string uuid = "29f63271-dc2f-4734-8221-5b31b5169bac";
    CHECK(judged("key: '", "uploads/" + uuid + "/vehicle/x4711-b") == Proof::refuted);
    CHECK(judged("key: '", "uploads/x4d2/a7F9kQ2z") == Proof::unknown); // base64 has slashes, too
    CHECK(judged("cover_image_key: \"", "k8s9dFq2LmZ7.jpg") == Proof::refuted);
    CHECK(judged("cover_image_key: \"", "k8s9dFq2LmZ7.jwg") == Proof::unknown);
    for (const auto* name : {"UserSecretsId>", "ascApiKeyIssuerId: \"", "API_KEY_ID=", "auth-id: \""}) {
        INFO(name);
        CHECK(judged(name, uuid) == Proof::refuted);
    }
    CHECK(judged("UserSecretsId>", "aspnet-Shop-" + uuid) == Proof::refuted);
    for (const auto* name : {"VAULT_SECRET_ID=", "apiToken: \"", "token_paid=", "authVoid: \""}) {
        INFO(name);
        CHECK(judged(name, uuid) == Proof::unknown);
    }
}

TEST_CASE("a token of Supabase's role anon is everybody's, one of another role or issuer is not") {
    const auto judged = [](const std::string& claims) {
        return check_jwt(base64("{\"alg\":\"HS256\"}") + "." + base64(claims) + ".x", "");
    };
    CHECK(judged("{\"iss\":\"supabase\",\"role\": \"anon\"}") == Proof::refuted);
    CHECK(judged("{\"iss\":\"supabase\",\"role\":\"service_role\"}") == Proof::unknown);
    CHECK(judged("{\"iss\":\"harbour\",\"role\":\"anon\"}") == Proof::unknown);
}

TEST_CASE("hexadecimal digits are random in letters of either size") {
    const auto judged = [](const std::string& value) {
        const std::string match = "jwt_secret=" + value;
        return check_generic(std::string_view(match).substr(11), match);
    };
    CHECK(judged("404E635266556A586E3272357538782F413F4428472B4B62") == Proof::unknown);
    CHECK(judged("4041635266556158673272357538782341324428472742624") == Proof::refuted); // hardly a letter
}
