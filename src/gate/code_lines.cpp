#include "gate/code_lines.h"
#include "base/path.h"
#include "base/text.h"
#include "base/words.h"
#include "gate/imports.h"
#include "gate/python_lines.h"
#include "sys/pattern/pattern.h"
#include <cctype>
#include <vector>

namespace fairlead::gate {
namespace {

constexpr std::string_view triple = "\"\"\"";
constexpr std::string_view header[] = {".h", ".hh", ".hpp", ".hxx"}, go[] = {".go"}, rust[] = {".rs"}, php[] = {".php"},
                           jvm[] = {".java", ".kt", ".cs"}, typescript[] = {".ts", ".tsx", ".mts", ".cts"},
                           perl[] = {".pl", ".pm"}, hashes[] = {".py", ".rb", ".sh", ".pl", ".pm", ".r", ".ex"};

bool is_prototype(std::string_view line) {
    static const auto prototype =
        sys::Pattern::compile(R"(^[A-Za-z_][\w:<>,*&\s]*[\s*&]~?[\w:]+\([^{}]*\)[\w\s&]*(= *(0|default|delete) *)?;)")
            .value();
    static const auto generated = sys::Pattern::compile(R"(\)[\w\s]*= *(default|delete) *;$)").value();
    const auto first = line.substr(0, line.find_first_of(" ("));
    return !is_one_of(first,
                      {"return", "throw", "delete", "new", "else", "goto", "co_return", "co_await", "co_yield"}) &&
           (prototype.matches(line) || generated.matches(line));
}

// In a header: types, names and the like.
bool begins_declaration(std::string_view line) {
    if (is_one_of(line.substr(0, line.find(' ')), {"struct", "class", "union", "enum"}) &&
        line.find('=') < line.find('{'))
        return false; // struct item *next = list->head;
    return line.starts_with('#') || is_one_of(line.substr(0, line.find_first_of(" <{;")),
                                              {"using", "typedef", "friend", "namespace", "template", "struct", "class",
                                               "union", "enum", "static_assert", "public:", "private:", "protected:"});
}

// Lines that only end a block or divide it, in languages without brackets. Their coverage tools don't count them.
bool only_divides(std::string_view ending, std::string_view line) {
    if (ending == ".rb" || ending == ".ex") return is_one_of(line, {"end", "else", "ensure", "begin", "do"});
    if (is_one_of(perl, ending)) return line == "1;"; // the value of a module
    return ending == ".sh" && is_one_of(line, {"fi", "done", "esac", "then", "else", "do", ";;"});
}

// Text of a header without preprocessor lines, and without words in parentheses that look like a function's.
std::string without_attributes(std::string_view text) {
    static const auto attribute =
        sys::Pattern::compile(R"(\b(alignas|__attribute__|__declspec|requires)\s*\((\([^()]*\)|[^()])*\))").value();
    std::string lines, kept;
    bool goes_on = false; // the preprocessor's line before ends with a backslash
    for (const auto& line : split(text, '\n')) {
        const auto plain = trim(line);
        const bool is_left_out = goes_on || plain.starts_with('#');
        goes_on = is_left_out && plain.ends_with('\\');
        if (!is_left_out) lines += line + '\n';
    }
    std::vector<std::string_view> groups;
    std::size_t at = 0;
    while (attribute.search(lines, at, groups)) {
        const auto begin = static_cast<std::size_t>(groups[0].data() - lines.data());
        kept.append(lines, at, begin - at);
        at = begin + groups[0].size();
    }
    return kept.append(lines, at);
}

// Returns the quotes with which a line of Elixir begins an attribute such as @doc; nothing: it doesn't.
std::string_view opening_quotes(std::string_view ending, std::string_view line) {
    return ending == ".ex" && line.starts_with('@') && line.ends_with(triple) ? triple : "";
}

// Data follows in Ruby and Perl, which doesn't run.
bool ends_code(std::string_view ending, std::string_view line) {
    if (ending != ".rb" && !is_one_of(perl, ending)) return false;
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line == "__END__" || (line == "__DATA__" && ending != ".rb");
}

// Returns what ends the comment of several lines that this line begins; nothing: it begins none.
std::string_view end_of_comment(std::string_view ending, std::string_view line) {
    if (ending == ".rb") return line.starts_with("=begin") ? "=end" : "";
    if (is_one_of(perl, ending))
        return line.size() > 1 && line.front() == '=' && std::isalpha(static_cast<unsigned char>(line[1])) != 0 ? "=cut"
                                                                                                                : "";
    return !is_one_of(hashes, ending) && trim(line).starts_with("/*") ? "*/" : "";
}

// A file of such a language only declares if it matches `declares` and doesn't match `runs`.
struct Language {
    Words extensions;
    sys::Pattern declares, runs;
};

const std::vector<Language>& languages() {
    static const auto all = [] {
        std::vector<Language> made;
        const auto add = [&](Words extensions, std::string_view declares, std::string_view runs) {
            made.push_back({extensions, sys::Pattern::compile(declares).value(), sys::Pattern::compile(runs).value()});
        };
        add(go, R"(\bpackage\s)", R"((^|\n)func\b|[=(,]\s*func\b)");
        add(rust, R"(\b(struct|enum|trait|type|const|mod|use)\s)", R"(\bfn\s[^;{}]*\{|\w!\s*[{(\[])");
        add(jvm, R"(\binterface\s)", R"(\b(class|enum|record|object)\s|\)\s*(throws\s[\w.,\s]+)?\{|->|=>)");
        add(php, R"(\binterface\s)", R"(\b(class|trait|enum)\s|\)\s*(:\s*[?\w\\|]+\s*)?\{)");
        add(header, ";", R"(\)[\w\s&]*(->[^;{]*)?(:[^;{]*)?\{|\[[&=\w,\s]*\]\s*[({])");
        return made;
    }();
    return all;
}

// Code of TypeScript without an indent is a statement; all but these leave nothing in the JavaScript.
constexpr std::string_view erased[] = {
    "type ", "interface ", "default interface ", "declare ", "import ", "{", "}", "*", "|", "&", ")", "]"};
bool runs_typescript(std::string_view text) {
    for (std::string_view rest : split(text, '\n')) {
        if (rest.empty() || rest.front() == ' ' || rest.front() == '\t') continue;
        if (!is_code("x.ts", trim(rest))) continue;
        if (rest.starts_with("export ")) rest = trim(rest.substr(7));
        const bool declares = std::any_of(std::begin(erased), std::end(erased),
                                          [&](std::string_view begin) { return rest.starts_with(begin); });
        if (!declares) return true;
    }
    return false;
}

}

bool is_code(std::string_view path, std::string_view line) {
    if (line.find_first_not_of("{}()[];, ") == line.npos) return false;
    const auto ending = extension_of(path);
    if (begins_import(ending, line)) return false;
    if (is_one_of(hashes, ending)) return !line.starts_with('#') && !only_divides(ending, line);
    if (line.starts_with("/*") || line.starts_with("*/")) { // code may stand behind the comment's end
        const auto end = line.find("*/", line.starts_with("/*") ? 2 : 0);
        const auto rest = end == line.npos ? std::string_view() : trim(line.substr(end + 2));
        return !rest.empty() && is_code(path, rest);
    }
    if (line.starts_with("//")) return false;
    if (is_one_of(header, ending) && (begins_declaration(line) || is_prototype(line))) return false;
    const bool is_statement = line.ends_with(';'); // "* p = 1;", which a comment can't be told from
    return !line.starts_with("* ") || is_statement;
}

bool only_declares(std::string_view path, std::string_view text) {
    const auto ending = extension_of(path);
    if (is_one_of(file_name(path), {"package-info.java", "module-info.java"})) return true;
    if (is_one_of(typescript, ending)) return !runs_typescript(text);
    for (const auto& language : languages())
        if (is_one_of(language.extensions, ending)) {
            const auto plain = is_one_of(header, ending) ? without_attributes(text) : std::string(text);
            return language.declares.matches(plain) && !language.runs.matches(plain);
        }
    return false;
}

std::vector<bool> code_lines(std::string_view path, std::string_view text) {
    const auto lines = split(text, '\n');
    std::vector<bool> codes(lines.size(), false);
    if (only_declares(path, text)) return codes;
    const auto ending = extension_of(path);
    if (ending == ".py") return python_lines(text);
    Imports imports(ending);
    std::string_view open; // what ends the docstring or the comment that is open
    for (std::size_t i = 0; i < lines.size() && !ends_code(ending, lines[i]); ++i) {
        auto line = trim(lines[i]);
        if (open.empty()) {
            open = opening_quotes(ending, line);
            if (!open.empty()) line.remove_prefix(line.find(open) + open.size());
        }
        if (open.empty()) {
            open = end_of_comment(ending, lines[i]);
            if (!open.empty() && line.find(open, 2) == line.npos) continue;
            open = {};
            codes[i] = !line.empty() && !imports.take(line) && is_code(path, line);
            continue;
        }
        const auto end = line.find(open);
        if (end == line.npos) continue;
        const auto rest = trim(line.substr(end + open.size()));
        codes[i] = open == "*/" && !rest.empty() && is_code(path, rest);
        open = {};
    }
    return codes;
}

}
