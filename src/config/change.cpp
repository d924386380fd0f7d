#include "config/change.h"
#include "sys/data/json.h"
#include "sys/data/json_stream.h"
#include "sys/files/files.h"
#include "sys/files/stream.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace fairlead::config {
namespace {

constexpr std::uint64_t largest_payload = 256u << 20;
constexpr std::string_view way_out = "GITHUB_EVENT_PATH names the payload of the event";

// When the base's word counts: never, when the head is of another repository, or whatever the head is.
enum class Foreign { never, by_repository, always };

// Where an event's payload tells of its change. Without a place of the base it is the commit that the job was started
// for: the events that have none run the workflow of the default branch.
struct EventRow {
    std::string_view event;
    Foreign foreign;
    std::string_view base, head, head_repository, base_repository;
};
constexpr std::string_view base_sha = "/pull_request/base/sha", head_sha = "/pull_request/head/sha",
                           base_name = "/pull_request/base/repo/full_name",
                           head_name = "/pull_request/head/repo/full_name";
constexpr std::string_view rights = "runs with the rights of the base";
constexpr EventRow event_rows[] = {
    {"pull_request", Foreign::by_repository, base_sha, head_sha, head_name, base_name},
    {"pull_request_review", Foreign::by_repository, base_sha, head_sha, head_name, base_name},
    {"pull_request_review_comment", Foreign::by_repository, base_sha, head_sha, head_name, base_name},
    {"pull_request_target", Foreign::always, base_sha, head_sha, head_name, base_name},
    {"workflow_run", Foreign::by_repository, "", "/workflow_run/head_sha", "/workflow_run/head_repository/full_name",
     "/repository/full_name"},
    {"issue_comment", Foreign::always, "", "", "", ""},
    {"check_run", Foreign::always, "", "/check_run/head_sha", "", ""},
    {"check_suite", Foreign::always, "", "/check_suite/head_sha", "", ""},
    {"status", Foreign::always, "", "/sha", "", ""},
    {"merge_group", Foreign::never, "/merge_group/base_sha", "/merge_group/head_sha", "", ""},
    {"push", Foreign::never, "/before", "/after", "", ""},
};

const EventRow* row_of(std::string_view event) {
    const auto found = std::find_if(std::begin(event_rows), std::end(event_rows),
                                    [&](const EventRow& row) { return row.event == event; });
    return found == std::end(event_rows) ? nullptr : found;
}

// The scalars of a payload that are asked for; a payload may have 25 MB.
class Reader : public sys::JsonHandler {
  public:
    explicit Reader(std::vector<std::string_view> wanted) {
        for (const auto path : wanted) values_[std::string(path)];
    }
    Result<Take> begin(std::string_view path, sys::JsonKind kind) override {
        if (path.empty()) return kind == sys::JsonKind::object ? Take::enter : Take::skip;
        if (kind == sys::JsonKind::scalar) return values_.contains(path) ? Take::build : Take::skip;
        const auto within = values_.lower_bound(std::string(path) + "/");
        return within != values_.end() && within->first.starts_with(std::string(path) + "/") ? Take::enter : Take::skip;
    }
    Result<void> built(std::string_view path, sys::Json value) override {
        const auto found = values_.find(path);
        if (found == values_.end() || value.is_null()) return {};
        found->second = value.is_string() ? value.get<std::string>() : sys::dump_json(value);
        return {};
    }
    std::string at(std::string_view path) const {
        const auto found = values_.find(path);
        return found == values_.end() ? std::string() : found->second;
    }

