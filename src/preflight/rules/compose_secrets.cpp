#include "base/path.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "base/url.h"
#include "preflight/kinds.h"
#include "preflight/parts/compose_parts.h"
#include "preflight/parts/conf_guess.h"
#include "preflight/parts/conf_values.h"
#include "preflight/rules/groups.h"
#include "preflight/uses/compose_told.h"
#include "preflight/uses/given.h"
#include "preflight/uses/kube_applied.h"
#include "preflight/uses/refused.h"
#include "read/env/env.h"
#include "sys/pattern/pattern.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <utility>

// Secrets that a compose file, or a file that it mounts, writes out.
namespace fairlead::preflight {

namespace {

using namespace compose;

bool is_literal_secret(std::string_view name, std::string_view value) {
    if (value.empty() || value.starts_with("/run/secrets/") || value.starts_with("$")) return false;
    if (value.starts_with('<') && value.ends_with('>')) return false; // <token>: where one is to be put
    const bool is_of_mail = has_any(name, {"SMTP", "MAIL"}) && has_any(lower(value), {"your-", "your_", "yourpass"});
    if (is_to_be_written(value) || is_dummy_of_service(name, value) || is_of_mail) return false;
    if (name.find("TRUSTSTORE_PASS") != name.npos) return false; // of a store of public certificates
    if (name.ends_with("ACCESS_KEY_ID")) return false;           // half of a pair, and the half that everybody may know
    if (name == "NEO4J_AUTH") return value.find('/') != value.npos && value.find('$') == value.npos; // user/password
    return (is_secret_name(name) && is_secret(name, value)) || (value.find('$') == value.npos && holds_login(value));
}

// Nobody outside can use a password of it: its networks are internal, and it is a database, or nothing beside it is
// reached from outside.
bool is_shut_in(const Compose& compose, const ComposeService& service) {
    const auto& all = compose.read->services;
    const auto opens = [&](const ComposeService& other) {
        return !is_only_internal(compose, other) &&
               std::any_of(other.networks.begin(), other.networks.end(), [&](const std::string& network) {
                   return std::find(service.networks.begin(), service.networks.end(), network) !=
                          service.networks.end();
               });
    };
    return is_only_internal(compose, service) &&
           (database_of(service) != nullptr || std::none_of(all.begin(), all.end(), opens));
}

bool is_password(std::string_view name) { return upper(name).find("PASS") != std::string::npos; }

// RAG_API_KEY=rag-key beside RAG_API_BASE_URL=http://rag:8080/v1: a word that a neighbour takes because its client
// wants one.
bool is_for_neighbour(const ComposeValue& map, const ComposeValue& item) {
    constexpr std::string_view end = "API_KEY";
    if (!item.key.ends_with(end) || item.text.find_first_of("0123456789") != std::string::npos) return false;
    const auto begin = item.key.substr(0, item.key.size() - end.size());
    for (const std::string_view url : {"API_BASE_URL", "BASE_URL", "API_BASE", "API_URL", "URL"}) {
        const auto text = map.text_at(begin + std::string(url));
        const auto at = text.find("http");
        if (at == std::string::npos) continue;
        const auto address = text.substr(at, text.find('}', at) - at); // ${RAG_URL:-http://rag}
        const auto parsed = parse_url(address);
        if (parsed.ok() && is_private_host(parsed->host)) return true;
    }
    return false;
}

void secrets_in_map(const Compose& compose, const ComposeService& service, std::string_view path,
                    const Project& project, Hits& hits) {
    const auto* const map = value_of(service, path);
    if (map == nullptr) return;
    const auto has_value = [&](const std::string& name) { return !map->text_at(name).empty(); };
    for (const auto& item : map->items)
        if (item.is_scalar() && !item.interpolated && is_literal_secret(item.key, item.text) &&
            !is_drawn_at_start(item.key, has_value) &&
            !is_public_half(item.key, [&](const std::string& name) { return map->find(name) != nullptr; })) {
            Hit& hit = add(
                hits, compose, service, item.place,
                fmt::format("{} of {} holds a secret; every reader of the repository has it; use secrets: or ${{{}:?}}",
                            short_word(item.key), short_word(service.name), short_word(item.key)));
            set_cause_of_secret(hit, item.text);
            // Whoever starts this file or nobody: the value is in use.
            hit.sure = project.doubtful.contains(compose.files.front()) && is_in_manifest(project, item.text);
            if ((is_password(item.key) && is_shut_in(compose, service)) || is_for_neighbour(*map, item))
                hit.level = std::min(hit.level.value_or(Level::warning), Level::warning);
        }
}

// --password=x, --password x
void secrets_in_command(const Compose& compose, const ComposeService& service, std::string_view key, Hits& hits) {
    const auto* const value = value_of(service, key);
    if (value == nullptr) return;
    std::vector<std::string> words;
    if (value->is_scalar()) words = read::shell_split(value->as_written()).value_or(std::vector<std::string>{});
    for (const auto& item : value->items) words.emplace_back(item.as_written());
    for (std::size_t at = 0; at < words.size(); ++at) {
        if (!words[at].starts_with('-')) continue;
        const std::size_t equals = words[at].find('=');
        const std::string flag = words[at].substr(0, equals);
        std::string secret;
        if (equals != std::string::npos)
            secret = words[at].substr(equals + 1);
        else if (at + 1 < words.size() && !words[at + 1].starts_with('-'))
            secret = words[at + 1];
        const std::string name =
            flag == "--requirepass"
                ? "password"
                : flag.substr(flag.find_first_not_of('-') == std::string::npos ? 0 : flag.find_first_not_of('-'));
        if (secret.find('$') == std::string::npos && is_literal_secret(name, secret))
            set_cause_of_secret(
                add(hits, compose, service, value->place,
                    fmt::format("{} of {} has a secret in {}; every reader of the repository has it; use ${{NAME:?}}",
                                key, short_word(service.name), short_word(flag))),
                secret);
    }
}

using Lines = std::set<std::pair<int, int>>; // file, line

void scalars_in(const read::ComposeValue& value, Lines& lines) {
    if (value.is_scalar()) lines.emplace(value.place.file, value.place.line);
    for (const auto& item : value.items) scalars_in(item, lines);
}

// Where the files write what a file that is laid over them replaces or takes out: !reset.
Lines replaced_in(const read::ComposeProject& compose) {
    Lines written, left;
    if (compose.raw.size() < 2) return {};
    for (const auto& file : compose.raw) scalars_in(file, written);
    scalars_in(compose.model, left);
    for (const auto& service : compose.services) scalars_in(service.value, left);
    for (const auto& line : left) written.erase(line);
    return written;
}

// Lines of services that only a profile starts.
Lines asleep_in(const read::ComposeProject& compose) {
    Lines asleep, awake;
    for (const auto& service : compose.services) scalars_in(service.value, service.active ? awake : asleep);
    for (const auto& line : awake) asleep.erase(line);
    return asleep;
}

// Lines of services from which no password opens anything outside.
Lines shut_in_of(const Compose& compose) {
    Lines shut, open;
    for (const auto& service : compose.read->services)
        scalars_in(service.value, is_shut_in(compose, service) ? shut : open);
    for (const auto& line : open) shut.erase(line);
    return shut;
}

// scripts/generate-env.js: a program that is no part of the application, by its folder and its name.
bool is_generator(const std::string& path) {
    return file_name(folder_of(path)) == "scripts" &&
           ends_with_any(path, {".js", ".mjs", ".cjs", ".ts", ".py", ".rb", ".php"}) &&
           has_any(lower(file_name(path)), {"gen", "setup", "init", "install", "bootstrap", "secret", "env"});
}

// Whether a script beside the file draws the variable by lot, so that an installation never takes a default:
// printf 'DB_PASSWORD=%s' "$(openssl rand -hex 24)".
bool is_drawn(const Project& project, const std::string& file, const std::string& name) {
    const auto folder = folder_of(file);
    return std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& path) {
        if (folder_of(path) != folder && folder_of(path) != path_in(folder, "scripts")) return false;
        if (!ends_with_any(path, {".sh", ".bash", "akefile"}) && !is_generator(path)) return false;
        if (is_script_of_development(file_name(path)) || profile_of(path) == Profile::development) return false;
        const auto text = project.read(path);
        if (!text || text->find(name + "=") == text->npos) return false;
        const auto lines = split(*text, '\n');
        return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
            return line.find(name + "=") != line.npos && !has_any(line, {"process.env", "environ", "getenv"}) &&
                   has_any(line, {"openssl rand", "/dev/urandom", "uuidgen", "token_hex", "token_urlsafe", "pwgen",
                                  "randomBytes(", "random_bytes(", "SecureRandom.", "randomUUID("});
        });
    });
}

