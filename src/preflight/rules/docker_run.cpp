#include "base/text.h"
#include "preflight/parts/docker.h"
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
                   fmt::format("RUN begins with cd {0}; the next RUN is in WORKDIR again; write WORKDIR {0} before it",
                               brief(first.words[1].text)));
    }
}

std::string sudo(const Command& command) {
    for (std::size_t i = 0; i <= command.program && i < command.words.size(); ++i)
        if (command.words[i].text == "sudo" || command.words[i].text.ends_with("/sudo"))
            return "RUN uses sudo; the build may already be root, and sudo hides which user runs a command; use USER";
    return {};
}

std::string useless(const Command& command) {
    const bool is = is_one_of(command.name(),
                              {"ssh", "vim", "shutdown", "service", "ps", "free", "top", "kill", "mount", "ifconfig"});
    return is ? fmt::format("{} has no use in a build; there is no service or session; remove it", command.name()) : "";
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
            return fmt::format("curl {} accepts any certificate; anyone on the network path can answer; remove it",
                               brief(word));
    }
    return {};
}

std::string wget_insecure(const Command& command) {
    return runs(command, {"wget"}) && has_option(command, {"--no-check-certificate"})
               ? "wget --no-check-certificate accepts any certificate; anyone on the network path can answer; remove it"
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
            return fmt::format(
                "{} {} takes packages without a signature; anyone on the network path can send a package; remove it",
                command.name(), one.option);
    }
    const bool manages = command.name() == "yum-config-manager" ||
                         (is_one_of(command.name(), {"yum", "dnf", "tdnf"}) && subcommand(command) == "config-manager");
    for (std::size_t i = command.program + 1; manages && i < command.words.size(); ++i) {
        const std::string_view word = command.words[i].text;
        const auto at = word.find("sslverify=");
        if (at != word.npos && (at == 0 || word[at - 1] == '.' || word[at - 1] == '=') && is_off(word.substr(at + 10)))
            return fmt::format("{} turns sslverify off; anyone on the network path can send packages; leave it on",
                               command.name());
    }
    return {};
}

