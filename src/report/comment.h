#pragma once
#include "base/secret.h"
#include "sys/http/client.h"
#include <string>
#include <string_view>

// A comment on a pull request, by GitHub's REST API (docs.github.com/rest/issues/comments), which Gitea and Forgejo
// have, too. A tool has one comment: each run replaces its text.
namespace fairlead::report {

struct CommentPlace {
    std::string api;        // "https://api.github.com"
    std::string repository; // "acme/app"
    std::string number;     // of the pull request
    Secret token;
};

// Returns Markdown with the mark of the tool's comment as its first line, and not more than a comment may hold: whole
// lines, and how many are missing.
std::string comment_text(std::string_view markdown, std::string_view tool);

// Replaces the tool's comment if there is one by the token's owner or a bot, else adds one; `text` is from
// comment_text(). Returns its address. Error (could_not): the server refused it, or gave no answer.
Result<std::string> post_comment(const CommentPlace& place, std::string_view text, sys::Http& http);

}
