#include "backup/engines/redis/redis_parts.h"
#include "backup/engines/via.h"
#include "base/secrets/credentials.h"
#include "base/shell.h"
#include "base/text.h"
#include "base/url.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup::redis {
namespace {

constexpr Milliseconds no_limit{0};

// "ERR unknown command", "NOAUTH Authentication required.": redis-cli ends with 0 all the same.
bool is_refusal(std::string_view line) {
    const auto end = line.find(' ');
    const auto word = line.substr(0, end);
    return end != line.npos && word.size() > 1 &&
           std::all_of(word.begin(), word.end(), [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; });
}

// unix://user:password@/run/redis.sock, unix:///run/redis.sock?password=…
Result<Where> of_socket(const Address& address) {
    std::string rest = address.url.substr(address.url.find("://") + 3);
    Where where;
    const auto slash = rest.find('/');
    if (const auto at = rest.find('@'); at < slash && slash != rest.npos) {
        const auto who = rest.substr(0, at);
        const auto colon = std::min(who.find(':'), who.size());
        where.user = percent_decode(who.substr(0, colon));
        where.password = percent_decode(who.substr(std::min(colon + 1, who.size())));
        rest = rest.substr(at + 1);
    }
    const auto question = std::min(rest.find('?'), rest.size());
    where.socket = percent_decode(rest.substr(0, question));
    if (!where.socket.starts_with('/'))
        return usage(fmt::format("{} doesn't name a socket; expected unix:///run/redis/redis.sock", address.variable));
    for (const auto& pair : split(rest.substr(std::min(question + 1, rest.size())), '&'))
        if (pair.starts_with("password=")) where.password = percent_decode(pair.substr(pair.find('=') + 1));
    where.shown = "Redis at " + where.socket;
    return where;
}

}

Result<Where> read_where(const Address& address) {
    auto where = address.url.starts_with("unix:") ? of_socket(address) : Result<Where>(Where{});
    if (!where.ok()) return where;
    if (where->socket.empty()) {
        const auto url = parse_url(address.url);
        if (!url.ok() || url->host.empty())
            return usage(
                fmt::format("{} is not a URL of Redis; expected redis://user:password@host:6379/0", address.variable));
        where->tls = url->scheme == "rediss";
        where->host = url->host;
        if (where->host.starts_with('[')) where->host = where->host.substr(1, where->host.size() - 2);
        where->port = url->port.empty() ? "6379" : url->port;
        where->user = percent_decode(url->user);
        where->password = percent_decode(url->password);
        where->shown = fmt::format("Redis at {}:{}{}", url->host, where->port, where->tls ? " (TLS)" : "");
    }
    if (where->password.find_first_of(std::string("\n\0", 2)) != std::string::npos)
        return usage(
            fmt::format("the password in {} has a line break, which redis-cli does not take", address.variable));
    return where;
}

std::string Client::command(int database, std::string_view words) const {
    std::string line;
    const auto& prefix = programs_.prefix; // there the address means what it says
    for (std::size_t i = 0; i < prefix.size(); ++i) {
        if (prefix[i] == "-e")
            ++i; // what a terminal isn't given
        else if (prefix[i] != "-T")
            line += shell_word(prefix[i]) + " ";
    }
    line += programs_.family + "-cli ";
    line += where_.socket.empty() ? fmt::format("-h {} -p {} ", shell_word(where_.host), where_.port)
                                  : fmt::format("-s {} ", shell_word(where_.socket));
    if (where_.tls) line += "--tls ";
    if (!where_.user.empty()) line += fmt::format("--user {} ", shell_word(where_.user));
    if (!where_.password.empty()) line += "--askpass ";
    return line + fmt::format("-n {} {}", database, words);
}

Result<Programs> find_programs(const std::string& via, const World& world) {
    Programs programs{.prefix = {}, .family = "redis", .folder = world.folder};
    if (!via.empty()) {
        programs.prefix = TRY(via_words(via, {"REDISCLI_AUTH"}));
        return programs;
    }
    for (const char* family : {"redis", "valkey"})
        if (sys::find_own_program(std::string(family) + "-cli")) {
            programs.family = family;
            return programs;
        }
    return could_not("redis-cli is not here; install redis-tools, or write via: compose:SERVICE at the source (--via) "
                     "to use a container's redis-cli, or run fairlead-backup where redis-cli is");
}

Result<void> need(const Programs& programs, const std::string& program, const std::string& why) {
    const std::string name = programs.family + "-" + program;
    if (programs.is_elsewhere() || sys::find_own_program(name)) return {};
    return could_not(fmt::format("{} {}, which is not here; install {}", why, name,
                                 program == "server" ? programs.family + "-server" : programs.family + "-tools"));
}

Client::Client(Where where, Programs programs, const World& world)
    : where_(std::move(where)), programs_(std::move(programs)), world_(world) {}

std::vector<std::string> Client::environment() const {
    auto all = programs_.is_elsewhere() ? via_environment(world_) : sys::base_environment(world_.variables);
    std::erase_if(all, [](const std::string& one) { return one.starts_with("REDISCLI_AUTH="); });
    if (!where_.password.empty()) all.push_back("REDISCLI_AUTH=" + where_.password);
    return all;
}

std::vector<std::string> Client::connection() const {
    std::vector<std::string> words;
    if (!where_.socket.empty())
        words = {"-s", where_.socket};
    else
        words = {"-h", where_.host, "-p", where_.port};
    if (where_.tls) words.push_back("--tls");
    if (!where_.user.empty() && !where_.password.empty()) words.insert(words.end(), {"--user", where_.user});
    words.push_back("--no-auth-warning");
    return words;
}