// Whoever installs it has the variable, as the project says.
void depend_on_giver(const Compose& compose, const Project& project, const read::ComposeReference& reference,
                     Hit& hit) {
    std::optional<Giver> giver; // of one place where it stands, and so of all
    for (const auto& one : compose.read->references)
        if (!giver && one.name == reference.name)
            giver = giver_of(project, compose.read->file(one.place), one.place.line, one.name, reference.operand);
    if (!giver) return;
    hit.level = Level::warning;
    hit.message = fmt::format("${{{}}} has a secret as its default; {} has it set, a start without it takes that; "
                              "write :? for :-",
                              short_word(reference.name), giver->text());
}

// The variable, and those of services that get its value: GF_SECURITY_ADMIN_PASSWORD: ${GRAFANA_PASSWORD:-admin}.
std::set<std::string> names_of(const read::ComposeProject& compose, const read::ComposeReference& reference) {
    std::set<std::string> names{reference.name};
    for (const auto& service : compose.services)
        for (const auto& one : service.environment)
            if (one.place.file == reference.place.file && one.place.line == reference.place.line)
                names.insert(one.name);
    return names;
}

void compose_secret_literal(const Compose& compose, const Project& project, Hits& hits) {
    for (const auto& service : compose.read->services) {
        for (const std::string_view path : {"environment", "labels", "build.args"})
            secrets_in_map(compose, service, path, project, hits);
        for (const std::string_view key : {"command", "entrypoint"}) secrets_in_command(compose, service, key, hits);
    }
    const auto is_set = [&](const std::string& name) {
        return std::any_of(compose.read->references.begin(), compose.read->references.end(),
                           [&](const auto& one) { return one.name == name; }) ||
               std::any_of(compose.read->services.begin(), compose.read->services.end(), [&](const auto& service) {
                   return std::any_of(service.environment.begin(), service.environment.end(),
                                      [&](const auto& one) { return one.name == name; });
               });
    };
    // Where a file of the same project demands the variable, no default of it is ever taken.
    std::set<std::string, std::less<>> demanded;
    for (const auto& reference : compose.read->references)
        if (reference.operation.ends_with('?')) demanded.insert(reference.name);
    const auto replaced = replaced_in(*compose.read);
    const auto asleep = asleep_in(*compose.read);
    const auto shut_in = shut_in_of(compose);
    for (const auto& reference : compose.read->references)
        if (reference.operation.ends_with('-') && !demanded.contains(reference.name) &&
            !replaced.contains({reference.place.file, reference.place.line}) &&
            is_literal_secret(reference.name, reference.operand) && !is_public_half(reference.name, is_set)) {
            Hit& hit =
                add(hits, compose, reference.place,
                    fmt::format(
                        "${{{}}} has a secret as its default; every reader of the repository has it; write ${{{}:?}}",
                        short_word(reference.name), short_word(reference.name)));
            set_cause_of_secret(hit, reference.operand);
            if (asleep.contains({reference.place.file, reference.place.line}))
                hit.level = Level::info;
            else if (is_drawn(project, compose.read->file(reference.place), reference.name) ||
                     is_refused_at_start(project, names_of(*compose.read, reference), reference.operand) ||
                     (is_password(reference.name) && shut_in.contains({reference.place.file, reference.place.line})))
                hit.level = Level::warning;
            else
                depend_on_giver(compose, project, reference, hit);
        }
}

