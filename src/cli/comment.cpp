#include "cli/comment.h"
#include "base/text.h"
#include "cli/inputs.h"
#include "report/comment.h"
#include "report/formats.h"
#include "sys/files/beneath.h"
#include "sys/files/log.h"
#include "sys/http/fetch.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace fairlead::cli {

namespace {

constexpr const char* input_name = "comment-token";

bool gives_token(const Spec& spec, const sys::Environment& variables) {
    const auto names = variable_names(spec.tool, input_name);
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        return !trim(variables.get_or(name, "")).empty() || variables.get(name + "_FILE");
    });
}

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Asked are the number of the pull request, the token and the text, a NUL between them; answered is '+' and the
// address, or '-' and the reason.
std::string answered(report::CommentPlace place, std::string_view question) {
    const auto parts = split(question, '\0');
    if (parts.size() != 3 || !is_number(parts[0])) return "-the pull request has no number";
    place.number = parts[0];
    place.token = Secret(parts[1]);
    sys::Fetcher fetcher({place.api});
    const auto posted = report::post_comment(place, parts[2], fetcher);
    return posted.ok() ? "+" + posted.value() : "-" + posted.error().message;
}

// Each job has a comment for each fairlead.yml: "gate web test".
std::string whose(const Session& session) {
    const auto& context = session.context;
    const auto root = sys::tree_around(context.config.folder()).value_or("");
    auto folder = std::filesystem::path(context.config.folder()).lexically_relative(root).string();
    if (folder == ".") folder.clear();
    auto text = session.spec.tool;
    for (const auto& part : {folder, context.variables.get_or("GITHUB_JOB", "")})
        text += part.empty() ? "" : " " + part;
    return text;
}

// Why there is nothing to post to; empty: there is a pull request.
std::string no_place(const Context& context) {
    const auto& change = context.change;
    if (!is_number(change.number)) return "this job is not about a pull request";
    if (change.foreign && !change.has_rights)
        return fmt::format("{} {}, so its token may not comment", change.about, change.why);
    return {};
}

}

void let_comment(Spec& spec, Secret& token) {
    spec.comment_token = &token;
    spec.inputs.push_back({.name = input_name,
                           .target = &token,
                           .help =
                               "Token with which the summary is posted as a comment on the pull request, in place of "
                               "the comment of the run before. Without a token, none is posted."});
}

void start_commenting(Session& session, const sys::Environment& variables) {
    if (!session.spec.comment_token) return;
    const auto repository = variables.get_or("GITHUB_REPOSITORY", "");
    if (repository.empty() || !gives_token(session.spec, variables)) return;
    const report::CommentPlace place{variables.get_or("GITHUB_API_URL", "https://api.github.com"), repository, "", {}};
    if (!place.api.starts_with("https://") && !place.api.starts_with("http://"))
        return sys::log_warning("no comment is posted: GITHUB_API_URL is not the address of an API");
    auto started = sys::Helper::start([place](std::string_view question) { return answered(place, question); });
    if (started.ok()) session.commenter = std::make_shared<sys::Helper>(std::move(started).value());
}

void comment(const Session& session, const report::Report& report) {
    const Context& context = session.context;
    if (!session.commenter || context.dry_run || session.lists_rules) return;
    if (const auto why = no_place(context); !why.empty()) return sys::log_info("no comment is posted: " + why);
    const auto& token = session.spec.comment_token->reveal();
    if (token.empty()) return;
    if (std::any_of(token.begin(), token.end(), [](unsigned char c) { return c <= ' ' || c == 0x7F; }))
        return sys::log_warning("no comment is posted: the token has a blank or a line break; store it again without");
    const auto body = report::render(report, *report::find_format("markdown"));
    const auto text = report::comment_text(body, whose(session));
    const auto answer =
        session.commenter->ask(fmt::format("{}{}{}{}{}", context.change.number, '\0', token, '\0', text));
    if (answer && answer->starts_with('+')) return sys::log_info("the comment is at " + answer->substr(1));
    sys::log_warning(fmt::format("no comment is posted: {}", answer && !answer->empty()
                                                                 ? answer->substr(1)
                                                                 : "the process that posts it has ended"));
}

}
