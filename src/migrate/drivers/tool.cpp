#include "migrate/drivers/tool.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "base/url.h"
#include "sys/files/log.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::migrate::drivers {

namespace {

constexpr Milliseconds longest_answer{300'000}; // a project's imports, and every file read
constexpr Milliseconds patience{5000};          // it rolls back by itself
constexpr std::string_view by_compose = "compose:";

bool is_file(const sys::Path& path) {
    std::error_code ignored;
    return std::filesystem::is_regular_file(path, ignored); // a virtual environment's python is a link
}

std::vector<std::string> words_of(const Driver& driver, std::string program) {
    std::vector<std::string> words{std::move(program)};
    words.insert(words.end(), driver.first.begin(), driver.first.end());
    return words;
}

// The scheme of a variable that the tool reads by now: ours may be libpq's.
std::string with_scheme_of(const std::string& url, const std::string& model) {
    const auto end = url.find("://"), of_model = model.find("://");
    if (end == std::string::npos || of_model == std::string::npos) return url;
    const auto scheme = model.substr(0, of_model);
    if (scheme.find('+') == std::string::npos) return url;
    return scheme + url.substr(end);
}

Result<std::vector<std::string>> told_flyway(const server::Address& address, const sys::Environment& environment) {
    if (environment.get("FLYWAY_URL")) return std::vector<std::string>();
    if (address.url.empty())
        return usage("Flyway needs a URL; set DATABASE_URL, or FLYWAY_URL, FLYWAY_USER and FLYWAY_PASSWORD");
    const Url url = TRY(parse_url(address.url));
    if (url.host.empty() || url.host.starts_with("%2f"))
        return usage("Flyway can't use a unix socket; name a host in DATABASE_URL");
    std::vector<std::string> told{fmt::format("FLYWAY_URL=jdbc:postgresql://{}{}{}{}", url.authority(), url.path,
                                              url.query.empty() ? "" : "?", url.query)};
    if (!url.user.empty()) told.push_back("FLYWAY_USER=" + percent_decode(url.user));
    if (!url.password.empty()) {
        const Secret password(percent_decode(url.password));
        told.push_back("FLYWAY_PASSWORD=" + password.reveal());
    }
    return told;
}

}

std::vector<std::string> starting_words(const Driver& driver, const Ways& ways, const sys::Environment& environment) {
    if (!ways.words.empty()) return ways.words;
    if (!ways.via.empty()) return words_of(driver, std::string(driver.program));
    std::vector<sys::Path> places;
    if (const auto active = environment.get("VIRTUAL_ENV")) places.emplace_back(*active);
    for (const auto* name : {".venv", "venv"}) places.push_back(ways.folder / name);
    for (const sys::Path& place : places)
        if (const auto program = place / "bin" / driver.program; is_file(program))
            return words_of(driver, program.string());
    return words_of(driver, driver.program == "python" ? "python3" : std::string(driver.program));
}

std::string named(const Driver& driver, const Words& words) {
    auto all = words_of(driver, std::string(driver.program));
    all.insert(all.end(), words.begin(), words.end());
    return join(all, " ");
}

Result<std::vector<std::string>> told_by_environment(const Driver& driver, const server::Address& address,
                                                     const sys::Environment& environment) {
    if (driver.name == "flyway") return told_flyway(address, environment);
    // As it was written: what libpq reads and what it doesn't.
    std::string url = environment.get_or(address.source, "");
    if (url.find(':') == std::string::npos) return std::vector<std::string>(); // PGHOST, … are inherited
    if (url.starts_with("postgres://")) url.insert(8, "ql");                   // SQLAlchemy knows the long one only
    return std::vector<std::string>{"DATABASE_URL=" + with_scheme_of(url, environment.get_or("DATABASE_URL", ""))};
}

Result<Tool> Tool::open(sys::Host& host, const Driver& driver, const Ways& ways, const server::Address& address,
                        const sys::Environment& environment) {
    Tool tool(host);
    tool.title_ = driver.title;
    tool.folder_ = ways.folder;
    tool.start_ = starting_words(driver, ways, environment);
    if (!ways.dir_word.empty()) tool.start_.push_back(ways.dir_word);
    tool.environment_ = sys::child_environment(environment, sys::Child::project, ways.declared);
    tool.kept_back_ = sys::kept_back(environment, sys::Child::project, ways.declared);
    if (!ways.via.empty()) { // the container has its own environment: other names of hosts hold in there
        if (!ways.via.starts_with(by_compose) || ways.via.size() == by_compose.size())
            return usage(fmt::format("migrate.via: '{}' is unknown; write compose:SERVICE", ways.via));
        tool.service_ = ways.via.substr(by_compose.size());
        return tool;
    }
    const auto told = TRY(told_by_environment(driver, address, environment));
    for (const auto& pair : told) {
        const auto name = pair.substr(0, pair.find('=') + 1);
        std::erase_if(tool.environment_, [&](const std::string& one) { return one.starts_with(name); });
        tool.environment_.push_back(pair);
    }
    return tool;
}

Result<bool> Tool::is_service_up() const {
    const auto listed = TRY(host_->run({.argv = {"docker", "compose", "ps", "--services", "--status", "running"},
                                        .folder = folder_.string(),
                                        .environment = environment_,
                                        .timeout = longest_answer,
                                        .whose = sys::Whose::ours}));
    if (listed.status != 0)
        return could_not(fmt::format("migrate.via: docker compose ps ended with status {}: {}", listed.status,
                                     trim(mask(listed.err))));
    const auto names = split(listed.out, '\n');
    return std::find(names.begin(), names.end(), service_) != names.end();
}

// Before the first start nothing runs that a command could join.
Result<std::vector<std::string>> Tool::argv(const Words& words) const {
    std::vector<std::string> all;
    if (!service_.empty()) {
        const bool is_up = TRY(is_service_up());
        all = is_up ? std::vector<std::string>{"docker", "compose", "exec", "-T", service_}
                    : std::vector<std::string>{"docker", "compose", "run", "--rm", "-T", service_};
    }
    all.insert(all.end(), start_.begin(), start_.end());
    all.insert(all.end(), words.begin(), words.end());
    return all;
}

// What it misses may be why it failed.
void Tool::tell_kept_back(const sys::Output& output) const {
    if (output.status == 0 || kept_back_.empty() || !service_.empty()) return;
    sys::log_warning(fmt::format("{} did not get {}, because the names look like secrets; if it needs a variable, name "
                                 "it in fairlead.yml under env.variables, or under env.secrets of the environment",
                                 title_, join(kept_back_, ", ")));
}

Result<Said> Tool::ask(const Words& words) const {
    sys::Command command;
    command.argv = TRY(argv(words));
    command.folder = folder_.string();
    command.environment = environment_;
    command.timeout = longest_answer;
    command.any_path = service_.empty(); // the project's own program
    command.dies_with_us = true;
    const auto output = TRY(host_->run(command));
    tell_kept_back(output);
    return Said{output.status, mask(output.out), mask(output.err)};
}

Result<Said> Tool::act(const Words& words) const {
    Said said;
    sys::Command command;
    command.argv = TRY(argv(words));
    command.folder = folder_.string();
    command.environment = environment_;
    command.patience = patience;
    command.any_path = service_.empty();
    command.dies_with_us = true;
    command.inherit_output = true;
    command.one_stream = 2;
    command.heard = [&](std::string_view lines) { said.err += mask(lines); };
    const auto output = TRY(host_->run(command));
    tell_kept_back(output);
    said.status = output.status;
    return said;
}

}
