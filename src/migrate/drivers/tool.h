#pragma once
#include "migrate/drivers/driver.h"
#include "sys/environment.h"
#include "sys/host.h"

// Starts another tool's program: finds the program, sets its environment, and returns its output.
namespace fairlead::migrate::drivers {

struct Ways {         // migrate.* of fairlead.yml
    sys::Path folder; // where the tool runs
    // migrate.command: the words that start it, "uv run alembic"; empty: the program is searched for
    std::vector<std::string> words;
    std::string via;                        // "compose:web": in a container of that service; empty: on this machine
    std::string dir_word = {};              // Driver::dir_word
    std::vector<std::string> declared = {}; // env.secrets: names of secret variables that the tool gets
};

// Finds the program. On this machine: in the folder's virtual environment (VIRTUAL_ENV, .venv, venv), or else in PATH.
// In a container: by its bare name.
std::vector<std::string> starting_words(const Driver& driver, const Ways& ways, const sys::Environment& environment);

// Returns variables (NAME=value) that the tool needs in addition to its inherited environment: the database's URL,
// under the name that the tool expects. The URL keeps the scheme of that variable's current value
// ("postgresql+asyncpg"). Error (usage): the tool can't reach such a database.
Result<std::vector<std::string>> told_by_environment(const Driver& driver, const server::Address& address,
                                                     const sys::Environment& environment);

std::string named(const Driver& driver, const Words& words); // for messages: "alembic upgrade head"

struct Said {
    int status = 0;
    std::string out, err; // secrets are masked
};

class Tool {
  public:
    // Error (usage): as told_by_environment(), or `via` has an unknown form.
    static Result<Tool> open(sys::Host& host, const Driver& driver, const Ways& ways, const server::Address& address,
                             const sys::Environment& environment);

    Result<Said> ask(const Words& words) const; // runs the tool without showing its output
    // Passes the output on to our standard error at once; Said::err also has it. If we are killed, the tool is killed,
    // too, because then nobody holds our lock.
    Result<Said> act(const Words& words) const;

  private:
    explicit Tool(sys::Host& host) : host_(&host) {}
    Result<std::vector<std::string>> argv(const Words& words) const;
    Result<bool> is_service_up() const;

    void tell_kept_back(const sys::Output& output) const;

    sys::Host* host_;
    sys::Path folder_;
    std::vector<std::string> start_, environment_;
    std::string_view title_;             // the tool's title
    std::vector<std::string> kept_back_; // names of variables that the tool doesn't get
    std::string service_;
};

}
