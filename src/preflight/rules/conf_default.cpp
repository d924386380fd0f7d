#include "base/path.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "preflight/parts/code_lines.h"
#include "preflight/parts/conf_guess.h"
#include "preflight/parts/conf_values.h"
#include "preflight/parts/django_settings.h"
#include "preflight/rules/code_around.h"
#include "preflight/rules/conf_stand_in.h"
#include "preflight/rules/env_lines.h"
#include "preflight/rules/groups.h"
#include "preflight/uses/given.h"
#include "read/compose/compose.h"
#include "sys/pattern/pattern.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

// Secrets that the source has a default for.
namespace fairlead::preflight {

namespace {

bool is_source(std::string_view path) {
    constexpr std::string_view ends[] = {".rb", ".php", ".go", ".java", ".kt", ".cs", ".rs", ".ex", ".exs"};
    return is_code(path) ||
           std::any_of(std::begin(ends), std::end(ends), [&](std::string_view end) { return path.ends_with(end); });
}

// How the source reads a variable, and what holds without it. Groups: the variable's name, the default as a literal
// and, where a form has a third, the constant that is the default.
constexpr std::string_view quoted_name = R"(["']([A-Z][A-Z0-9_]*)["'])", quoted_text = R"(["'`]([^"'`\n]+)["'`])";
const std::vector<sys::Pattern>& forms() {
    static const std::vector<sys::Pattern> all = [] {
        const std::string or_else =
            fmt::format(R"(\s*\)?\s*(?:\|\||\?\?|\?:|\bor\b)\s*(?:{}|([A-Za-z_][\w.]*)))", quoted_text);
        std::vector<sys::Pattern> made;
        const auto add = [&](const std::string& expression) {
            made.push_back(sys::Pattern::compile(expression).value());
        };
        // os.getenv("NAME", "x"), env.str("NAME", default="x"), ENV.fetch("NAME", "x"), configService.get<string>(...)
        add(fmt::format(R"((?:\w*(?i:env|config)\w*(?:\.\w+)*(?:<\w+>)?|getOrDefault)\(\s*{}\s*,)"
                        R"(\s*(?:[^"'()]*\bdefault\s*=\s*)?{})",
                        quoted_name, quoted_text));
        // process.env.NAME || "x", import.meta.env.NAME ?? "x"
        add(R"(\benv\.([A-Z][A-Z0-9_]*))" + or_else);
        // ENV["NAME"] || "x", $_ENV['NAME'] ?? 'x', os.environ.get("NAME") or "x", System.getenv("NAME") ?: "x"
        add(fmt::format(R"((?i:env)\w*(?:\.\w+)*[\[(]\s*{}\s*[\])])", quoted_name) + or_else);
        // env::var("NAME").unwrap_or("x"), Optional.ofNullable(System.getenv("NAME")).orElse("x"), ENV.fetch("NAME") {
        // "x" }
        add(fmt::format(R"((?i:env)[\w:]*(?:\.\w+)*\(\s*{}\s*\)+\s*(?:\.(?:unwrap_or|orElse)\w*\([^"'()]*|\{{\s*){})",
                        quoted_name, quoted_text));
        // JWT_SECRET: z.string().min(8).default("x"), str({{ default: "x" }})
        add(fmt::format(R"(\b([A-Z][A-Z0-9_]*)\s*:\s*(?:z|[Jj]oi|v|str)\b[^\n]*?\bdefault(?:\(|\s*:)\s*{})",
                        quoted_text));
        return made;
    }();
    return all;
}

struct Default {
    std::string_view name, value;
    std::string_view model = {}; // the class that it is a field of
};

// NAME = "x" of the same file.
std::string_view constant(std::string_view whole, std::string_view name) {
    name = name.substr(name.rfind('.') + 1); // npos + 1 is 0
    for (auto at = whole.find(name); at != whole.npos; at = whole.find(name, at + 1)) {
        auto equals = whole.find_first_not_of(" \t", at + name.size());
        if (equals == whole.npos || (whole[equals] != '=' && whole[equals] != ':')) continue;
        equals = whole.find_first_not_of(" \t", equals + 1);
        if (equals == whole.npos || (whole[equals] != '"' && whole[equals] != '\'')) continue;
        const auto end = whole.find_first_of(std::string{whole[equals], '\n'}, equals + 1);
        if (end != whole.npos && whole[end] != '\n') return whole.substr(equals + 1, end - equals - 1);
    }
    return {};
}

// What is read with a default where the name stands in the line at `at`: a call may go over three lines.
Default default_at(std::string_view whole, std::size_t at, std::string_view line) {
    const auto above = at > 1 ? whole.rfind('\n', at - 2) + 1 : 0; // npos + 1 is 0
    auto end = at + line.size();
    for (int more = 0; more < 2 && end < whole.size(); ++more) end = std::min(whole.find('\n', end + 1), whole.size());
    const auto text = whole.substr(above, end - above);
    std::vector<std::string_view> groups;
    for (const auto& form : forms())
        for (std::size_t from = 0; form.search(text, from, groups);) {
            from = static_cast<std::size_t>(groups[1].data() + groups[1].size() - text.data());
            const auto begins = static_cast<std::size_t>(groups[1].data() - whole.data());
            if (begins < at) continue; // of the line above
            if (begins >= at + line.size()) break;
            const auto called =
                lower(groups[0].substr(0, static_cast<std::size_t>(groups[1].data() - groups[0].data())));
            // What is set for others; requiredEnv("TOKEN", "the shop") says what lacks it; first_env("TOKEN", "KEY").
            // A question to a person, who changes it: initial: process.env.PASSWORD || "123456".
            if (trim(line).starts_with("initial:")) continue;
            if (has_any(called, {"setenv", "putenv", "requir", "must", "assert", "first"})) continue;
            const bool is_constant = groups.size() > 3 && groups[3].data() != nullptr;
            const auto value = is_constant ? constant(whole, groups[3]) : groups[2];
            if (is_secret_name(groups[1])) return {groups[1], value};
        }
    return {};
}

// A field of pydantic's BaseSettings, or of a model within it: `jwt_secret: str = "x"`.
Default field_at(std::string_view whole, std::size_t at, std::string_view line) {
    static const auto pattern = sys::Pattern::compile(
        R"(^\s+(\w+)\s*:\s*(?:Optional\[)?(?:str|SecretStr)\b[^=]*=\s*(?:(?:Field|SecretStr)\(\s*(?:default\s*=\s*)?)*["']([^"']+)["'])");
    std::vector<std::string_view> groups;
    if (!pattern.value().search(line, 0, groups) || !is_secret_name(groups[1])) return {};
    constexpr std::string_view word = "\nclass ";
    const auto above = whole.rfind(word, at);
    const auto begins = above == whole.npos ? whole.size() : above + word.size();
    return {groups[1], groups[2], whole.substr(begins, whole.find_first_of("(:", begins) - begins)};
}

// What Spring takes in production: not application-dev.yml.
bool is_spring_settings(std::string_view path) {
    const auto name = file_name(path);
    const auto stem = name.substr(0, name.rfind('.'));
    const bool is_kind = name.ends_with(".yml") || name.ends_with(".yaml") || name.ends_with(".properties");
    return is_kind && is_one_of(stem, {"application", "application-prod", "application-production"});
}

// secret: ${JWT_SECRET:x} of Spring's settings: the key that signs tokens or sessions.
Default key_of_spring_at(std::string_view line) {
    static const auto pattern = sys::Pattern::compile(R"([:=]\s*["']?\$\{([A-Za-z_][\w.\-]*):([^${}]+)\}["']?\s*$)");
    std::vector<std::string_view> groups;
    if (!pattern.value().search(trim(line), 0, groups)) return {};
    const auto name = upper(replace_all(replace_all(groups[1], ".", "_"), "-", "_"));
    const bool is_key = name.ends_with("SECRET") || name.ends_with("SECRET_KEY") || name.ends_with("SIGNING_KEY");
    const bool signs = has_any(name, {"JWT", "TOKEN", "AUTH", "SIGN", "SESSION", "COOKIE", "REMEMBER"});
    return is_key && signs && name.find("CLIENT") == name.npos ? Default{groups[1], groups[2]} : Default{};
}

// application-prod.yml beside it takes the variable without a default.
bool is_taken_bare_in_production(const Project& project, const std::string& path, std::string_view name) {
    if (!is_spring_settings(path) || !file_name(path).starts_with("application.")) return false;
    const auto bare = "${" + std::string(name) + "}";
    return std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& other) {
        return other != path && folder_of(other) == folder_of(path) && is_spring_settings(other) &&
               project.read(other).value_or("").find(bare) != std::string::npos;
    });
}

// A switch, or what stands for "not set": nobody gets in by it.
bool is_no_secret(std::string_view name, std::string_view value) {
    const std::string text = lower(value);
    if (is_one_of(text, {"0", "1", "true", "false", "yes", "no", "on", "off", "none", "null", "undefined"}))
        return true;
    constexpr std::string_view for_tests = "6LeIxAcTAAAAA"; // Google's keys of reCAPTCHA, which let everybody pass
    if (value.starts_with(for_tests)) return true;
    const auto begins = {"ENABLE_", "DISABLE_", "USE_", "HAS_", "IS_", "ALLOW_", "REQUIRE_"};
    return name.ends_with("_ENABLED") ||
           std::any_of(begins.begin(), begins.end(), [&](const char* one) { return name.starts_with(one); });
}

// FIREBASE_CREDENTIALS || "./service-account.json": where the secret lies.
bool is_place_of_secret(std::string_view value) {
    return has_any(value, {"/"}) && value.find("://") == value.npos && value.find(' ') == value.npos &&
           (value.starts_with("./") || value.starts_with("../") || value.starts_with("/") || value.starts_with("~/") ||
            value.ends_with(".json") || value.ends_with(".pem") || value.ends_with(".key"));
}

// WHATSAPP_VERIFY_TOKEN: it answers the challenge by which a service confirms the address of a webhook.
bool confirms_an_address(std::string_view name, std::string_view whole) {
    return name.ends_with("VERIFY_TOKEN") && has_any(lower(whole), {"hub.challenge", "hub_challenge", "challenge:"}) &&
           has_any(lower(whole), {"webhook", "hub."});
}

constexpr std::string_view server_prefixes[] = {
    "DB_",      "SQL_",  "DATABASE_", "POSTGRES", "PG_",    "PGDB_",  "PGPASS", "MYSQL_", "MARIADB_", "MONGO", "REDIS",
    "RABBITMQ", "LDAP_", "SMTP_",     "MAIL_",    "EMAIL_", "MINIO_", "S3_",    "SQS_",   "NEO4J_",   "INFLUX"};

// By it this program signs, or makes an account: CAMERA_PASSWORD and SERVICE_TOKEN are for another's door.
bool is_of_this_program(std::string_view name) {
    constexpr std::string_view whole[] = {"PASSWORD", "SECRET", "AUTH_PASSWORD", "AUTH_TOKEN", "TOKEN", "API_KEY"};
    const bool is_account = has_any(name, {"CLIENT_", "API_", "CONSUMER_", "AWS_", "OAUTH"}) ||
                            std::any_of(std::begin(server_prefixes), std::end(server_prefixes),
                                        [&](std::string_view server) { return name.starts_with(server); });
    return name.starts_with("SECRET") || is_one_of(whole, name) || (name.ends_with("_SECRET") && !is_account) ||
           has_any(name, {"SECRET_KEY", "AUTH_SECRET", "TOKEN_SECRET", "APP_KEY",      "APP_SECRET",  "JWT",
                          "SESSION",    "COOKIE",      "CSRF",         "ENCRYPT",      "SIGN",        "SALT",
                          "HASH",       "ADMIN",       "SUPERUSER",    "ROOT_PASS",    "USER_PASS",   "LOGIN_PASS",
                          "DJANGO",     "FLASK",       "BASIC_AUTH",   "DEFAULT_PASS", "INITIAL_PASS"});
}

// OPENAI_API_KEY || "sk-": what lets the program start without somebody else's service. Nobody gets in by it.
bool is_stand_in_for_a_service(std::string_view name, std::string_view value) {
    if (value.find("dummy") != value.npos || is_dummy_of_service(name, value)) return true;
    if (is_own_secret(name)) return false;
    if (value.find("placeholder") != value.npos && name.find("ADMIN") == name.npos) return true;
    const bool is_key = name.ends_with("API_KEY") || name.ends_with("API_TOKEN") || name.ends_with("CLIENT_SECRET");
    const bool is_of_service = is_key || name.find('_') < name.rfind("_SECRET") + 1;
    std::string letters;
    for (const char c : value)
        if (c != '-' && c != '_' && letters.find(c) == letters.npos) letters += c;
    constexpr std::size_t shortest = 9;
    return is_of_service &&
           (value.size() < shortest || value.find('<') != value.npos || letters.size() < 3 || value.ends_with("...") ||
            (is_key && is_placeholder(value)) || has_any(lower(value), {"default", "test_"}));
}

// DB_PASSWORD of a program is the server's, which has one of its own: with another the program gets no connection.
bool is_of_client(std::string_view name) {
    return (name.ends_with("PASSWORD") || name.ends_with("_PASS") || name.ends_with("ACCESS_KEY") ||
            (name.ends_with("SECRET_KEY") && !name.starts_with("EMAIL_")) ||
            (name.ends_with("TOKEN") && has_any(name, {"INFLUX"}))) &&
           std::any_of(std::begin(server_prefixes), std::end(server_prefixes), [&](std::string_view server) {
               return name.starts_with(server) || name.find("_" + std::string(server)) != name.npos;
           });
}

// if (process.env.NAME === undefined) throw …: it never runs with the default.
bool is_demanded(std::string_view whole, std::string_view name) {
    constexpr std::size_t near = 160;
    for (auto at = whole.find(name); at != whole.npos; at = whole.find(name, at + 1)) {
        const auto begin = whole.rfind('\n', at) + 1; // npos + 1 is 0
        const auto line = whole.substr(begin, std::min(whole.find('\n', at), whole.size()) - begin);
        const auto behind = whole.substr(at, near);
        const bool asks =
            has_any(line, {"=== undefined", "== undefined", "=== null", " is None", "!process.env", "if not "});
        if (asks && has_any(behind, {"throw ", "raise ", "exit(", "panic(", "abort("})) return true;
    }
    return false;
}

// A program compares it elsewhere: settings.NAME == "x" in main.py.
bool is_compared_elsewhere(const Project& project, std::string_view value) {
    constexpr std::size_t shortest = 8; // what is shorter stands anywhere
    return value.size() >= shortest && some_source(project, is_source, [&](const std::string&, std::string_view text) {
               return is_compared(text, value);
           });
}

// A compose file of production demands it, by its own name or another: NEO4J_PASS: ${NEO4J_PASSWORD:?}.
bool is_demanded_by_compose(const Project& project, const std::string& name) {
    const auto demands = [&](const read::ComposeService& service) {
        return std::any_of(service.environment.begin(), service.environment.end(), [&](const auto& one) {
            return one.name == name && one.node != nullptr &&
                   one.node->as_written().find(":?") != std::string_view::npos;
        });
    };
    return std::any_of(project.composes.begin(), project.composes.end(), [&](const Compose& compose) {
        const auto& references = compose.read->references;
        const auto& services = compose.read->services;
        return compose.profile != Profile::development &&
               (std::any_of(services.begin(), services.end(), demands) ||
                std::any_of(references.begin(), references.end(),
                            [&](const auto& one) { return one.name == name && one.operation.ends_with('?'); }));
    });
}

// A field of settings that no source reads: nowhere stands settings.NAME.
bool is_field_unread(const Project& project, const std::string& path, std::string_view whole, std::string_view name) {
    const auto field = "." + std::string(name);
    if (whole.find(field) != whole.npos) return false;
    return !some_source(project, is_source, [&](const std::string& other, std::string_view text) {
        return other != path && has_any(text, {field, "\"" + std::string(name) + "\"", "'" + std::string(name) + "'"});
    });
}

// isDev ? process.env.NAME || "x" : required("NAME"), also over a few lines. `value`: the default in `whole`.
bool is_branch_of_development(std::string_view whole, std::size_t line, std::string_view value) {
    static const auto pattern = sys::Pattern::compile(
        R"((?:\bis_?(?:[Dd]ev|[Tt]est|[Ll]ocal)\w*|!\s*[\w.]*is_?[Pp]rod\w*|(?i:node_?env)\s*!==?\s*["']production["']|)"
        R"((?i:node_?env)\s*===?\s*["'](?:development|test)["'])(?:\(\))?\s*\?[^?.:;][^:;]*$|)"
        R"((?:[^!\w.]is_?[Pp]rod\w*|(?i:node_?env)\s*===?\s*["']production["'])(?:\(\))?\s*\?[^?.:;][^?:;]*\s:\s[^:;]*$)");
    const auto end = static_cast<std::size_t>(value.data() - whole.data());
    if (value.data() < whole.data() || end > whole.size() || end < line) return false; // a constant's, from elsewhere
    auto begin = line;
    for (int above = 0; above < 5 && begin > 1; ++above) begin = whole.rfind('\n', begin - 2) + 1; // npos + 1 is 0
    return pattern.value().matches(whole.substr(begin, end - begin));
}

// A script that plays a visitor in a browser.
bool drives_a_browser(std::string_view whole) {
    return has_any(whole, {"require('playwright", "require(\"playwright", "from 'playwright", "from \"playwright",
                           "@playwright/test", "puppeteer", "selenium-webdriver", "from selenium"});
}

// `told`: lines of the file of which something is told.
void tell_default(const Project& project, const std::string& path, std::string_view whole, int number,
                  const Default& found, std::set<int>& told, Hits& hits) {
    const auto [read, value, model] = found;
    const auto name = upper(read);
    // A vendor's; a development tool's.
    const bool is_for_everybody =
        lower(value).starts_with("demo") || name.find("DEMO_") != name.npos || name.starts_with("CLOCKWORK_");
    const auto& prefixes = project.settings.frontends; // what pages get is no secret
    const bool is_public = std::any_of(prefixes.begin(), prefixes.end(),
                                       [&](const std::string& start) { return name.starts_with(start); });
    if (value.empty() || is_no_secret(name, value) || is_place_of_secret(value) || is_for_everybody || is_public ||
        !told.insert(number).second)
        return;
    const auto begin = begin_of_line(whole, number);
    const auto line = whole.substr(begin, whole.find('\n', begin) - begin);
    if (is_branch_of_development(whole, begin, value)) return;
    Hit& hit = hits.add(path, number, 1,
                        fmt::format("{} has a default in the source; without the variable everybody knows the "
                                    "secret; read it without a default",
                                    short_name(read)));
    if ((is_refused_elsewhere(whole, name, value) && !lets_in_requests(whole, line, read)) ||
        is_stand_in_for_a_service(name, value) || is_of_client(upper(model) + "_" + name) ||
        is_compared(whole, value) || is_demanded(whole, read) || is_demanded_by_compose(project, name) ||
        !is_loaded(project, path) || (!model.empty() && is_field_unread(project, path, whole, read)) ||
        is_compared_elsewhere(project, value) || is_taken_bare_in_production(project, path, read))
        hit.level = Level::warning;
    if (!hit.level && (is_set_by_each_deployment(project, path, line, name) || is_written_by_workflow(project, name))) {
        hit.level = Level::warning;
        hit.message =
            fmt::format("{} has a default in the source, which no deployment here takes; one that forgets the "
                        "variable would; read it without a default",
                        short_name(read));
    }
    if (const auto giver = hit.level ? std::nullopt : giver_for(project, path, number, name, value)) {
        hit.level = Level::warning;
        hit.message = fmt::format("{} has a default in the source; {} has it set, a start without it takes that; drop "
                                  "the default",
                                  short_name(read), giver->text());
    }
    if (!hit.level && confirms_an_address(name, whole)) {
        hit.level = Level::warning;
        hit.message = fmt::format("{} has a default in the source; it only confirms a webhook's address, unless the "
                                  "program lets somebody in by it; read it without a default",
                                  short_name(read));
    }
    if (!hit.level && !is_of_this_program(name) && !is_token(value) && !looks_generated(value) &&
        !lets_in_requests(whole, line, read) && !hands_out(project, path, name, value)) {
        hit.level = Level::warning;
        hit.message = fmt::format("{} has a default in the source; whether it lets somebody in is decided where it is "
                                  "checked; read it without a default",
                                  short_name(read));
    }
    hit.cause = cause_in_code(name);
}

void default_in_code(const Project& project, Hits& hits) {
    std::set<int> told; // lines of one file
    const auto tell = [&](const std::string& path, std::string_view whole, int number, const Default& found) {
        tell_default(project, path, whole, number, found, told, hits);
    };
    each_source(project, is_source, [&](const std::string& path, std::string_view whole) {
        told.clear();
        if (drives_a_browser(whole)) return;
        const bool is_python = path.ends_with(".py");
        for (const std::string_view word : {"SECRET", "KEY", "PASS", "TOKEN", "SALT", "CREDENTIALS", "PWD"})
            each_line_with(whole, word, [&](std::size_t at, int number, std::string_view line) {
                if (told.contains(number) || (is_python && is_of_development(whole, at))) return;
                auto found = default_at(whole, at, line);
                if (is_python && !found.name.empty()) found.model = class_of_field(whole, at, line, found.name);
                tell(path, whole, number, found);
            });
        if (!is_python || whole.find("BaseSettings") == whole.npos) return;
        for (const std::string_view type : {": str", "SecretStr"})
            each_line_with(whole, type, [&](std::size_t at, int number, std::string_view line) {
                if (!is_of_development(whole, at)) tell(path, whole, number, field_at(whole, at, line));
            });
    });
    each_source(project, is_spring_settings, [&](const std::string& path, std::string_view whole) {
        told.clear();
        each_line_with(whole, "${", [&](std::size_t, int number, std::string_view line) {
            tell(path, whole, number, key_of_spring_at(line));
        });
    });
}

}

std::span<const Rule> conf_default_rules() {
    static const Rule rules[] = {
        {"conf-secret-default-in-code",
         "A secret has a default in the source",
         always(Level::error),
         default_in_code,
         "If the variable is missing, the program still starts, with a secret that everybody can read.",
         "SECRET_KEY = os.environ[\"SECRET_KEY\"]",
         {},
         {"S2-104"}},
    };
    return rules;
}

}
