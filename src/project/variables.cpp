#include "project/variables.h"
#include "base/path.h"
#include "base/text.h"
#include "base/words.h"
#include <algorithm>
#include <optional>

namespace fairlead::project {

namespace {

// How a language reads a variable: the words before the name, and what it means that no other value stands behind.
struct Form {
    std::string_view opening;
    enum class Name { quoted, bare } name = Name::quoted;
    Need alone = Need::unknown;
    bool tells_requests = false; // also what a server tells of a request
};
struct Tongue {
    std::vector<std::string_view> endings;
    std::string_view comment;
    std::vector<Form> forms;
};

using Name = Form::Name;

const std::vector<Tongue>& tongues() {
    static const std::vector<Tongue> all = {
        {{".py"},
         "#",
         {{"os.environ[", Name::quoted, Need::required},
          {"os.environ.get("},
          {"os.getenv("},
          {" environ[", Name::quoted, Need::required, true},
          {" environ.get(", Name::quoted, Need::unknown, true},
          {" getenv("},
          {" env(", Name::quoted, Need::required}, // django-environ
          {"env.str(", Name::quoted, Need::required},
          {"env.bool(", Name::quoted, Need::required},
          {"env.int(", Name::quoted, Need::required},
          {"env.list(", Name::quoted, Need::required},
          {"env.db(", Name::quoted, Need::required},
          {"env.db_url(", Name::quoted, Need::required},
          {"env.url(", Name::quoted, Need::required},
          {" config(", Name::quoted, Need::required}}}, // python-decouple
        {{".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".tsx", ".jsx"},
         "//",
         {{"process.env.", Name::bare}, {"process.env["}, {"Deno.env.get("}, {"Bun.env.", Name::bare}}},
        {{".go"}, "//", {{"os.Getenv("}, {"os.LookupEnv(", Name::quoted, Need::optional}}},
        {{".java", ".kt"}, "//", {{"System.getenv("}}},
        {{".rb", ".ru", ".rake"}, "#", {{"ENV.fetch(", Name::quoted, Need::required}, {"ENV["}}},
        {{".php"}, "//", {{"getenv("}, {" env("}, {"$_ENV["}, {"$_SERVER[", Name::quoted, Need::unknown, true}}},
        {{".rs"}, "//", {{"env::var("}, {"env!(", Name::quoted, Need::optional}}},
        {{".cs", ".fs"}, "//", {{"Environment.GetEnvironmentVariable("}}},
        {{".ex", ".exs"}, "#", {{"System.fetch_env!(", Name::quoted, Need::required}, {"System.get_env("}}},
    };
    return all;
}

bool is_name_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

bool is_name(std::string_view name) {
    return name.size() > 1 && name.size() <= 100 && name.front() > '9' && name.front() != '_' &&
           std::all_of(name.begin(), name.end(), is_name_letter);
}

// https://www.rfc-editor.org/rfc/rfc3875#section-4.1, and PHP's own.
bool is_of_request(std::string_view name) {
    return name.starts_with("HTTP_") || name.starts_with("REQUEST_") || name.starts_with("REMOTE_") ||
           name.starts_with("SERVER_") || name.starts_with("SCRIPT_") || name.starts_with("PHP_AUTH_") ||
           is_one_of(name, {"AUTH_TYPE", "CONTENT_LENGTH", "CONTENT_TYPE", "GATEWAY_INTERFACE", "PATH_INFO",
                            "PATH_TRANSLATED", "QUERY_STRING", "DOCUMENT_ROOT", "PHP_SELF", "HTTPS"});
}

struct Named {
    std::string name;
    std::size_t end = 0; // behind it, and behind its quote
};

std::optional<Named> name_at(std::string_view line, std::size_t at, Name kind) {
    auto begin = at;
    char quote = 0;
    if (kind == Name::quoted) {
        if (begin >= line.size() || (line[begin] != '"' && line[begin] != '\'')) return std::nullopt;
        quote = line[begin++];
    }
    auto end = begin;
    while (end < line.size() && is_name_letter(line[end])) ++end;
    const std::string name(line.substr(begin, end - begin));
    if (!is_name(name) || (quote != 0 && (end >= line.size() || line[end] != quote))) return std::nullopt;
    return Named{name, end + (quote != 0 ? 1u : 0u)};
}

// `, "x")`, `) || "x"`, `) or "x"`, `?? "x"`, `{ "x" }` of Ruby's block: the value without the variable.
std::string fallback_behind(std::string_view rest) {
    auto text = trim(rest);
    if (text.starts_with(',')) {
        text = trim(text.substr(1));
        constexpr std::string_view no_values[] = {"cast=", "parser=", "None", "null", "undefined"};
        for (const auto& one : no_values)
            if (text.starts_with(one) && text.find("default=") == text.npos) return {};
        return std::string(text.substr(0, 200));
    }
    while (text.starts_with(')') || text.starts_with(']')) text = trim(text.substr(1));
    for (const std::string_view word : {"||", "??", "or ", "?:", "{", "do ", ".unwrap_or", ".unwrap_or_else"})
        if (text.starts_with(word)) return std::string(trim(text.substr(word.size())).substr(0, 200));
    return {};
}

bool is_set_there(std::string_view rest) { // os.environ["X"] = "y"
    auto text = trim(rest);
    while (text.starts_with(']') || text.starts_with(')')) text = trim(text.substr(1));
    return text.starts_with('=') && !text.starts_with("==") && !text.starts_with("=~");
}

// `process.env.X!` of TypeScript, `.unwrap()` of Rust: the line itself says that it has to be there.
bool insists(std::string_view rest) {
    const auto text = trim(rest);
    return (text.starts_with('!') && !text.starts_with("!=")) || text.starts_with(").unwrap()") ||
           text.starts_with(").expect(") || text.starts_with(")?");
}

void read_line(const Tongue& tongue, std::string_view line, int number, std::vector<VariableRead>& found) {
    const auto begin = line.find_first_not_of(" \t");
    if (begin == line.npos || line.substr(begin).starts_with(tongue.comment)) return;
    const auto comment = line.find(" " + std::string(tongue.comment)); // in quotes it is rare, and then only this line
    const auto code = line.substr(0, comment);
    const auto is_wordless = [&](const Form& form, std::size_t at) { // " env(": no other name ends there
        if (!form.opening.starts_with(' ')) return true;
        const char before = at == 0 ? ' ' : code[at - 1];
        return !is_name_letter(before) && !(before >= 'a' && before <= 'z') && before != '.';
    };
    for (const auto& form : tongue.forms) {
        const auto opening = form.opening.starts_with(' ') ? form.opening.substr(1) : form.opening;
        for (auto at = code.find(opening); at != code.npos; at = code.find(opening, at + 1)) {
            const auto named = name_at(code, at + opening.size(), form.name);
            if (!named || !is_wordless(form, at) || is_set_there(code.substr(named->end))) continue;
            if (form.tells_requests && is_of_request(named->name)) continue;
            const auto rest = code.substr(named->end);
            VariableRead one{named->name, number, form.alone, fallback_behind(rest), std::string(opening)};
            if (!one.fallback.empty())
                one.need = Need::optional;
            else if (insists(rest))
                one.need = Need::required;
            found.push_back(std::move(one));
        }
    }
}

// class Settings(BaseSettings): a field without a value has to be in the environment, by its name in capitals.
void read_pydantic(std::string_view text, std::vector<VariableRead>& found) {
    std::string prefix;
    if (const auto at = text.find("env_prefix"); at != text.npos) {
        const auto begin = text.find_first_of("'\"\n", at), end = text.find_first_of("'\"\n", begin + 1);
        if (begin != text.npos && end != text.npos && text[begin] != '\n')
            prefix = text.substr(begin + 1, end - begin - 1);
    }
    bool inside = false;
    int number = 0;
    for (const auto& line : split(std::string(text), '\n')) {
        ++number;
        const auto plain = trim(std::string_view(line));
        const auto indent = line.find_first_not_of(' ');
        if (indent == 0) inside = plain.starts_with("class ") && plain.find("BaseSettings") != plain.npos;
        if (!inside || indent != 4) continue;
        const auto colon = plain.find(':');
        const auto field = plain.substr(0, colon);
        const bool spelled = colon != plain.npos && !field.empty() && field.front() >= 'a' && field != "model_config" &&
                             std::all_of(field.begin(), field.end(), [](char c) {
                                 return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
                             });
        if (!spelled || plain.find('(') < colon) continue;
        const auto type = plain.substr(colon + 1);
        const auto equal = type.find('=');
        auto value = equal == type.npos ? std::string_view() : trim(type.substr(equal + 1));
        if (value.starts_with("Field(...") || value == "..." || value == "Field()") value = {};
        found.push_back({upper(prefix + std::string(field)), number, value.empty() ? Need::required : Need::optional,
                         std::string(value.substr(0, 200)), "BaseSettings"});
    }
}

// ${NAME} and ${NAME:value} of Spring.
void read_placeholders(std::string_view text, std::vector<VariableRead>& found) {
    int number = 0;
    for (const auto& line : split(std::string(text), '\n')) {
        ++number;
        if (trim(std::string_view(line)).starts_with('#')) continue;
        for (auto at = line.find("${"); at != line.npos; at = line.find("${", at + 1)) {
            const auto named = name_at(line, at + 2, Name::bare);
            if (!named || named->end >= line.size()) continue;
            const auto end = line.find('}', named->end);
            if (line[named->end] == '}')
                found.push_back({named->name, number, Need::required, {}, "${"});
            else if (line[named->end] == ':' && end != line.npos)
                found.push_back(
                    {named->name, number, Need::optional, line.substr(named->end + 1, end - named->end - 1), "${"});
        }
    }
}

}

std::vector<VariableRead> variables_read(std::string_view path, std::string_view text) {
    std::vector<VariableRead> found;
    const auto base = file_name(path);
    const auto ending = extension_of(path);
    if (base.starts_with("application") && is_one_of(ending, {".properties", ".yml", ".yaml"}))
        read_placeholders(text, found);
    for (const auto& tongue : tongues()) {
        if (std::find(tongue.endings.begin(), tongue.endings.end(), ending) == tongue.endings.end()) continue;
        int number = 0;
        for (const auto& line : split(std::string(text), '\n')) read_line(tongue, line, ++number, found);
        if (ending == ".py" && text.find("BaseSettings") != text.npos) read_pydantic(text, found);
    }
    return found;
}

bool is_given_anyway(std::string_view name) {
    constexpr std::string_view names[] = {"PATH",
                                          "HOME",
                                          "USER",
                                          "PWD",
                                          "HOSTNAME",
                                          "SHELL",
                                          "TERM",
                                          "LANG",
                                          "TZ",
                                          "TMPDIR",
                                          "TMP",
                                          "TEMP",
                                          "PORT",
                                          "HOST",
                                          "CI",
                                          "NODE_ENV",
                                          "DEBUG",
                                          "GOPATH",
                                          "GOOS",
                                          "EDITOR",
                                          "COLUMNS",
                                          "LOGNAME",
                                          "DISPLAY",
                                          "NO_COLOR",
                                          "FORCE_COLOR",
                                          "JAVA_HOME",
                                          "VIRTUAL_ENV",
                                          "PYTHONPATH",
                                          "WEB_CONCURRENCY",
                                          "RAILS_ENV",
                                          "RACK_ENV",
                                          "APP_ENV",
                                          "FLASK_ENV",
                                          "FLASK_APP",
                                          "FLASK_DEBUG",
                                          "DJANGO_SETTINGS_MODULE",
                                          "APP_VERSION",
                                          "npm_package_version"};
    return is_one_of(names, name) || name.starts_with("FAIRLEAD_") || name.starts_with("GITHUB_") ||
           name.starts_with("NPM_") || name.starts_with("XDG_") || name.starts_with("GUNICORN_");
}

}
