#include "base/secrets/credentials.h"
#include "base/text.h"
#include "base/url.h"
#include "preflight/parts/conf_values.h"
#include "preflight/parts/docker.h"
#include "preflight/parts/docker_files.h"
#include "preflight/rules/groups.h"
#include <fmt/format.h>
#include <map>

// What RUN leaves in the image's layers: copies, secrets, files of an owner.
namespace fairlead::preflight {

namespace {

using namespace docker;

void chown_layer(const Dockerfile& subject, const Project&, Hits& hits) {
    bool copied = false;
    for (const Placed& placed : shipped(subject)) {
        const Instruction& one = *placed.instruction;
        copied = copied || (copies(one) && one.flag("chown") == nullptr);
        if (one.verb != Verb::run || !copied) continue;
        for (const Command& command : one.shell.commands)
            if (runs(command, {"chown"}) && has_option(command, {"-R", "--recursive"}))
                hit_at(subject, hits, command,
                       "chown -R stores every file a second time; the image grows by their size; use COPY "
                       "--chown=app:app");
    }
}

// Whether an argument carries a value that a reader could use.
bool is_literal(std::string_view value) {
    return !value.empty() && value.find_first_of("$<*{`") == value.npos && !is_to_be_written(value);
}

// What is written where a build step asks for a key and none is needed: SECRET_KEY=dummy manage.py collectstatic
bool is_stand_in(std::string_view value) {
    const std::string text = lower(value);
    for (const std::string_view word : {"dummy", "build", "fake", "placeholder", "unused", "not-a-secret", "notasecret",
                                        "not-secret", "collectstatic", "temporary", "ignored", "example", "unsafe"})
        if (text.find(word) != text.npos) return true;
    return is_one_of(text, {"secret", "none", "null", "test", "tmp", "temp", "abc", "key", "empty", "changeme"}) ||
           (!weakness(value).empty() && !is_word_and_digits(value)); // 0123456789abcdef
}

// postgresql://u:build-password@localhost/db, doctrine://default: opens nothing.
bool is_harmless_url(std::string_view text) {
    const auto sign = text.find("://");
    if (sign == text.npos || is_token(text)) return false;
    const auto begins = text.find_last_of("=\"' ", sign) + 1; // npos + 1 is 0
    const auto url = parse_url(text.substr(begins));
    return url.ok() && (url.value().password.empty() ? url.value().user.empty() : is_stand_in(url.value().password));
}

// The option that a secret stands in, or "a word"; empty: none does.
std::string secret_word(const Command& command) {
    if (is_one_of(command.name(), {"docker", "podman"}) && subcommand(command) == "login" &&
        is_literal(option_value(command, "-p")))
        return "-p";
    for (std::size_t i = command.program + 1; i < command.words.size(); ++i) {
        const std::string_view word = command.words[i].text;
        if (is_one_of(command.name(), {"mysql", "mysqldump", "mysqladmin", "mariadb"}) && word.starts_with("-p") &&
            is_literal(word.substr(2)))
            return "-p";
        const std::string_view next = i + 1 < command.words.size() ? std::string_view(command.words[i + 1].text) : "";
        if (is_token(word)) return "a word";
        for (const std::string_view name : {"_authToken=", "_password=", "_auth="}) // of .npmrc
            if (const auto at = word.find(name); at != word.npos && is_literal(word.substr(at + name.size())))
                return std::string(name.substr(0, name.size() - 1));
        const std::string_view header = word.starts_with("--header=")        ? word.substr(9)
                                        : word == "-H" || word == "--header" ? next
                                                                             : std::string_view();
        const auto colon = header.find(':');
        if (colon != header.npos && is_literal(header) &&
            is_secret_header(header.substr(0, colon), header.substr(colon + 1)))
            return "a header";
        if (!word.starts_with("--")) continue;
        const auto equals = word.find('=');
        const std::string_view name = word.substr(2, equals == word.npos ? equals : equals - 2);
        const std::string_view value = equals != word.npos     ? word.substr(equals + 1)
                                       : next.starts_with('-') ? ""
                                                               : next;
        // Behind a blank the next word is a value of these only: adduser --disabled-password app.
        const bool takes = equals != word.npos ||
                           is_one_of(name, {"password", "token", "api-key", "secret", "auth-token", "access-token"});
        const bool public_key = is_one_of(command.name(), {"gpg", "apt-key", "gpgv"});
        if (takes && !public_key && name != "header" && is_secret(name, value) && is_literal(value) &&
            !value.starts_with('/'))
            return "--" + brief(name, 30);
    }
    return {};
}

// key='A4A9406876FCBD3C456770C88C718D3B5072E1F5': whose signature is checked (RFC 4880, section 12.2).
bool is_fingerprint(std::string_view name, std::string_view value) {
    return lower(name).ends_with("key") && value.size() == 40 &&
           value.find_first_not_of("0123456789ABCDEF") == value.npos;
}

std::string secret_in_run(const Command& command) {
    for (std::size_t i = 0; i < command.words.size(); ++i)
        if (holds_credentials(command.words[i].text) && command.words[i].text.find('$') == std::string::npos &&
            !is_harmless_url(command.words[i].text))
            return fmt::format(
                "{} has credentials in a URL; they stay in the image's history; use RUN --mount=type=secret",
                brief(command.name(), 24));
    if (command.name() == "curl") {
        const std::string_view by_short = option_value(command, "-u");
        const std::string_view user = by_short.empty() ? option_value(command, "--user") : by_short;
        const auto colon = user.find(':');
        if (colon != user.npos && is_literal(user.substr(colon + 1)))
            return "curl -u has a password; it stays in the image's history; use RUN --mount=type=secret";
    }
    if (const auto place = secret_word(command); !place.empty())
        return fmt::format("{} has a secret in {}; it stays in the image's history; use RUN --mount=type=secret",
                           brief(command.name(), 24), place);
    const auto tell = [](std::string_view name) {
        return fmt::format("RUN sets {}; its value stays in the image's history; use RUN --mount=type=secret",
                           brief(name));
    };
    for (const read::Assignment& one : command.assignments) {
        const std::string& value = one.value.text;
        const bool opens = holds_login(value) || (is_secret(one.name, value) && !is_public_by_prefix(one.name));
        if (opens && is_literal(value) && !is_stand_in(value) && !is_harmless_url(value) &&
            !is_fingerprint(one.name, value))
            return tell(one.name);
    }
    if (command.name() != "export") return {};
    for (std::size_t i = command.program + 1; i < command.words.size(); ++i) {
        const std::string_view word = command.words[i].text;
        const auto equals = word.find('=');
        if (equals == word.npos) continue;
        const std::string_view name = word.substr(0, equals), value = word.substr(equals + 1);
        if (is_secret(name, value) && !is_public_by_prefix(name) && is_literal(value) && !is_stand_in(value))
            return tell(name);
    }
    return {};
}

// ---- docker-write-after-user: whom folders belong to, as far as the file says it

class Owners {
  public:
    void take(const Instruction& one, const std::string& user, const std::string& folder) {
        if (one.verb == Verb::workdir) add(folder, "root");
        if (copies(one) && !one.words.empty()) {
            const read::Flag* owner = one.flag("chown");
            add(absolute(one.words.back().text, folder), owner == nullptr ? "root" : owner->value);
        }
        if (one.verb == Verb::run)
            for (const Command& command : one.shell.commands) run(command, user, folder);
    }
    // The user that the nearest folder above is known to belong to; nothing: not known.
    std::string of(std::string path) const {
        while (true) {
            if (const auto found = owners_.find(path); found != owners_.end()) return found->second;
            const auto slash = path.rfind('/');
            if (slash == path.npos || path.size() < 2) return {};
            path.resize(slash == 0 ? 1 : slash);
        }
    }
    static std::string absolute(std::string_view path, const std::string& folder) {
        std::string out =
            path.starts_with('/') ? std::string(path) : folder + "/" + std::string(path == "." ? "" : path);
        while (out.size() > 1 && out.ends_with('/')) out.pop_back();
        return replace_all(replace_all(out, "/./", "/"), "//", "/");
    }

