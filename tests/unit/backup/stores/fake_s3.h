#pragma once
#include "base/text.h"
#include "base/url.h"
#include "sys/clock.h"
#include "sys/digest.h"
#include "sys/http/client.h"
#include <fmt/format.h>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// A bucket in memory, whose answers a test can spoil. Keys are taken as they are.
namespace fairlead::test {

class FakeS3 : public sys::Http {
  public:
    struct Kept {
        std::string bytes, tag, mark;
    };
    struct Upload {
        std::string key, mark;
        std::map<int, std::string> parts;
    };
    std::map<std::string, Kept> objects; // by key
    std::map<std::string, Upload> uploads;
    std::vector<std::string> asked; // "PUT key?query"
    std::size_t most_bytes_at_once = 0;
    bool knows_conditions = true;
    std::size_t page = 1000;
    // Before the bucket is asked: an answer that it never sees the request of. After: what becomes of its answer.
    std::function<std::optional<sys::HttpResponse>(const std::string&)> before = [](const auto&) {
        return std::nullopt;
    };
    std::function<void(const std::string&, sys::HttpResponse&)> after = [](const auto&, auto&) {};

    Result<sys::HttpResponse> send(const sys::HttpRequest& request) override {
        const std::scoped_lock lock(guard_);
        const auto url = parse_url(request.url).value();
        const auto path = percent_decode(url.path).substr(1);
        const auto key = path.substr(std::min(path.find('/'), path.size() - 1) + 1);
        const auto line = fmt::format("{} {}?{}", request.method, path.find('/') == path.npos ? "" : key, url.query);
        asked.push_back(line);
        most_bytes_at_once = std::max(most_bytes_at_once, request.body.size());
        if (auto answer = before(line)) return std::move(*answer);
        auto answer = answer_to(request, path.find('/') == path.npos ? "" : key, url.query);
        answer.headers.emplace_back("Date", "Sun, 22 Nov 2026 15:00:00 GMT");
        after(line, answer);
        return answer;
    }

    static sys::HttpResponse status(int number, std::string body = "") {
        sys::HttpResponse answer;
        answer.status = number;
        answer.body = std::move(body);
        return answer;
    }
    static sys::HttpResponse fault(int number, const std::string& code) {
        return status(number,
                      "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>of the test</Message></Error>");
    }
    static sys::HttpResponse broken(sys::HttpFailure failure) {
        sys::HttpResponse answer;
        answer.failure = failure;
        answer.reason = "it broke";
        return answer;
    }

  private:
    static std::string header(const sys::HttpRequest& request, std::string_view wanted) {
        for (const auto& [name, value] : request.headers)
            if (name == wanted) return value;
        return {};
    }
    static std::string in_base64(std::string_view bytes) {
        const auto digits = sys::sha256(bytes);
        std::string digest;
        for (std::size_t at = 0; at < digits.size(); at += 2)
            digest += static_cast<char>(std::stoi(digits.substr(at, 2), nullptr, 16));
        return base64(digest);
    }
    static std::map<std::string, std::string> parameters(const std::string& query) {
        std::map<std::string, std::string> found;
        for (const auto& part : split(query, '&')) {
            const auto equals = std::min(part.find('='), part.size());
            found[percent_decode(part.substr(0, equals))] =
                percent_decode(part.substr(std::min(equals + 1, part.size())));
        }
        return found;
    }

