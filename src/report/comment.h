#pragma once
#include "base/secrets/secret.h"
#include "sys/http/client.h"
#include <string>
#include <string_view>

// A comment on a pull request, by GitHub's REST API (docs.github.com/rest/issues/comments), which Gitea and Forgejo
// also have. Each run replaces the text of the run before.
namespace fairlead::report {

struct CommentPlace {
    std::string api;        // "https://api.github.com"
    std::string repository; // "acme/app"
    std::string number;     // of the pull request
    Secret token;
};

// Returns Markdown whose first line is a mark, by which the comment is found again. A text that is too long for a
// comment is cut after a whole line, with the number of missing lines. `whose`: "gate web test"; there is one comment
// for each.
std::string comment_text(std::string_view markdown, std::string_view whose);

// Replaces the comment with that mark if the token's owner or a bot wrote it, else adds a comment. Removes further
// comments with the mark, which simultaneous runs may have made. `text` is from comment_text(). Returns its address.
// Error (could_not): the server refused it, or gave no answer.
Result<std::string> post_comment(const CommentPlace& place, std::string_view text, sys::Http& http);

}