  private:
    void add(const std::string& path, std::string_view owner) { owners_[path] = owner.substr(0, owner.find(':')); }
    void run(const Command& command, const std::string& user, const std::string& folder) {
        const auto words = operands(command, {"-o", "-g", "-m", "--owner", "--group", "--mode"});
        if (command.name() == "chown" && !words.empty())
            for (std::size_t i = 1; i < words.size(); ++i) add(absolute(words[i]->text, folder), words[0]->text);
        if (command.name() == "chmod" && !words.empty())
            for (std::size_t i = 1; i < words.size(); ++i) add(absolute(words[i]->text, folder), "");
        const bool install = command.name() == "install" && has_option(command, {"-d", "--directory"});
        if (command.name() != "mkdir" && !install) return;
        const std::string_view owner = install ? option_value(command, "-o") : std::string_view();
        for (const auto* word : words)
            add(absolute(word->text, folder), owner.empty() ? std::string_view(user) : owner);
    }
    std::map<std::string, std::string> owners_;
};

// What a command would write to, as far as it names it.
std::vector<std::string> written(const Command& command) {
    std::vector<std::string> out;
    for (const read::Redirect& one : command.redirects)
        if (one.operation.find('>') != std::string::npos && one.operation.find('&') == std::string::npos)
            out.push_back(one.target.text);
    if (is_one_of(command.name(), {"mkdir", "touch", "tee"}))
        for (const auto* word : operands(command, {"-m"})) out.push_back(word->text);
    return out;
}

void write_after_user(const Dockerfile& subject, const Project&, Hits& hits) {
    Owners owners;
    std::string user = "root", folder = "/";
    for (const std::size_t number : subject.read->chain(subject.target)) {
        read::Scope scope(*subject.read, number);
        for (std::size_t i = subject.read->stages[number].first; i < subject.read->stages[number].end; ++i) {
            const Instruction& one = subject.read->instructions[i];
            scope.take(one);
            if (one.verb == Verb::user && !one.words.empty()) {
                const std::string name = scope.expand(one.words.front().text).text;
                user = name.substr(0, name.find(':'));
            }
            if (one.verb == Verb::workdir && !one.words.empty())
                folder = Owners::absolute(scope.expand(one.words.front().text).text, folder);
            const bool root = user == "root" || user == "0" || user.find('$') != std::string::npos;
            for (const Command& command : one.shell.commands) {
                if (one.verb != Verb::run || root || command.depth > 0) continue;
                for (const std::string& path : written(command)) {
                    if (path.find_first_of("$~*`") != path.npos || path.starts_with("/tmp") || path.starts_with("/dev"))
                        continue;
                    const std::string whole = Owners::absolute(path, folder);
                    std::string owner = owners.of(whole);
                    // a new folder in /, which is root's in every image
                    if (command.name() == "mkdir" && !has_option(command, {"-p", "--parents"}) && owner.empty() &&
                        whole.rfind('/') == 0)
                        owner = "root";
                    if (owner != "root" && owner != "0") continue;
                    hit_at(subject, hits, command,
                           fmt::format("{} writes {}, which root owns, as user {}; the build fails; use COPY --chown "
                                       "or install -d -o {}",
                                       brief(command.name(), 16), brief(path, 30), brief(user, 16), brief(user, 16)));
                    break;
                }
            }
            owners.take(one, user, folder);
        }
    }
}

}

std::span<const Rule> docker_layer_rules() {
    static const Rule rows[] = {
        {.id = "docker-chown-layer",
         .title = "chown -R copies the files into another layer",
         .levels = deployed(Level::info),
         .check = chown_layer,
         .why = "A layer holds whole files. If you change a file's owner, the new layer stores the file a second time.",
         .way_out = "COPY --chown=app:app . /app",
         .refs = {"S2-44"}},
        {.id = "docker-secret-in-run",
         .title = "A secret is in RUN",
         .levels = always(Level::error),
         .check = each_command<secret_in_run>,
         .why = "`docker history` shows the text of each RUN to everybody who can pull the image.",
         .way_out = "RUN --mount=type=secret,id=token curl -H \"Authorization: Bearer $(cat /run/secrets/token)\" …",
         .refs = {"S4-57"}},
        {.id = "docker-write-after-user",
         .title = "RUN writes to a place where its user may not write",
         .levels = always(Level::warning),
         .check = write_after_user,
         .why = "After USER, commands run as that user, but folders that WORKDIR and COPY make belong to root. The "
                "build fails, or the server fails when it writes its first log.",
         .way_out = "RUN install -d -o app -g app /app/logs\nUSER app",
         .refs = {"S2-44"}},
    };
    return rows;
}

}
