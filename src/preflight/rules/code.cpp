#include "base/path.h"
#include "base/text.h"
#include "preflight/rules/code_lines.h"
#include "preflight/rules/conf_guess.h"
#include "preflight/rules/conf_values.h"
#include "preflight/rules/groups.h"
#include "sys/pattern/pattern.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

// What settings in the code of frameworks say: each row is a line that one of them is set up by.
namespace fairlead::preflight {

namespace {

// Ends of paths, separated by blanks: ".py", or whole names.
constexpr std::string_view python = ".py", script = ".js .ts .mjs .cjs .jsx .tsx", java = ".java .kt",
                           spring = "application.properties application.yml application.yaml "
                                    "application-prod.properties application-prod.yml application-prod.yaml "
                                    "application-production.properties application-production.yml "
                                    "application-production.yaml",
                           asp_net = "appsettings.json appsettings.Production.json",
                           with_urls = ".py .js .ts .mjs .go .rb .php"; // of databases

struct Row {
    std::string_view rule, files;
    std::string_view about;      // what the line holds
    std::string_view expression; // that it matches; its group is the value, where one is asked
    std::string_view thing;      // "FastAPI's debug is True"
    std::string_view besides{};  // an expression that the file matches, too
    std::string_view unless{};   // one that it doesn't
    std::optional<Level> level{};
};

constexpr std::string_view of_django = R"(INSTALLED_APPS|from django|\.base import)";
constexpr std::string_view signs =
    R"(express-session|cookie-session|@nestjs/jwt|passport-jwt|express-jwt|\bsession\(|jsonwebtoken)";

// Of code-cors-any `besides` says that browsers send cookies along.
constexpr Row table[] = {
    {"code-debug", python, "debug=True", R"(\bFastAPI\(.*\bdebug=True\b)", "FastAPI's debug is True"},
    {"code-debug", python, "debug=True", R"(^\s*debug=True,?\s*$)", "FastAPI's debug is True", R"(\bFastAPI\()",
     R"(\.run\()"},
    {"code-debug", python, "DEBUG", R"(\bapp\.config\[["']DEBUG["']\]\s*=\s*True\b)", "Flask's DEBUG is True"},
    {"code-debug", python, "app.debug", R"(^\s*app\.debug\s*=\s*True\b)", "Flask's app.debug is True"},
    {"code-debug", "config/app.php", "'debug'", R"('debug'\s*=>\s*true\b)", "Laravel's debug is true"},
    {"code-debug", "config/environments/production.rb", "consider_all_requests_local", R"(=\s*true\b)",
     "Rails' consider_all_requests_local is true"},
    {"code-debug", ".go", "gin.DebugMode", R"(gin\.SetMode\(gin\.DebugMode\))", "gin's mode is debug", "", "",
     Level::warning},
    {"code-debug", ".cs", "UseDeveloperExceptionPage", R"(UseDeveloperExceptionPage\()",
     "ASP.NET shows the developer's page"},
    {"code-debug", asp_net, "DetailedErrors", R"("DetailedErrors"\s*:\s*"?true\b)", "ASP.NET's DetailedErrors is true",
     "", "", Level::warning},
    {"code-debug", spring, "stacktrace", R"(include-stacktrace\s*[:=]\s*["']?always\b)", "Spring sends stack traces"},
    {"code-secret-literal", python, "SECRET",
     R"(^\s*(?:app\.config\[["'])?(?:SECRET_KEY|JWT_SECRET_KEY|JWT_SECRET)(?:["']\])?\s*(?::\s*str\s*)?=\s*["']([^"']+)["']\s*(?:#.*)?$)",
     "a key that signs sessions or tokens", "", of_django},
    {"code-secret-literal", python, "secret_key", R"(\bapp\.secret_key\s*=\s*b?["']([^"']+)["'])", "Flask's secret_key",
     "", of_django},
    {"code-secret-literal", python, "SessionMiddleware",
     R"(\bSessionMiddleware\b[^)]*\bsecret_key\s*=\s*["']([^"']+)["'])", "the key of SessionMiddleware"},
    {"code-secret-literal", "production.py prod.py", "PASSWORD", R"(["']PASSWORD["']\s*:\s*["']([^"']+)["'])",
     "the password of Django's database"},
    {"code-secret-literal", python, "EMAIL_HOST_PASSWORD", R"(^EMAIL_HOST_PASSWORD\s*=\s*["']([^"']+)["'])",
     "the password of Django's mail server"},
    {"code-secret-literal", with_urls, "postgres",
     R"(["'`]postgres(?:ql)?(?:\+\w+)?://[^:@/"'`\s\[]+:([^@"'`\s]+@[^"'`/:]+))", "the password of a database's URL"},
    {"code-secret-literal", with_urls, "mysql", R"(["'`]mysql(?:\+\w+)?://[^:@/"'`\s\[]+:([^@"'`\s]+@[^"'`/:]+))",
     "the password of a database's URL"},
    {"code-secret-literal", with_urls, "mongodb", R"(["'`]mongodb(?:\+srv)?://[^:@/"'`\s\[]+:([^@"'`\s]+@[^"'`/:]+))",
     "the password of a database's URL"},
    {"code-secret-literal", script, "secret", R"(\bsecret(?:OrKey)?\s*:\s*["'`]([^"'`]+)["'`])",
     "the secret of sessions or tokens", signs},
    {"code-secret-literal", script, "jwt.", R"(\bjwt\.(?:sign|verify)\([^"'`]*,\s*["'`]([^"'`]+)["'`])",
     "the key of jsonwebtoken"},
    {"code-secret-literal", script, "SECRET",
     R"(^\s*(?:export\s+)?(?:const|let)\s+(?:JWT_SECRET|SECRET_KEY|SESSION_SECRET)\s*=\s*["'`]([^"'`]+)["'`])",
     "a key that signs sessions or tokens"},
    {"code-secret-literal", script, "cookieParser", R"(\bcookieParser\(\s*["'`]([^"'`]+)["'`])",
     "the secret that signs cookies"},
    {"code-secret-literal", ".rb", "secret_key_base", R"(\bsecret_key_base\s*=\s*["']([^"']+)["'])",
     "Rails' secret_key_base"},
    {"code-secret-literal", "settings.py base.py", "PASSWORD", R"(["']PASSWORD["']\s*:\s*["']([^"']+)["'])",
     "the password of Django's database", R"(["']HOST["']\s*:)",
     R"(["']HOST["']\s*:\s*["'](?:localhost|127\.0\.0\.1|)["'])"},
    {"code-secret-literal", "config/secrets.yml", "secret_key_base", R"(secret_key_base:\s*["']?([0-9a-f]{32,}))",
     "Rails' secret_key_base"},
    {"code-secret-literal", "config/app.php", "'key'", R"('key'\s*=>\s*'(base64:[^']+)')", "Laravel's key"},
    {"code-secret-literal", spring, "password",
     R"(^\s*(?:spring\.datasource\.)?password\s*[:=]\s*["']?([^"'\s#]+)["']?\s*$)", "the password of Spring's database",
     "", R"(localhost|127\.0\.0\.1|(?:jdbc|r2dbc):(?:h2|hsqldb|derby|sqlite))"},
    {"code-secret-literal", spring, "secret",
     R"(^\s*[\w.\-]*secret(?:[\-.]?key)?\s*[:=]\s*["']?([^"'\s#]{8,})["']?\s*$)", "a secret of Spring's settings"},
    {"code-secret-literal", asp_net, "Password=", R"(Password=([^;"\s]+))", "the password of ASP.NET's database", "",
     R"(localhost|127\.0\.0\.1|localdb)"},
    {"code-secret-literal", asp_net, "Key\"",
     R"x("(?:SecretKey|JwtKey|SigningKey|IssuerSigningKey)"\s*:\s*"([^"]{8,})")x", "a key of ASP.NET's settings"},
    {"code-secret-literal", asp_net, "\"Key\"", R"x("Key"\s*:\s*"([^"]{16,})")x", "the key that signs tokens",
     R"x("(?:J[Ww][Tt]|Token)\w*"\s*:\s*\{[^{}]*"Key"\s*:)x"},
    {"code-secret-literal", asp_net, "\"Secret\"", R"x("Secret"\s*:\s*"([^"]{16,})")x",
     "the secret of ASP.NET's settings"},
    {"code-cors-any", python, "allow_origins", R"(allow_origins\s*=\s*\[\s*["']\*["'])", "FastAPI",
     R"(allow_credentials\s*=\s*True)"}, // Starlette answers with the caller's origin
    {"code-cors-any", python, "rigins", R"(^\s*\w*[Oo]rigins\s*(?::[^=]+)?=\s*\[\s*["']\*["']\s*\])", "FastAPI",
     R"(allow_origins=\w*[Oo]rigins\b[^)]*allow_credentials=True|allow_credentials=True[^)]*allow_origins=\w*[Oo]rigins\b)"},
    {"code-cors-any", python, "CORS(", R"(\bCORS\(.*origins\s*=\s*\[?\s*["']\*["'])", "Flask",
     R"(supports_credentials\s*=\s*True)"},
    {"code-cors-any", python, "CORS_ALLOW_ALL_ORIGINS", R"(^CORS_ALLOW_ALL_ORIGINS\s*=\s*True\b)", "Django",
     R"(CORS_ALLOW_CREDENTIALS\s*=\s*True)"},
    {"code-cors-any", python, "CORS_ORIGIN_ALLOW_ALL", R"(^CORS_ORIGIN_ALLOW_ALL\s*=\s*True\b)", "Django",
     R"(CORS_ALLOW_CREDENTIALS\s*=\s*True)"},
    {"code-cors-any", python, "allow_origin_regex",
     R"(allow_origin_regex\s*=\s*r?["']\^?(?:https?\??://)?\.[*+]\$?["'])", "FastAPI",
     R"(allow_credentials\s*=\s*True)"},
    {"code-cors-any", "config/cors.php", "'allowed_origins'", R"('allowed_origins'\s*=>\s*\[\s*'\*'\s*\])", "Laravel",
     R"('supports_credentials'\s*=>\s*true\b)"},
    {"code-cors-any", script, "origin", R"(\borigin\s*:\s*true\b)", "the server", R"(credentials\s*:\s*true)"},
    {"code-cors-any", java, "allowedOriginPatterns", R"(allowedOriginPatterns\(\s*"\*")", "Spring",
     R"(allowCredentials\(\s*true)"},
    {"code-cors-any", ".cs", "SetIsOriginAllowed", R"(SetIsOriginAllowed\(\s*\w+\s*=>\s*true)", "ASP.NET",
     R"(AllowCredentials\()"},
    {"code-cors-open", python, "allow_origins", R"(allow_origins\s*=\s*\[\s*["']\*["'])", "FastAPI", "",
     R"(allow_credentials\s*=\s*True)"},
    {"code-cors-open", python, "CORS(", R"(\bCORS\(.*origins\s*=\s*\[?\s*["']\*["'])", "Flask", "",
     R"(supports_credentials\s*=\s*True)"},
    {"code-cors-open", python, "CORS_ALLOW_ALL_ORIGINS", R"(^CORS_ALLOW_ALL_ORIGINS\s*=\s*True\b)", "Django", "",
     R"(CORS_ALLOW_CREDENTIALS\s*=\s*True)"},
    {"code-cors-open", script, "origin", R"(\borigin\s*:\s*["']\*["'])", "the server", R"(\bcors\b)"},
    {"code-cookie-insecure", python, "SESSION_COOKIE_SECURE", R"(SESSION_COOKIE_SECURE(?:["']\])?\s*=\s*False\b)",
     "Flask's SESSION_COOKIE_SECURE is False", "", of_django},
    {"code-cookie-insecure", script, "secure", R"(\bsecure\s*:\s*false\b)", "the session cookie's secure is false",
     R"(express-session|cookie-session|\bsession\()"},
    {"code-cookie-insecure", "config/environments/production.rb", "force_ssl", R"(force_ssl\s*=\s*false\b)",
     "Rails' force_ssl is false"},
    {"code-cookie-insecure", "config/session.php", "'secure'", R"('secure'\s*=>\s*false\b)",
     "Laravel's session.secure is false"},
    {"code-tls-unverified", python, "verify=False", R"(\bverify=False\b)", "a request is made with verify=False",
     R"(\b(?:requests|httpx|aiohttp)\b)"},
    {"code-tls-unverified", python, "_create_unverified_context", R"(_create_unverified_context)",
     "ssl doesn't verify certificates"},
    {"code-tls-unverified", script, "rejectUnauthorized", R"(rejectUnauthorized\s*:\s*false\b)",
     "rejectUnauthorized is false"},
    {"code-tls-unverified", script, "NODE_TLS_REJECT_UNAUTHORIZED",
     R"(NODE_TLS_REJECT_UNAUTHORIZED(?:["']\])?\s*=\s*["']?0)", "NODE_TLS_REJECT_UNAUTHORIZED is 0", "", "",
     Level::error}, // for every connection of the process
    {"code-tls-unverified", ".go", "InsecureSkipVerify", R"(InsecureSkipVerify\s*[:=]\s*true\b)",
     "InsecureSkipVerify is true"},
    {"code-endpoints-open", spring, "exposure.include", R"(exposure\.include\s*=\s*\*)",
     "Spring's actuator exposes all endpoints"},
    {"code-endpoints-open", spring, "include", R"(^\s*include\s*:\s*["']?\*["']?\s*$)",
     "Spring's actuator exposes all endpoints", R"(exposure\s*:)"},
    {"code-endpoints-open", spring, "h2", R"(h2\.console\.enabled\s*=\s*true\b)", "H2's console is open"},
    {"code-endpoints-open", spring, "show-values", R"(show-values\s*[:=]\s*["']?(?:ALWAYS|always)\b)",
     "Spring's actuator shows values"},
    {"code-endpoints-open", ".go", "net/http/pprof", R"(_\s+"net/http/pprof")", "net/http/pprof is in the default mux"},
    {"code-schema-sync", script, "synchronize", R"(\bsynchronize\s*:\s*true\b)", "TypeORM's synchronize is true",
     R"(typeorm|TypeOrm|DataSource)"},
    {"code-schema-sync", script, ".sync(", R"(\.sync\(\s*\{\s*(?:force|alter)\s*:\s*true\b)",
     "Sequelize's sync alters the tables", R"([Ss]equelize)"},
    {"code-schema-sync", spring, "ddl-auto", R"(ddl-auto\s*[:=]\s*["']?create(?:-drop)?\b)",
     "Hibernate's ddl-auto is create", "", R"(jdbc:(?:h2|hsqldb|derby|sqlite))"},
    {"code-schema-sync", spring, "ddl-auto", R"(ddl-auto\s*[:=]\s*["']?update\b)", "Hibernate's ddl-auto is update", "",
     R"(jdbc:(?:h2|hsqldb|derby|sqlite))", Level::warning},
    {"code-csrf-off", python, "WTF_CSRF_ENABLED", R"(WTF_CSRF_ENABLED(?:["']\])?\s*=\s*False\b)",
     "Flask-WTF's CSRF protection is off"},
    {"code-csrf-off", ".rb", "forgery_protection", R"(allow_forgery_protection\s*=\s*false\b)",
     "Rails' forgery protection is off"},
    {"code-csrf-off", java, "csrf",
     R"(csrf\(\)\s*\.disable\(\)|csrf\(\s*\w+\s*->\s*\w+\.disable\(\)|csrf\(\w+::disable)",
     "Spring's CSRF protection is off", "", "", Level::info},
};

