#include "gate/code_lines.h"
#include "base/path.h"
#include "base/text.h"
#include "base/words.h"
#include "sys/pattern/pattern.h"
#include <vector>

namespace fairlead::gate {
namespace {

constexpr std::string_view header[] = {".h", ".hh", ".hpp", ".hxx"}, go[] = {".go"}, rust[] = {".rs"}, php[] = {".php"},
                           jvm[] = {".java", ".kt", ".cs"}, typescript[] = {".ts", ".tsx", ".mts", ".cts"},
                           hashes[] = {".py", ".rb", ".sh", ".pl", ".r", ".ex"};

bool is_prototype(std::string_view line) {
    static const auto prototype =
        sys::Pattern::compile(R"(^[A-Za-z_][\w:<>,*&\s]*[\s*&]~?[\w:]+\([^={}]*\)[\w\s&]*;)").value();
    const auto first = line.substr(0, line.find_first_of(" ("));
    return !is_one_of(first,
                      {"return", "throw", "delete", "new", "else", "goto", "co_return", "co_await", "co_yield"}) &&
           prototype.matches(line);
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
        add(go, R"(\bpackage\s)", R"(\bfunc\b[^\n]*\{)");
        add(rust, R"(\b(struct|enum|trait|type|const|mod|use)\s)", R"(\bfn\s[^;{}]*\{|\w!\s*[{(\[])");
        add(jvm, R"(\binterface\s)", R"(\b(class|enum|record|object)\s|\)\s*(throws\s[\w.,\s]+)?\{|->|=>)");
        add(php, R"(\binterface\s)", R"(\b(class|trait|enum)\s|\)\s*(:\s*[?\w\\|]+\s*)?\{)");
        add(header, ";", R"(\)[\w\s&]*(->[^;{]*)?(:[^;{]*)?\{|\[[&=\w,\s]*\]\s*[({])");
        return made;
    }();
    return all;
}

// Code of TypeScript without an indent is a statement; all but these leave nothing in the JavaScript.
constexpr std::string_view erased[] = {"type ", "interface ", "declare ", "import ", "{", "}", "*", "|", "&", ")", "]"};
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
    if (line.find_first_not_of("{}()[];,") == line.npos) return false;
    const auto ending = extension_of(path);
    if (is_one_of(hashes, ending)) return !line.starts_with('#');
    if (line.starts_with("/*") || line.starts_with("*/")) { // code may stand behind the comment's end
        const auto end = line.find("*/", line.starts_with("/*") ? 2 : 0);
        const auto rest = end == line.npos ? std::string_view() : trim(line.substr(end + 2));
        return !rest.empty() && is_code(path, rest);
    }
    if (line.starts_with("//")) return false;
    if (is_one_of(header, ending) && (line.starts_with('#') || is_prototype(line))) return false;
    const bool is_statement = line.ends_with(';'); // "* p = 1;", which a comment can't be told from
    return !line.starts_with("* ") || is_statement;
}

bool only_declares(std::string_view path, std::string_view text) {
    const auto ending = extension_of(path);
    if (is_one_of(typescript, ending)) return !runs_typescript(text);
    for (const auto& language : languages())
        if (is_one_of(language.extensions, ending))
            return language.declares.matches(text) && !language.runs.matches(text);
    return false;
}

}
