#include "sys/database/postgres_options.h"
#include "base/printable.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "sys/files/files.h"
#include "sys/freed.h"
#include <fmt/format.h>
#include <libpq-fe.h>
#include <memory>
#include <unistd.h>

namespace fairlead::sys {
namespace {

using ParsedOptions = Freed<PQconninfoOption, ::PQconninfoFree>;

// libpq's message may quote a piece of the password: only what can't is handed on.
Error unreadable(const std::string& said) {
    if (said.starts_with("invalid URI query parameter") || said.starts_with("invalid connection option"))
        return usage("the database's URL has a parameter that libpq doesn't know: " + one_line(trim(said)));
    return usage("the database's URL can't be read; expected postgresql://user:password@host:5432/name; write @ : / % "
                 "# and ? of a password as %40 %3A %2F %25 %23 and %3F");
}

// libpq would take what stands behind the first '@' for the host, and behind a '/' for the database.
bool has_loose_password(const std::string& url) {
    const auto begin = url.find("://") + 3, at = url.find('@', begin);
    return at != url.npos && (url.find('@', at + 1) != url.npos || url.find('/', begin) < at);
}

Result<Options> read_url(const std::string& url) {
    register_url(url);
    if (!url.starts_with("postgresql://") && !url.starts_with("postgres://")) return unreadable("");
    if (url.find('\0') != url.npos || has_loose_password(url)) return unreadable("");
    char* said = nullptr;
    const ParsedOptions parsed(::PQconninfoParse(url.c_str(), &said));
    const Freed<char, ::PQfreemem> message(said);
    if (!parsed) return unreadable(said != nullptr ? said : "");
    Options options;
    for (const auto* option = parsed.get(); option->keyword != nullptr; ++option)
        if (option->val != nullptr && *option->val != '\0') options[option->keyword] = option->val;
    return options;
}

// pg_service.conf(5): [name], then option=value. What libpq reads there itself has to be known here too, so that it
// need not guess the rest.
Options of_section(const std::string& text, const std::string& service) {
    Options options;
    bool within = false;
    for (const auto& whole : split(text, '\n')) {
        const auto line = trim(std::string_view(whole));
        if (line.empty() || line.front() == '#') continue;
        if (line.front() == '[') {
            if (within) break;
            within = line == "[" + service + "]";
            continue;
        }
        const auto equals = line.find('=');
        if (within && equals != line.npos)
            options[std::string(trim(line.substr(0, equals)))] = std::string(trim(line.substr(equals + 1)));
    }
    return options;
}

Result<Options> read_service(const std::string& service, const Environment& environment) {
    std::vector<std::string> files;
    if (const auto named = environment.get("PGSERVICEFILE"))
        files.push_back(*named);
    else if (const auto home = environment.get("HOME"))
        files.push_back(*home + "/.pg_service.conf");
    files.push_back(environment.get_or("PGSYSCONFDIR", "/etc/postgresql-common") + "/pg_service.conf");
    for (const auto& file : files) {
        if (inspect(file).type == FileType::absent) continue;
        constexpr std::uint64_t limit = 1u << 20;
        const std::string text = TRY(read_file(file, limit));
        if (auto options = of_section(text, service); !options.empty()) return options;
    }
    return usage(fmt::format("service '{}' of the database is not in any of {}", service, join(files, ", ")));
}

struct Variable {
    const char* name;
    const char* option;
};
constexpr Variable option_variables[] = {
    {"PGHOST", "host"}, {"PGHOSTADDR", "hostaddr"}, {"PGPORT", "port"}, {"PGUSER", "user"}, {"PGDATABASE", "dbname"}};

void lay_under(Options& options, const Options& others) {
    // An address of the one is no host of the other.
    const bool has_host = options.contains("host") || options.contains("hostaddr");
    for (const auto& [name, value] : others)
        if (!(has_host && (name == "host" || name == "hostaddr"))) options.emplace(name, value);
}

Result<void> whole(const Options& options, bool by_url) {
    std::vector<std::string> missing;
    if (!options.contains("host") && !options.contains("hostaddr")) missing.push_back("host (PGHOST)");
    if (!options.contains("user")) missing.push_back("user (PGUSER)");
    if (!options.contains("dbname")) missing.push_back("database (PGDATABASE)");
    if (missing.empty()) return {};
    return usage(fmt::format("{} has no {}, which must be given; expected postgresql://user:password@host:5432/name, "
                             "with ?host=/run/postgresql for the folder of a socket, or PGHOST, PGUSER and PGDATABASE",
                             by_url ? "the database's URL" : "the environment", join(missing, ", no ")));
}

void set_ours(Options& options, const Target& target) {
    if (!target.database.empty()) options["dbname"] = target.database;
    if (!target.application.empty()) options["application_name"] = target.application;
    options["client_encoding"] = "UTF8";
    for (const auto& [name, value] :
         std::initializer_list<std::pair<const char*, const char*>>{{"port", "5432"},
                                                                    {"keepalives", "1"},
                                                                    {"keepalives_idle", "30"},
                                                                    {"keepalives_interval", "10"},
                                                                    {"keepalives_count", "3"},
                                                                    {"tcp_user_timeout", "60000"}})
        options.emplace(name, value);
}

}

Result<Options> postgres_options(const Target& target, const Environment& environment) {
    Options options;
    if (!target.url.empty()) options = TRY(read_url(target.url));
    Options given;
    for (const auto& variable : option_variables)
        if (auto value = environment.get(variable.name)) given[variable.option] = *value;
    if (!options.contains("service"))
        if (const auto service = environment.get("PGSERVICE")) options["service"] = *service;
    if (const auto service = options.find("service"); service != options.end()) {
        const Options known = TRY(read_service(service->second, environment));
        lay_under(options, known);
        options.erase("service"); // all of it is known now
    }
    lay_under(options, given);
    if (const auto password = environment.get("PGPASSWORD")) {
        register_variable("PGPASSWORD", *password);
        options.emplace("password", *password);
    }
    TRY_VOID(whole(options, !target.url.empty()));
    set_ours(options, target);
    return options;
}

Asked asked_of(const Options& options) {
    const auto of = [&](const char* name) {
        const auto found = options.find(name);
        return found == options.end() ? std::string() : printable(found->second);
    };
    return {of("host").empty() ? of("hostaddr") : of("host"), of("port"), of("user"), of("dbname")};
}

Result<Asked> who_is_asked(const Target& target, const Environment& environment) {
    const Options options = TRY(postgres_options(target, environment));
    return asked_of(options);
}

Result<std::vector<std::string>> libpq_variables(const Target& target, const Environment& environment) {
    const Options options = TRY(postgres_options(target, environment));
    const ParsedOptions known(::PQconndefaults());
    std::vector<std::string> told;
    for (const auto* option = known.get(); option != nullptr && option->keyword != nullptr; ++option)
        if (const auto found = options.find(option->keyword); found != options.end() && option->envvar != nullptr)
            told.push_back(std::string(option->envvar) + "=" + found->second);
    for (const char* name : {"PGPASSFILE", "HOME"}) // where libpq looks for what it isn't told
        if (const auto value = environment.get(name)) told.push_back(std::string(name) + "=" + *value);
    return told;
}

std::string Asked::shown() const {
    const bool is_folder = host.starts_with('/');
    return "postgresql://" + user + (user.empty() ? "" : "@") + (is_folder ? "" : host) +
           (port.empty() ? "" : ":" + port) + "/" + database + (is_folder ? "?host=" + host : "");
}

std::string without_password(const std::string& url) {
    const auto options = read_url(url);
    return options.ok() ? asked_of(options.value()).shown() : "postgresql://***";
}

WithoutVariables::WithoutVariables(bool active) {
    if (!active) return;
    for (char** entry = environ; entry && *entry; ++entry)
        if (const std::string_view pair = *entry; pair.starts_with("PG"))
            taken_.emplace_back(pair.substr(0, pair.find('=')), pair.substr(pair.find('=') + 1));
    for (const auto& [name, value] : taken_) ::unsetenv(name.c_str());
}

WithoutVariables::~WithoutVariables() {
    for (const auto& [name, value] : taken_) ::setenv(name.c_str(), value.c_str(), 1);
}

}
