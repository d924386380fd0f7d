#include "base/path.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/parts/code_lines.h"
#include "preflight/parts/conf_guess.h"
#include "preflight/parts/conf_values.h"
#include "preflight/rules/code_around.h"
#include "preflight/rules/code_overridden.h"
#include "preflight/rules/code_rows.h"
#include "preflight/rules/groups.h"
#include "sys/pattern/pattern.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

// What settings in the code of frameworks say.
namespace fairlead::preflight {

namespace {

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
    if (!path.ends_with("secrets.yml") && !path.ends_with("config/database.yml")) return false;
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

// Below `if (app.Environment.IsDevelopment())`, whose block has begun at most three lines above.
bool is_behind_environment(std::string_view whole, std::size_t at, std::string_view line) {
    auto begin = at;
    for (int lines = 0; lines < 3 && begin > 1; ++lines) begin = whole.rfind('\n', begin - 2) + 1; // npos + 1 is 0
    const auto above = whole.substr(begin, at - begin + line.size());
    return above.rfind("IsDevelopment(") != above.npos && above.find('}') == above.npos;
}

void look_at(const std::string& path, std::string_view whole, const CodeRow& row, std::vector<CodeFact>& facts) {
    each_line_with(whole, row.about, [&](std::size_t at, int number, std::string_view line) {
        std::vector<std::string_view> groups;
        if (!compiled(row.expression).search(line, 0, groups) || is_of_development(whole, at) ||
            is_of_other_section(path, whole, at))
            return;
        if (!row.besides.empty() && !compiled(row.besides).matches(whole)) return;
        if (!row.unless.empty() && compiled(row.unless).matches(whole)) return;
        if (row.rule == "code-cors-any" && is_chosen(whole, at, line)) return;
        if (row.rule == "code-debug" && path.ends_with(".py") && is_behind_debug(whole, at, line)) return;
        if (row.rule == "code-debug" && path.ends_with(".php") &&
            (is_below_switch(whole, at, line) || is_behind_development(whole, at, line)))
            return;
        if (row.rule == "code-tls-unverified" && is_behind_development(whole, at, line)) return;
        if (path.ends_with(".cs") && is_behind_environment(whole, at, line)) return;
        CodeFact fact{row.rule, path, number, row.thing, groups.size() > 1 ? std::string(groups[1]) : "", row.level};
        if (row.about == "format_exc") {
            const auto becomes = becomes_of(whole, at, line);
            if (becomes == Becomes::log) return;
            if (becomes == Becomes::unknown) fact.level = Level::warning; // nobody sees who gets it
        }
        const auto name = [&] { return trim(line).substr(0, trim(line).find_first_of(" =:")); };
        if (row.rule == "code-secret-random" && path.ends_with(".py") && is_for_unset(whole, at, name())) {
            fact.thing = "the key, unless it is set,";
            fact.level = Level::warning;
        }
        // A field of settings, which conf-secret-default-in-code judges.
        const bool is_field = path.ends_with(".py") && row.about == "SECRET" && line.find(": str") != line.npos;
        if (row.rule == "code-secret-literal" && is_field && whole.find("(BaseSettings)") != whole.npos) return;
        const bool is_url = row.rule == "code-secret-literal" && row.thing.find("URL") != row.thing.npos;
        if (is_url && is_default_of_variable(whole, line)) fact.level = Level::warning;
        const bool is_of_emulator = fact.value == "minioadmin" && has_any(whole, {"localhost:9000", "127.0.0.1:9000"});
        if (is_of_emulator || (row.rule == "code-schema-sync" && is_below_switch(whole, at, line)))
            fact.level = Level::warning;
        facts.push_back(std::move(fact));
    });
}

}

const std::vector<CodeFact>& facts_of(const Project& project) {
    auto& facts = *project.code_facts;
    if (facts) return *facts;
    facts.emplace();
    std::vector<const CodeRow*> rows; // of the file that is asked about
    const auto is_wanted = [&](std::string_view path) {
        rows.clear();
        for (const CodeRow& row : code_rows())
            if (is_among(path, row.files)) rows.push_back(&row);
        return !rows.empty();
    };
    each_source(project, is_wanted, [&](const std::string& path, std::string_view text) {
        for (const CodeRow* row : rows) look_at(path, text, *row, *facts);
    });
    return *facts;
}

namespace {

// A text as an argument of a template.
template <std::size_t size>
struct Literal {
    char text[size];
    constexpr Literal(const char (&from)[size]) { std::copy_n(from, size, text); } // NOLINT(*-explicit-*)
};

// The check of a rule whose message is the thing that its row names, and the same words for each.
template <Literal rule, Literal message>
void tell(const Project& project, Hits& hits) {
    for (const auto& fact : facts_of(project))
        if (fact.rule == rule.text)
            hits.add(fact.path, fact.line, 1, fmt::format(fmt::runtime(message.text), fact.thing)).level = fact.level;
}

template <typename Tell>
void tell_each(const Project& project, Hits& hits, std::string_view rule, Tell tell) {
    for (const auto& fact : facts_of(project)) {
        if (fact.rule != rule) continue;
        if (auto message = tell(fact); !message.empty())
            hits.add(fact.path, fact.line, 1, std::move(message)).level = fact.level;
    }
}

void token_forever(const Project& project, Hits& hits) {
    tell_each(project, hits, "code-token-forever", [&](const CodeFact& fact) -> std::string {
        if (fact.path.ends_with(".cs") && is_for_refresh(project, fact.path, fact.line)) return {};
        if (fact.thing.find("signature") != fact.thing.npos)
            return fmt::format("{}; anybody can make a token; verify the signature", fact.thing);
        return fmt::format("{} lets tokens live for ever; a stolen one works for ever; set a lifetime, such as an hour",
                           fact.thing);
    });
}

bool is_stand_in_value(std::string_view value) {
    const auto word = lower(value);
    return word == "dev" || word == "secret" || word.starts_with("dev-") || word.starts_with("dev_");
}

// ${NAME}, <name>, {{ name }}, %(name)s, a word of another script, or nothing: who sets it up fills it in.
bool is_left_to_fill_in(std::string_view value) {
    static const auto named = sys::Pattern::compile(R"(^[$<{%]|\$[{(]|\{\{|%[(s]|[<{%][\w .-]*[>}%])");
    const auto word = lower(value);
    const auto is_beyond_ascii = [](char letter) { return static_cast<unsigned char>(letter) >= 0x80; };
    return value.empty() || std::any_of(value.begin(), value.end(), is_beyond_ascii) || named.value().matches(value) ||
           word == "null" || word.find("env") != std::string::npos || word.find("@localhost") != std::string::npos ||
           word.find("@127.0.0.1") != std::string::npos || word.find("@host") != std::string::npos ||
           (value == upper(value) && is_placeholder(value)); // INSERT_PASSWORD
}

void secret_literal(const Project& project, Hits& hits) {
    for (const auto& fact : facts_of(project)) {
        if (fact.rule != "code-secret-literal" || is_left_to_fill_in(fact.value)) continue;
        auto& hit = hits.add(
            fact.path, fact.line, 1,
            fmt::format("{} is a literal in the source; anyone with a clone has it; read it from the environment",
                        fact.thing));
        if (fact.level) {
            hit.level = fact.level;
            hit.message =
                fmt::format("{} has a default in the source; without the variable everybody knows it; read it "
                            "without a default",
                            fact.thing);
        }
        if (is_stand_in_value(fact.value) || is_compared(project.read(fact.path).value_or(""), fact.value) ||
            !is_loaded(project, fact.path) || is_replaced_in_production(project, fact.path, fact.line))
            hit.level = Level::warning;
        if (!is_set_by_deployment(project, fact.path, fact.line, fact.value)) continue;
        hit.level = Level::warning;
        hit.message = fmt::format("{} is a literal in the source; the deployment sets another, but a start without it "
                                  "takes this one; leave it empty here",
                                  fact.thing);
    }
}

// What application-prod.yml beside it says wins over application.yml.
bool has_settings_of_production(const Project& project, const std::string& path) {
    return file_name(path).starts_with("application.") &&
           std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& other) {
               return folder_of(other) == folder_of(path) && file_name(other).starts_with("application-prod");
           });
}

