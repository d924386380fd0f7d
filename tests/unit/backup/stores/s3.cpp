// Of a server that is spoilt; a real one is tests/e2e/backup_s3.py's.
#include "backup/stores/store.h"
#include "support/catch.h"
#include "sys/environment.h"
#include "unit/backup/stores/fake_s3.h"
#include "unit/backup/stores/kinds.h"

using namespace fairlead;
using namespace fairlead::backup;
using fairlead::test::FakeS3;
using fairlead::test::got;
using fairlead::test::HurriedClock;
using fairlead::test::names_in;

namespace {

using Variables = std::map<std::string, std::string>;
constexpr std::size_t part = 16u << 20;

struct Bucket {
    FakeS3 server;
    HurriedClock clock;
    std::unique_ptr<Store> store =
        store_of("s3://bucket/a/prefix?endpoint=http://minio:9000",
                 sys::Environment({{"AWS_ACCESS_KEY_ID", "the-id"}, {"AWS_SECRET_ACCESS_KEY", "the-secret-key"}}),
                 {server, clock})
            .value();

    int count(std::string_view line) const {
        return static_cast<int>(std::count_if(server.asked.begin(), server.asked.end(),
                                              [&](const auto& one) { return one.starts_with(line); }));
    }
    // The n-th request that begins so is spoilt, those before and behind are not.
    void spoil(std::string line, int from, int times, sys::HttpResponse with) {
        server.before = [=, this](const std::string& asked) -> std::optional<sys::HttpResponse> {
            if (!asked.starts_with(line)) return {};
            const int number = count(line);
            return number >= from && number < from + times ? std::optional(with) : std::nullopt;
        };
    }
};

const std::string two_parts(part + 1, 'x');

}

TEST_CASE("a large object goes in parts of 16 MiB, each with its checksum, and comes back in ranges") {
    Bucket bucket;
    std::string bytes(part * 5 / 2, 'x');
    for (std::size_t at = 0; at < bytes.size(); at += 1009) bytes[at] = static_cast<char>(at);
    REQUIRE(bucket.store->write("data", bytes).ok());
    CHECK(bucket.server.most_bytes_at_once == part);
    CHECK(bucket.count("PUT a/prefix/data?partNumber=") == 3);
    CHECK(bucket.server.uploads.empty());
    CHECK(got(*bucket.store, "data").value() == bytes);
    CHECK(bucket.count("GET a/prefix/data") == 5);
}

TEST_CASE("what is gone is removed, also where the server says that it is; where the bucket is gone it isn't") {
    const auto removed = [](const sys::HttpResponse& answer) {
        Bucket bucket;
        bucket.spoil("DELETE a/prefix/old", 1, 100, answer);
        return bucket.store->remove("old").ok();
    };
    CHECK(removed(FakeS3::fault(404, "NoSuchKey")));
    CHECK(removed(FakeS3::status(404)));
    CHECK_FALSE(removed(FakeS3::fault(404, "NoSuchBucket")));
    CHECK_FALSE(removed(FakeS3::fault(403, "AccessDenied")));
}

TEST_CASE("what a server fails to do is asked again, and given up in the end with the reason") {
    for (const auto& with : {FakeS3::status(500), FakeS3::fault(503, "SlowDown"), FakeS3::fault(200, "InternalError"),
                             FakeS3::broken(sys::HttpFailure::reset), FakeS3::broken(sys::HttpFailure::timeout),
                             FakeS3::status(200, "<?xml version=\"1.0\"?><Error><Code>Intern")}) {
        INFO(with.status << " " << with.body << with.reason);
        Bucket passing; // each request is spoilt twice, but for HEAD, which has no body
        passing.server.before = [&](const std::string& asked) -> std::optional<sys::HttpResponse> {
            const bool is_spoilt = !asked.starts_with("HEAD") && passing.count(asked) <= 2;
            return is_spoilt ? std::optional(with) : std::nullopt;
        };
        CHECK(passing.store->write("data", two_parts).ok());
        CHECK(names_in(*passing.store) == std::vector<std::string>{"data"});
        CHECK(passing.store->remove("old").ok());
        CHECK(passing.count("PUT a/prefix/data?partNumber=2") == 3);
        CHECK(passing.server.uploads.empty());
        Bucket lasting;
        lasting.spoil("POST a/prefix/data?uploadId", 1, 100, with);
        const auto failed = lasting.store->write("data", two_parts);
        REQUIRE_FALSE(failed.ok());
        CHECK(failed.error().message.find("; it was asked 6 times") != std::string::npos);
        CHECK(lasting.server.objects.empty());
        CHECK(lasting.server.uploads.empty()); // it was aborted
        CHECK(lasting.clock.slept > Milliseconds(1000));
    }
}

