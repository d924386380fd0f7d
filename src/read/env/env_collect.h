#pragma once
#include "read/env/env.h"
#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

// Shared parts of the readers env_*.cpp: places, variables defined so far, and limits.
namespace fairlead::read {

enum class Spaces { go, python, javascript }; // the characters that each language treats as blanks, including line ends

// size in bytes of the blank at `at`; 0: no blank
std::size_t space_at(std::string_view text, std::size_t at, Spaces spaces);
// size in bytes of the blank that ends there; 0: no blank
std::size_t space_before(std::string_view text, std::size_t at, Spaces spaces);
std::string_view trim_end(std::string_view text, Spaces spaces);

inline std::size_t end_of_line(std::string_view text, std::size_t at) {
    return std::min(text.find('\n', at), text.size());
}
bool is_name(std::string_view word); // letters, digits, '_'; no digit first

class EnvCollector {
  public:
    EnvCollector(std::string_view whole, EnvFile& file, const EnvLookup& lookup)
        : text(whole), file_(file), lookup_(lookup) {}

    struct Where {
        std::size_t begin; // begin of the name, or of its `export`
        Span name;
        std::size_t equals; // npos: there is no '='
        Span value;
    };
    // Adds an entry without a value; call define() for the value. The reference is valid until the next add().
    EnvEntry& add(const Where& where);
    void define(EnvEntry& entry, std::string value); // makes it known to later expansions
    void define(const std::string& name, std::string value);
    void forget(const std::string& name); // for the shell's unset

    void problem(std::size_t at, std::string message);
    void refuse(std::size_t at, std::string message); // a problem that makes the reader refuse the whole file
    bool full() const { return full_; }               // a limit is exceeded, and nothing more is read

    std::optional<std::string> caller(const std::string& name) const;
    std::optional<std::string> earlier(const std::string& name) const;

    const std::string_view text;

  private:
    struct Cursor { // columns are counted from the previous position, so that long lines aren't slower
        std::size_t at = 0;
        Position position{1, 1};
    };
    Position place(Cursor& cursor, std::size_t at) const;
    bool spend(std::size_t bytes);

    EnvFile& file_;
    const EnvLookup& lookup_;
    Cursor entries_, problems_;
    std::unordered_map<std::string, std::string> defined_;
    std::unordered_map<std::string, std::vector<std::size_t>> entries_of_; // by name, for forget()
    std::size_t spent_ = 0;
    bool full_ = false;
};

void read_compose_env(EnvCollector& out);
void read_docker_env(EnvCollector& out);
void read_systemd_env(EnvCollector& out);
void read_dotenv(EnvCollector& out);
void read_node_env(EnvCollector& out);
void read_shell_env(EnvCollector& out);

}
