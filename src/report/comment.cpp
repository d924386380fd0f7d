#include "report/comment.h"
#include "base/text.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>
#include <vector>

namespace fairlead::report {

namespace {

using sys::Json, sys::text_of;

// bytes; GitHub takes 65,536 characters
constexpr std::size_t most = 65'000;
constexpr std::string_view of_workflow = "github-actions[bot]";
constexpr std::size_t pages = 10, per_page = 100; // of comments that are looked through

std::string_view mark_of(std::string_view text) { return text.substr(0, text.find('\n')); }

// HttpResponse::header() would link libcurl.
bool is_used_up(const sys::HttpResponse& answer) {
    return std::any_of(answer.headers.begin(), answer.headers.end(), [](const auto& header) {
        return lower(header.first) == "x-ratelimit-remaining" && header.second == "0";
    });
}

std::string reason_of(const sys::HttpResponse& answer) {
    if (answer.failure != sys::HttpFailure::none) return answer.reason;
    if (answer.status == 401) return "the token is refused (HTTP 401)";
    if (answer.status == 429 || (answer.status == 403 && is_used_up(answer)))
        return fmt::format("the rate limit of the token is used up (HTTP {})", answer.status);
    if (answer.status == 403)
        return "the token may not comment (HTTP 403); give the job the permission pull-requests: write";
    if (answer.status == 404)
        return "the token may not see this pull request (HTTP 404); give the job the permission pull-requests: write";
    if (answer.status / 100 == 2) return "the answer is not one of GitHub's API; see GITHUB_API_URL";
    return fmt::format("the server answered HTTP {}", answer.status);
}

class Comments {
  public:
    Comments(const CommentPlace& place, sys::Http& http) : place_(place), http_(http) {}

    // The addresses of the comments with that mark, the one to replace first.
    Result<std::vector<std::string>> find(std::string_view mark) {
        const auto owner = TRY(login());
        std::vector<std::string> own, of_bots;
        for (std::size_t page = 1; page <= pages; ++page) {
            const auto answer = TRY(ask("GET", fmt::format("{}?per_page={}&page={}", all(), per_page, page)));
            const Json list = sys::parse_json(answer.body, "the answer").value_or(Json());
            if (answer.status != 200 || !list.is_array()) return could_not(reason_of(answer));
            for (const Json& one : list) {
                if (!is_marked(one, mark)) continue;
                auto address = fmt::format("{}/comments/{}", issues(), one["id"].dump());
                const auto writer = text_of(one["user"], "login");
                if (writer == owner)
                    own.push_back(std::move(address));
                else if (text_of(one["user"], "type") == "Bot" && owner == of_workflow)
                    of_bots.push_back(std::move(address)); // of an app, whose token doesn't say who it is
            }
            if (list.size() < per_page) break;
        }
        if (own.empty() && !of_bots.empty()) own.push_back(of_bots.front());
        return own;
    }

    Result<std::string> write(const std::vector<std::string>& old, std::string_view text) {
        const auto body = sys::dump_json({{"body", text}});
        const auto add = [&] { return ask("POST", all(), body); };
        auto answer = TRY(old.empty() ? add() : ask("PATCH", old.front(), body));
        const bool may_not = answer.status == 403 || answer.status == 404;
        if (!old.empty() && may_not) answer = TRY(add());
        auto address = text_of(sys::parse_json(answer.body, "the answer").value_or(Json()), "html_url");
        if (answer.failure != sys::HttpFailure::none || answer.status / 100 != 2 || address.empty())
            return could_not(reason_of(answer));
        for (std::size_t i = 1; i < old.size(); ++i) (void)ask("DELETE", old[i]);
        return address;
    }

  private:
    std::string issues() const { return fmt::format("{}/repos/{}/issues", place_.api, place_.repository); }
    std::string all() const { return fmt::format("{}/{}/comments", issues(), place_.number); }

    Result<sys::HttpResponse> ask(std::string method, std::string url, std::string body = {}) {
        return http_.send({.method = std::move(method),
                           .url = std::move(url),
                           .headers = {{"Accept", "application/vnd.github+json"},
                                       {"Content-Type", "application/json"},
                                       {"User-Agent", "fairlead"}},
                           .body = std::move(body),
                           .bearer = place_.token});
    }

    // A workflow's own token has no user.
    Result<std::string> login() {
        const auto answer = TRY(ask("GET", place_.api + "/user"));
        if (answer.failure != sys::HttpFailure::none) return could_not(reason_of(answer));
        if (answer.status != 200) return std::string(of_workflow);
        return text_of(sys::parse_json(answer.body, "the answer").value_or(Json()), "login");
    }

    // Anybody may write the mark: what is replaced must be ours, since its author could change our text later.
    static bool is_marked(const Json& comment, std::string_view mark) {
        return comment.is_object() && comment.contains("user") && comment.contains("id") && comment["id"].is_number() &&
               text_of(comment, "body").starts_with(mark);
    }

    const CommentPlace& place_;
    sys::Http& http_;
};

}

std::string comment_text(std::string_view markdown, std::string_view whose) {
    std::string name(whose);
    for (char& c : name)
        if (c == '-' || c == '>' || c == '\n') c = '_'; // "-->" would end the mark
    auto text = fmt::format("<!-- fairlead: {} -->\n{}", name, markdown);
    if (text.size() <= most) return text;
    const auto cut = text.rfind('\n', most) + 1;
    const auto missing = std::count(text.begin() + static_cast<std::ptrdiff_t>(cut), text.end(), '\n');
    text.resize(cut);
    return text + fmt::format("\n{} more lines do not fit into a comment; the job's summary has them.\n", missing);
}

Result<std::string> post_comment(const CommentPlace& place, std::string_view text, sys::Http& http) {
    Comments comments(place, http);
    const auto old = TRY(comments.find(mark_of(text)));
    return comments.write(old, text);
}

}
