#include "base/secrets/credentials.h"
#include "base/text.h"
#include "preflight/parts/conf_guess.h"
#include "preflight/parts/conf_values.h"
#include "preflight/parts/docker.h"
#include "preflight/rules/groups.h"
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <set>

// ENV, ARG and what $NAME means; switches that turn TLS off.
namespace fairlead::preflight {

namespace {

using namespace docker;

std::string unquoted(std::string_view value) {
    std::string out;
    for (const char c : value)
        if (c != '"' && c != '\'') out += c;
    return out;
}

bool is_left_open(std::string_view value) {
    return value.empty() || value.find('$') != value.npos || value.front() == '<';
}

// Where a secret lies, and none itself: /app/account.json.
bool is_path(std::string_view value) {
    if (value.find_first_of(" \t+=") != value.npos || value.find("://") != value.npos) return false;
    constexpr std::string_view roots[] = {"/app/",  "/run/", "/etc/", "/usr/",  "/opt/",  "/var/",     "/home/",
                                          "/root/", "/mnt/", "/srv/", "/data/", "/keys/", "/secrets/", "/certs/"};
    return ends_with_any(value, {".json", ".pem", ".key", ".p12", ".crt"}) ||
           std::any_of(std::begin(roots), std::end(roots), [&](auto root) { return value.starts_with(root); });
}

void secret_in_env(const Dockerfile& subject, const Project&, Hits& hits) {
    std::vector<Placed> all = built(subject);
    std::set<const Instruction*> in_image;
    for (const Placed& placed : shipped(subject)) in_image.insert(placed.instruction);
    const std::size_t first = subject.read->stages.empty() ? 0 : subject.read->stages.front().first;
    for (std::size_t i = 0; i < first; ++i) all.push_back({&subject.read->instructions[i], 0, false});
    for (const Placed& placed : all) {
        const Instruction& one = *placed.instruction;
        if (one.verb != Verb::env && one.verb != Verb::arg) continue;
        for (const read::Pair& pair : one.pairs) {
            const std::string value = unquoted(pair.value);
            const bool in_url = !is_left_open(value) && holds_login(value);
            if ((!is_secret_name(pair.key) && !in_url) || is_path(value)) continue;
            const std::string name = fmt::format("{} {}", read::name_of(one.verb), brief(pair.key));
            if (is_left_open(value)) {
                if (one.verb != Verb::arg || pair.has_value) continue;
                if (!is_secret(pair.key, "correct horse battery staple")) continue;
                hit_at(subject, hits, pair.at.begin,
                       name + " takes a secret; docker history shows the value that a build gets; use RUN "
                              "--mount=type=secret")
                    .level = Level::warning;
            } else if (!in_image.contains(&one) && (in_url || is_secret(pair.key, value))) {
                hit_at(subject, hits, pair.at.begin,
                       name + " holds a value; it isn't in the image, but in this file; use RUN --mount=type=secret, "
                              "unless it is a dummy")
                    .level = Level::warning;
            } else if (!in_url && (is_placeholder(value) || !weakness(value).empty()) && is_secret(pair.key, value)) {
                hit_at(subject, hits, pair.at.begin,
                       name + " has a default that everybody knows; a container without the variable uses it; remove "
                              "the default")
                    .level = Level::warning;
            } else if (in_url || is_secret(pair.key, value)) {
                hit_at(subject, hits, pair.at.begin,
                       name + " holds a value; it stays readable in the image; use RUN --mount=type=secret or the "
                              "run-time environment");
            }
        }
    }
}

void env_self(const Dockerfile& subject, const Project&, Hits& hits) {
    for (const Placed& placed : built(subject)) {
        const Instruction& one = *placed.instruction;
        if (one.verb != Verb::env) continue;
        std::set<std::string, std::less<>> names;
        for (const read::Pair& pair : one.pairs) {
            for (std::size_t at = pair.value.find('$'); at != std::string::npos; at = pair.value.find('$', at + 1)) {
                const std::size_t begin = at + (pair.value.compare(at, 2, "${") == 0 ? 2 : 1);
                const auto end = pair.value.find_first_not_of(
                    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_", begin);
                const std::string name = pair.value.substr(begin, end == std::string::npos ? end : end - begin);
                if (names.find(name) == names.end() || (at > 0 && pair.value[at - 1] == '\\')) continue;
                hit_at(subject, hits, pair.at.begin,
                       fmt::format("ENV {} uses ${}, set in the same ENV; it still has its old value there; set it in "
                                   "an earlier ENV",
                                   brief(pair.key, 30), brief(name, 30)));
                break;
            }
            const auto value = replace_all(pair.value, "\"", "");
            if (value != "$" + pair.key && value != "${" + pair.key + "}") names.insert(pair.key); // else as it was
        }
    }
}

bool is_expanded(Verb verb) {
    switch (verb) {
    case Verb::add:
    case Verb::copy:
    case Verb::env:
    case Verb::expose:
    case Verb::label:
    case Verb::stopsignal:
    case Verb::user:
    case Verb::volume:
    case Verb::workdir: return true;
    default: return false;
    }
}

// What official images set, so that a Dockerfile may use it without a word.
bool is_from_base(std::string_view name) {
    return is_one_of(name, {"PATH", "HOME", "HOSTNAME", "LANG", "GOPATH", "JAVA_HOME", "GEM_HOME", "BUNDLE_APP_CONFIG",
                            "GPG_KEY", "CATALINA_HOME", "PHP_INI_DIR", "PHPIZE_DEPS", "CARGO_HOME", "RUSTUP_HOME",
                            "PGDATA"}) ||
           name.ends_with("_VERSION") || name.ends_with("_RELEASE") || name.starts_with("DOTNET_") ||
           name.starts_with("ASPNETCORE_") || name == "APP_UID";
}

// Whether nothing but what is_from_base() says can come from the image below: of others nobody here knows.
bool is_known_base(const read::Dockerfile& file, std::size_t stage) {
    while (file.stages[stage].parent >= 0) stage = static_cast<std::size_t>(file.stages[stage].parent);
    const read::Stage& oldest = file.stages[stage];
    return oldest.base_known &&
           is_one_of(image_of(oldest.base).family,
                     {"scratch", "alpine", "debian", "ubuntu", "busybox", "fedora", "python", "node", "golang", "nginx",
                      "ruby", "php", "rust", "httpd", "postgres", "redis", "mcr.microsoft.com/dotnet/aspnet",
                      "mcr.microsoft.com/dotnet/runtime", "mcr.microsoft.com/dotnet/sdk"});
}

void var_undefined(const Dockerfile& subject, const Project&, Hits& hits) {
    std::map<std::size_t, read::Scope> scopes;
    for (const Placed& placed : built(subject)) {
        const Instruction& one = *placed.instruction;
        auto& scope = scopes.try_emplace(placed.stage, *subject.read, placed.stage).first->second;
        if (placed.trigger) continue;
        std::set<std::string> told;
        const auto look = [&](std::string_view word, std::size_t at) {
            if (word.find('$') == word.npos || !is_known_base(*subject.read, placed.stage)) return;
            for (const std::string& name : scope.expand(word).undefined) {
                if (is_from_base(name) || read::is_predefined(name) || !told.insert(name).second) continue;
                hit_at(subject, hits, at,
                       fmt::format("{} uses ${}, which no earlier ARG or ENV sets; it is empty there; add ARG {}",
                                   read::name_of(one.verb), brief(name, 30), brief(name, 30)));
            }
        };
        if (is_expanded(one.verb)) {
            for (const read::Word& word : one.words) look(word.text, word.at.begin);
            for (const read::Pair& pair : one.pairs) look(pair.value, pair.at.begin);
            for (const read::Flag& flag : one.flags) look(flag.value, flag.at.begin);
        }
        scope.take(one);
    }
    read::Scope globals(subject.read->escape);
    for (const Instruction& one : subject.read->instructions) {
        if (one.verb == Verb::arg && !subject.read->stages.empty() &&
            one.line < subject.read->instructions[subject.read->stages.front().first].line)
            globals.take(one);
        if (one.verb != Verb::from || one.words.empty()) continue;
        for (const std::string& name : globals.expand(one.words.front().text).undefined)
            if (!read::is_predefined(name))
                hit(subject, hits, one,
                    fmt::format("FROM uses ${}, which no ARG before the first FROM sets; the name is empty; add ARG "
                                "{}=… at the top",
                                brief(name, 30), brief(name, 30)));
    }
}

bool is_image_reference(std::string_view text) {
    if (text.empty() || text.find("//") != text.npos || text.front() == ':' || text.front() == '/' ||
        text.front() == '-')
        return false;
    if (text.back() == ':' || text.back() == '/' || text.back() == '@') return false;
    return text.find_first_of(" \t\"'\\") == text.npos;
}

void arg_default(const Dockerfile& subject, const Project&, Hits& hits) {
    if (subject.read->stages.empty()) return;
    std::map<std::string, const Instruction*> bare;
    read::Scope empty(subject.read->escape);
    for (std::size_t i = 0; i < subject.read->stages.front().first; ++i) {
        const Instruction& one = subject.read->instructions[i];
        for (const read::Pair& pair : one.pairs)
            if (!pair.has_value) bare[pair.key] = &one;
        Instruction defaults = one; // as a build without --build-arg sees it
        for (read::Pair& pair : defaults.pairs) pair.has_value = true;
        empty.take(defaults);
    }
    for (const read::Stage& stage : subject.read->stages) {
        const read::Expansion base = empty.expand(stage.image);
        if (stage.image.find('$') == std::string::npos || !base.unknown.empty() || is_image_reference(base.text))
            continue;
        hit(subject, hits, subject.read->instructions[stage.first],
            fmt::format("FROM {} is {} without --build-arg; that is not an image; give the ARG a default that makes an "
                        "image name",
                        brief(stage.image), base.text.empty() ? "empty" : brief(base.text)));
    }
}

struct Switch {
    std::string_view name;
    std::string_view values; // that turn it off; empty: any does
};
constexpr Switch switches[] = {
    {"PYTHONHTTPSVERIFY", "0"},         {"NODE_TLS_REJECT_UNAUTHORIZED", "0"},
    {"NPM_CONFIG_STRICT_SSL", "false"}, {"npm_config_strict_ssl", "false"},
    {"GIT_SSL_NO_VERIFY", ""}, // git asks only whether it is set
};

bool turns_off(std::string_view name, std::string_view value) {
    return std::any_of(std::begin(switches), std::end(switches), [&](const Switch& one) {
        return one.name == name && (one.values.empty() ? !value.empty() : lower(value) == one.values);
    });
}

std::string tls_message(std::string_view name) {
    return fmt::format("{} turns certificate checks off; anyone on the network path can answer; remove it", name);
}

std::string tls_off_command(const Command& command) {
    for (const read::Assignment& one : command.assignments)
        if (turns_off(one.name, one.value.text)) return tls_message(one.name);
    const auto words = operands(command);
    if (command.name() == "export")
        for (const auto* word : words) {
            const auto equals = word->text.find('=');
            if (equals != std::string::npos && turns_off(word->text.substr(0, equals), word->text.substr(equals + 1)))
                return tls_message(word->text.substr(0, equals));
        }
    if (is_one_of(command.name(), {"npm", "yarn", "pnpm"})) {
        std::size_t at = 0;
        if (words.size() > at && is_one_of(words[at]->text, {"config", "c"})) ++at;
        if (words.size() <= at + 1 || words[at]->text != "set") return {};
        const std::string_view key = words[at + 1]->text;
        const bool apart = key == "strict-ssl" && words.size() > at + 2 && lower(words[at + 2]->text) == "false";
        if (apart || lower(key) == "strict-ssl=false")
            return tls_message(std::string(command.name()) + " strict-ssl false");
    }
    if (command.name() == "git" && subcommand(command) == "config")
        for (std::size_t i = 0; i + 1 < words.size(); ++i)
            if (lower(words[i]->text) == "http.sslverify" && lower(words[i + 1]->text) == "false")
                return tls_message("git http.sslVerify false");
    return {};
}

void tls_off(const Dockerfile& subject, const Project& project, Hits& hits) {
    for (const Placed& placed : built(subject)) {
        const Instruction& one = *placed.instruction;
        if (one.verb != Verb::env && one.verb != Verb::arg) continue;
        for (const read::Pair& pair : one.pairs)
            if (turns_off(pair.key, unquoted(pair.value)))
                hit_at(subject, hits, pair.at.begin,
                       tls_message(fmt::format("{} {}", read::name_of(one.verb), pair.key)));
    }
    each_command<tls_off_command>(subject, project, hits);
}

std::string pip_trusted_command(const Command& command) {
    constexpr std::string_view message =
        "{} takes packages from a host without checking its identity; anyone on the network path can answer; remove it";
    for (const read::Assignment& one : command.assignments)
        if (one.name == "PIP_TRUSTED_HOST") return fmt::format(fmt::runtime(message), "PIP_TRUSTED_HOST");
    const bool pip = command.name().starts_with("pip") ||
                     (command.name().starts_with("python") && command.words.size() > command.program + 2 &&
                      command.words[command.program + 2].text == "pip");
    if (pip && has_option(command, {"--trusted-host"})) return fmt::format(fmt::runtime(message), "pip --trusted-host");
    const bool exported = command.name() == "export" &&
                          std::any_of(command.words.begin(), command.words.end(),
                                      [](const auto& word) { return word.text.starts_with("PIP_TRUSTED_HOST="); });
    return exported ? fmt::format(fmt::runtime(message), "PIP_TRUSTED_HOST") : "";
}

void pip_trusted(const Dockerfile& subject, const Project& project, Hits& hits) {
    for (const Placed& placed : built(subject)) {
        const Instruction& one = *placed.instruction;
        if (one.verb != Verb::env && one.verb != Verb::arg) continue;
        for (const read::Pair& pair : one.pairs)
            if (pair.key == "PIP_TRUSTED_HOST" && pair.has_value && !unquoted(pair.value).empty())
                hit_at(subject, hits, pair.at.begin,
                       "PIP_TRUSTED_HOST lets a host send packages without proof of its identity; anyone on the "
                       "network path can answer; remove it");
    }
    each_command<pip_trusted_command>(subject, project, hits);
}

}

std::span<const Rule> docker_env_rules() {
    static const Rule rows[] = {
        {.id = "docker-secret-in-env",
         .title = "A secret is in ENV or ARG",
         .levels = always(Level::error),
         .check = secret_in_env,
         .why = "ENV and ARG are part of the image: `docker inspect` and `docker history` show them to everybody who "
                "can pull the image.",
         .way_out = "RUN --mount=type=secret,id=db_password …",
         .peers = {"DL3064"},
         .refs = {"S4-57", "SecretsUsedInArgOrEnv", "CIS 4.10"}},
        {.id = "docker-tls-off",
         .title = "Certificate checks are turned off",
         .levels = always(Level::error),
         .check = tls_off,
         .why = "After this line, every download or answer may come from anyone.",
         .way_out = "COPY internal-ca.crt /usr/local/share/ca-certificates/\nRUN update-ca-certificates",
         .peers = {"CKV2_DOCKER_5", "CKV2_DOCKER_6", "CKV2_DOCKER_12", "CKV2_DOCKER_13", "CKV2_DOCKER_14"}},
        {.id = "docker-pip-trusted",
         .title = "pip trusts a host without proof of its identity",
         .levels = always(Level::error),
         .check = pip_trusted,
         .why = "Packages run code when you install them. Without TLS, anyone on the network path can send a package.",
         .way_out = "RUN pip install --cert /etc/ssl/internal-ca.pem -r requirements.txt",
         .peers = {"CKV2_DOCKER_4", "CKV2_DOCKER_16"}},
        {.id = "docker-env-self",
         .title = "ENV uses a name that it sets itself",
         .levels = always(Level::error),
         .check = env_self,
         .why = "A value in an ENV line sees only variables that were set before this line. So the value contains the "
                "variable's old value, or nothing.",
         .way_out = "ENV APP_HOME=/app\nENV PATH=$APP_HOME/bin:$PATH",
         .peers = {"DL3044"}},
        {.id = "docker-var-undefined",
         .title = "Nothing sets a variable that is used",
         .levels = always(Level::warning),
         .check = var_undefined,
         .why = "Docker replaces the variable by an empty text, so COPY or FROM uses another path or image than the "
                "line suggests.",
         .way_out = "ARG VERSION=1.2.3",
         .refs = {"UndefinedVar", "UndefinedArgInFrom"}},
        {.id = "docker-arg-default-invalid",
         .title = "FROM needs a --build-arg",
         .levels = always(Level::warning),
         .check = arg_default,
         .why = "A plain `docker build` fails: the ARG that FROM uses has no default, or its default doesn't make an "
                "image name.",
         .way_out = "ARG PYTHON=3.12.7-slim\nFROM python:$PYTHON",
         .refs = {"InvalidDefaultArgInFrom"}},
    };
    return rows;
}

}