bool is_among(std::string_view path, std::string_view files) {
    for (std::size_t begin = 0; begin < files.size();) {
        const auto end = std::min(files.find(' ', begin), files.size());
        const auto one = files.substr(begin, end - begin);
        begin = end + 1;
        if (path.ends_with(one) &&
            (one[0] == '.' || path.size() == one.size() || path[path.size() - one.size() - 1] == '/'))
            return true;
    }
    return false;
}

const sys::Pattern& compiled(std::string_view expression) {
    static std::map<std::string_view, sys::Pattern> all; // of the table
    auto found = all.find(expression);
    if (found == all.end()) found = all.emplace(expression, sys::Pattern::compile(expression).value()).first;
    return found->second;
}

// Whether a line of secrets.yml stands in another section than production.
bool is_of_other_section(std::string_view path, std::string_view whole, std::size_t at) {
    if (!path.ends_with("secrets.yml")) return false;
    const auto above = "\n" + std::string(whole.substr(0, at));
    const auto begins = above.rfind("\nproduction:");
    std::vector<std::string_view> groups;
    return begins == above.npos || compiled(R"(\n[a-z]+:)").search(above, begins + 1, groups);
}

// On one way of several: behind `?`, or in the block of an `if` that begins in the line above.
bool is_chosen(std::string_view whole, std::size_t at, std::string_view line) {
    if (trim(line).starts_with("? ")) return true;
    const auto above = whole.substr(0, std::min(at, whole.size()));
    const auto end = above.find_last_not_of(" \t\n");
    if (end == above.npos) return false;
    const auto begin = above.rfind('\n', end);
    return trim(above.substr(begin == above.npos ? 0 : begin + 1, end + 1)).starts_with("if (");
}