TEST_CASE("a write whose answer was lost is done, and is told from another's object of that name") {
    for (const std::string line : {"PUT a/prefix/data?", "POST a/prefix/data?uploadId"}) {
        Bucket bucket;
        int left = 1;
        bucket.server.after = [&](const std::string& asked, sys::HttpResponse& answer) {
            if (asked.starts_with(line) && !asked.starts_with("PUT a/prefix/data?p") && left-- > 0)
                answer = FakeS3::broken(sys::HttpFailure::empty_reply);
        };
        const auto bytes = line.starts_with("PUT") ? "small" : two_parts;
        CHECK(bucket.store->write("data", bytes).ok());
        CHECK(got(*bucket.store, "data").value() == bytes);
    }
    Bucket bucket;
    const auto sink = bucket.store->create("data", {}).value();
    REQUIRE(sink->write("ours").ok());
    bucket.server.objects["a/prefix/data"] = {"theirs", "\"t\"", "another"};
    bucket.spoil("PUT a/prefix/data", 1, 1, FakeS3::status(500));
    CHECK(sink->close().error().message.find("is there already and is never replaced") != std::string::npos);
    CHECK(got(*bucket.store, "data").value() == "theirs");
}

TEST_CASE("an answer that says less than it should is no success") {
    {
        Bucket bucket; // 200 with another body, or with none
        bucket.spoil("POST a/prefix/data?uploadId", 1, 100, FakeS3::status(200, "<html></html>"));
        CHECK_FALSE(bucket.store->write("data", two_parts).ok());
        bucket.spoil("POST a/prefix/data?uploadId", 1, 100, FakeS3::status(200));
        CHECK_FALSE(bucket.store->write("data", two_parts).ok());
        bucket.spoil("PUT a/prefix/data?partNumber=1", 1, 100, FakeS3::status(200)); // without an ETag
        CHECK_FALSE(bucket.store->write("data", two_parts).ok());
    }
    {
        Bucket bucket; // it says that it keeps it, and doesn't
        bucket.spoil("PUT a/prefix/data", 1, 1, FakeS3::status(200));
        CHECK_FALSE(bucket.store->write("data", "small").ok());
    }
    {
        Bucket bucket;
        REQUIRE(bucket.store->write("data", "0123456789").ok());
        bucket.server.after = [](const std::string& asked, sys::HttpResponse& answer) {
            if (asked.starts_with("GET a/prefix/data")) answer.body.resize(4);
        };
        CHECK_FALSE(got(*bucket.store, "data").ok());
    }
    {
        Bucket bucket;
        bucket.spoil("GET ?", 1, 100, FakeS3::status(200, "<ListBucketResult><Contents><Key>a/pre"));
        CHECK_FALSE(bucket.store->list("").ok());
        bucket.spoil("GET ?", 1, 100,
                     FakeS3::status(200, "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>"));
        CHECK_FALSE(bucket.store->list("").ok());
    }
}

TEST_CASE("what is refused is told once, with what to do") {
    const auto told = [](int number, const std::string& code) {
        Bucket bucket;
        bucket.spoil("GET ?", 1, 100, FakeS3::fault(number, code));
        const auto error = bucket.store->list("").error();
        CHECK(bucket.count("GET ?") == 1);
        CHECK(error.kind == Kind::could_not);
        return error.message;
    };
    CHECK(told(403, "SignatureDoesNotMatch") ==
          "objects can't be listed in s3://bucket/a/prefix?endpoint=http://minio:9000: the server answers 403 "
          "SignatureDoesNotMatch (of the test); check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the policy of the "
          "key");
    CHECK(told(403, "RequestTimeTooSkewed").ends_with("; set this machine's clock"));
    CHECK(told(404, "NoSuchBucket").ends_with("; make the bucket 'bucket' first"));
}