// ---- files that are mounted

// dbPassword, db-password and db.password as DB_PASSWORD's words: db_password, db_password, password.
std::string variable_of(std::string_view key) {
    std::string name;
    for (const char c : key.substr(key.rfind('.') + 1)) { // npos + 1 is 0
        const bool is_capital = c >= 'A' && c <= 'Z';
        if (is_capital && !name.empty() && name.back() >= 'a' && name.back() <= 'z') name += '_';
        name += c == '-' ? '_' : c;
    }
    return name;
}

// "# Placeholder. Override with SHOP_SECRET."
bool says_replaced(std::string_view line) {
    const auto hash = line.find_first_of("#;");
    return hash != line.npos && has_any(lower(line.substr(hash)), {"overrid", "placeholder", "replace", "set by env",
                                                                   "from the environment", "change me", "change this"});
}

// Settings of a program in YAML, JSON, TOML, INI or properties: a line each.
void secrets_in_file(const std::string& path, std::string_view text, Hits& hits) {
    static const auto line_of = sys::Pattern::compile(
        R"x(^\s*(?:- )?["']?([A-Za-z][\w.\-]*)["']?\s*[:=]\s*(?:"([^"]*)"|'([^']*)'|([^\s"'#,{}\[\]]+))\s*,?\s*(?:[#;].*)?$)x");
    const auto lines = split(replace_all(text, "\r", ""), '\n');
    std::set<std::string> names; // with what is no literal: ${SECRET_KEY}
    std::vector<std::string_view> groups;
    static const auto key_of = sys::Pattern::compile(R"x(^\s*(?:- )?["']?([A-Za-z][\w.\-]*)["']?\s*[:=])x");
    for (const auto& line : lines)
        if (key_of.value().search(line, 0, groups)) names.insert(upper(variable_of(groups[1])));
    int number = 0;
    std::string above;
    for (const auto& line : lines) {
        ++number;
        const auto before = std::exchange(above, line);
        if (!line_of.value().search(line, 0, groups)) continue;
        const auto value = groups[2].data() ? groups[2] : groups[3].data() ? groups[3] : groups[4];
        const auto name = upper(variable_of(groups[1]));
        if (!is_secret_name(name) || !is_literal_secret(name, value) || is_reference(value) ||
            value.find_first_of("!%{/") == 0 ||
            is_public_half(name, [&](const std::string& other) { return names.contains(other); }))
            continue;
        Hit& hit = hits.add(path, number, 1,
                            fmt::format("{} holds a secret in a file that a service mounts; every reader of the "
                                        "repository has it; take it from a variable or secrets:",
                                        short_word(groups[1])));
        set_cause_of_secret(hit, std::string(value));
        // Grafana has the same without it, for what it keeps in its own database.
        const bool is_of_vendor = value == std::string("SW2YcwTIb") + "9zpOOhoPsMm";
        constexpr std::size_t fewest = 4; // characters that differ: abababab
        if (is_placeholder(value) || distinct(value) < fewest || says_replaced(before) || says_replaced(line) ||
            is_of_vendor || profile_of(path) == Profile::development)
            hit.level = Level::warning;
    }
}