// Below `if settings.debug:` or `if env == "development":` of Python, however deep.
bool is_behind_debug(std::string_view whole, std::size_t at, std::string_view line) {
    auto indent = line.find_first_not_of(" \t");
    for (auto end = whole.rfind('\n', at); indent > 0 && end != whole.npos && end > 0;) {
        const auto before = whole.rfind('\n', end - 1);
        const auto above = whole.substr(before + 1, end - before - 1); // npos + 1 is the beginning
        const auto begins = above.find_first_not_of(" \t\r");
        if (begins < indent) {
            indent = begins;
            const auto words = lower(above.substr(begins));
            if (words.starts_with("if ") && has_any(words, {"debug", "develop", "\"dev\"", "'dev'", "\"local\""}))
                return true;
        }
        end = before;
    }
    return false;
}

// Below `if (app.Environment.IsDevelopment())`, whose block has begun at most three lines above.
bool is_behind_environment(std::string_view whole, std::size_t at, std::string_view line) {
    auto begin = at;
    for (int lines = 0; lines < 3 && begin > 1; ++lines) begin = whole.rfind('\n', begin - 2) + 1; // npos + 1 is 0
    const auto above = whole.substr(begin, at - begin + line.size());
    return above.rfind("IsDevelopment(") != above.npos && above.find('}') == above.npos;
}

