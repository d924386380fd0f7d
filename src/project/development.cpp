#include "project/development.h"
#include "base/path.h"
#include "base/text.h"
#include "project/emulators.h"
#include "project/languages.h"
#include "read/compose/compose.h"
#include <algorithm>
#include <set>
#include <vector>

namespace fairlead::project {

namespace {

// A line may begin a file and say nothing of whom it is for.
bool is_preamble(std::string_view line) {
    return line.empty() || line == "---" || line.starts_with("#!") || line.starts_with("# syntax") ||
           line.starts_with("#syntax") || line.starts_with("# escape") || line.starts_with("version:") ||
           line.starts_with("name:");
}

// "Only for LOCAL development." as " only for local development "
std::string as_words(std::string_view comment) {
    std::string words = " ";
    for (const char c : lower(comment)) {
        const bool is_word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '\'';
        if (is_word)
            words += c;
        else if (words.back() != ' ')
            words += ' ';
    }
    return words.back() == ' ' ? words : words + " ";
}

bool excludes_production(std::string_view all_words) {
    // "It isn't built for production scale": people use it all the same.
    const auto words = replace_all(all_words, " for production scale ", " ");
    if (has_any(words, {" not the published ", " not the official ", " not to be used for "})) return true;
    const bool denies = has_any(words, {" not ", " never ", " don't ", " isn't ", " shouldn't "});
    return denies &&
           has_any(words, {" for production ", " in production ", " for a production ", " in a production ",
                           " production use ", " production ready ", " used in prod ", " use in prod ", " for prod "});
}

bool names_development(std::string_view words) {
    return has_any(words, {" for development ",
                           " for dev ",
                           " for local ",
                           " for testing ",
                           " for tests ",
                           " development only ",
                           " dev only ",
                           " local only ",
                           " local development ",
                           " local dev ",
                           " local environment ",
                           " local testing ",
                           " local setup ",
                           " dev setup ",
                           " dev environment ",
                           " development environment ",
                           " development purposes",
                           " testing purposes ",
                           " test environment ",
                           " development setup ",
                           " development image ",
                           " testing image ",
                           " test image ",
                           " development configuration ",
                           " for go tests ",
                           " used in development ",
                           " used in ci ",
                           " for ci ",
                           " integration tests ",
                           " running tests ",
                           " run locally ",
                           " running locally ",
                           " demo purposes ",
                           " demonstration purposes "});
}

std::vector<std::string> sentences(std::string_view comment) {
    std::vector<std::string> all{""};
    for (std::size_t i = 0; i < comment.size(); ++i) {
        const bool ends =
            (comment[i] == '.' && (i + 1 == comment.size() || comment[i + 1] == ' ')) || comment[i] == ';';
        if (ends)
            all.emplace_back();
        else
            all.back() += comment[i];
    }
    return all;
}

// "For production see compose.prod.yml", "the Dockerfile at the root is for development": of another file.
bool points_elsewhere(std::string_view words) {
    return has_any(words, {" the dockerfile at ", " the dockerfile in ", " the other dockerfile ", " see ",
                           " refer to ", " refer ", " instead ", " look at ", " there is "});
}

// What the comment at a file's start says, and where it first speaks of development.
struct Head {
    bool excludes = false, develops = false, produces = false;
    bool is_titled = false; // the first line speaks of development alone: "shop (LOCAL DEV)"
    Mark mark;
};
Head read_head(std::string_view text) {
    std::string comment;
    int number = 0;
    Head head;
    for (const auto& written : split(text, '\n')) {
        const auto line = trim(written);
        ++number;
        if (is_preamble(line)) continue;
        if (!line.starts_with('#')) break;
        const auto words = trim(line.substr(std::min(line.find_first_not_of('#'), line.size())));
        const auto plain = as_words(words);
        if (trim(as_words(comment)).empty())
            head.is_titled = names_development(plain) && !has_any(plain, {" production ", " prod "});
        comment += std::string(words) + " ";
        if (head.mark.line == 0 &&
            (names_development(plain) || excludes_production(plain) || names_development_elsewhere(words)))
            head.mark = {number, std::string(words)};
    }
    head.develops = names_development_elsewhere(comment);
    head.produces = names_production_elsewhere(comment);
    for (const auto& sentence : sentences(comment)) {
        const auto words = as_words(sentence);
        if (points_elsewhere(words)) continue;
        const bool denied = excludes_production(words);
        head.excludes = head.excludes || denied;
        head.develops = head.develops || names_development(words);
        head.produces = head.produces || (!denied && has_any(words, {" production ", " prod "}));
    }
    return head;
}

}

std::optional<Mark> head_comment(std::string_view text) {
    auto head = read_head(text);
    if (!head.excludes && !head.is_titled && (!head.develops || head.produces)) return std::nullopt;
    head.mark.line = std::max(head.mark.line, 1);
    return std::move(head.mark);
}

bool head_says_production(std::string_view text) {
    const auto head = read_head(text);
    return head.produces && !head.excludes && !head.is_titled;
}

bool speaks_of_development(std::string_view text) {
    // Of a word only the part that no ending changes.
    constexpr std::string_view words[] = {
        "lokaln",     "lokal ",     "developmentu", "desarrollo", "desenvolvimento", "développement",
        "ntwicklung", "sviluppo",   "geliştirme",   "разработ",   "розроб",          "локальн",
        "开发",       "開發",       "本地",         "開発",       "ローカル",        "개발",
        "로컬",       "phát triển", "pengembangan"};
    return names_development(as_words(text)) || names_development_elsewhere(text) ||
           std::any_of(std::begin(words), std::end(words), [&](auto word) { return text.find(word) != text.npos; });
}

bool denies_production(std::string_view text) {
    constexpr std::string_view things[] = {" this ", " these ", " it ", " repo", " project ", " demo ", " setup "};
    const auto words = as_words(text);
    const bool is_all = std::any_of(std::begin(things), std::end(things),
                                    [&](std::string_view thing) { return words.find(thing) != words.npos; });
    return (is_all && excludes_production(words) &&
            has_any(words, {" use ", " used ", " intended ", " meant ", " deploy", " run "})) ||
           (is_all && has_any(words, {" not a production app ", " not a production application ",
                                      " not a production system ", " take home test ", " take home assignment ",
                                      " take home challenge ", " technical test ", " technical assessment ",
                                      " tech test ", " coding challenge ", " code challenge ", " coding test "})) ||
           has_any(words,
                   {" for educational purposes only ", " for educational purpose only ", " for learning purposes only ",
                    " for demonstration purposes only ", " for educational use only ", " for education only ",
                    " for learning only ", " only for educational purposes ", " only for learning purposes ",
                    " only for education ", " solely for educational purposes "}) ||
           has_any(text, {"Không sử dụng cho production", "请勿用于生产", "不要用于生产", "勿用于生产环境",
                          "本番環境では使用しない", "운영 환경에서 사용하지"}) ||
           is_for_education_only(lower(text)) || is_vulnerable_on_purpose(lower(text));
}

bool tells_disuse(std::string_view line) {
    const auto words = as_words(line);
    const bool is_here = has_any(words, {" this folder ", " this directory ", " these files ", " this deployment ",
                                         " this setup ", " this stack ", " everything here "});
    return !line.starts_with("##") &&
           (words.starts_with(" deprecated ") ||
            (is_here && has_any(words, {" is deprecated ", " are deprecated ", " kept for reference ", " is obsolete ",
                                        " is no longer used ", " are no longer used "})));
}

std::string_view engine_of(std::string_view path, std::string_view text, Format format) {
    struct Engine {
        std::string_view end, name;
    };
    constexpr Engine ends[] = {{".erb", "ERB"},
                               {".j2", "Jinja"},
                               {".jinja", "Jinja"},
                               {".jinja2", "Jinja"},
                               {".mustache", "Mustache"},
                               {".hbs", "Handlebars"},
                               {".gotmpl", "Go templates"},
                               {".tera", "Tera"},
                               {".eex", "EEx"},
                               {".ejs", "EJS"},
                               {".liquid", "Liquid"},
                               {".m4", "m4"},
                               {".twig", "Twig"},
                               {".njk", "Nunjucks"},
                               {".mako", "Mako"}};
    for (const auto& [end, name] : ends)
        if (path.ends_with(end)) return name;
    const auto between = [&](std::string_view begin, std::string_view end) {
        const auto at = text.find(begin);
        return at != text.npos && text.find(end, at) != text.npos;
    };
    if (path.find("{{") != path.npos) return "cookiecutter";
    const auto begins_line = [&](std::string_view mark) {
        return text.starts_with(mark) || text.find("\n" + std::string(mark)) != text.npos;
    };
    if (format == Format::dockerfile && begins_line("{%")) return "Jinja";
    if (format == Format::dockerfile && begins_line("{{")) return "{{ }}";
    if (format == Format::dockerfile || format == Format::unit) return {}; // {{ }} may be docker's own --format
    if (between("<%=", "%>")) return "ERB";
    if (between("{% ", " %}") || between("{%- ", "%}")) return "Jinja";
    if (between("[% ", " %]")) return "Template Toolkit";
    if (format == Format::compose) return {}; // Swarm fills in {{.Node.Hostname}}
    if (between("{{", "}}")) return "{{ }}";
    if (format == Format::nginx && between("/[", " NAME];")) return "[ NAME]";
    if (format == Format::nginx)
        for (auto at = text.find("%%"); at != text.npos; at = text.find("%%", at + 2)) {
            const auto end = text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789", at + 2);
            if (end != text.npos && end > at + 2 && text.substr(end, 2) == "%%") return "%%NAME%%";
        }
    return {};
}

}
