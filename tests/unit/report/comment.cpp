#include "report/comment.h"
#include "support/catch.h"
#include "sys/data/json.h"
#include <vector>

using namespace fairlead;
using namespace fairlead::report;

namespace {

// A server with the given comments; it keeps what it was asked.
struct Server : sys::Http {
    std::string comments = "[]", posted = R"({"html_url":"https://x/1"})", user = R"({"login":"ada"})";
    int user_status = 403, list_status = 200, patch_status = 200;
    std::vector<std::string> asked;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;

    Result<sys::HttpResponse> send(const sys::HttpRequest& request) override {
        asked.push_back(request.method + " " + request.url);
        CHECK(request.bearer.reveal() == "t0ken");
        sys::HttpResponse answer;
        answer.headers = headers;
        if (request.url.ends_with("/user")) {
            answer.status = user_status;
            answer.body = user;
        } else if (request.method == "GET") {
            answer.status = list_status;
            answer.body = comments;
        } else {
            body = request.body;
            answer.status = request.method == "POST" ? 201 : patch_status;
            answer.body = posted;
        }
        return answer;
    }
    Result<std::string> post(std::string_view text) {
        return post_comment({"https://api.x", "acme/app", "7", Secret("t0ken")}, text, *this);
    }
};

const std::string text = comment_text("### fairlead-gate: pass\n", "gate");

std::string comment_of(std::string_view login, std::string_view type, std::string_view body) {
    return sys::dump_json({{"id", 12}, {"user", {{"login", login}, {"type", type}}}, {"body", body}});
}

}

TEST_CASE("a comment is added if there is none of this tool") {
    Server server;
    server.comments = "[" + comment_of("github-actions[bot]", "Bot", comment_text("old", "scan")) + "]";
    CHECK(server.post(text).value() == "https://x/1");
    CHECK(server.asked.back() == "POST https://api.x/repos/acme/app/issues/7/comments");
    CHECK(sys::parse_json(server.body, "b").value()["body"] == text);
}

TEST_CASE("the comment of a bot, or of the token's owner, is replaced; never another's") {
    const auto by = [](std::string_view login, std::string_view type, int user_status) {
        Server server;
        server.user_status = user_status;
        server.comments = "[3,{}," + comment_of(login, type, comment_text("old", "gate")) + "]";
        CHECK(server.post(text).ok());
        return server.asked.back();
    };
    const std::string replaced = "PATCH https://api.x/repos/acme/app/issues/comments/12",
                      added = "POST https://api.x/repos/acme/app/issues/7/comments";
    CHECK(by("github-actions[bot]", "Bot", 403) == replaced);
    CHECK(by("mallory", "User", 403) == added);
    CHECK(by("ada", "User", 200) == replaced);
    CHECK(by("mallory", "User", 200) == added);
    CHECK(by("github-actions[bot]", "Bot", 200) == added);
    CHECK(by("our-app[bot]", "Bot", 403) == replaced);
}

TEST_CASE("of several bots the workflow's own comment is replaced, and what a run at the same time added is removed") {
    Server server;
    const auto numbered = [](int id, std::string_view login) {
        auto comment = sys::parse_json(comment_of(login, "Bot", text), "c").value();
        comment["id"] = id;
        return sys::dump_json(comment);
    };
    server.comments = "[" + numbered(1, "dependabot[bot]") + "," + numbered(2, "github-actions[bot]") + "," +
                      numbered(3, "github-actions[bot]") + "]";
    CHECK(server.post(text).ok());
    REQUIRE(server.asked.size() == 4);
    CHECK(server.asked[2] == "PATCH https://api.x/repos/acme/app/issues/comments/2");
    CHECK(server.asked[3] == "DELETE https://api.x/repos/acme/app/issues/comments/3");
}

TEST_CASE("an answer that isn't one of the API is no success") {
    Server server;
    server.posted = "<html>";
    const auto refused = server.post(text);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().message == "the answer is not one of GitHub's API; see GITHUB_API_URL");
}

TEST_CASE("a comment that may not be replaced is added anew") {
    Server server;
    server.patch_status = 403;
    server.comments = "[" + comment_of("other[bot]", "Bot", text) + "]";
    CHECK(server.post(text).ok());
    CHECK(server.asked.back().starts_with("POST "));
}

TEST_CASE("a refusal says what the token lacks") {
    Server server;
    server.list_status = 403;
    const auto refused = server.post(text);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().kind == Kind::could_not);
    CHECK(refused.error().message ==
          "the token may not comment (HTTP 403); give the job the permission pull-requests: write");
    CHECK(server.asked.size() == 2);
    server.headers = {{"X-RateLimit-Remaining", "0"}};
    CHECK(server.post(text).error().message == "the rate limit of the token is used up (HTTP 403)");
}

TEST_CASE("all pages of comments are looked through") {
    Server server;
    std::string many = "[";
    for (int i = 0; i < 100; ++i) many += (i ? "," : "") + comment_of("ada", "User", "hello");
    server.comments = many + "]";
    CHECK(server.post(text).ok());
    CHECK(server.asked.size() == 12);
    CHECK(server.asked[2].ends_with("comments?per_page=100&page=2"));
}

TEST_CASE("a comment is cut between lines, and says how many are missing") {
    std::string lines;
    for (int i = 0; i < 2000; ++i) lines += std::string(49, 'x') + "\n";
    const auto cut = comment_text(lines, "gate");
    CHECK(comment_text("", "gate a-->b") == "<!-- fairlead: gate a___b -->\n");
    CHECK(cut.size() < 65'536);
    CHECK(cut.starts_with("<!-- fairlead: gate -->\nxxx"));
    CHECK(cut.find("x\n\n701 more lines do not fit into a comment; the job's summary has them.\n") !=
          std::string::npos);
}