void look_at(const std::string& path, std::string_view whole, const Row& row, std::vector<CodeFact>& facts) {
    each_line_with(whole, row.about, [&](std::size_t at, int number, std::string_view line) {
        std::vector<std::string_view> groups;
        if (!compiled(row.expression).search(line, 0, groups) || is_of_development(whole, at) ||
            is_of_other_section(path, whole, at))
            return;
        if (!row.besides.empty() && !compiled(row.besides).matches(whole)) return;
        if (!row.unless.empty() && compiled(row.unless).matches(whole)) return;
        if (row.rule == "code-cors-any" && is_chosen(whole, at, line)) return;
        if (row.rule == "code-debug" && path.ends_with(".py") && is_behind_debug(whole, at, line)) return;
        if (path.ends_with(".cs") && is_behind_environment(whole, at, line)) return;
        facts.push_back(
            {row.rule, path, number, row.thing, groups.size() > 1 ? std::string(groups[1]) : "", row.level});
    });
}

const std::vector<CodeFact>& facts_of(const Project& project) {
    auto& facts = *project.code_facts;
    if (facts) return *facts;
    facts.emplace();
    std::vector<const Row*> rows; // of the file that is asked about
    const auto is_wanted = [&](std::string_view path) {
        rows.clear();
        for (const Row& row : table)
            if (is_among(path, row.files)) rows.push_back(&row);
        return !rows.empty();
    };
    each_source(project, is_wanted, [&](const std::string& path, std::string_view text) {
        for (const Row* row : rows) look_at(path, text, *row, *facts);
    });
    return *facts;
}