  private:
    std::map<std::string, std::string, std::less<>> values_;
};

constexpr std::string_view number = "/number", request_number = "/pull_request/number", ref = "/ref",
                           forced = "/forced", branch = "/repository/default_branch", run_event = "/workflow_run/event",
                           issue_number = "/issue/number", issue_request = "/issue/pull_request/url";

// Of the pull request.
std::string number_of(std::string_view event, const Reader& payload) {
    if (event == "issue_comment") return payload.at(issue_number);
    if (!event.starts_with("pull_request")) return {};
    return payload.at(number).empty() ? payload.at(request_number) : payload.at(number);
}

std::string about(std::string_view event, const Reader& payload) {
    if (event == "push") return "push to " + payload.at(ref);
    if (event == "merge_group") return "merge group";
    const auto named = number_of(event, payload);
    if (!event.starts_with("pull_request") && event != "issue_comment") return std::string(event);
    return named.empty() ? "pull request" : "pull request #" + named;
}

// Also a deleted fork's, which leaves no name: not ours either.
bool is_of_another(const EventRow& row, const Reader& payload) {
    const std::string head = payload.at(row.head_repository);
    return head.empty() || head != payload.at(row.base_repository);
}

void decide_whose(const EventRow& row, const Reader& payload, Change& change) {
    if (row.foreign == Foreign::never) return;
    const bool another = !row.head_repository.empty() && is_of_another(row, payload);
    // A run for a pull request gets the rights of the base by the run that follows it.
    const bool follows = row.event == "workflow_run" && payload.at(run_event).starts_with("pull_request");
    change.foreign = row.foreign == Foreign::always || another || follows;
    const bool fork = another && (row.foreign != Foreign::always || !payload.at(row.head_repository).empty());
    if (change.foreign) change.why = fork ? "comes from a fork" : rights;
    // GitHub gives neither secrets nor a token that may write to what a fork's pull request starts.
    change.has_rights = change.foreign && (row.foreign == Foreign::always || row.event == "workflow_run");
}

Error untold(std::string_view event, std::string_view what) {
    return usage(
        fmt::format("the payload of the event {} has no commit id at {}, so it is not known whose settings count; {}",
                    event, what, way_out));
}

Result<Change> read(const EventRow& row, sys::ByteStream stream, const std::string& file, const std::string& sha) {
    Reader payload({row.base, row.head, row.head_repository, row.base_repository, number, request_number, ref, forced,
                    branch, run_event, issue_number, issue_request});
    Change change{.event = std::string(row.event)};
    if (auto done = sys::stream_json(std::move(stream), file, payload); !done.ok()) {
        if (row.foreign == Foreign::never) return change; // who reads the payload tells
        return usage(fmt::format("event file '{}': {}; {}", file, done.error().message, way_out), done.error().place);
    }
    if (row.event == "issue_comment" && payload.at(issue_request).empty()) return Change{}; // of an issue
    change.about = about(row.event, payload);
    change.number = number_of(row.event, payload);
    change.base = row.base.empty() ? sha : payload.at(row.base);
    change.head = payload.at(row.head);
    change.ref = payload.at(ref);
    change.default_branch = payload.at(branch);
    change.forced = payload.at(forced) == "true";
    change.of_two_commits = row.base == base_sha || row.event == "merge_group";
    if (row.base == base_sha && row.foreign == Foreign::by_repository && sha != change.head) change.merged = sha;
    decide_whose(row, payload, change);
    if (row.foreign != Foreign::never && !is_commit_id(change.base))
        return untold(row.event, row.base.empty() ? "GITHUB_SHA" : row.base);
    return change;
}

// Where a pipeline's variables tell of a merge request. They stand in its child pipelines, too, so they are asked
// whatever started this one. A project is named by its id, its path or both: those that are there have to agree.
struct RequestRow {
    std::string_view about, number, base, older_base;
    std::string_view source_id, target_id, source, target;
};
constexpr RequestRow request_rows[] = {
    {"merge request !", "CI_MERGE_REQUEST_IID", "CI_MERGE_REQUEST_TARGET_BRANCH_SHA", "CI_MERGE_REQUEST_DIFF_BASE_SHA",
     "CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "CI_MERGE_REQUEST_PROJECT_ID", "CI_MERGE_REQUEST_SOURCE_PROJECT_PATH",
     "CI_MERGE_REQUEST_PROJECT_PATH"},
    {"pull request #", "CI_EXTERNAL_PULL_REQUEST_IID", "CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA",
     "CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA", "", "", "CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY",
     "CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY"},
};

const RequestRow* request_of(const sys::Environment& environment) {
    const auto is_set = [&](std::string_view name) { return environment.get(name).has_value(); };
    const auto source = environment.get_or("CI_PIPELINE_SOURCE", "");
    for (const RequestRow& row : request_rows)
        if (is_set(row.source) || is_set(row.source_id) || is_set(row.target) || is_set(row.target_id)) return &row;
    return source == "merge_request_event" ? &request_rows[0] : nullptr;
}

bool is_of_another(const RequestRow& row, const sys::Environment& environment) {
    const auto source_id = environment.get_or(row.source_id, ""), target_id = environment.get_or(row.target_id, "");
    const auto source = environment.get_or(row.source, ""), target = environment.get_or(row.target, "");
    return source_id != target_id || source != target || (source.empty() && source_id.empty());
}

// A merge request of GitLab; the variables are the server's.
Result<Change> of_gitlab(const RequestRow& row, const sys::Environment& environment) {
    Change change{.event = "merge_request_event"};
    change.about = std::string(row.about) + environment.get_or(row.number, "");
    change.base = environment.get_or(row.base, environment.get_or(row.older_base, ""));
    change.head = environment.get_or("CI_COMMIT_SHA", "");
    change.default_branch = environment.get_or("CI_DEFAULT_BRANCH", "");
    change.of_two_commits = true;
    change.foreign = is_of_another(row, environment);
    if (!change.foreign) return change;
    change.why = "comes from a fork";
    // A pipeline that the target project runs for it has that project's variables.
    change.has_rights = environment.get_or("CI_PROJECT_PATH", "") != environment.get_or(row.source, "");
    if (!is_commit_id(change.base))
        return usage(fmt::format("{} and {} hold no commit id, so it is not known whose settings count; GitLab sets "
                                 "these variables in pipelines of merge requests",
                                 row.base, row.older_base));
    return change;
}

}

