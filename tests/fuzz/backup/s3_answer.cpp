// What an S3 server answers, its date too: values or one error each.
#include "backup/stores/s3_answers.h"
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace fairlead::backup;

extern "C" int fuzz_backup_s3_answer(const std::uint8_t* data, std::size_t size) {
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    const auto page = read_s3_page(body);
    const auto uploads = read_s3_uploads(body);
    const auto id = read_s3_upload_id(body);
    const bool completed = check_s3_completed(body).ok();
    const auto fault = read_s3_fault(body);
    const int kinds = page.ok() + uploads.ok() + id.ok() + completed + (fault && !fault->code.empty());
    if (kinds > 1) std::abort(); // an error that could be taken for a success
    if (id.ok() && id->empty()) std::abort();
    (void)parse_http_date(body);
    return 0;
}
