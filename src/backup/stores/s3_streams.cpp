#include "backup/stores/s3_streams.h"
#include "base/text.h"
#include "sys/digest.h"
#include "sys/fault.h"
#include <algorithm>
#include <condition_variable>
#include <fmt/format.h>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace fairlead::backup {
namespace {

constexpr std::uint64_t read_piece = 8u << 20;
constexpr const char* mark_header = "x-amz-meta-fairlead-write"; // who wrote it: an answer may be lost

std::string digest_in_base64(std::string_view bytes) {
    const auto digits = sys::sha256(bytes);
    std::string digest;
    for (std::size_t at = 0; at < digits.size(); at += 2)
        digest += static_cast<char>(std::stoi(digits.substr(at, 2), nullptr, 16));
    return base64(digest);
}

struct SentPart {
    std::string tag, digest;
};

// The parts of one object, sent by a thread while the next one is filled.
class Parts {
  public:
    Parts(std::shared_ptr<S3Client> client, std::string key, std::string what, std::string mark)
        : client_(std::move(client)), key_(std::move(key)), what_(std::move(what)), mark_(std::move(mark)) {}
    Parts(const Parts&) = delete;
    Parts& operator=(const Parts&) = delete;
    ~Parts() {
        stop();
        if (id_.empty() || completed_) return;
        S3Request abort{.method = "DELETE", .key = key_, .parameters = {{"uploadId", id_}}};
        abort.through_stop = true;
        (void)client_->send(abort, what_); // else a sweep does it
    }

    Result<void> begin() {
        S3Request request{.method = "POST", .key = key_, .parameters = {{"uploads", ""}}};
        request.headers = {
            {"content-type", "application/octet-stream"}, {"x-amz-checksum-algorithm", "SHA256"}, {mark_header, mark_}};
        const auto answer = TRY(client_->done(request, what_));
        auto id = TRY(read_s3_upload_id(answer.response.body));
        id_ = std::move(id);
        sys::fault_point("s3.begun");
        sender_ = std::thread([this] { send_all(); });
        return {};
    }

    // Waits until the one before has gone: two are kept at most. What is handed over comes back empty.
    Result<void> add(std::string& bytes) {
        std::unique_lock lock(guard_);
        changed_.wait(lock, [this] { return is_idle() || failed_; });
        if (failed_) return *failed_;
        std::swap(next_, bytes);
        bytes.clear();
        changed_.notify_all();
        return {};
    }

    Result<std::vector<SentPart>> finish() {
        {
            std::unique_lock lock(guard_);
            changed_.wait(lock, [this] { return is_idle() || failed_; });
            if (failed_) return *failed_;
        }
        stop();
        return parts_;
    }

    const std::string& id() const { return id_; }
    void set_completed() { completed_ = true; }

  private:
    void stop() {
        {
            const std::scoped_lock lock(guard_);
            ends_ = true;
        }
        changed_.notify_all();
        if (sender_.joinable()) sender_.join();
    }

    bool is_idle() const { return !busy_ && next_.empty(); }

    void send_all() {
        std::unique_lock lock(guard_);
        while (true) {
            changed_.wait(lock, [this] { return !next_.empty() || ends_; });
            if (ends_) return; // finish() waits for the last one before
            busy_ = true;      // nobody else touches what is sent
            lock.unlock();
            auto sent = send(next_);
            lock.lock();
            busy_ = false;
            if (sent.ok())
                parts_.push_back(std::move(sent).value());
            else
                failed_ = sent.error();
            next_.clear();
            changed_.notify_all();
            if (failed_) return;
        }
    }

    Result<SentPart> send(std::string& bytes) {
        const auto number = parts_.size() + 1;
        if (number > s3_most_parts)
            return could_not(fmt::format("{} {}: it is larger than {} parts", what_, client_->shown(), s3_most_parts));
        const auto digest = digest_in_base64(bytes);
        S3Request request{.method = "PUT",
                          .key = key_,
                          .parameters = {{"partNumber", std::to_string(number)}, {"uploadId", id_}},
                          .headers = {{"content-type", "application/octet-stream"}, {"x-amz-checksum-sha256", digest}}};
        request.body = std::move(bytes);
        const auto answer = client_->done(request, what_);
        bytes = std::move(request.body);
        if (!answer.ok()) return answer.error();
        sys::fault_point("s3.part");
        const auto tag = answer->response.header("etag");
        if (tag.empty()) return could_not(fmt::format("{} {}: the server sends no ETag", what_, client_->shown()));
        return SentPart{tag, digest};
    }

