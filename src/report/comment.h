#pragma once
#include "base/secrets/secret.h"
#include "sys/http/client.h"
#include <string>
#include <string_view>

// A comment on a pull request, by GitHub's REST API (docs.github.com/rest/issues/comments), which Gitea and Forgejo
// have, too. Each run replaces the text of the run before.
namespace fairlead::report {

struct CommentPlace {
    std::string api;        // "https://api.github.com"
    std::string repository; // "acme/app"
    std::string number;     // of the pull request
    Secret token;
};

// Returns Markdown with a mark as its first line, by which the comment is found again, and not more than a comment may
// hold: whole lines, and how many are missing. `whose`: "gate web test"; each of them has one comment.
std::string comment_text(std::string_view markdown, std::string_view whose);

// Replaces the comment with that mark if the token's owner or a bot wrote it, else adds one; further ones, of runs at
// the same time, are removed. `text` is from comment_text(). Returns its address. Error (could_not): the server refused
// it, or gave no answer.
Result<std::string> post_comment(const CommentPlace& place, std::string_view text, sys::Http& http);

}
