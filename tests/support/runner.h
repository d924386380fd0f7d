#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What GitHub's runner makes of our output (actions/runner, src/Runner.Common/ActionCommand.cs and
// src/Runner.Worker/FileCommandManager.cs): the other side of report/github.h. Header only, for the fuzz targets.
namespace fairlead::test::runner {

struct Command {
    std::string name; // lower case
    std::map<std::string, std::string> properties;
    std::string data;
};

struct Pairs {
    std::vector<std::pair<std::string, std::string>> pairs; // those before the error, too
    std::string error;
};

inline std::string unescape(std::string_view text, std::string_view escaped_characters) {
    const auto code_of = [](char c) {
        switch (c) {
        case '\r': return "0D";
        case '\n': return "0A";
        case ':': return "3A";
        case ',': return "2C";
        case ';': return "3B";
        case ']': return "5D";
        default: return "25";
        }
    };
    std::string plain;
    while (!text.empty()) {
        char found = '\0';
        for (const char c : escaped_characters) {
            if (text[0] == '%' && text.substr(1, 2) == code_of(c)) found = c;
        }
        plain += found ? found : text[0];
        text.remove_prefix(found ? 3 : 1);
    }
    return plain;
}

inline bool known(const std::string& name) {
    constexpr std::string_view names[] = {"error",          "warning",       "notice",   "group",
                                          "endgroup",       "debug",         "add-mask", "add-matcher",
                                          "remove-matcher", "stop-commands", "echo",     "save-state",
                                          "set-output",     "set-env",       "add-path", "internal-set-repo-path"};
    for (const std::string_view one : names) {
        if (name == one) return true;
    }
    return false;
}

// "name key=value,key=value" of a registered command.
inline std::optional<Command> parse_head(std::string_view head, char separator, std::string_view escaped) {
    Command command;
    const std::size_t blank = head.find(' ');
    for (const char c : head.substr(0, blank)) {
        command.name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    if (!known(command.name)) return std::nullopt;
    std::string_view rest = blank == std::string_view::npos ? "" : head.substr(blank + 1);
    while (!rest.empty()) {
        const std::string_view property = rest.substr(0, rest.find(separator));
        rest.remove_prefix(std::min(property.size() + 1, rest.size()));
        const std::size_t equals = property.find('=');
        if (equals == std::string_view::npos || equals + 1 == property.size()) continue;
        std::string key(property.substr(0, equals));
        key.erase(0, key.find_first_not_of(' '));
        command.properties[key] = unescape(property.substr(equals + 1), escaped);
    }
    return command;
}

// White space as .NET's TrimStart knows it.
inline std::string_view trim_start(std::string_view line) {
    constexpr std::string_view blanks[] = {" ",      "\t",     "\n",     "\v",     "\f",     "\r",     "\u0085",
                                           "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004",
                                           "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200a", "\u2028",
                                           "\u2029", "\u202f", "\u205f", "\u3000", "\ufeff"};
    for (bool trimmed = true; trimmed;) {
        trimmed = false;
        for (const std::string_view blank : blanks) {
            if (!line.starts_with(blank)) continue;
            line.remove_prefix(blank.size());
            trimmed = true;
        }
    }
    return line;
}

inline std::optional<Command> parse_line(std::string_view line) {
    const std::string_view start = trim_start(line);
    if (start.starts_with("::")) {
        const std::size_t end = start.find("::", 2);
        if (end != std::string_view::npos) {
            if (auto command = parse_head(start.substr(2, end - 2), ',', "\r\n:,%")) {
                command->data = unescape(start.substr(end + 2), "\r\n%");
                return command;
            }
        }
    }
    const std::size_t open = line.find("##[");
    if (open == std::string_view::npos) return std::nullopt;
    const std::size_t close = line.find(']', open);
    if (close == std::string_view::npos) return std::nullopt;
    auto command = parse_head(line.substr(open + 3, close - open - 3), ';', "\r\n;]%");
    if (command) command->data = unescape(line.substr(close + 1), "\r\n;]%");
    return command;
}

// Of a whole stream; LF, CR and CR LF end a line.
inline std::vector<Command> commands_in(std::string_view stream) {
    std::vector<Command> commands;
    while (!stream.empty()) {
        const std::string_view line = stream.substr(0, stream.find_first_of("\r\n"));
        if (auto command = parse_line(line)) commands.push_back(*command);
        stream.remove_prefix(std::min(line.size() + 1, stream.size()));
    }
    return commands;
}

// GITHUB_OUTPUT, GITHUB_ENV, GITHUB_STATE on Linux.
inline Pairs read_pairs(std::string_view file) {
    Pairs result;
    const auto next_line = [&](std::string_view& line) {
        if (file.empty()) return false;
        line = file.substr(0, file.find('\n'));
        file.remove_prefix(std::min(line.size() + 1, file.size()));
        return true;
    };
    for (std::string_view line; next_line(line);) {
        if (line.empty()) continue;
        const std::size_t equals = line.find('=');
        const std::size_t heredoc = line.find("<<");
        if (equals == std::string_view::npos && heredoc == std::string_view::npos) {
            result.error = "neither = nor <<";
            return result;
        }
        if (equals < heredoc) {
            result.pairs.emplace_back(line.substr(0, equals), line.substr(equals + 1));
            continue;
        }
        const std::string_view delimiter = line.substr(heredoc + 2);
        if (heredoc == 0 || delimiter.empty()) {
            result.error = "name or delimiter empty";
            return result;
        }
        std::string value;
        bool found = false;
        bool first = true;
        for (std::string_view next; !found && next_line(next);) {
            found = next == delimiter;
            if (!found) value.append(first ? "" : "\n").append(next);
            first = false;
        }
        if (!found) {
            result.error = "delimiter not found";
            return result;
        }
        result.pairs.emplace_back(line.substr(0, heredoc), value);
    }
    return result;
}

}