std::string sets_password(const Command& command) {
    const bool passwd = command.name() == "passwd" && has_option(command, {"--stdin"});
    const bool usermod = command.name() == "usermod" && has_option(command, {"-p", "--password"});
    if (command.name() != "chpasswd" && !passwd && !usermod) return {};
    return fmt::format(
        "{} sets a password in the image; anyone with the image has it; run as a user without a password",
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
                    fmt::format("a shell runs the download of {}...); it runs whatever the server sends; save it, "
                                "check its checksum, then run it",
                                opened));
        std::map<std::size_t, const Command*> fetchers; // by pipeline
        for (const Command& command : placed.instruction->shell.commands) {
            if (feeds_itself(command))
                hit_at(subject, hits, command,
                       fmt::format("{} runs the download of curl or wget; it runs whatever the server sends; save it, "
                                   "check its checksum, then run it",
                                   command.name()));
            if (is_fetcher(command) && command.after == read::Join::pipe) fetchers.emplace(command.pipeline, &command);
            const auto found = fetchers.find(command.pipeline);
            const bool runs_it =
                read::is_shell(command.name()) || is_one_of(command.name(), {"python", "python3", "perl", "node"});
            if (found == fetchers.end() || found->second == &command || !runs_it) continue;
            if (command.words.size() > command.program + 1 && command.words[command.program + 1].text == "-c") continue;
            hit_at(
                subject, hits, *found->second,
                fmt::format(
                    "{} is piped to {}; that runs whatever the server sends; save it, check its checksum, then run it",
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
                   fmt::format("{} is used next to {}; both have to be installed and updated; use only one",
                               command.name(), first->name()));
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
                   fmt::format("{} fails unnoticed before |; only the last command of a pipe counts; write SHELL "
                               "[\"{}\", \"-o\", \"pipefail\", \"-c\"]",
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
    return open && !sticky ? fmt::format("chmod {} lets everybody write; a hole in one program can change another "
                                         "program; give it to its user",
                                         mode)
                           : "";
}

}

std::span<const Rule> docker_run_rules() {
    static const Rule rows[] = {
        {.id = "docker-run-cd",
         .title = "RUN begins with cd",
         .levels = always(Level::warning),
         .check = run_cd,
         .why = "cd works only for this RUN; the next RUN begins in WORKDIR again.",
         .way_out = "WORKDIR /app",
         .peers = {"DL3003"}},
        {.id = "docker-sudo",
         .title = "sudo is used in a build",
         .levels = always(Level::warning),
         .check = each_command<sudo>,
         .why = "A build runs as root unless USER says otherwise. If sudo is in the image, it helps an attacker to "
                "become root.",
         .way_out = "USER root\nRUN apt-get update …\nUSER app",
         .peers = {"DL3004", "CKV2_DOCKER_1"}},
        {.id = "docker-useless-command",
         .title = "A command has no use in a build",
         .levels = always(Level::info),
         .check = each_command<useless>,
         .why = "No service runs in a build, and nobody sits at a terminal.",
         .way_out = "remove it, or start it with the container",
         .peers = {"DL3001"}},
        {.id = "docker-curl-insecure",
         .title = "curl accepts any certificate",
         .levels = always(Level::error),
         .check = each_command<curl_insecure>,
         .why = "The download may come from anyone between the build and the server, and it becomes part of the image.",
         .way_out = "RUN curl -fsSLO https://example.org/tool.tar.gz",
         .peers = {"CKV2_DOCKER_2"}},
        {.id = "docker-wget-insecure",
         .title = "wget accepts any certificate",
         .levels = always(Level::error),
         .check = each_command<wget_insecure>,
         .why = "The download may come from anyone between the build and the server, and it becomes part of the image.",
         .way_out = "RUN wget -q https://example.org/tool.tar.gz",
         .peers = {"CKV2_DOCKER_3"}},
        {.id = "docker-unsigned",
         .title = "Packages are taken without signatures",
         .levels = always(Level::error),
         .check = each_command<unsigned_packages>,
         .why = "The signature is the only proof that a package comes from the distribution.",
         .way_out = "RUN apt-get install -y --no-install-recommends curl",
         .peers = {"CKV2_DOCKER_7", "CKV2_DOCKER_8", "CKV2_DOCKER_9", "CKV2_DOCKER_10", "CKV2_DOCKER_11",
                   "CKV2_DOCKER_15"}},
        {.id = "docker-chpasswd",
         .title = "A password is set in the image",
         .levels = always(Level::error),
         .check = chpasswd,
         .why = "Everybody who can pull the image can read or crack the password, and all containers share it.",
         .way_out = "run as a user without a password: RUN useradd --system app",
         .peers = {"CKV2_DOCKER_17"}},
        {.id = "docker-curl-pipe",
         .title = "A download is piped to a shell",
         .levels = always(Level::warning),
         .check = curl_pipe,
         .why = "If the connection breaks, the shell runs half a script. And the server may send a script that differs "
                "from the script that somebody has checked.",
         .way_out = "RUN curl -fsSLo install.sh https://example.org/install.sh \\\n && echo \"$SHA256  install.sh\" | "
                    "sha256sum -c - \\\n && sh install.sh"},
        {.id = "docker-wget-and-curl",
         .title = "Both wget and curl are used",
         .levels = always(Level::info),
         .check = wget_and_curl,
         .why = "Both programs do the same. Each is a package that you install and keep free of holes.",
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
         .title = "A failure before a pipe goes unnoticed",
         .levels = always(Level::warning),
         .check = pipefail,
         .why = "For `a | b`, a shell reports only the status of `b`. If `a` is a download and fails, Docker still "
                "builds the image.",
         .way_out = "SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]",
         .peers = {"DL4006"}},
        {.id = "docker-shell-ln",
         .title = "/bin/sh is replaced by a link",
         .levels = always(Level::warning),
         .check = each_command<shell_ln>,
         .why = "The distribution's own scripts rely on their shell. To use another shell in RUN, Docker has the "
                "instruction SHELL.",
         .way_out = "SHELL [\"/bin/bash\", \"-c\"]",
         .peers = {"DL4005"}},
        {.id = "docker-useradd-l",
         .title = "A user with a large uid makes /var/log/lastlog huge",
         .levels = always(Level::warning),
         .check = each_command<useradd>,
         .why = "`useradd` writes a sparse file /var/log/lastlog with a place for each user number. In a layer, the "
                "file isn't sparse and takes its full size.",
         .way_out = "RUN useradd --no-log-init --uid 100001 app",
         .peers = {"DL3046"}},
        {.id = "docker-chmod-777",
         .title = "Everybody may write to files",
         .levels = always(Level::warning),
         .check = each_command<chmod>,
         .why = "Any process in the container can change a program that another process runs.",
         .way_out = "COPY --chown=app:app --chmod=750 bin /app/bin"},
    };
    return rows;
}

}
