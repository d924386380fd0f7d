#include "backup/stores/s3_answers.h"
#include "base/text.h"
#include "base/url.h"
#include "sys/data/xml.h"
#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <utility>

namespace fairlead::backup {
namespace {

// Each element that holds text only, by its path: "ListBucketResult/Contents/Key".
class Leaves : public sys::XmlHandler {
  public:
    using Take = std::function<void(const std::string& path, const std::string& text)>;
    explicit Leaves(Take take) : take_(std::move(take)) {}

    const std::string& root() const { return root_; }
    Result<void> start(std::string_view name, const sys::XmlAttributes&) override {
        if (path_.empty()) root_ = name;
        path_ += (path_.empty() ? "" : "/") + std::string(name);
        text_.clear();
        return {};
    }
    Result<void> end(std::string_view) override {
        take_(path_, text_);
        text_.clear();
        const auto slash = path_.rfind('/');
        path_.resize(slash == path_.npos ? 0 : slash);
        return {};
    }
    Result<void> text(std::string_view more) override {
        text_ += more;
        return {};
    }

  private:
    Take take_;
    std::string root_, path_, text_;
};

// `alias`: another name of the root that a server gives it.
Result<void> read_leaves(std::string_view body, std::string_view root, const Leaves::Take& take,
                         std::string_view alias = {}) {
    Leaves leaves(take);
    TRY_VOID(sys::parse_xml(body, "the server's answer", leaves));
    if (leaves.root() == root || (!alias.empty() && leaves.root() == alias)) return {};
    return could_not(fmt::format("the server answers with <{}>; expected <{}>", leaves.root().substr(0, 80), root));
}

std::uint64_t whole_number(const std::string& text) {
    const auto number = parse_integer(text);
    return number.ok() && number.value() > 0 ? static_cast<std::uint64_t>(number.value()) : 0;
}

SystemTime time_of(const std::string& text) { return parse_utc(text).value_or(SystemTime()); }

// Of encoding-type=url: a blank may be written as '+'.
std::string decoded(const std::string& text, bool is_encoded) {
    return is_encoded ? percent_decode(replace_all(text, "+", " ")) : text;
}

}

std::optional<S3Fault> read_s3_fault(std::string_view body) {
    if (body.find("<Error") == body.npos || body.size() > (1u << 20)) return {};
    S3Fault fault;
    Leaves leaves([&](const std::string& path, const std::string& text) {
        if (path == "Error/Code") fault.code = text;
        if (path == "Error/Message") fault.message = text;
    });
    const auto parsed = sys::parse_xml(body, "the server's answer", leaves);
    if (leaves.root() != "Error") return {};
    if (!parsed.ok() && fault.code.empty()) fault.code = "an error that is cut off";
    return fault;
}

Result<S3Page> read_s3_page(std::string_view body) {
    S3Page page;
    bool is_encoded = false, is_truncated = false;
    S3Object object;
    TRY_VOID(read_leaves(body, "ListBucketResult", [&](const std::string& path, const std::string& text) {
        if (path == "ListBucketResult/EncodingType") is_encoded = text == "url";
        if (path == "ListBucketResult/IsTruncated") is_truncated = text == "true";
        if (path == "ListBucketResult/NextContinuationToken") page.next = text;
        if (path == "ListBucketResult/Contents/Key") object.key = text;
        if (path == "ListBucketResult/Contents/Size") object.bytes = whole_number(text);
        if (path == "ListBucketResult/Contents/LastModified") object.written = time_of(text);
        if (path == "ListBucketResult/Contents") page.objects.push_back(std::exchange(object, {}));
    }));
    for (auto& one : page.objects) one.key = decoded(one.key, is_encoded);
    if (is_truncated && page.next.empty()) return could_not("the server's list goes on, but it doesn't say where");
    if (!is_truncated) page.next.clear();
    return page;
}

Result<S3Uploads> read_s3_uploads(std::string_view body) {
    S3Uploads found;
    bool is_encoded = false, is_truncated = false;
    S3Upload upload;
    TRY_VOID(read_leaves(body, "ListMultipartUploadsResult", [&](const std::string& path, const std::string& text) {
        const auto name = path.substr(path.find('/') + 1);
        if (name == "EncodingType") is_encoded = text == "url";
        if (name == "IsTruncated") is_truncated = text == "true";
        if (name == "NextKeyMarker") found.next_key = text;
        if (name == "NextUploadIdMarker") found.next_id = text;
        if (name == "Upload/Key") upload.key = text;
        if (name == "Upload/UploadId") upload.id = text;
        if (name == "Upload/Initiated") upload.begun = time_of(text);
        if (name == "Upload") found.uploads.push_back(std::exchange(upload, {}));
    }));
    for (auto& one : found.uploads) one.key = decoded(one.key, is_encoded);
    found.next_key = decoded(found.next_key, is_encoded);
    if (!is_truncated) found.next_key = found.next_id = "";
    return found;
}

Result<std::string> read_s3_upload_id(std::string_view body) {
    std::string id;
    TRY_VOID(read_leaves(body, "InitiateMultipartUploadResult", [&](const std::string& path, const std::string& text) {
        if (path == "InitiateMultipartUploadResult/UploadId") id = text;
    }));
    if (id.empty()) return could_not("the server began an upload without saying its id");
    return id;
}

Result<void> check_s3_completed(std::string_view body) {
    return read_leaves(
        body, "CompleteMultipartUploadResult", [](const std::string&, const std::string&) {},
        "CompleteMultipartUploadResponse"); // moto 5.2
}

std::optional<SystemTime> parse_http_date(std::string_view text) {
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const auto comma = text.find(", ");
    if (comma == text.npos || text.size() != comma + 26 || !text.ends_with(" GMT")) return {};
    text.remove_prefix(comma + 2); // "06 Nov 1994 08:49:37 GMT"
    const auto month = months.find(text.substr(3, 3));
    if (month == months.npos || month % 3 != 0) return {};
    return parse_utc(
        fmt::format("{}-{:02}-{}T{}Z", text.substr(7, 4), month / 3 + 1, text.substr(0, 2), text.substr(12, 8)));
}

}