sys::Stage Client::bare(const std::string& program, std::vector<std::string> words) const {
    sys::Stage stage;
    stage.name = programs_.family + "-" + program;
    stage.argv = programs_.prefix;
    stage.whose = sys::Whose::ours;
    // Whoever is asked by an empty password is asked by none.
    if (where_.password.empty())
        if (const auto name = std::find(stage.argv.begin(), stage.argv.end(), "REDISCLI_AUTH");
            name != stage.argv.end())
            stage.argv.erase(name - 1, name + 1);
    stage.argv.push_back(stage.name);
    stage.argv.insert(stage.argv.end(), words.begin(), words.end());
    stage.folder = programs_.folder.string();
    stage.environment = environment();
    return stage;
}

sys::Stage Client::stage(const std::string& program, std::vector<std::string> words) const {
    auto all = connection();
    all.insert(all.end(), words.begin(), words.end());
    return bare(program, std::move(all));
}

Result<std::string> Client::run(std::vector<std::string> words, const std::string& input, Milliseconds timeout) const {
    const auto made = stage("cli", std::move(words));
    sys::Command command;
    command.argv = made.argv;
    command.whose = made.whose;
    command.folder = made.folder;
    command.environment = made.environment;
    command.input = input;
    command.timeout = timeout;
    command.dies_with_us = true;
    const auto ran = TRY(sys::run(command));
    const auto said = trim(ran.err), answer = trim(ran.out);
    // A password that is refused is told on the standard error; what comes behind ran as nobody.
    if (ran.status != 0 || said.find("AUTH failed") != said.npos)
        return could_not(fmt::format("{}: {}", where_.shown,
                                     said.empty() ? fmt::format("{} ended with status {}", made.name, ran.status)
                                                  : split(said, '\n').back()));
    for (const auto& line : split(answer, '\n'))
        if (is_refusal(line)) return could_not(fmt::format("{}: {}", where_.shown, trim(std::string_view(line))));
    return std::string(answer);
}

Result<std::string> Client::ask(std::vector<std::string> words, Milliseconds timeout) const {
    return run(std::move(words), "", timeout);
}

Result<std::string> Client::say(const std::string& lines, int database) const {
    return run({"-n", std::to_string(database)}, lines, no_limit);
}

Result<std::map<std::string, std::string>> Client::info(const std::string& section) const {
    const auto text = TRY(ask({"INFO", section}));
    std::map<std::string, std::string> all;
    for (const auto& line : split(text, '\n')) {
        const auto colon = line.find(':');
        if (colon != line.npos) all[line.substr(0, colon)] = trim(line.substr(colon + 1));
    }
    return all;
}

Result<std::map<int, Keys>> Client::keys() const {
    const auto told = TRY(info("keyspace"));
    std::map<int, Keys> all;
    for (const auto& [name, text] : told) {
        const auto index = name.starts_with("db") ? parse_integer(name.substr(2)) : Result<std::int64_t>(usage(""));
        if (!index.ok()) continue;
        std::map<std::string, std::uint64_t> figures;
        for (const auto& pair : split(text, ',')) {
            const auto equal = std::min(pair.find('='), pair.size());
            figures[pair.substr(0, equal)] =
                static_cast<std::uint64_t>(parse_integer(pair.substr(std::min(equal + 1, pair.size()))).value_or(0));
        }
        const auto count = figures["keys"], expiring = figures["expires"];
        all[static_cast<int>(index.value())] = {count - std::min(count, expiring), expiring};
    }
    return all;
}

// Who may not ask finds the number that servers come with.
Result<int> Client::databases() const {
    const auto answer = ask({"CONFIG", "GET", "databases"});
    if (!answer.ok()) return default_databases;
    return static_cast<int>(parse_integer(split(answer.value(), '\n').back()).value_or(default_databases));
}

int databases_of(const Part& part) {
    const auto fact = part.facts.find("databases");
    return fact == part.facts.end() ? default_databases
                                    : static_cast<int>(parse_integer(fact->second).value_or(default_databases));
}

std::string escaped(std::string_view word) {
    std::string text = "\"";
    for (const char c : word) text += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    return text + "\"";
}

std::vector<TableCount> to_counts(const std::map<int, Keys>& keys) {
    std::vector<TableCount> all;
    for (const auto& [index, its] : keys) {
        all.push_back({fmt::format("db{}", index), its.lasting, true});
        if (its.expiring > 0) all.push_back({fmt::format("db{} (expiring)", index), its.expiring, false});
    }
    return all;
}

std::map<int, Keys> to_keys(const std::vector<TableCount>& counts) {
    std::map<int, Keys> all;
    for (const auto& one : counts) {
        const auto blank = std::min(one.name.find(' '), one.name.size());
        const auto index = static_cast<int>(parse_integer(one.name.substr(2, blank - 2)).value_or(0));
        (blank == one.name.size() ? all[index].lasting : all[index].expiring) = one.rows;
    }
    return all;
}

// A database whose keys all expired is one that has none, and not one that is missing.
std::vector<TableCount> counts_like(const std::vector<TableCount>& wanted, const std::map<int, Keys>& found) {
    auto all = found;
    for (const auto& [index, its] : to_keys(wanted)) {
        (void)its;
        all.try_emplace(index);
    }
    auto counts = to_counts(all);
    for (const auto& one : wanted)
        if (std::none_of(counts.begin(), counts.end(), [&](const TableCount& its) { return its.name == one.name; }))
            counts.push_back({one.name, 0, false});
    return counts;
}

}
