#include "base/credentials.h"
#include "base/text.h"
#include "preflight/rules/docker.h"
#include "preflight/rules/groups.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

// What RUN does, beyond packages.
namespace fairlead::preflight {

namespace {

using namespace docker;

bool is_fetcher(const Command& command) { return is_one_of(command.name(), {"curl", "wget"}); }

void run_cd(const Dockerfile& subject, const Project&, Hits& hits) {
    for (const Placed& placed : built(subject)) {
        const auto& commands = placed.instruction->shell.commands;
        if (placed.instruction->verb != Verb::run || commands.empty() || !placed.instruction->heredocs.empty())
            continue;
        const Command& first = commands.front();
        if (first.name() == "cd" && first.program == 0 && first.words.size() == 2 &&
            first.words[1].text.starts_with('/'))
            hit_at(subject, hits, first,
                   fmt::format("RUN begins with cd {0}; it ends with this RUN; write WORKDIR {0} before",
                               brief(first.words[1].text)));
    }
}

std::string sudo(const Command& command) {
    for (std::size_t i = 0; i <= command.program && i < command.words.size(); ++i)
        if (command.words[i].text == "sudo" || command.words[i].text.ends_with("/sudo"))
            return "RUN uses sudo; the build may be root already, and sudo hides who runs what; use USER";
    return {};
}

std::string useless(const Command& command) {
    const bool is = is_one_of(command.name(),
                              {"ssh", "vim", "shutdown", "service", "ps", "free", "top", "kill", "mount", "ifconfig"});
    return is ? fmt::format("{} has nothing to do in a build; no service or session is there; remove it",
                            command.name())
              : "";
}

std::string curl_insecure(const Command& command) {
    if (command.name() != "curl") return {};
    for (std::size_t i = command.program + 1; i < command.words.size(); ++i) {
        const std::string_view word = command.words[i].text;
        const auto k = word.find('k');
        // -ofile: what follows an option with a value belongs to it
        const bool cluster = word.size() > 1 && word[0] == '-' && word[1] != '-' && k != word.npos &&
                             word.substr(1, k - 1).find_first_of("AbcCdDeEFHmoPQrtTuUwxXyYz") == word.npos;
        if (word == "--insecure" || word == "--proxy-insecure" || cluster)
            return fmt::format("curl {} accepts any certificate; anybody on the way can answer; remove it",
                               brief(word));
    }
    return {};
}

std::string wget_insecure(const Command& command) {
    return runs(command, {"wget"}) && has_option(command, {"--no-check-certificate"})
               ? "wget --no-check-certificate accepts any certificate; anybody on the way can answer; remove it"
               : "";
}

struct Unsigned {
    std::string_view programs, option;
};
constexpr Unsigned unsigned_options[] = {
    {"apk", "--allow-untrusted"},
    {"apt-get apt aptitude", "--allow-unauthenticated"},
    {"apt-get apt aptitude", "--force-yes"},
    {"yum dnf tdnf microdnf", "--nogpgcheck"},
    {"rpm", "--nodigest"},
    {"rpm", "--nosignature"},
    {"rpm", "--noverify"},
    {"rpm", "--nofiledigest"},
    {"zypper", "--no-gpg-checks"},
};

bool is_off(std::string_view value) { return is_one_of(lower(value), {"0", "false", "no", "off"}); }

std::string unsigned_packages(const Command& command) {
    for (const Unsigned& one : unsigned_options) {
        const auto names = split(one.programs, ' ');
        if (std::find(names.begin(), names.end(), command.name()) != names.end() && has_option(command, {one.option}))
            return fmt::format("{} {} takes packages that nobody signed; anybody on the way can send one; remove it",
                               command.name(), one.option);
    }
    const bool manages = command.name() == "yum-config-manager" ||
                         (is_one_of(command.name(), {"yum", "dnf", "tdnf"}) && subcommand(command) == "config-manager");
    for (std::size_t i = command.program + 1; manages && i < command.words.size(); ++i) {
        const std::string_view word = command.words[i].text;
        const auto at = word.find("sslverify=");
        if (at != word.npos && (at == 0 || word[at - 1] == '.' || word[at - 1] == '=') && is_off(word.substr(at + 10)))
            return fmt::format("{} switches sslverify off; anybody on the way can send packages; leave it on",
                               command.name());
    }
    return {};
}

std::string sets_password(const Command& command) {
    const bool passwd = command.name() == "passwd" && has_option(command, {"--stdin"});
    const bool usermod = command.name() == "usermod" && has_option(command, {"-p", "--password"});
    if (command.name() != "chpasswd" && !passwd && !usermod) return {};
    return fmt::format("{} sets a password in the image; whoever has the image has it; let nobody log in there",
                       command.name());
}

// A password that nobody ever saw: root:$(openssl rand -base64 12)
bool is_random(const Instruction& run, std::size_t pipeline) {
    return std::any_of(run.shell.commands.begin(), run.shell.commands.end(), [&](const Command& one) {
        if (one.pipeline != pipeline) return false;
        return std::any_of(one.words.begin(), one.words.end(), [](const read::ShellWord& word) {
            for (const std::string_view source : {"$(openssl rand", "/dev/urandom", "$(pwgen", "$(uuidgen", "$RANDOM"})
                if (word.text.find(source) != std::string::npos) return true;
            return false;
        });
    });
}

void chpasswd(const Dockerfile& subject, const Project&, Hits& hits) {
    for (const Placed& placed : built(subject)) {
        if (placed.instruction->verb != Verb::run) continue;
        for (const Command& command : placed.instruction->shell.commands)
            if (std::string message = sets_password(command);
                !message.empty() && !is_random(*placed.instruction, command.pipeline))
                hit_at(subject, hits, command, message);
    }
}

// sh -c "$(curl ...)"
bool feeds_itself(const Command& command) {
    if (!read::is_shell(command.name()) && command.name() != "eval") return false;
    return std::any_of(command.words.begin(), command.words.end(), [](const read::ShellWord& word) {
        for (const std::string_view opened : {"$(curl ", "$(wget ", "`curl ", "`wget "})
            if (word.text.find(opened) != std::string::npos) return true;
        return false;
    });
}

void curl_pipe(const Dockerfile& subject, const Project&, Hits& hits) {
    for (const Placed& placed : built(subject)) {
        if (placed.instruction->verb != Verb::run) continue;
        for (const std::string_view opened : {"<(curl ", "<(wget "}) // bash <(curl ...)
            if (placed.instruction->arguments.find(opened) != std::string::npos)
                hit(subject, hits, *placed.instruction,
                    fmt::format("a shell runs what {}...) brings; whatever the server sends is run; save it, check its "
                                "sum, then run it",
                                opened));
        std::map<std::size_t, const Command*> fetchers; // by pipeline
        for (const Command& command : placed.instruction->shell.commands) {
            if (feeds_itself(command))
                hit_at(subject, hits, command,
                       fmt::format(
                           "{} runs what curl or wget brings; whatever the server sends is run; save it, check its "
                           "sum, then run it",
                           command.name()));
            if (is_fetcher(command) && command.after == read::Join::pipe) fetchers.emplace(command.pipeline, &command);
            const auto found = fetchers.find(command.pipeline);
            const bool runs_it =
                read::is_shell(command.name()) || is_one_of(command.name(), {"python", "python3", "perl", "node"});
            if (found == fetchers.end() || found->second == &command || !runs_it) continue;
            if (command.words.size() > command.program + 1 && command.words[command.program + 1].text == "-c") continue;
            hit_at(
                subject, hits, *found->second,
                fmt::format("{} is piped to {}; whatever the server sends is run; save it, check its sum, then run it",
                            found->second->name(), command.name()));
            fetchers.erase(found);
        }
    }
}

void wget_and_curl(const Dockerfile& subject, const Project&, Hits& hits) {
    const Command* first = nullptr;
    for (const Placed& placed : built(subject)) {
        if (placed.instruction->verb != Verb::run) continue;
        for (const Command& command : placed.instruction->shell.commands) {
            if (!is_fetcher(command)) continue;
            if (first == nullptr) first = &command;
            if (first->name() == command.name()) continue;
            hit_at(subject, hits, command,
                   fmt::format("{} is used beside {}; both have to be installed and updated; use one", command.name(),
                               first->name()));
            return;
        }
    }
}

std::string wget_progress(const Command& command) {
    return runs(command, {"wget"}) && !has_option(command, {"--progress", "-q", "--quiet", "-nv", "--no-verbose", "-o"})
               ? "wget shows its progress; the log fills with dots; add --progress=dot:giga or -q"
               : "";
}

bool sets_pipefail(std::string_view text) { return text.find("pipefail") != text.npos; }

void pipefail(const Dockerfile& subject, const Project&, Hits& hits) {
    std::map<std::size_t, bool> shells; // by stage
    for (const Placed& placed : built(subject)) {
        const Instruction& one = *placed.instruction;
        const int parent = subject.read->stages[placed.stage].parent;
        bool& safe =
            shells.try_emplace(placed.stage, parent >= 0 && shells[static_cast<std::size_t>(parent)]).first->second;
        if (one.verb == Verb::shell) safe = sets_pipefail(one.arguments);
        if (one.verb != Verb::run || safe || one.exec || sets_pipefail(one.arguments)) continue;
        for (const Command& command : one.shell.commands) {
            const bool in_script = command.heredoc >= 0;
            if (in_script && sets_pipefail(one.heredocs[static_cast<std::size_t>(command.heredoc)].text)) continue;
            // what such programs say of their failure matters to nobody
            if (command.after != read::Join::pipe ||
                is_one_of(command.name(), {"echo", "printf", "yes", "true", "cat"}))
                continue;
            const read::Stage& stage = subject.read->stages[placed.stage];
            const bool small = stage.base.find("alpine") != std::string::npos || stage.base.starts_with("busybox");
            hit_at(subject, hits, command,
                   fmt::format("{} fails unseen before |; only the last of a pipe counts; write SHELL [\"{}\", \"-o\", "
                               "\"pipefail\", \"-c\"]",
                               brief(command.name(), 24), small ? "/bin/ash" : "/bin/bash"));
            break;
        }
    }
}

std::string shell_ln(const Command& command) {
    const auto words = operands(command);
    return runs(command, {"ln"}) && has_option(command, {"-s", "--symbolic"}) && words.size() > 1 &&
                   words[1]->text == "/bin/sh"
               ? "ln replaces /bin/sh; scripts of the distribution may break; write SHELL [\"/bin/bash\", \"-c\"]"
               : "";
}

std::string useradd(const Command& command) {
    if (!runs(command, {"useradd"}) || has_option(command, {"-l", "--no-log-init"})) return {};
    const std::string_view by_short = option_value(command, "-u");
    const auto uid = parse_integer(by_short.empty() ? option_value(command, "--uid") : by_short);
    return uid.ok() && uid.value() > 65535
               ? fmt::format("useradd makes user {}; its log file grows to gigabytes in the image; add --no-log-init",
                             uid.value())
               : "";
}

std::string chmod(const Command& command) {
    const auto words = operands(command);
    if (!runs(command, {"chmod"}) || words.empty()) return {};
    const std::string_view mode = words.front()->text;
    const bool open = is_one_of(mode, {"777", "0777", "1777", "666", "0666"}) || mode.find("a+w") != mode.npos ||
                      mode.find("a+rw") != mode.npos || mode.find("o+w") != mode.npos ||
                      mode.find("ugo+w") != mode.npos;
    const bool sticky = mode == "1777";
    return open && !sticky
               ? fmt::format(
                     "chmod {} lets everybody write; a hole in one program changes another; give it to its user", mode)
               : "";
}

void chown_layer(const Dockerfile& subject, const Project&, Hits& hits) {
    bool copied = false;
    for (const Placed& placed : shipped(subject)) {
        const Instruction& one = *placed.instruction;
        copied = copied || ((one.verb == Verb::copy || one.verb == Verb::add) && one.flag("chown") == nullptr);
        if (one.verb != Verb::run || !copied) continue;
        for (const Command& command : one.shell.commands)
            if (runs(command, {"chown"}) && has_option(command, {"-R", "--recursive"}))
                hit_at(subject, hits, command,
                       "chown -R holds every file a second time; the image grows by as much; use COPY --chown=app:app");
    }
}

// Whether an argument carries a value that a reader could use.
bool is_literal(std::string_view value) { return !value.empty() && value.find_first_of("$<*{`") == value.npos; }

// What is written where a build step asks for a key and none is needed: SECRET_KEY=dummy manage.py collectstatic
bool is_stand_in(std::string_view value) {
    const std::string text = lower(value);
    for (const std::string_view word : {"dummy", "build", "fake", "placeholder", "unused", "not-a-secret", "notasecret",
                                        "not-secret", "collectstatic", "temporary", "ignored", "example", "unsafe"})
        if (text.find(word) != text.npos) return true;
    return is_one_of(text, {"secret", "none", "null", "test", "tmp", "temp", "abc", "key", "empty", "changeme"});
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

std::string secret_in_run(const Command& command) {
    for (std::size_t i = 0; i < command.words.size(); ++i)
        if (holds_credentials(command.words[i].text) && command.words[i].text.find('$') == std::string::npos)
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
    for (const read::Assignment& one : command.assignments)
        if (is_secret(one.name, one.value.text) && is_literal(one.value.text) && !is_stand_in(one.value.text))
            return tell(one.name);
    if (command.name() != "export") return {};
    for (std::size_t i = command.program + 1; i < command.words.size(); ++i) {
        const std::string_view word = command.words[i].text;
        const auto equals = word.find('=');
        if (equals == word.npos) continue;
        const std::string_view name = word.substr(0, equals), value = word.substr(equals + 1);
        if (is_secret(name, value) && is_literal(value)) return tell(name);
    }
    return {};
}

// ---- docker-write-after-user: whom folders belong to, as far as the file says it

class Owners {
  public:
    void take(const Instruction& one, const std::string& user, const std::string& folder) {
        if (one.verb == Verb::workdir) add(folder, "root");
        if ((one.verb == Verb::copy || one.verb == Verb::add) && !one.words.empty()) {
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
                           fmt::format("{} writes {}, which root owns, as {}; the build fails; use COPY --chown or "
                                       "install -d -o {}",
                                       brief(command.name(), 16), brief(path, 30), brief(user, 16), brief(user, 16)));
                    break;
                }
            }
            owners.take(one, user, folder);
        }
    }
}

}

