#include "preflight/silence.h"
#include "base/text.h"
#include "preflight/comments.h"
#include "preflight/kinds.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace fairlead::preflight {

namespace {

constexpr int no_end = 1 << 30;

// The text behind `word` in the line, up to the comment's end; nothing when the word isn't there.
std::optional<std::string_view> behind(std::string_view line, std::string_view word) {
    const auto at = line.find(word);
    if (at == line.npos || line.find('#') > at) return std::nullopt;
    return trim(line.substr(at + word.size()));
}

std::vector<std::string> words_between(std::string_view text, std::string_view separators) {
    std::vector<std::string> words;
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = std::min(text.find_first_of(separators, begin), text.size());
        if (end > begin) words.emplace_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return words;
}

bool is_comment_or_blank(std::string_view line) {
    const auto text = trim(line);
    return text.empty() || text.front() == '#';
}

// The lines of the instruction that follows line `at` (from 0), with its continuations; both from 1.
std::pair<int, int> next_instruction(const std::vector<std::string>& lines, std::size_t at) {
    auto first = at + 1;
    while (first < lines.size() && is_comment_or_blank(lines[first])) ++first;
    auto last = first;
    while (last + 1 < lines.size() && (trim(lines[last]).ends_with('\\') || trim(lines[last]).ends_with('`') ||
                                       (last > first && is_comment_or_blank(lines[last]))))
        ++last;
    return {static_cast<int>(first) + 1, static_cast<int>(last) + 1};
}

// The YAML document around a line.
std::pair<int, int> document_around(const std::vector<std::string>& lines, std::size_t at) {
    auto first = at, last = at;
    while (first > 0 && !lines[first].starts_with("---")) --first;
    while (last + 1 < lines.size() && !lines[last + 1].starts_with("---")) ++last;
    return {static_cast<int>(first) + 1, static_cast<int>(last) + 1};
}

class Pragmas {
  public:
    explicit Pragmas(const std::vector<std::string>& lines) : lines_(lines) {}

    std::vector<ForeignPragma> find() {
        for (at_ = 0; at_ < lines_.size(); ++at_) {
            const std::string_view line = lines_[at_];
            if (line.find('#') != line.npos) read(line);
            if (const auto name = line.find("ignore-check.kube-linter.io/"); name != line.npos) {
                const auto rest = line.substr(name + 28);
                const auto [first, last] = document_around(lines_, at_);
                add("kube-linter", first, last, {std::string(rest.substr(0, rest.find_first_of("\"': ")))});
            }
        }
        for (auto& one : found_)
            if (one.last == 0) one.last = no_end; // dotenv-linter:off without an end
        return std::move(found_);
    }

  private:
    void add(std::string_view peer, int first, int last, std::vector<std::string> rules) {
        found_.push_back({static_cast<int>(at_) + 1, first, last, std::move(rules), peer});
    }

    void read(std::string_view line) {
        const int here = static_cast<int>(at_) + 1;
        if (const auto global = behind(line, "hadolint global ignore="))
            add("hadolint", 1, no_end, words_between(*global, ", \t"));
        else if (const auto next = behind(line, "hadolint ignore=")) {
            const auto [first, last] = next_instruction(lines_, at_);
            add("hadolint", first, last, words_between(next->substr(0, next->find_first_of(" \t#")), ","));
        }
        if (const auto skip = behind(line, "checkov:skip="))
            add("checkov", 1, no_end, {std::string(skip->substr(0, skip->find_first_of(": ")))});
        if (const auto skip = behind(line, "check=skip="); skip && is_directive(at_))
            add("buildkit", 1, no_end, words_between(skip->substr(0, skip->find(';')), ", "));
        read_dclint(line, here);
        if (const auto off = behind(line, "dotenv-linter:off"))
            add("dotenv-linter", here, 0, words_between(*off, ", \t"));
        else if (const auto on = behind(line, "dotenv-linter:on"))
            end_of(words_between(*on, ", \t"), here);
    }

    // BuildKit reads them at the top of the file only, before any other line (reference/dockerfile, "Parser
    // directives").
    bool is_directive(std::size_t at) const {
        for (std::size_t i = 0; i <= at; ++i) {
            const auto line = replace_all(lower(lines_[i]), " ", "");
            if (!line.starts_with("#syntax=") && !line.starts_with("#escape=") && !line.starts_with("#check="))
                return false;
        }
        return true;
    }

    void read_dclint(std::string_view line, int here) {
        struct Row {
            std::string_view word;
            int first, last; // from the comment's own line; no_end: the whole file
        };
        constexpr Row rows[] = {{"dclint disable-next-line", 1, 1},
                                {"dclint disable-line", 0, 0},
                                {"dclint disable-file", no_end, no_end},
                                {"dclint disable", no_end, no_end}};
        for (const Row& row : rows) {
            const auto rules = behind(line, row.word);
            if (!rules) continue;
            const bool whole = row.first == no_end;
            add("dclint", whole ? 1 : here + row.first, whole ? no_end : here + row.last,
                words_between(*rules, ", \t"));
            return;
        }
    }