// The function around a line of Python: its name; empty: none.
std::string function_around(std::string_view text, int line) {
    std::string name;
    int number = 0;
    for (const auto& each : split(text, '\n')) {
        if (++number >= line) break;
        const auto at = each.find("def ");
        if (at != each.npos && trim(std::string_view(each).substr(0, at)).size() < 6) // async
            name = each.substr(at + 4, each.find('(', at) - at - 4);
    }
    return name;
}

void schema_sync(const Project& project, Hits& hits) {
    for (const auto& fact : facts_of(project)) {
        if (fact.rule != "code-schema-sync" || has_settings_of_production(project, fact.path)) continue;
        auto& hit =
            hits.add(fact.path, fact.line, 1,
                     fmt::format("{}; a start changes the tables, and can drop columns with their data; turn it "
                                 "off, and use migrations",
                                 fact.thing));
        hit.level = fact.level;
        if (is_set_by_deployment(project, fact.path, fact.line, "create")) {
            hit.level = Level::warning;
            hit.message =
                fmt::format("{}; the deployment sets another, but a start without it drops tables; turn it off "
                            "here, too",
                            fact.thing);
        }
        if (fact.thing.find("TypeORM") != fact.thing.npos &&
            (is_for_typeorm_alone(project, fact.path) || is_run_by_hand(project, fact.path)))
            hit.level = Level::warning;
        if (fact.thing.find("drop_all") == fact.thing.npos) continue;
        const auto function = function_around(project.read(fact.path).value_or(""), fact.line);
        const bool starts =
            function.empty() || has_any(function, {"init", "start", "lifespan", "create", "connect", "main"});
        if (!starts || has_any(function, {"reset", "test", "clear", "drop", "clean"})) hit.level = Level::warning;
    }
}

}