bool is_commit_id(std::string_view id) {
    return (id.size() == 40 || id.size() == 64) && id.find_first_not_of("0123456789abcdef") == id.npos;
}

bool is_no_commit(std::string_view id) {
    return !id.empty() && std::all_of(id.begin(), id.end(), [](char c) { return c == '0'; });
}

Result<Change> change_of_event(std::string_view event, std::string_view payload, const std::string& sha) {
    const EventRow* row = row_of(event);
    if (!row) return Change{};
    return read(*row, sys::ByteStream::of(payload, sys::Encoding::utf8), "event", sha);
}

Result<Change> change_of_job(const sys::Environment& environment) {
    if (const RequestRow* request = request_of(environment)) return of_gitlab(*request, environment);
    const EventRow* row = row_of(environment.get_or("GITHUB_EVENT_NAME", ""));
    if (!row) return Change{};
    const auto path = environment.get_or("GITHUB_EVENT_PATH", "");
    const auto info = sys::inspect(path);
    const bool readable = !path.empty() && info.type != sys::FileType::absent && info.size <= largest_payload;
    auto stream = readable ? sys::ByteStream::open(path, sys::Encoding::utf8)
                           : usage(path.empty() ? "GITHUB_EVENT_PATH is not set"
                                                : fmt::format("event file '{}' is not there or is too large", path));
    if (!stream.ok() && row->foreign == Foreign::never) return Change{};
    if (!stream.ok())
        return usage(fmt::format("{}, so it is not known whose settings count for the event {}; {}",
                                 stream.error().message, row->event, way_out));
    return read(*row, std::move(stream).value(), path, environment.get_or("GITHUB_SHA", ""));
}

}
