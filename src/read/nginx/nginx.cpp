#include "read/nginx/nginx.h"
#include "base/text.h"
#include "read/nginx/nginx_lexer.h"
#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <set>
#include <tuple>

namespace fairlead::read {

namespace {

constexpr std::size_t include_depth_limit = 16;

class NginxReader {
  public:
    NginxReader(NginxFile& out, const NginxIncludes& includes) : out_(out), includes_(includes) {}

    void file(std::string_view text, const std::string& name, std::optional<std::size_t> parent);

  private:
    void statements(std::string_view text, std::size_t file, std::optional<std::size_t> parent);
    std::size_t append(NginxStatement statement, std::size_t file, std::optional<std::size_t> parent);
    void include(std::size_t index, std::optional<std::size_t> parent);
    void problem(std::size_t file, int line, int column, std::string message);

    NginxFile& out_;
    const NginxIncludes& includes_;
    std::vector<std::string> open_; // files that are being read
    std::size_t bytes_ = 0;
    std::size_t reads_ = 0;
    std::size_t asked_ = 0; // for includes
};

void NginxReader::problem(std::size_t file, int line, int column, std::string message) {
    out_.problems.push_back({{line, column, std::move(message)}, file});
}

void NginxReader::file(std::string_view text, const std::string& name, std::optional<std::size_t> parent) {
    const auto known = std::find(out_.files.begin(), out_.files.end(), name);
    const auto index = static_cast<std::size_t>(known - out_.files.begin());
    if (known == out_.files.end()) out_.files.push_back(name);
    bytes_ += text.size();
    if (bytes_ > nginx_size_limit || ++reads_ > nginx_file_limit) {
        problem(index, 1, 1,
                fmt::format("the configuration is larger than {} MiB or {} files, so the rest isn't judged; check that "
                            "it is nginx's configuration",
                            nginx_size_limit >> 20, nginx_file_limit));
        return;
    }
    if (const auto nul = text.find('\0'); nul != text.npos) {
        const Position place = Lines(text).at(nul);
        problem(index, place.line, place.column, "a NUL byte is here, so this is not a text file; remove it");
        return;
    }
    if (text.substr(0, 3) == "\xEF\xBB\xBF") {
        problem(index, 1, 1, "a byte order mark is here; nginx reads it as part of the first word; remove it");
        text.remove_prefix(3);
    }
    open_.push_back(name);
    statements(text, index, parent);
    open_.pop_back();
}

std::size_t NginxReader::append(NginxStatement statement, std::size_t file, std::optional<std::size_t> parent) {
    const std::size_t index = out_.directives.size();
    NginxDirective directive;
    directive.words = std::move(statement.words);
    directive.block = statement.end == NginxStatement::End::block;
    directive.file = file;
    directive.parent = parent;
    directive.span = statement.span;
    out_.directives.push_back(std::move(directive));
    (parent ? out_.directives[*parent].children : out_.roots).push_back(index);
    return index;
}

void NginxReader::statements(std::string_view text, std::size_t file, std::optional<std::size_t> parent) {
    std::vector<Problem> found;
    NginxLexer lexer(text, found);
    const auto complain = [&](int line, int column, std::string message) {
        if (found.size() < nginx_problem_limit) found.push_back({line, column, std::move(message)});
    };
    std::vector<std::size_t> blocks; // that are open in this file
    while (out_.directives.size() < nginx_directive_limit) {
        NginxStatement statement = lexer.next();
        if (statement.end == NginxStatement::End::file) break;
        if (statement.end == NginxStatement::End::close) {
            if (blocks.empty()) {
                complain(statement.line, statement.column,
                         "} does not close a block; nginx refuses the file; remove it");
            } else {
                out_.directives[blocks.back()].span.end = statement.span.end;
                blocks.pop_back();
            }
            continue;
        }
        const std::size_t index = append(std::move(statement), file, blocks.empty() ? parent : blocks.back());
        NginxDirective& directive = out_.directives[index];
        constexpr std::string_view lua = "_by_lua_block";
        if (directive.block && std::string_view(directive.name()).ends_with(lua)) {
            directive.body = lexer.lua_body();
            directive.span.end = lexer.offset();
        } else if (directive.block && blocks.size() >= nginx_depth_limit) {
            complain(directive.words[0].line, directive.words[0].column,
                     fmt::format("blocks are over {} levels deep; the rest isn't judged; is a }} missing?",
                                 nginx_depth_limit));
            break;
        } else if (directive.block) {
            blocks.push_back(index);
        } else if (directive.name() == "include" && directive.count() == 1) {
            include(index, directive.parent);
        }
    }
    for (const std::size_t block : blocks) {
        NginxDirective& open = out_.directives[block];
        open.span.end = text.size();
        complain(
            open.words[0].line, open.words[0].column,
            fmt::format("{} is never closed; nginx reads to the end of the file; add }}", nginx_shown(open.name())));
    }
    for (Problem& one : found) out_.problems.push_back({std::move(one), file});
}

void NginxReader::include(std::size_t index, std::optional<std::size_t> parent) {
    if (!includes_ || ++asked_ > nginx_file_limit) return;
    const NginxDirective directive = out_.directives[index]; // a copy: what it brings is appended
    const auto files = includes_(std::string(directive.argument(0)), out_.files.front());
    out_.directives[index].found = !files.empty();
    for (const auto& [name, text] : files) {
        const NginxWord& word = directive.words[1];
        if (std::find(open_.begin(), open_.end(), name) != open_.end()) {
            problem(
                directive.file, word.line, word.column,
                fmt::format("{} includes itself; nginx runs out of open files; remove the include", nginx_shown(name)));
        } else if (open_.size() >= include_depth_limit) {
            problem(directive.file, word.line, word.column,
                    fmt::format("includes are over {} levels deep; the rest isn't judged; use fewer levels",
                                include_depth_limit));
            return;
        } else {
            file(text, name, parent);
        }
    }
}

// Of equal ones the first, in nginx.conf's order from outside to inside.
constexpr NginxContext possible_roots[] = {
    NginxContext::main,   NginxContext::http,     NginxContext::server,          NginxContext::location,
    NginxContext::stream, NginxContext::upstream, NginxContext::stream_server,   NginxContext::location_if,
    NginxContext::mail,   NginxContext::events,   NginxContext::stream_upstream,
};

// How much of the file, blocks with what they hold, may stand there if it is read in this context.
std::size_t fit(const NginxFile& file, NginxContext root, std::vector<NginxContext>& contexts) {
    std::size_t sum = 0;
    for (std::size_t at = 0; at < file.directives.size(); ++at) { // parents come first
        const NginxDirective& directive = file.directives[at];
        const auto parent = directive.parent;
        contexts[at] = parent ? nginx_inside(file.directives[*parent].name(), contexts[*parent]) : root;
        if (directive.name() == "include" || !nginx_use(directive.name(), contexts[at])) continue;
        sum += nginx_allows(directive.name(), contexts[at], directive.block) ? 2 : 1;
    }
    return sum;
}

// A server or an upstream that opens a block begins where http's or stream's content stands, whatever strays beside it;
// not in a whole configuration, whose http and events say what it is, nor in a part for mail.
bool is_content_of_http(const NginxFile& file) {
    bool has_server = false;
    for (const NginxDirective& one : file.directives)
        if (one.name() == "protocol" || one.name() == "auth_http") return false;
    for (const std::size_t root : file.roots) {
        const NginxDirective& one = file.directives[root];
        if (one.block && (one.name() == "http" || one.name() == "events" || one.name() == "stream")) return false;
        has_server = has_server || (one.block && ((one.name() == "server" && one.count() == 0) ||
                                                  (one.name() == "upstream" && one.count() == 1)));
    }
    return has_server;
}

NginxContext root_context(const NginxFile& file) {
    NginxContext best = NginxContext::other;
    std::size_t most = 0;
    const bool of_http = is_content_of_http(file);
    std::vector<NginxContext> contexts(file.directives.size());
    for (const NginxContext context : possible_roots) {
        if (of_http && context != NginxContext::http && context != NginxContext::stream) continue;
        const bool possible = std::any_of(file.roots.begin(), file.roots.end(), [&](std::size_t root) {
            const std::string& name = file.directives[root].name();
            return name != "include" && nginx_use(name, context);
        });
        const std::size_t sum = possible ? fit(file, context, contexts) : 0;
        if (sum > most) {
            most = sum;
            best = context;
        }
    }
    return best;
}

// A word that begins a line and could be a directive by itself: what stands before it has no ;.
const NginxWord* swallowed(const NginxDirective& directive) {
    for (std::size_t at = 1; at + 1 < directive.words.size(); ++at) {
        const NginxWord& word = directive.words[at];
        if (word.quoted || word.line == directive.words[at - 1].line) continue;
        const auto use = nginx_use(word.text, directive.context);
        if (use && use->block == directive.block && use->takes(directive.words.size() - at - 1)) return &word;
    }
    return nullptr;
}

std::string counted(std::string_view arguments) {
    if (arguments == "0") return "no arguments";
    if (arguments == "+") return "at least one argument";
    if (arguments == "*") return "at least two arguments";
    if (arguments == "f") return "on or off";
    std::vector<std::string> counts;
    for (const char count : arguments) counts.emplace_back(1, count);
    return one_of(counts) + (arguments == "1" ? " argument" : " arguments");
}

std::string_view name_of(NginxContext context) {
    constexpr std::string_view names[] = {"main",         "events",   "http",         "server",   "location",
                                          "if",           "if",       "limit_except", "upstream", "stream",
                                          "server",       "upstream", "mail",         "server",   "a list of pairs",
                                          "another block"};
    return names[static_cast<std::size_t>(context)];
}

std::string where_allowed(std::string_view name) {
    for (std::size_t context = 0; context < static_cast<std::size_t>(NginxContext::entries); ++context)
        if (nginx_use(name, static_cast<NginxContext>(context))) {
            const auto block = name_of(static_cast<NginxContext>(context));
            return block == "main" ? "move it to the file's top level" : fmt::format("move it into {}", block);
        }
    return "remove it";
}

bool is_flag(std::string_view text) {
    const std::string word = lower(text);
    return word == "on" || word == "off";
}

// ${UPSTREAM}: envsubst writes the value before nginx starts. nginx's own variables have small letters.
bool is_filled_in(std::string_view text) {
    const auto name = text.starts_with("${") ? text.substr(2) : text.starts_with('$') ? text.substr(1) : "";
    return !name.empty() && name.front() >= 'A' && name.front() <= 'Z';
}

// What nginx refuses about it; empty: nothing.
std::string refusal(const NginxDirective& directive) {
    const std::string name = nginx_shown(directive.name());
    if (directive.context == NginxContext::entries)
        return directive.block ? fmt::format("{} opens a block inside of pairs; nginx refuses it; remove the {{", name)
                               : "";
    if (directive.context == NginxContext::other || !nginx_knows(directive.name())) return "";
    const auto use = nginx_use(directive.name(), directive.context);
    if (!use)
        return fmt::format("{} isn't allowed in {}; nginx refuses the file; {}", name, name_of(directive.context),
                           where_allowed(directive.name()));
    if (const NginxWord* next = swallowed(directive))
        return fmt::format("{} has no ; before {} on line {}; nginx reads it as a value; add ;", name,
                           nginx_shown(next->text), next->line);
    if (use->block != directive.block)
        return directive.block ? fmt::format("{} takes no block; nginx refuses the {{; end it with ;", name)
                               : fmt::format("{} has no {{; nginx refuses it as a plain line; open its block", name);
    if (!use->takes(directive.count()))
        return fmt::format("{} has {} arguments; nginx refuses it; write {}", name, directive.count(),
                           counted(use->arguments));
    if (use->arguments == "f" && !is_flag(directive.words[1].text) && !is_filled_in(directive.words[1].text))
        return fmt::format("{} is {}; nginx refuses it; write on or off", name, nginx_shown(directive.words[1].text));
    constexpr std::string_view modifiers[] = {"=", "^~", "~", "~*"};
    if (directive.name() == "location" && directive.count() == 2 &&
        std::find(std::begin(modifiers), std::end(modifiers), directive.argument(0)) == std::end(modifiers))
        return fmt::format("location has the modifier {}; nginx refuses it; write = ^~ ~ or ~*",
                           nginx_shown(directive.argument(0)));
    return "";
}

void judge(NginxFile& file) {
    for (NginxDirective& directive : file.directives) { // parents come first
        const NginxDirective* parent = file.parent_of(directive);
        directive.context = parent ? nginx_inside(parent->name(), parent->context) : file.context;
        const NginxWord& first = directive.words.front();
        if (std::string message = refusal(directive); !message.empty())
            file.problems.push_back({{first.line, first.column, std::move(message)}, directive.file});
    }
    const auto key = [](const NginxProblem& one) { return std::tie(one.file, one.line, one.column, one.message); };
    std::stable_sort(file.problems.begin(), file.problems.end(),
                     [&](const NginxProblem& left, const NginxProblem& right) { return key(left) < key(right); });
    const auto equal = [&](const NginxProblem& left, const NginxProblem& right) { return key(left) == key(right); };
    file.problems.erase(std::unique(file.problems.begin(), file.problems.end(), equal), file.problems.end());
    if (file.problems.size() > nginx_problem_limit) file.problems.resize(nginx_problem_limit);
}

}

NginxFile read_nginx(std::string_view text, const std::string& file, const NginxIncludes& includes) {
    NginxFile out;
    NginxReader(out, includes).file(text, file, std::nullopt);
    out.context = root_context(out);
    judge(out);
    index_by_name(out);
    return out;
}

}
