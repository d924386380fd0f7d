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

TEST_CASE("a value that everybody may see, or that is another thing, is no secret under any name") {
    const auto judged = [](std::string_view name, const std::string& value) {
        const std::string match = std::string(name) + value;
        return check_generic(std::string_view(match).substr(name.size()), match);
    };
    const std::string hex = "3b6621f970ab18887c4f6dca78d3f8bb", commit = hex + "0a1b2c3d";
    const std::string uuid = "29f63271-dc2f-4734-8221-5b31b5169bac", print = upper(commit);
    CHECK(judged("OnePassword = \"", uuid) == Proof::refuted);
    CHECK(judged("adminPassword = \"", uuid) == Proof::unknown);
    CHECK(judged("kGatewayAuthorizeNet = '", hex) == Proof::refuted);
    CHECK(judged("kGatewayAuthorizeKey = '", hex) == Proof::unknown);
    CHECK(judged("kGatewayGoCardlessOAuth = '", hex) == Proof::refuted);
    CHECK(judged("OAuth = '", hex) == Proof::unknown);
    CHECK(judged("creditLine = '", hex) == Proof::refuted);
    CHECK(judged("credit_api = '", hex) == Proof::unknown);
    CHECK(judged("key: ", "harbour-" + commit + "-linux") == Proof::refuted);
    CHECK(judged("key: ", "harbour-" + commit.substr(1) + "-linux") == Proof::unknown);
    CHECK(judged("api_key: ", "harbour-" + commit + "-linux") == Proof::unknown);
    CHECK(judged("harbour_repokey: '", print) == Proof::refuted);
    CHECK(judged("harbour_api_key: '", print) == Proof::unknown);
    CHECK(judged("&formkey=", "dDViT2xzUHAwRkI3X3k5Z0lQM0") == Proof::refuted);
    CHECK(judged("encrypted_key: \"", "dDViT2xzUHAwRkI3X3k5Z0lQM0") == Proof::refuted);
    CHECK(judged("\"lock_token\": \"", "dDViT2xzUHAwRkI3X3k5Z0lQM0") == Proof::refuted);
    CHECK(judged("API_APP_ID = \"", "3f29-b543-9552-35245b2497") == Proof::refuted);
    CHECK(judged("crypto/DESKey.class=", "3f29b543955235245b2497399d7a93c100000000") == Proof::refuted);
    CHECK(judged("<key>", "3F29B543955235245B249739") == Proof::refuted);
    CHECK(judged("secret_alg: \"", "A128CBC-HS256") == Proof::refuted);
    CHECK(judged("VITE_PUSHER_APP_KEY=", hex.substr(12)) == Proof::refuted);
    CHECK(judged("VITE_PUSHER_APP_SECRET=", hex.substr(12)) == Proof::unknown);
    CHECK(judged("VITE_WEATHER_API_KEY=", hex) == Proof::unknown); // everyone who gets the page may use it
    CHECK(judged("$KEYSIZE = '", "prime256v1") == Proof::refuted);
    CHECK(judged("$key = '", "secp384r1") == Proof::refuted);
}

TEST_CASE("a token that names neither an issuer nor an account nor a time is a reference, no login") {
    const auto judged = [](const std::string& claims) {
        return check_jwt(base64("{\"alg\":\"HS256\"}") + "." + base64(claims) + ".x", "");
    };
    CHECK(judged("{\"s\":\"Xk2\",\"i\":\"5219\"}") == Proof::refuted);
    for (const auto* claims :
         {"{\"s\":\"Xk2\",\"exp\":1}", "{\"iat\":1}", "{\"id\":7}", "{\"user\":7}", "{\"role\":\"a\"}"}) {
        INFO(claims);
        CHECK(judged(claims) == Proof::unknown);
    }
}
