#include "backup/stores/s3_answers.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::backup;

TEST_CASE("a fault is read from any answer that holds one, whole or cut off") {
    CHECK_FALSE(read_s3_fault("").has_value());
    CHECK_FALSE(read_s3_fault("<html>Error</html>").has_value());
    CHECK_FALSE(read_s3_fault("<a><Error><Code>x</Code></Error></a>").has_value());
    const auto fault =
        read_s3_fault("\n<?xml version=\"1.0\"?>\n<Error><Code>SlowDown</Code><Message>less</Message></Error>");
    CHECK((fault->code == "SlowDown" && fault->message == "less"));
    CHECK(read_s3_fault("<Error><Code>Sl")->code == "an error that is cut off");
}

TEST_CASE("a list is read with names that are encoded, and one that is cut off is none") {
    const auto page =
        read_s3_page("<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Prefix>p</Prefix>"
                     "<EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>"
                     "<NextContinuationToken>t/1</NextContinuationToken><Contents><Key>a+b%2Bc%C3%A9</Key>"
                     "<LastModified>2026-03-31T10:15:00.000Z</LastModified><Owner><ID>x</ID></Owner><Size>12</Size>"
                     "</Contents></ListBucketResult>")
            .value();
    CHECK(page.next == "t/1");
    REQUIRE(page.objects.size() == 1);
    CHECK(page.objects[0].key == "a b+cé");
    CHECK(page.objects[0].bytes == 12);
    CHECK(format_utc(page.objects[0].written) == "2026-03-31T10:15:00.000Z");
    CHECK_FALSE(read_s3_page("<ListBucketResult><Contents></Contents>").ok());
    CHECK_FALSE(read_s3_page("<Other/>").ok());
    CHECK_FALSE(read_s3_page("").ok());
}

TEST_CASE("a date of HTTP is read, and nothing else for one") {
    CHECK(format_utc(*parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT")) == "1994-11-06T08:49:37.000Z");
    for (const auto* text : {"", "Sun, 06 Nov 1994 08:49:37", "Sunday, 06-Nov-94 08:49:37 GMT",
                             "Sun, 06 ovD 1994 08:49:37 GMT", "Sun, 41 Nov 1994 08:49:37 GMT"})
        CHECK_FALSE(parse_http_date(text).has_value());
}
