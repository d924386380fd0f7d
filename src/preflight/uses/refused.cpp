#include "preflight/uses/refused.h"
#include "base/path.h"
#include "base/text.h"
#include "base/words.h"
#include "preflight/kinds.h"
#include "preflight/parts/code_lines.h"
#include <algorithm>
#include <vector>

namespace fairlead::preflight {

namespace {

bool may_refuse(const std::string& path) {
    const bool is_script =
        ends_with_any(path, {".sh", ".bash"}) || file_name(path).find("entrypoint") != std::string::npos;
    return (is_script || is_code(path)) && !is_of_tests(path) && profile_of(path) != Profile::development;
}

bool ends_program(std::string_view line) {
    return has_any(line, {"exit 1", "exit(1", "throw ", "raise ", "panic(", "Fatal", "sys.exit", "abort"});
}

// "$NAME" = "value", process.env.NAME === 'value'
bool compares(std::string_view line, const std::set<std::string>& names, std::string_view value) {
    const auto words = trim(line);
    if (words.starts_with('#') || words.starts_with("//") || !has_any(line, {" = ", "=="})) return false;
    const auto quoted = [&](char quote) { return line.find(quote + std::string(value) + quote) != line.npos; };
    return (quoted('"') || quoted('\'')) &&
           std::any_of(names.begin(), names.end(), [&](const std::string& name) { return holds_word(line, name); });
}

}

bool is_refused_at_start(const Project& project, const std::set<std::string>& names, std::string_view value) {
    constexpr std::size_t near = 8; // lines of the block
    return !value.empty() && std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& path) {
        const auto text = may_refuse(path) ? project.read(path) : std::nullopt;
        if (!text || text->find(value) == text->npos) return false;
        const auto lines = split(*text, '\n');
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (!compares(lines[i], names, value)) continue;
            const auto first = lines.begin() + static_cast<std::ptrdiff_t>(i);
            if (std::any_of(first, first + static_cast<std::ptrdiff_t>(std::min(near, lines.size() - i)), ends_program))
                return true;
        }
        return false;
    });
}

}
