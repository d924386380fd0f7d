#include "report/comment.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::report {

namespace {

using sys::Json, sys::text_of;

// bytes; GitHub takes 65,536 characters
constexpr std::size_t most = 65'000;
constexpr std::size_t pages = 10, per_page = 100; // of comments that are looked through

std::string_view mark_of(std::string_view text) { return text.substr(0, text.find('\n')); }

std::string reason_of(const sys::HttpResponse& answer) {
    if (answer.failure != sys::HttpFailure::none) return answer.reason;
    if (answer.status == 401) return "the token is refused (HTTP 401)";
    if (answer.status == 403)
        return "the token may not comment (HTTP 403); give the job the permission pull-requests: write";
    if (answer.status == 404)
        return "the token may not see this pull request (HTTP 404); give the job the permission pull-requests: write";
    return fmt::format("the server answered HTTP {}", answer.status);
}

class Comments {
  public:
    Comments(const CommentPlace& place, sys::Http& http) : place_(place), http_(http) {}

    // The address of the comment to replace; empty: there is none.
    Result<std::string> find(std::string_view mark) {
        const auto owner = TRY(login());
        for (std::size_t page = 1; page <= pages; ++page) {
            const auto answer = TRY(ask("GET", fmt::format("{}?per_page={}&page={}", all(), per_page, page)));
            const Json list = sys::parse_json(answer.body, "the answer").value_or(Json());
            if (answer.status != 200 || !list.is_array()) return could_not(reason_of(answer));
            for (const Json& one : list)
                if (is_ours(one, mark, owner)) return fmt::format("{}/comments/{}", issues(), one["id"].dump());
            if (list.size() < per_page) break;
        }
        return std::string();
    }

    Result<std::string> write(const std::string& old, std::string_view text) {
        const auto body = sys::dump_json({{"body", text}});
        const auto add = [&] { return ask("POST", all(), body); };
        auto answer = TRY(old.empty() ? add() : ask("PATCH", old, body));
        const bool may_not = answer.status == 403 || answer.status == 404;
        if (!old.empty() && may_not) answer = TRY(add());
        if (answer.failure != sys::HttpFailure::none || answer.status / 100 != 2) return could_not(reason_of(answer));
        return text_of(sys::parse_json(answer.body, "the answer").value_or(Json()), "html_url");
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

    // A workflow's own token has no user: then its comments are those of a bot.
    Result<std::string> login() {
        const auto answer = TRY(ask("GET", place_.api + "/user"));
        if (answer.failure != sys::HttpFailure::none) return could_not(reason_of(answer));
        if (answer.status != 200) return std::string();
        return text_of(sys::parse_json(answer.body, "the answer").value_or(Json()), "login");
    }

    // Anybody may write the mark: what is replaced must be ours, since its author could change our text later.
    static bool is_ours(const Json& comment, std::string_view mark, const std::string& owner) {
        const auto user = comment.is_object() ? comment.find("user") : comment.end();
        if (!comment.is_object() || user == comment.end() || !comment.contains("id") || !comment["id"].is_number())
            return false;
        const bool wrote = owner.empty() ? text_of(*user, "type") == "Bot" : text_of(*user, "login") == owner;
        return wrote && text_of(comment, "body").starts_with(mark);
    }

    const CommentPlace& place_;
    sys::Http& http_;
};

}

std::string comment_text(std::string_view markdown, std::string_view tool) {
    auto text = fmt::format("<!-- fairlead: {} -->\n{}", tool, markdown);
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