std::span<const Rule> code_rules() {
    static const Rule rules[] = {
        {.id = "code-debug",
         .title = "A framework's debug mode is on",
         .levels = deployed(Level::error),
         .check =
             tell<"code-debug", "{}; error pages would show how the program works inside; turn it off in production">,
         .why = "If an error occurs in debug mode, the error page shows source, variables and settings to the visitor.",
         .way_out = "app = FastAPI(debug=settings.debug)"},
        {.id = "code-secret-literal",
         .title = "A framework's secret is a literal in the source",
         .levels = deployed(Level::error),
         .check = secret_literal,
         .why = "Anyone with a clone can sign sessions and tokens, or reach the database. To change the secret you "
                "need a release.",
         .way_out = "app.config[\"SECRET_KEY\"] = os.environ[\"SECRET_KEY\"]",
         .refs = {"S2-104"}},
        {.id = "code-secret-random",
         .title = "A secret is generated again at each start",
         .levels = deployed(Level::error),
         .check = tell<"code-secret-random", "{} is drawn anew at each start; each worker has another, and a release "
                                             "ends every session; read it from the environment">,
         .why = "gunicorn, and Node's module cluster, start several processes, each with its own secret. A process "
                "refuses the sessions of the other processes.",
         .way_out = "app.config[\"SECRET_KEY\"] = os.environ[\"SECRET_KEY\"]"},
        {.id = "code-static-root",
         .title = "The program's own folder is served",
         .levels = deployed(Level::error),
         .check = tell<"code-static-root", "{} serves the program's own folder; any visitor can read its source and "
                                           ".env; name a folder for public files">,
         .why = "This folder also contains the source, the settings and the database file.",
         .way_out = "app.use(express.static(path.join(__dirname, \"public\")))"},
        {.id = "code-log-values",
         .title = "Logs hold the values of queries or requests",
         .levels = deployed(Level::warning),
         .check = tell<"code-log-values", "{}; such logs hold passwords and personal data; turn it off in production">,
         .why = "Anyone who reads the logs, and any service that collects them, gets passwords and personal data.",
         .way_out = "engine = create_engine(url, echo=settings.debug)"},
        {.id = "code-weak-hash",
         .title = "Passwords are stored with a fast hash",
         .levels = deployed(Level::error),
         .check = tell<"code-weak-hash", "{} begins with a fast hash; who gets the table tries billions of passwords a "
                                         "second; remove it, or put Argon2 first">,
         .why = "MD5 and SHA-1 are made to be fast. If somebody steals the table of passwords, the passwords can be "
                "guessed within hours.",
         .way_out = "PASSWORD_HASHERS = [\"django.contrib.auth.hashers.Argon2PasswordHasher\"]"},
        {.id = "code-open-api",
         .title = "The API asks for no login by default",
         .levels = deployed(Level::warning),
         .check =
             tell<"code-open-api",
                  "{} is AllowAny; a view that forgets its own permissions is open to everybody; set IsAuthenticated">,
         .why = "Each new view is public until somebody restricts it.",
         .way_out = "DEFAULT_PERMISSION_CLASSES: [\"rest_framework.permissions.IsAuthenticated\"]"},
        {.id = "code-mail-nowhere",
         .title = "Mail is not sent",
         .levels = deployed(Level::warning),
         .check = tell<"code-mail-nowhere",
                       "{} sends no mail; nobody gets a link to reset a password; set the SMTP backend">,
         .why = "These mail backends print mail or drop it: they are for development.",
         .way_out = "EMAIL_BACKEND = \"django.core.mail.backends.smtp.EmailBackend\""},
        {.id = "code-proxy-any",
         .title = "The program believes any X-Forwarded-For header",
         .levels = deployed(Level::warning),
         .check = tell<"code-proxy-any",
                       "{}; a visitor can forge their address for limits and logs; write the number of proxies: 1">,
         .why = "With `trust proxy` set to `true`, Express takes the first address in the header, and the visitor can "
                "write that address.",
         .way_out = "app.set(\"trust proxy\", 1)"},
        {.id = "code-reload",
         .title = "Production looks for changed source at each request",
         .levels = deployed(Level::error),
         .check = tell<"code-reload",
                       "{}; each request looks for changed files, and memory grows; set it as production has it">,
         .why = "Reloading is for development: it is slow, and a thread can find a class that another thread has "
                "loaded only in part.",
         .way_out = "config.enable_reloading = false"},
        {.id = "code-environ-shown",
         .title = "A route shows all environment variables",
         .levels = deployed(Level::error),
         .check = tell<"code-environ-shown", "{}; whoever asks has every password of the program; remove the route">,
         .why = "The environment variables contain the keys and passwords of everything that the program uses.",
         .way_out = "return {\"version\": os.environ[\"APP_VERSION\"]}"},
        {.id = "code-mass-assignment",
         .title = "A request can set every field",
         .levels = deployed(Level::error),
         .check = tell<"code-mass-assignment",
                       "{} lets a request set every field; a visitor can make themselves admin; name the fields">,
         .why = "A request can also set fields that the form doesn't show, such as `admin` or `user_id`.",
         .way_out = "params.require(:user).permit(:name, :email)"},
        {.id = "code-limit-off",
         .title = "A rate limit skips every request",
         .levels = deployed(Level::error),
         .check = tell<"code-limit-off", "{}; no request is limited, and passwords can be tried; remove it">,
         .why = "The limit is in the source, but has no effect.",
         .way_out = "rateLimit({windowMs: 60000, limit: 100})"},
        {.id = "code-passwords-free",
         .title = "Every password is accepted",
         .levels = deployed(Level::warning),
         .check = tell<"code-passwords-free",
                       "{} is empty; any password is taken, such as one letter; keep Django's own list">,
         .why = "Django's validators refuse short and well-known passwords; an empty list refuses none.",
         .way_out = "AUTH_PASSWORD_VALIDATORS as startproject writes it"},
        {.id = "code-token-forever",
         .title = "Tokens never expire",
         .levels = deployed(Level::warning),
         .check = token_forever,
         .why = "A stolen token is valid until you change the key that signs the tokens.",
         .way_out = "JWT_ACCESS_TOKEN_EXPIRES = timedelta(hours=1)"},
        {.id = "code-cors-open",
         .title = "Every origin may call the API",
         .levels = deployed(Level::info),
         .check =
             tell<"code-cors-open",
                  "{} allows every origin; any site may call it; list the allowed origins, unless the API is public">,
         .why = "For a public API, this is right. For any other API, other sites can show the API's data as their own.",
         .way_out = "allow_origins=[\"https://app.example.org\"]"},
        {.id = "code-csrf-off",
         .title = "A framework's CSRF protection is off",
         .levels = deployed(Level::warning),
         .check = tell<"code-csrf-off",
                       "{}; any site can send forms in a visitor's name; turn it on, unless no login uses a cookie">,
         .why = "If a cookie holds the session, any site that a visitor opens can send forms in the visitor's name. An "
                "API that takes tokens from a header doesn't need this protection.",
         .way_out = "app.config[\"WTF_CSRF_ENABLED\"] = True"},
        {.id = "code-tls-unverified",
         .title = "A client doesn't verify the server",
         .levels = deployed(Level::warning),
         .check = tell<"code-tls-unverified", "{}; anyone on the network path can pretend to be the server; verify the "
                                              "certificate, with the server's own CA if it has one">,
         .why = "Without verification, TLS protects against somebody who listens, but not against somebody who "
                "pretends to be the server.",
         .way_out = "requests.get(url, verify=\"/etc/ssl/certs/internal-ca.pem\")"},
        {.id = "code-schema-sync",
         .title = "The program changes the database's tables when it starts",
         .levels = deployed(Level::error),
         .check = schema_sync,
         .why = "The program changes the tables to match the source, and doesn't ask. If you rename a field, TypeORM "
                "drops the old column with its data. If two replicas start together, both change the tables at the "
                "same time.",
         .way_out = "synchronize: false, and a migration for each change"},
        {.id = "code-endpoints-open",
         .title = "Endpoints for operators are open to everyone",
         .levels = deployed(Level::warning),
         .check = tell<"code-endpoints-open", "{}; anyone who reaches the port reads memory and settings; expose only "
                                              "the endpoints that you need, internally">,
         .why = "Heap dumps, profiles and settings hold passwords, and profiling takes the server's time.",
         .way_out = "management.endpoints.web.exposure.include=health,info"},
    };
    return rules;
}

}