    void end_of(const std::vector<std::string>& rules, int here) {
        for (auto& one : found_) {
            if (one.peer != "dotenv-linter" || one.last != 0) continue;
            const bool same = rules.empty() || std::any_of(rules.begin(), rules.end(), [&](const auto& rule) {
                                  return std::find(one.rules.begin(), one.rules.end(), rule) != one.rules.end();
                              });
            if (same) one.last = here;
        }
    }

    const std::vector<std::string>& lines_;
    std::size_t at_ = 0;
    std::vector<ForeignPragma> found_;
};

// What silences in one file.
struct Comments {
    std::vector<Suppression> ours;
    std::vector<bool> used; // of `ours`
    std::vector<ForeignPragma> foreign;
};

// BuildKit's checks are called as types are: SecretsUsedInArgOrEnv.
bool is_of_buildkit(std::string_view name) {
    return name.size() > 4 && name[0] >= 'A' && name[0] <= 'Z' && name[1] >= 'a' && name[1] <= 'z' &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == name.npos;
}

// A pragma speaks of its own tool's rules only.
// One of dclint's own rules, by the name: others' of the same look stand in the rows as well.
bool is_of_dclint(std::string_view peer) {
    for (const std::string_view start : {"no-", "require-", "service", "top-level-", "invalid-"})
        if (peer.starts_with(start)) return true;
    return false;
}

bool is_meant(const ForeignPragma& pragma, const Rule& rule, int line) {
    if (line < pragma.first || line > pragma.last) return false;
    const bool all = pragma.rules == std::vector<std::string>{"all"};
    const auto names = [&](std::string_view name) {
        if (pragma.peer == "buildkit" && all) return is_of_buildkit(name);
        return std::find(pragma.rules.begin(), pragma.rules.end(), name) != pragma.rules.end();
    };
    if (pragma.rules.empty()) // all that the peer has
        return pragma.peer == "dclint"
                   ? group_of(rule.id) == "compose" && std::any_of(rule.peers.begin(), rule.peers.end(), is_of_dclint)
                   : group_of(rule.id) == "env" && !rule.peers.empty();
    return std::any_of(rule.peers.begin(), rule.peers.end(), names) ||
           std::any_of(rule.refs.begin(), rule.refs.end(), names);
}

class Settler {
  public:
    Settler(const Silencing& silencing, const Asked& asked) : silencing_(silencing), asked_(asked) {}

    Comments& of(const std::string& file) {
        const auto [found, fresh] = files_.try_emplace(file);
        if (!fresh) return found->second;
        const auto text = file.empty() ? std::nullopt : silencing_.read(file);
        if (!text) return found->second;
        const auto lines = split(*text, '\n');
        Comments& comments = found->second;
        const Stood* base = silencing_.base(file);
        const auto kind = kind_of(file);
        const auto texts = lines_of_texts(kind, *text);
        for (auto& one : find_suppressions(*text, Slips::told)) {
            const auto at = static_cast<std::size_t>(one.line - 1);
            const auto exact = lines[at].find("fairlead: ignore");
            const auto begin = exact != std::string::npos ? exact : lower(lines[at]).find("fairlead");
            const bool is_comment = !texts[at] && stands_in_comment(kind, lines[at], begin);
            if (!one.of_gitleaks && is_comment && (base == nullptr || base->has(lines, one)))
                comments.ours.push_back(std::move(one));
        }
        comments.used.resize(comments.ours.size());
        comments.foreign = Pragmas(lines).find();
        std::erase_if(comments.foreign, [&](const ForeignPragma& one) {
            const bool of_a_whole = one.last == no_end || one.peer == "kube-linter"; // what is in it may change
            const bool stood =
                base == nullptr || base->has(lines, std::min(one.line, of_a_whole ? one.line : one.first),
                                             std::max(one.line, of_a_whole ? one.line : one.last));
            return !stood || (texts[static_cast<std::size_t>(one.line - 1)] && one.peer != "kube-linter");
        });
        show(file, lines, comments);
        return comments;
    }

    // Why the finding is silenced; nothing: it is not.
    std::optional<std::string> silences(const Judged& judged) {
        Comments& comments = of(judged.hit.file);
        const int line = judged.hit.line;
        if (const auto* ours = covering(comments.ours, judged.rule->id, line, line, silencing_.today)) {
            comments.used[static_cast<std::size_t>(ours - comments.ours.data())] = true;
            return fmt::format("{} (line {})", ours->reason, ours->line);
        }
        if (const auto* wrong = wrong_one(comments.ours, judged.rule->id, line, line, silencing_.today))
            comments.used[static_cast<std::size_t>(wrong - comments.ours.data())] = true;
        for (const ForeignPragma& one : comments.foreign)
            if (is_meant(one, *judged.rule, line)) return fmt::format("a comment of {} (line {})", one.peer, one.line);
        return std::nullopt;
    }