template <typename Tell>
void tell_each(const Project& project, Hits& hits, std::string_view rule, Tell tell) {
    for (const auto& fact : facts_of(project))
        if (fact.rule == rule) hits.add(fact.path, fact.line, 1, tell(fact)).level = fact.level;
}

void code_debug(const Project& project, Hits& hits) {
    tell_each(project, hits, "code-debug", [](const CodeFact& fact) {
        return fmt::format("{}; error pages would show how the program works inside; turn it off in production",
                           fact.thing);
    });
}

bool is_stand_in_value(std::string_view value) {
    const auto word = lower(value);
    return word == "dev" || word == "secret" || word.starts_with("dev-") || word.starts_with("dev_");
}

// ${NAME}, <name>, {{ name }}, %(name)s, a word of another script, or nothing: who sets it up fills it in.
bool is_left_to_fill_in(std::string_view value) {
    const auto word = lower(value);
    const auto is_beyond_ascii = [](char letter) { return static_cast<unsigned char>(letter) >= 0x80; };
    return value.empty() || std::any_of(value.begin(), value.end(), is_beyond_ascii) ||
           value.find_first_of("${<%") != value.npos || word == "null" || word.find("env") != std::string::npos ||
           word.find("@localhost") != std::string::npos || word.find("@127.0.0.1") != std::string::npos ||
           word.find("@host") != std::string::npos ||
           (value == upper(value) && is_placeholder(value)); // INSERT_PASSWORD
}