    const std::shared_ptr<S3Client> client_;
    const std::string key_, what_, mark_;
    std::string id_;
    bool completed_ = false;
    std::mutex guard_;
    std::condition_variable changed_;
    std::string next_; // is sent
    bool busy_ = false, ends_ = false;
    std::optional<Error> failed_;
    std::vector<SentPart> parts_;
    std::thread sender_;
};

class S3Sink : public sys::Sink {
  public:
    S3Sink(std::shared_ptr<S3Client> client, std::string key, std::string name, std::uint64_t part, Over over)
        : client_(std::move(client)), key_(std::move(key)), name_(std::move(name)), part_(part), over_(over) {}

    Result<void> write(std::string_view bytes) override {
        while (!bytes.empty()) {
            const auto taken = bytes.substr(0, part_ - pending_.size());
            if (pending_.capacity() < part_ && pending_.size() + taken.size() > (1u << 20)) pending_.reserve(part_);
            pending_ += taken;
            size_ += taken.size();
            bytes.remove_prefix(taken.size());
            if (pending_.size() == part_) TRY_VOID(add_part());
        }
        return {};
    }

    Result<void> close() override {
        auto closed = parts_ ? complete() : put();
        if (!closed.ok()) parts_.reset(); // aborted now
        sys::fault_point("s3.named");
        return closed;
    }

  private:
    Result<void> add_part() {
        if (!parts_) {
            parts_ = std::make_unique<Parts>(client_, key_, what(), mark_);
            TRY_VOID(parts_->begin());
        }
        return parts_->add(pending_);
    }

    Result<void> put() {
        S3Request request{.method = "PUT", .key = key_};
        request.headers = {{"content-type", "application/octet-stream"},
                           {"x-amz-checksum-sha256", digest_in_base64(pending_)},
                           {mark_header, mark_}};
        if (over_ == Over::no) request.headers.emplace_back("if-none-match", "*");
        request.body = std::move(pending_);
        const auto answer = TRY(client_->send(request, what()));
        return settle(answer);
    }

    Result<void> complete() {
        if (!pending_.empty()) TRY_VOID(parts_->add(pending_));
        const auto parts = TRY(parts_->finish());
        std::string list = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
        for (std::size_t at = 0; at < parts.size(); ++at)
            list += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag><ChecksumSHA256>{}</ChecksumSHA256>"
                                "</Part>",
                                at + 1, replace_all(parts[at].tag, "\"", "&quot;"), parts[at].digest);
        S3Request request{.method = "POST", .key = key_, .parameters = {{"uploadId", parts_->id()}}};
        request.headers = {{"content-type", "application/xml"}};
        if (over_ == Over::no) request.headers.emplace_back("if-none-match", "*");
        request.body = list + "</CompleteMultipartUpload>";
        const auto answer = TRY(client_->send(request, what()));
        if (answer.is_good()) TRY_VOID(check_s3_completed(answer.response.body));
        TRY_VOID(settle(answer));
        parts_->set_completed();
        return {};
    }

    // Whether the object is there now, and ours. An answer that was lost on its way makes the next one a "no"; libcurl
    // itself asks again where a connection that it had kept is gone, so that our own attempts don't tell.
    Result<void> settle(const S3Answer& answer) {
        const bool may_be_ours = answer.is(412) || answer.is(404) || answer.is(409);
        if (!answer.is_good() && !may_be_ours) return taken_or(client_->refused(answer, what()), answer);
        S3Request look{.method = "HEAD", .key = key_, .tells_faults = false};
        const auto there = TRY(client_->send(look, what()));
        const bool is_ours = there.is_good() && there.response.header(mark_header) == mark_;
        if (!is_ours && !answer.is_good()) return taken_or(client_->refused(answer, what()), answer);
        if (!there.is_good()) return client_->refused(there, fmt::format("'{}' was written, yet is not in", name_));
        if (there.response.header("content-length") == std::to_string(size_)) return {};
        return could_not(fmt::format("'{}' has {} bytes in {} and was written with {}", name_,
                                     there.response.header("content-length"), client_->shown(), size_));
    }

