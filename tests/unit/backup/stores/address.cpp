#include "backup/stores/address.h"
#include "backup/stores/store.h"
#include "base/text.h"
#include "support/catch.h"
#include "sys/environment.h"
#include <filesystem>

using namespace fairlead;
using namespace fairlead::backup;

TEST_CASE("a store's URL is read and shown as it would be written") {
    const auto here = replace_all(std::filesystem::current_path().string(), " ", "%20");
    struct Case {
        std::string text, shown;
    };
    const Case cases[] = {
        {"/srv/b/", "file:/srv/b"},
        {"./b", "file:" + here + "/b"},
        {"file:/srv/a%20b", "file:/srv/a%20b"},
        {"/srv/a b", "file:/srv/a%20b"},
        {"file:///srv//b/../c", ""},
        {"file:///srv//b/", "file:/srv/b"},
        {"ssh://backup@host/srv/b", "ssh://backup@host/srv/b"},
        {"ssh://host:2222/~/b?config=/etc/x%20y", "ssh://host:2222/~/b?config=/etc/x%20y"},
        {"ssh://[::1]:22/srv/b/", "ssh://[::1]:22/srv/b"},
        {"ssh://host/~", "ssh://host/~/."},
        {"ssh://host/~//~/./a", "ssh://host/~/~/a"},
        {"s3://bucket", "s3://bucket"},
        {"s3://bucket/a//b/?endpoint=http://minio:9000/&region=eu-west-1",
         "s3://bucket/a/b?endpoint=http://minio:9000&region=eu-west-1"},
    };
    for (const auto& one : cases) {
        INFO(one.text);
        const auto address = parse_store(one.text);
        if (one.shown.empty()) {
            CHECK(address.error().kind == Kind::usage);
            continue;
        }
        REQUIRE(address.ok());
        CHECK(address->shown() == one.shown);
        CHECK(parse_store(one.shown)->shown() == one.shown);
    }
}

TEST_CASE("a URL that is no store's is refused with what is wrong, and never shown") {
    for (const std::string text : {"",
                                   "/srv/\xd0\xd0",
                                   "/srv/a\nb",
                                   "s4://bucket",
                                   "http://host/x",
                                   "file://host/path",
                                   "file:",
                                   "file:/a/../b",
                                   "ssh://host",
                                   "ssh://host/",
                                   "ssh:///path",
                                   "ssh://-oProxyCommand=x/p",
                                   "ssh://%2doProxy@host/p",
                                   "ssh://a%60b@host/p",
                                   "ssh://u:hunter22@host/p",
                                   "ssh://host/a%0ab",
                                   "ssh://host/../a",
                                   "ssh://host/p?shell=1",
                                   "ssh://host/p?config=",
                                   "ssh://host/p#x",
                                   "s3://b",
                                   "s3:///x",
                                   "s3://key:hunter22@bucket/x",
                                   "s3://bucket:9000/x",
                                   "s3://bucket/x?endpoint=minio:9000",
                                   "s3://bucket/x?endpoint=http://u:hunter22@minio",
                                   "s3://bucket/x?endpoint=ftp://minio",
                                   "s3://bucket/x?endpoint=http://minio/path",
                                   "s3://bucket/x?region=a%20b",
                                   "s3://bucket/x?secret_key=hunter22",
                                   "s3://bucket/x?region=a&region=b"}) {
        INFO(text);
        const auto address = parse_store(text);
        REQUIRE_FALSE(address.ok());
        CHECK(address.error().kind == Kind::usage);
        CHECK(address.error().message.find("hunter22") == std::string::npos);
        CHECK(store_of(text, sys::Environment({})).error().kind == Kind::usage);
    }
    CHECK(parse_store("s4://bucket").error().message ==
          "the kind of a store, 's4', is unknown; expected file:/PATH, ssh://HOST/PATH or s3://BUCKET/PREFIX");
}