void secret_literal(const Project& project, Hits& hits) {
    for (const auto& fact : facts_of(project)) {
        if (fact.rule != "code-secret-literal" || is_left_to_fill_in(fact.value)) continue;
        auto& hit = hits.add(
            fact.path, fact.line, 1,
            fmt::format("{} is a literal in the source; anyone with a clone has it; read it from the environment",
                        fact.thing));
        if (is_stand_in_value(fact.value) || is_compared(project.read(fact.path).value_or(""), fact.value) ||
            !is_loaded(project, fact.path))
            hit.level = Level::warning;
    }
}

// Browsers send along what is in cookies: a login by a header alone is safe from other sites. A component that keeps
// the state of a page in a cookie is no login.
bool has_cookies(const Project& project) {
    bool found = false;
    const auto is_of_server = [](std::string_view path) {
        constexpr std::string_view pages[] = {".tsx", ".jsx", ".vue", ".svelte"};
        return (is_code(path) || path.ends_with(".java") || path.ends_with(".cs")) &&
               std::none_of(std::begin(pages), std::end(pages), [&](auto end) { return path.ends_with(end); });
    };
    each_source(project, is_of_server, [&](const std::string&, std::string_view text) {
        found = found || has_any(text, {"cookie", "Cookie", "SessionMiddleware", "HttpSession", "flask_login"});
    });
    return found;
}

void cors_any(const Project& project, Hits& hits) {
    std::optional<bool> with_cookies;
    for (const auto& fact : facts_of(project)) {
        if (fact.rule != "code-cors-any") continue;
        if (!with_cookies) with_cookies = has_cookies(project);
        const auto message = fmt::format(
            "{} allows every origin with credentials; any site can act in a visitor's name; list the allowed origins",
            fact.thing);
        hits.add(fact.path, fact.line, 1, message).level = *with_cookies ? fact.level : std::optional(Level::warning);
    }
}

void cors_open(const Project& project, Hits& hits) {
    tell_each(project, hits, "code-cors-open", [](const CodeFact& fact) {
        return fmt::format(
            "{} allows every origin; any site may call it; list the allowed origins, unless the API is public",
            fact.thing);
    });
}

void cookie_insecure(const Project& project, Hits& hits) {
    tell_each(project, hits, "code-cookie-insecure", [](const CodeFact& fact) {
        return fmt::format("{}; the session cookie can be sent without encryption; set it to true in production",
                           fact.thing);
    });
}

void csrf_off(const Project& project, Hits& hits) {
    tell_each(project, hits, "code-csrf-off", [](const CodeFact& fact) {
        return fmt::format("{}; any site can send forms in a visitor's name; turn it on, unless no login uses a cookie",
                           fact.thing);
    });
}

void tls_unverified(const Project& project, Hits& hits) {
    tell_each(project, hits, "code-tls-unverified", [](const CodeFact& fact) {
        return fmt::format("{}; anyone on the network path can pretend to be the server; verify the certificate, with "
                           "the server's own CA if it has one",
                           fact.thing);
    });
}

