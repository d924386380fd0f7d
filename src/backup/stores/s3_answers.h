#pragma once
#include "base/result.h"
#include "base/time.h"
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Readers for the XML of an S3 server.
namespace fairlead::backup {

struct S3Fault {
    std::string code, message; // "SlowDown"
};
// Reads the error from the body of an answer with any status. Nothing: the body has no <Error>.
std::optional<S3Fault> read_s3_fault(std::string_view body);

struct S3Object {
    std::string key;
    std::uint64_t bytes = 0;
    SystemTime written;
};
struct S3Page {
    std::vector<S3Object> objects;
    std::string next; // continuation token; empty: this is the last page
};
Result<S3Page> read_s3_page(std::string_view body); // ListBucketResult

struct S3Upload {
    std::string key, id;
    SystemTime begun;
};
struct S3Uploads {
    std::vector<S3Upload> uploads;
    std::string next_key, next_id; // empty: this is the last page
};
Result<S3Uploads> read_s3_uploads(std::string_view body); // ListMultipartUploadsResult

Result<std::string> read_s3_upload_id(std::string_view body); // InitiateMultipartUploadResult
Result<void> check_s3_completed(std::string_view body);       // CompleteMultipartUploadResult

std::optional<SystemTime> parse_http_date(std::string_view text); // RFC 9110, 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT"

}