    Result<void> taken_or(Error error, const S3Answer& answer) const {
        if (!answer.is(412)) return error;
        return could_not(fmt::format("'{}' of {} is there already and is never replaced", name_, client_->shown()));
    }

    std::string what() const { return fmt::format("'{}' can't be written to", name_); }

    const std::shared_ptr<S3Client> client_;
    const std::string key_, name_, mark_ = sys::random_hex(16);
    const std::uint64_t part_;
    const Over over_;
    std::string pending_;
    std::uint64_t size_ = 0;
    std::unique_ptr<Parts> parts_;
};

class S3Source : public sys::Source {
  public:
    S3Source(std::shared_ptr<S3Client> client, std::string key, std::string name, std::uint64_t size, std::string tag)
        : client_(std::move(client)), key_(std::move(key)), name_(std::move(name)), tag_(std::move(tag)), size_(size) {}

    Result<std::size_t> read(std::span<char> into) override {
        if (at_ == piece_.size() && next_ < size_) TRY_VOID(fetch());
        const auto count = std::min(into.size(), piece_.size() - at_);
        std::copy_n(piece_.data() + at_, count, into.data());
        at_ += count;
        return count;
    }

  private:
    Result<void> fetch() {
        piece_.clear();
        at_ = 0;
        const auto end = std::min(size_, next_ + read_piece); // behind the last one
        S3Request request{.key = key_, .tells_faults = false};
        request.headers = {{"range", fmt::format("bytes={}-{}", next_, end - 1)}};
        if (!tag_.empty()) request.headers.emplace_back("if-match", tag_);
        request.body_limit = read_piece + (64u << 10);
        auto answer = TRY(client_->send(request, what()));
        if (answer.is(412))
            return could_not(fmt::format("'{}' of {} was replaced while it was read", name_, client_->shown()));
        const bool whole = answer.is(200) && next_ == 0 && end == size_;
        const auto range = fmt::format("bytes {}-{}/{}", next_, end - 1, size_);
        if (!whole && (!answer.is(206) || answer.response.header("content-range") != range))
            return client_->refused(answer, what());
        if (answer.response.body.size() != end - next_)
            return could_not(fmt::format("'{}' of {} came with {} bytes instead of {}", name_, client_->shown(),
                                         answer.response.body.size(), end - next_));
        piece_ = std::move(answer.response.body);
        next_ = end;
        return {};
    }

    std::string what() const { return fmt::format("'{}' can't be read from", name_); }

    const std::shared_ptr<S3Client> client_;
    const std::string key_, name_, tag_;
    const std::uint64_t size_;
    std::uint64_t next_ = 0;
    std::string piece_;
    std::size_t at_ = 0;
};

}

std::unique_ptr<sys::Sink> s3_sink(std::shared_ptr<S3Client> client, std::string key, std::string name,
                                   std::uint64_t part, Over over) {
    return std::make_unique<S3Sink>(std::move(client), std::move(key), std::move(name), part, over);
}

Result<std::unique_ptr<sys::Source>> s3_source(std::shared_ptr<S3Client> client, std::string key, std::string name) {
    S3Request request{.method = "HEAD", .key = key, .tells_faults = false};
    const auto what = fmt::format("'{}' can't be read from", name);
    const auto answer = TRY(client->send(request, what));
    if (answer.is(404)) return no_object(name, client->shown());
    const auto size = parse_integer(answer.response.header("content-length"));
    if (!answer.is_good() || !size.ok() || size.value() < 0) return client->refused(answer, what);
    return std::unique_ptr<sys::Source>(std::make_unique<S3Source>(std::move(client), std::move(key), std::move(name),
                                                                   static_cast<std::uint64_t>(size.value()),
                                                                   answer.response.header("etag")));
}

std::uint64_t s3_part_for(std::optional<std::uint64_t> expected_bytes) {
    const auto expected = expected_bytes.value_or(0);
    const auto needed = (expected + expected / 4) / s3_most_parts + 1;
    constexpr std::uint64_t mib = 1u << 20;
    return std::max(s3_smallest_part, (needed + mib - 1) / mib * mib);
}

}