TEST_CASE("a bucket is listed to its end, and what lies beside the prefix is nobody's") {
    Bucket bucket;
    bucket.server.page = 2;
    for (const std::string name : {"a", "b c", "d/e", "f", "g+h"}) REQUIRE(bucket.store->write(name, name).ok());
    bucket.server.objects["a/prefixed/x"] = {"x", "\"t\"", ""};
    CHECK(names_in(*bucket.store) == std::vector<std::string>{"a", "b c", "d/e", "f", "g+h"});
    CHECK(bucket.count("GET ?") == 3);
}

TEST_CASE("an object that changes while it is read is an error") {
    Bucket bucket;
    REQUIRE(bucket.store->write("data", std::string(9u << 20, 'x')).ok());
    const auto source = bucket.store->open("data").value();
    std::string into(8u << 20, '\0');
    REQUIRE(source->read(into).ok());
    bucket.server.objects["a/prefix/data"].tag = "\"other\"";
    CHECK(source->read(into).error().message.find("was replaced while it was read") != std::string::npos);
}

TEST_CASE("uploads that nobody finished are swept when they are old, those of others are not") {
    Bucket bucket;
    bucket.server.uploads["one"] = {"a/prefix/shop/data", "", {}};
    bucket.server.uploads["other"] = {"a/prefixed/data", "", {}};
    CHECK(bucket.store->sweep(std::chrono::hours(2)).value().empty()); // begun an hour before the server's Date
    CHECK(bucket.store->sweep(std::chrono::minutes(30)).value() == std::vector<std::string>{"shop/data"});
    CHECK(bucket.server.uploads.size() == 1);
}

TEST_CASE("a sink that goes without its end leaves neither object nor upload") {
    Bucket bucket;
    {
        const auto sink = bucket.store->create("data", {}).value();
        REQUIRE(sink->write(two_parts).ok());
    }
    CHECK(bucket.server.objects.empty());
    CHECK(bucket.server.uploads.empty());
}

TEST_CASE("keys come from the environment alone and are never shown") {
    const auto without = store_of("s3://bucket/x", sys::Environment(Variables{{"AWS_ACCESS_KEY_ID", "the-id"}}));
    CHECK(without.error().kind == Kind::usage);
    CHECK(without.error().message ==
          "s3://bucket/x can't be opened without keys; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
    Bucket bucket;
    CHECK(bucket.store->shown().find("the-") == std::string::npos);
    CHECK(store_of("s3://bucket/x",
                   sys::Environment(
                       {{"AWS_ACCESS_KEY_ID", "i"}, {"AWS_SECRET_ACCESS_KEY", "k"}, {"AWS_ENDPOINT_URL", "nonsense"}}))
              .error()
              .kind == Kind::usage);
}

TEST_CASE("a real server keeps what is larger than a part, and gives it back byte for byte") {
    const auto* server = fairlead::test::RealS3::get();
    if (!server) SKIP_LOUDLY("moto", "FAIRLEAD_MOTO names no server of S3");
    const auto store = store_of("s3://bucket/large?endpoint=" + server->endpoint, fairlead::test::s3_keys()).value();
    std::string bytes(part * 5 / 2, 'x');
    for (std::size_t at = 0; at < bytes.size(); at += 1009) bytes[at] = static_cast<char>(at);
    const auto written = store->write("shop/data", bytes);
    INFO((written.ok() ? "" : written.error().message));
    REQUIRE(written.ok());
    CHECK(got(*store, "shop/data").value() == bytes);
    CHECK_FALSE(store->write("shop/data", bytes).ok());
    {
        const auto left = store->create("shop/left", {}).value();
        REQUIRE(left->write(bytes).ok());
    }
    CHECK(store->sweep(std::chrono::seconds(-60)).value().empty()); // it was aborted
}
