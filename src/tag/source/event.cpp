#include "tag/source/event.h"
#include "sys/data/json.h"
#include "sys/data/json_stream.h"
#include "sys/files/files.h"
#include "sys/files/stream.h"
#include <fmt/format.h>
#include <map>
#include <utility>

namespace fairlead::tag {

namespace {

using sys::Json;
constexpr std::uint64_t file_limit = 256u << 20;

class EventReader : public sys::JsonHandler {
  public:
    explicit EventReader(Event& event)
        : event_(event), targets_{{"/number", &event.number},
                                  {"/base_ref", &event.base_ref},
                                  {"/pull_request/head/sha", &event.head_sha},
                                  {"/pull_request/base/ref", &event.pull_base_ref},
                                  {"/pull_request/labels/*/name", &label_},
                                  {"/head_commit/id", &event.head_commit_id},
                                  {"/head_commit/timestamp", &event.head_commit_timestamp},
                                  {"/commits/*/id", &commit_id_},
                                  {"/commits/*/timestamp", &commit_time_},
                                  {"/repository/owner/login", &event.owner},
                                  {"/repository/name", &event.name},
                                  {"/repository/description", &event.description},
                                  {"/repository/html_url", &event.html_url},
                                  {"/repository/license/spdx_id", &event.licence},
                                  {"/repository/default_branch", &event.default_branch}} {}

    Result<Take> begin(std::string_view path, sys::JsonKind kind) override {
        if (path.empty()) {
            object_ = kind == sys::JsonKind::object;
            return object_ ? Take::enter : kind == sys::JsonKind::scalar ? Take::build : Take::skip;
        }
        if (kind == sys::JsonKind::scalar) return targets_.contains(path) ? Take::build : Take::skip;
        const auto within = targets_.lower_bound(std::string(path) + "/");
        return within != targets_.end() && within->first.substr(0, path.size()) == path ? Take::enter : Take::skip;
    }
    Result<void> built(std::string_view path, Json value) override {
        if (path.empty()) {
            null_ = value.is_null();
            return {};
        }
        auto& target = *targets_.find(path)->second;
        if (value.is_null())
            target.reset();
        else
            target = value.is_string() ? value.get<std::string>() : sys::dump_json(value);
        return {};
    }
    Result<void> left(std::string_view path) override {
        if (path == "/pull_request/labels/*" && label_) event_.pull_labels.push_back(*std::exchange(label_, {}));
        if (path != "/commits/*") return {};
        if (commit_id_ && commit_time_) event_.commits.emplace_back(*commit_id_, *commit_time_);
        commit_id_ = commit_time_ = std::nullopt;
        return {};
    }
    bool is_object() const { return object_; }
    bool is_null() const { return null_; }

  private:
    Event& event_;
    std::optional<std::string> commit_id_, commit_time_, label_;
    std::map<std::string_view, std::optional<std::string>*> targets_;
    bool object_ = false, null_ = false;
};

Result<Event> read(sys::ByteStream stream, const std::string& file, Notes& notes) {
    constexpr std::string_view way_out = "GITHUB_EVENT_PATH names the payload of the event";
    Event event;
    EventReader reader(event);
    if (const auto done = sys::stream_json(std::move(stream), file, reader); !done) {
        auto error = done.error();
        error.kind = Kind::usage;
        error.message = fmt::format("event file '{}': {}; {}", file, error.message, way_out);
        return error;
    }
    if (reader.is_object()) return event;
    if (reader.is_null()) return usage(fmt::format("event file '{}' holds null; {}", file, way_out));
    notes.fault(fmt::format("event file '{}' holds no object and counts as empty", file), {}, std::string(way_out));
    return Event{};
}

}

Result<Event> parse_event(std::string_view text, const std::string& file, Notes& notes) {
    return read(sys::ByteStream::of(text, sys::Encoding::utf8), file, notes);
}

Result<Event> read_event(const std::string& path, Notes& notes) {
    const auto info = sys::inspect(path);
    if (info.type == sys::FileType::absent) {
        notes.remark(fmt::format("GITHUB_EVENT_PATH {} does not exist", path));
        return Event{};
    }
    if (info.size > file_limit)
        return usage(fmt::format("event file '{}' has {} bytes; at most {} are read", path, info.size, file_limit));
    auto stream = sys::ByteStream::open(path, sys::Encoding::utf8);
    if (!stream) return usage(stream.error().message + "; GITHUB_EVENT_PATH names the payload of the event");
    return read(std::move(stream).value(), path, notes);
}

}