// What application-prod.yml beside it says wins over application.yml.
bool has_settings_of_production(const Project& project, const std::string& path) {
    return file_name(path).starts_with("application.") &&
           std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& other) {
               return folder_of(other) == folder_of(path) && file_name(other).starts_with("application-prod");
           });
}

void schema_sync(const Project& project, Hits& hits) {
    for (const auto& fact : facts_of(project))
        if (fact.rule == "code-schema-sync" && !has_settings_of_production(project, fact.path))
            hits.add(fact.path, fact.line, 1,
                     fmt::format("{}; a start changes the tables, and can drop columns with their data; turn it off, "
                                 "and use migrations",
                                 fact.thing))
                .level = fact.level;
}

void endpoints_open(const Project& project, Hits& hits) {
    tell_each(project, hits, "code-endpoints-open", [](const CodeFact& fact) {
        return fmt::format("{}; anyone who reaches the port reads memory and settings; expose only the endpoints that "
                           "you need, internally",
                           fact.thing);
    });
}

}

std::span<const Rule> code_rules() {
    static const Rule rules[] = {
        {.id = "code-debug",
         .title = "A framework's debug is on",
         .levels = deployed(Level::error),
         .check = code_debug,
         .why =
             "If debug is on, an error page shows source, variables and settings to the visitor who caused the error.",
         .way_out = "app = FastAPI(debug=settings.debug)"},
        {.id = "code-secret-literal",
         .title = "A framework's secret is a literal in the source",
         .levels = deployed(Level::error),
         .check = secret_literal,
         .why = "Anyone with a clone can sign sessions and tokens, or reach the database. To change the secret you "
                "need a release.",
         .way_out = "app.config[\"SECRET_KEY\"] = os.environ[\"SECRET_KEY\"]",
         .refs = {"S2-104"}},
        {.id = "code-cors-any",
         .title = "Every origin is allowed with credentials",
         .levels = deployed(Level::error),
         .check = cors_any,
         .why = "Any site that a visitor opens can call the API with the visitor's cookies, and read the answers.",
         .way_out = "allow_origins=[\"https://app.example.org\"]"},
        {.id = "code-cors-open",
         .title = "Every origin may call the API",
         .levels = deployed(Level::info),
         .check = cors_open,
         .why = "This is right for a public API. Otherwise other sites can show its data as their own.",
         .way_out = "allow_origins=[\"https://app.example.org\"]"},
        {.id = "code-cookie-insecure",
         .title = "A session cookie is sent without TLS",
         .levels = deployed(Level::warning),
         .check = cookie_insecure,
         .why = "One request over http gives the session to everyone on the network path.",
         .way_out = "app.config[\"SESSION_COOKIE_SECURE\"] = True"},
        {.id = "code-csrf-off",
         .title = "A framework's CSRF protection is off",
         .levels = deployed(Level::warning),
         .check = csrf_off,
         .why = "If a cookie holds the session, any site that a visitor opens can change things as the visitor. An API "
                "with tokens in a header doesn't need this protection.",
         .way_out = "app.config[\"WTF_CSRF_ENABLED\"] = True"},
        {.id = "code-tls-unverified",
         .title = "A client doesn't verify the server",
         .levels = deployed(Level::warning),
         .check = tls_unverified,
         .why = "Without verification, TLS protects against somebody who listens, but not against somebody who "
                "pretends to be the server.",
         .way_out = "requests.get(url, verify=\"/etc/ssl/certs/internal-ca.pem\")"},
        {.id = "code-schema-sync",
         .title = "The program changes the database's tables when it starts",
         .levels = deployed(Level::error),
         .check = schema_sync,
         .why = "It makes the tables fit the source without asking: a renamed field is a dropped column. Two replicas "
                "that start at once do it at the same time.",
         .way_out = "synchronize: false, and a migration for each change"},
        {.id = "code-endpoints-open",
         .title = "Endpoints for operators are open to everyone",
         .levels = deployed(Level::warning),
         .check = endpoints_open,
         .why = "Heap dumps, profiles and settings hold passwords, and profiling takes the server's time.",
         .way_out = "management.endpoints.web.exposure.include=health,info"},
    };
    return rules;
}

}