std::span<const Rule> docker_run_rules() {
    static const Rule rows[] = {
        {.id = "docker-run-cd",
         .title = "RUN begins with cd",
         .levels = always(Level::warning),
         .check = run_cd,
         .why = "The folder holds for this RUN only; the next begins in WORKDIR again.",
         .way_out = "WORKDIR /app",
         .peers = {"DL3003"}},
        {.id = "docker-sudo",
         .title = "sudo in a build",
         .levels = always(Level::warning),
         .check = each_command<sudo>,
         .why = "A build is root unless USER says otherwise; sudo in the image is a way up for whoever breaks in.",
         .way_out = "USER root\nRUN apt-get update …\nUSER app",
         .peers = {"DL3004", "CKV2_DOCKER_1"}},
        {.id = "docker-useless-command",
         .title = "A command that has no use in a build",
         .levels = always(Level::info),
         .check = each_command<useless>,
         .why = "No service runs in a build and nobody sits before it.",
         .way_out = "remove it, or start it with the container",
         .peers = {"DL3001"}},
        {.id = "docker-curl-insecure",
         .title = "curl accepts any certificate",
         .levels = always(Level::error),
         .check = each_command<curl_insecure>,
         .why = "What is downloaded may come from anybody between the build and the server, and it becomes part of the "
                "image.",
         .way_out = "RUN curl -fsSLO https://example.org/tool.tar.gz",
         .peers = {"CKV2_DOCKER_2"}},
        {.id = "docker-wget-insecure",
         .title = "wget accepts any certificate",
         .levels = always(Level::error),
         .check = each_command<wget_insecure>,
         .why = "What is downloaded may come from anybody between the build and the server, and it becomes part of the "
                "image.",
         .way_out = "RUN wget -q https://example.org/tool.tar.gz",
         .peers = {"CKV2_DOCKER_3"}},
        {.id = "docker-unsigned",
         .title = "Packages are taken without signatures",
         .levels = always(Level::error),
         .check = each_command<unsigned_packages>,
         .why = "The signature is the only proof that a package is the distribution's.",
         .way_out = "RUN apt-get install -y --no-install-recommends curl",
         .peers = {"CKV2_DOCKER_7", "CKV2_DOCKER_8", "CKV2_DOCKER_9", "CKV2_DOCKER_10", "CKV2_DOCKER_11",
                   "CKV2_DOCKER_15"}},
        {.id = "docker-chpasswd",
         .title = "A password is set in the image",
         .levels = always(Level::error),
         .check = chpasswd,
         .why = "Everybody who can pull the image can read or crack it, and all containers share it.",
         .way_out = "run as a user without a password: RUN useradd --system app",
         .peers = {"CKV2_DOCKER_17"}},
        {.id = "docker-curl-pipe",
         .title = "A download is piped to a shell",
         .levels = always(Level::warning),
         .check = curl_pipe,
         .why = "A broken connection runs half a script, and what the server sends today isn't what was looked at.",
         .way_out = "RUN curl -fsSLo install.sh https://example.org/install.sh \\\n && echo \"$SHA256  install.sh\" | "
                    "sha256sum -c - \\\n && sh install.sh"},
        {.id = "docker-wget-and-curl",
         .title = "Both wget and curl are used",
         .levels = always(Level::info),
         .check = wget_and_curl,
         .why = "Both do the same; each is a package to install and to keep free of holes.",
         .way_out = "use curl for both",
         .peers = {"DL4001"}},
        {.id = "docker-wget-progress",
         .title = "wget fills the log",
         .levels = by_request,
         .check = each_command<wget_progress>,
         .why = "Its progress bar is thousands of lines in a build's log.",
         .way_out = "RUN wget --progress=dot:giga https://example.org/tool.tar.gz",
         .peers = {"DL3047"}},
        {.id = "docker-pipefail",
         .title = "A failure before a pipe goes unseen",
         .levels = always(Level::warning),
         .check = pipefail,
         .why = "Of `a | b` a shell reports b's status: a download that failed gives an image all the same.",
         .way_out = "SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]",
         .peers = {"DL4006"}},
        {.id = "docker-shell-ln",
         .title = "/bin/sh is replaced by a link",
         .levels = always(Level::warning),
         .check = each_command<shell_ln>,
         .why = "The distribution's own scripts count on their shell; Docker has an instruction for it.",
         .way_out = "SHELL [\"/bin/bash\", \"-c\"]",
         .peers = {"DL4005"}},
        {.id = "docker-useradd-l",
         .title = "A user with a large number makes a huge log",
         .levels = always(Level::warning),
         .check = each_command<useradd>,
         .why = "useradd writes a sparse /var/log/lastlog with a place for each number; as a layer it isn't sparse any "
                "more.",
         .way_out = "RUN useradd --no-log-init --uid 100001 app",
         .peers = {"DL3046"}},
        {.id = "docker-chmod-777",
         .title = "Files that everybody may write",
         .levels = always(Level::warning),
         .check = each_command<chmod>,
         .why = "Any process in the container can change what another one runs.",
         .way_out = "COPY --chown=app:app --chmod=750 bin /app/bin"},
        {.id = "docker-chown-layer",
         .title = "chown -R copies the files into another layer",
         .levels = always(Level::info),
         .check = chown_layer,
         .why = "A layer holds whole files: a change of owner stores each a second time.",
         .way_out = "COPY --chown=app:app . /app",
         .refs = {"S2-44"}},
        {.id = "docker-secret-in-run",
         .title = "A secret stands in RUN",
         .levels = always(Level::error),
         .check = each_command<secret_in_run>,
         .why = "docker history shows the text of each RUN to everybody who can pull the image.",
         .way_out = "RUN --mount=type=secret,id=token curl -H \"Authorization: Bearer $(cat /run/secrets/token)\" …",
         .refs = {"S4-57"}},
        {.id = "docker-write-after-user",
         .title = "RUN writes where its user may not",
         .levels = always(Level::warning),
         .check = write_after_user,
         .why = "Behind USER commands run as that user, but WORKDIR and COPY give folders to root: the build fails, or "
                "the "
                "server when it writes its first log.",
         .way_out = "RUN install -d -o app -g app /app/logs\nUSER app",
         .refs = {"S2-44"}},
    };
    return rows;
}

}
