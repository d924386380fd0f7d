#include "backup/stores/kinds.h"
#include "backup/stores/lease.h"
#include "backup/stores/s3_client.h"
#include "backup/stores/s3_streams.h"
#include "base/url.h"
#include "sys/clock.h"
#include "sys/environment.h"
#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <functional>

namespace fairlead::backup {
namespace {

constexpr std::string_view lock_prefix = ".fairlead-lock-";

// Every object whose key begins so, page by page. The last page's time, by the server's clock, comes back.
Result<SystemTime> each_object(S3Client& client, const std::string& prefix,
                               const std::function<void(const S3Object&)>& visit) {
    const std::string what = "objects can't be listed in";
    std::string next;
    while (true) {
        S3Request request{.parameters = {{"encoding-type", "url"}, {"list-type", "2"}, {"prefix", prefix}}};
        if (!next.empty()) request.parameters.emplace_back("continuation-token", next);
        const auto answer = TRY(client.done(request, what));
        auto page = read_s3_page(answer.response.body);
        if (!page.ok()) return could_not(fmt::format("{} {}: {}", what, client.shown(), page.error().message));
        for (const auto& object : page->objects)
            if (object.key.starts_with(prefix)) visit(object);
        if (page->next.empty()) return client.server_time(answer.response);
        if (page->next == next) return could_not(fmt::format("{} {}: the list doesn't end", what, client.shown()));
        next = page->next;
    }
}

class S3LeaseFiles : public LeaseFiles {
  public:
    S3LeaseFiles(std::shared_ptr<S3Client> client, const std::string& prefix)
        : client_(std::move(client)), prefix_(prefix + std::string(lock_prefix)) {}

    Result<std::vector<File>> list() override {
        std::vector<File> found;
        const auto now = TRY(each_object(*client_, prefix_, [&](const S3Object& object) {
            File file{0, object.written};
            const auto* end = object.key.data() + object.key.size();
            const auto parsed = std::from_chars(object.key.data() + prefix_.size(), end, file.number);
            if (parsed.ec == std::errc() && parsed.ptr == end && file.number > 0) found.push_back(file);
        }));
        now_ = now;
        return found;
    }
    Result<SystemTime> now() override { return now_; } // of the list

    Result<void> create(std::uint64_t number, std::string_view bytes) override {
        auto request = put(number, bytes);
        request.headers.emplace_back("if-none-match", "*");
        const auto answer = TRY(client_->send(request, what));
        if (answer.is_good() || answer.is(412)) return {};
        return client_->refused(answer, what);
    }
    Result<std::string> read(std::uint64_t number) override {
        S3Request request{.key = key_of(number)}; // a lock says no faults, so what does is one
        auto answer = TRY(client_->send(request, what));
        if (answer.is(404)) return std::string();
        if (!answer.is_good()) return client_->refused(answer, what);
        return std::move(answer.response.body);
    }
    Result<void> renew(std::uint64_t number, std::string_view bytes) override {
        auto request = put(number, bytes);
        const auto answer = client_->done(request, what);
        return answer.ok() ? Result<void>() : answer.error();
    }
    Result<void> remove(std::uint64_t number) override {
        S3Request request{.method = "DELETE", .key = key_of(number)};
        request.through_stop = true;
        const auto answer = TRY(client_->send(request, what));
        if (answer.is_good() || answer.is(404)) return {};
        return client_->refused(answer, what);
    }

  private:
    std::string key_of(std::uint64_t number) const { return prefix_ + std::to_string(number); }
    S3Request put(std::uint64_t number, std::string_view bytes) const {
        S3Request request{.method = "PUT", .key = key_of(number), .headers = {{"content-type", "text/plain"}}};
        request.body = bytes;
        return request;
    }

    const std::string what = "the lock can't be taken on";
    const std::shared_ptr<S3Client> client_;
    const std::string prefix_;
    SystemTime now_;
};

class S3Store : public Store {
  public:
    S3Store(std::shared_ptr<S3Client> client, const std::string& prefix)
        : client_(std::move(client)), prefix_(prefix.empty() ? "" : prefix + "/") {}

    std::string shown() const override { return client_->shown(); }

    Result<std::vector<Object>> list_objects(std::string_view prefix) override {
        std::vector<Object> found;
        const auto listed = each_object(*client_, prefix_ + std::string(prefix), [&](const S3Object& object) {
            auto name = object.key.substr(prefix_.size());
            if (check_object_name(name).ok()) found.push_back({std::move(name), object.bytes, object.written});
        });
        if (!listed.ok()) return listed.error();
        std::sort(found.begin(), found.end(), [](const Object& a, const Object& b) { return a.name < b.name; });
        return found;
    }