    sys::HttpResponse answer_to(const sys::HttpRequest& request, const std::string& key, const std::string& query) {
        const auto named = parameters(query);
        const auto checksum = header(request, "x-amz-checksum-sha256");
        if (!checksum.empty() && checksum != in_base64(request.body)) return fault(400, "BadDigest");
        const bool refuses = header(request, "if-none-match") == "*" && objects.contains(key) && knows_conditions;
        if (named.contains("list-type")) return list(named);
        if (named.contains("uploads") && request.method == "GET") return list_uploads(named);
        if (named.contains("uploads")) {
            const auto id = "upload-" + std::to_string(++number_);
            uploads[id] = {key, header(request, "x-amz-meta-fairlead-write"), {}};
            return status(200, "<InitiateMultipartUploadResult><UploadId>" + id +
                                   "</UploadId></InitiateMultipartUploadResult>");
        }
        if (named.contains("uploadId")) {
            const auto upload = uploads.find(named.at("uploadId"));
            if (upload == uploads.end()) return fault(404, "NoSuchUpload");
            if (request.method == "DELETE") {
                uploads.erase(upload);
                return status(204);
            }
            if (request.method == "PUT") {
                const auto part = std::stoi(named.at("partNumber"));
                upload->second.parts[part] = request.body;
                auto answer = status(200);
                answer.headers.emplace_back("ETag", fmt::format("\"part-{}\"", part));
                return answer;
            }
            if (refuses) return fault(412, "PreconditionFailed");
            std::string bytes;
            for (const auto& [part, piece] : upload->second.parts) bytes += piece;
            keep(key, bytes, upload->second.mark);
            uploads.erase(upload);
            return status(200, "<CompleteMultipartUploadResult><Key>k</Key></CompleteMultipartUploadResult>");
        }
        if (request.method == "PUT") {
            if (refuses) return fault(412, "PreconditionFailed");
            keep(key, request.body, header(request, "x-amz-meta-fairlead-write"));
            return status(200);
        }
        if (request.method == "DELETE") {
            objects.erase(key);
            return status(204);
        }
        const auto found = objects.find(key);
        if (found == objects.end()) return request.method == "HEAD" ? status(404) : fault(404, "NoSuchKey");
        return object(request, found->second);
    }

    sys::HttpResponse object(const sys::HttpRequest& request, const Kept& kept) const {
        const auto& bytes = kept.bytes;
        if (const auto match = header(request, "if-match"); !match.empty() && match != kept.tag)
            return fault(412, "PreconditionFailed");
        auto answer = status(200);
        answer.headers = {{"ETag", kept.tag}, {"X-Amz-Meta-Fairlead-Write", kept.mark}};
        const auto range = header(request, "range");
        if (request.method == "HEAD" || range.empty()) {
            answer.headers.emplace_back("Content-Length", std::to_string(bytes.size()));
            if (request.method != "HEAD") answer.body = bytes;
            return answer;
        }
        const auto dash = range.find('-');
        const auto from = std::stoull(range.substr(6)), to = std::stoull(range.substr(dash + 1));
        answer.status = 206;
        answer.headers.emplace_back("Content-Range", fmt::format("bytes {}-{}/{}", from, to, bytes.size()));
        answer.body = bytes.substr(from, to - from + 1);
        return answer;
    }

    sys::HttpResponse list(const std::map<std::string, std::string>& named) const {
        std::string xml = "<ListBucketResult><EncodingType>url</EncodingType>";
        std::size_t shown = 0;
        const auto after_key = named.contains("continuation-token") ? named.at("continuation-token") : "";
        std::string last;
        for (const auto& [key, kept] : objects) {
            if (!key.starts_with(named.at("prefix")) || key <= after_key) continue;
            if (shown++ == page) {
                xml += "<IsTruncated>true</IsTruncated><NextContinuationToken>" + last + "</NextContinuationToken>";
                break;
            }
            last = key;
            xml += fmt::format("<Contents><Key>{}</Key><LastModified>{}</LastModified><Size>{}</Size></Contents>",
                               replace_all(percent_encode(key), "%20", "+"), format_utc(sys::real_clock().now()),
                               kept.bytes.size());
        }
        return status(200, xml + "</ListBucketResult>");
    }
    sys::HttpResponse list_uploads(const std::map<std::string, std::string>& named) const {
        std::string xml = "<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>";
        for (const auto& [id, upload] : uploads)
            if (upload.key.starts_with(named.at("prefix")))
                xml += fmt::format("<Upload><Key>{}</Key><UploadId>{}</UploadId><Initiated>2026-11-22T14:00:00.000Z</"
                                   "Initiated></Upload>",
                                   upload.key, id);
        return status(200, xml + "</ListMultipartUploadsResult>");
    }
    void keep(const std::string& key, const std::string& bytes, const std::string& mark) {
        objects[key] = {bytes, "\"tag-" + std::to_string(++number_) + "\"", mark};
    }

    std::mutex guard_;
    int number_ = 0;
};

// Never waits.
class HurriedClock : public sys::Clock {
  public:
    SystemTime now() override { return sys::real_clock().now(); }
    Steady steady() override { return sys::real_clock().steady() + slept; }
    bool sleep(Milliseconds duration) override {
        slept += duration;
        return true;
    }
    Milliseconds slept{0};
};

}