// OpenAPI, whose samples are no settings.
bool describes_interface(std::string_view text) {
    const auto head = trim(text.substr(0, 256));
    return head.starts_with("openapi:") || head.starts_with("swagger:") ||
           has_any(head, {"\"openapi\":", "\"swagger\":"});
}

void compose_mounted_secret(const Compose& compose, const Project& project, Hits& hits) {
    constexpr std::string_view ends[] = {".yml", ".yaml", ".json", ".toml", ".ini", ".cfg", ".conf", ".properties"};
    constexpr std::size_t longest = 256U << 10U;
    std::set<std::string_view> seen;
    for (const auto& service : compose.read->services)
        for (const auto& volume : service.volumes) {
            const bool is_settings = std::any_of(std::begin(ends), std::end(ends),
                                                 [&](std::string_view end) { return volume.source.ends_with(end); });
            if (volume.type != "bind" || !is_settings || !project.has(volume.source) ||
                kind_of(volume.source) == FileKind::nginx || !seen.insert(volume.source).second)
                continue;
            if (const auto text = project.read(volume.source);
                text && text->size() <= longest && !describes_interface(*text))
                secrets_in_file(volume.source, *text, hits);
        }
}

}

std::span<const Rule> compose_secret_rules() {
    static const Rule rows[] = {
        {.id = "compose-secret-literal",
         .title = "The compose file contains a secret",
         .levels = always(Level::error),
         .check = compose_secret_literal,
         .why = "Anyone who can read the repository or its history, or can run `docker inspect`, has the secret. The "
                "default in `${NAME:-secret}` is a secret, too.",
         .way_out = "POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?}, or secrets: with POSTGRES_PASSWORD_FILE",
         .peers = {"env-var-secret"},
         .refs = {"S4-57", "S2-16"}},
        {.id = "compose-mounted-secret",
         .title = "A mounted file contains a secret",
         .levels = always(Level::error),
         .check = compose_mounted_secret,
         .why = "The file is in git: anyone who reads the repository or its history has the secret that the service "
                "runs with.",
         .way_out =
             "password: ${DB_PASSWORD}, if the program reads variables; else secrets: with a file that git ignores",
         .refs = {"S4-57"}},
    };
    return rows;
}

}