    Result<std::unique_ptr<sys::Sink>> create_object(const std::string& name,
                                                     std::optional<std::uint64_t> expected) override {
        S3Request look{.method = "HEAD", .key = prefix_ + name, .tells_faults = false};
        const auto what = fmt::format("'{}' can't be written to", name);
        const auto answer = TRY(client_->send(look, what));
        if (answer.is_good())
            return could_not(fmt::format("'{}' of {} is there already and is never replaced", name, shown()));
        if (!answer.is(404)) return client_->refused(answer, what);
        return s3_sink(client_, prefix_ + name, name, s3_part_for(expected));
    }

    Result<std::unique_ptr<sys::Source>> open(const std::string& name) override {
        TRY_VOID(check_object_name(name));
        return s3_source(client_, prefix_ + name, name);
    }

    Result<void> replace_object(const std::string& name, std::string_view bytes) override {
        const auto sink = s3_sink(client_, prefix_ + name, name, s3_part_for(bytes.size()), Over::yes);
        TRY_VOID(sink->write(bytes));
        return sink->close();
    }

    Result<void> remove_object(const std::string& name) override {
        S3Request request{.method = "DELETE", .key = prefix_ + name};
        const auto what = fmt::format("'{}' can't be removed from", name);
        const auto answer = TRY(client_->send(request, what));
        if (answer.is_good() || (answer.is(404) && (!answer.fault || answer.fault->code == "NoSuchKey"))) return {};
        return client_->refused(answer, what);
    }

    Result<std::unique_ptr<Lease>> take_lock(const std::string& who, std::chrono::seconds wait) override {
        return take_lease(std::make_shared<S3LeaseFiles>(client_, prefix_), shown(), who, wait, client_->clock());
    }

    Result<std::optional<std::uint64_t>> free_bytes() override { return std::optional<std::uint64_t>(); }

    Result<std::vector<std::string>> sweep_objects(std::chrono::seconds older_than) override {
        const std::string what = "unfinished uploads can't be swept from";
        std::vector<std::string> swept;
        S3Uploads page;
        do {
            S3Request request{.parameters = {{"encoding-type", "url"}, {"prefix", prefix_}, {"uploads", ""}}};
            if (!page.next_key.empty()) request.parameters.emplace_back("key-marker", page.next_key);
            if (!page.next_id.empty()) request.parameters.emplace_back("upload-id-marker", page.next_id);
            const auto answer = TRY(client_->done(request, what));
            auto read = read_s3_uploads(answer.response.body);
            if (!read.ok()) return could_not(fmt::format("{} {}: {}", what, shown(), read.error().message));
            if (read->next_key == page.next_key && read->next_id == page.next_id) read->next_key = "";
            page = std::move(read).value();
            const auto newest = client_->server_time(answer.response) - older_than;
            for (const auto& upload : page.uploads) {
                if (!upload.key.starts_with(prefix_) || upload.begun > newest) continue;
                S3Request abort{.method = "DELETE", .key = upload.key, .parameters = {{"uploadId", upload.id}}};
                const auto aborted = TRY(client_->send(abort, what));
                if (!aborted.is_good() && !aborted.is(404)) return client_->refused(aborted, what);
                swept.push_back(upload.key.substr(prefix_.size()));
            }
        } while (!page.next_key.empty());
        std::sort(swept.begin(), swept.end());
        return swept;
    }

  private:
    const std::shared_ptr<S3Client> client_;
    const std::string prefix_; // with its slash
};

std::string first_of(const sys::Environment& environment, std::initializer_list<std::string_view> names,
                     const std::string& otherwise) {
    for (const auto name : names)
        if (auto value = environment.get(name)) return *value;
    return otherwise;
}

}

Result<std::unique_ptr<Store>> open_s3_store(const StoreAddress& address, const sys::Environment& environment,
                                             const Around& around) {
    S3Place place{.endpoint = address.endpoint, .region = address.region, .bucket = address.bucket, .keys = {}};
    if (place.region.empty()) place.region = first_of(environment, {"AWS_REGION", "AWS_DEFAULT_REGION"}, "us-east-1");
    if (place.endpoint.empty())
        place.endpoint = first_of(environment, {"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"},
                                  fmt::format("https://s3.{}.amazonaws.com", place.region));
    while (place.endpoint.ends_with('/')) place.endpoint.pop_back();
    TRY_VOID(check_endpoint(place.endpoint));
    const auto id = environment.get("AWS_ACCESS_KEY_ID"), key = environment.get("AWS_SECRET_ACCESS_KEY");
    if (!id || !key)
        return usage(fmt::format("{} can't be opened without keys; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
                                 address.shown()));
    place.keys = {*id, Secret(*key), Secret(environment.get_or("AWS_SESSION_TOKEN", ""))};
    auto client = std::make_shared<S3Client>(std::move(place), address.shown(), around.http, around.clock);
    return std::unique_ptr<Store>(std::make_unique<S3Store>(std::move(client), address.path));
}

}