    // Comments that don't count, and those that silence nothing.
    void tell(std::vector<Settled>& settled) const {
        for (const auto& [file, comments] : files_)
            for (std::size_t i = 0; i < comments.ours.size(); ++i) {
                const auto& one = comments.ours[i];
                if (!one.wrong.empty())
                    tell(settled, "suppress-no-reason", file, one,
                         fmt::format("this comment silences nothing; {}{}", one.wrong,
                                     one.rules.empty() ? "" : "; write fairlead: ignore[" + named(one) + "] REASON"));
                else if (const auto unknown = unknown_in(one.rules); !unknown.empty())
                    tell(settled, "suppress-unused", file, one,
                         fmt::format("this comment names {}, which is not a rule; nothing is silenced; "
                                     "fairlead-preflight rules lists the rules",
                                     unknown));
                else if (!one.until.empty() && one.until < silencing_.today)
                    tell(settled, "suppress-unused", file, one,
                         fmt::format("this comment was valid until {}; the finding that it names counts again; fix it, "
                                     "or write a later day",
                                     one.until));
                else if (!comments.used[i])
                    tell(settled, "suppress-unused", file, one,
                         fmt::format("this comment silences {}; there is no such finding here; remove the comment",
                                     join(one.rules, ", ")));
            }
    }

  private:
    static std::string named(const Suppression& one) {
        return one.rules == std::vector<std::string>{"*"} ? "RULE" : join(one.rules, ",");
    }

    void show(const std::string& file, const std::vector<std::string>& lines, const Comments& comments) const {
        const auto at = [&](int line) { return lines[static_cast<std::size_t>(line - 1)]; };
        for (const auto& one : comments.ours)
            if (one.wrong.empty()) silencing_.seen({file, one.line, at(one.line), one.rules, "", one.whole_file});
        for (const auto& one : comments.foreign)
            silencing_.seen({file, one.line, at(one.line), one.rules, one.peer, one.last == no_end});
    }

    // docker-nonsense, docker-*: of a group of ours. What else is unknown may be another tool's.
    static bool sounds_ours(std::string_view rule) {
        const auto all = all_rules();
        return std::any_of(all.begin(), all.end(),
                           [&](const Rule& one) { return rule.starts_with(std::string(group_of(one.id)) + "-"); });
    }
    static std::string unknown_in(const std::vector<std::string>& rules) {
        const auto found = std::find_if(rules.begin(), rules.end(), [](const auto& rule) { return !find_rule(rule); });
        return found == rules.end() ? std::string() : *found;
    }

    void tell(std::vector<Settled>& settled, std::string_view id, const std::string& file, const Suppression& one,
              std::string message) const {
        // Of another tool's rule, or of one that wasn't asked, nothing is known.
        const bool all_asked = asked_.groups.empty() && asked_.skip.empty() && asked_.only.empty();
        for (const auto& rule : one.rules)
            if ((!find_rule(rule) && !sounds_ours(rule) && rule != "*") || (one.wrong.empty() && !all_asked)) return;
        if (!is_asked(asked_, id)) return;
        const Rule* rule = find_rule(id);
        const auto level = rule->levels.production;
        if (level < asked_.severity) return;
        settled.push_back({{rule, {file, one.line, 0, std::move(message), {}, {}}, level}});
    }

    const Silencing& silencing_;
    const Asked& asked_;
    std::map<std::string, Comments> files_;
};

}

std::vector<ForeignPragma> find_pragmas(std::string_view text) { return Pragmas(split(text, '\n')).find(); }

std::vector<Settled> settle(std::vector<Judged> found, const Project& project, const Silencing& silencing,
                            const Asked& asked) {
    Settler settler(silencing, asked);
    for (const auto& one : project.env_files) settler.of(one.file);
    for (const auto& one : project.dockerfiles) settler.of(one.file);
    for (const auto& one : project.composes)
        for (const auto& file : one.files) settler.of(file);
    for (const auto& one : project.nginxes) settler.of(one.file);
    for (const auto& one : project.kubes) settler.of(one.file);
    for (const auto& one : project.workflows) settler.of(one.file);
    std::vector<Settled> settled;
    for (auto& judged : found) {
        const auto silenced = settler.silences(judged);
        settled.push_back({std::move(judged), silenced.has_value(), silenced.value_or("")});
    }
    settler.tell(settled);
    return settled;
}

}
