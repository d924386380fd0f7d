#include "deploy/settings_checks.h"
#include "base/printable.h"
#include "base/text.h"
#include "sys/files/files.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

// "{sockt}" would reach the program as it is. Braces that are near to nothing of ours are the program's own.
Result<void> check_words(const config::Value& command, const std::vector<std::string>& known) {
    for (const auto& word : command.items()) {
        const auto text = word.text();
        for (auto open = text.find('{'); open != text.npos; open = text.find('{', open + 1)) {
            const auto name = text.substr(open + 1, text.find('}', open) - open - 1);
            if (std::find(known.begin(), known.end(), name) != known.end()) continue;
            const auto near = nearest(lower(trim(name)), known);
            if (!near.empty())
                return word.error(fmt::format("placeholder '{{{}}}' is unknown; did you mean '{{{}}}'?", name, near));
        }
    }
    return {};
}

}

// They are written into systemd's units and told in commands to paste.
Result<void> check_account(const config::Value& value, const std::string& name) {
    constexpr std::string_view others = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_.-";
    const auto account = value.text();
    if (account.empty()) return {};
    if (account.size() <= 64 && account.find_first_not_of(others) == account.npos && account[0] != '-' &&
        account[0] != '.')
        return {};
    return value.error(fmt::format("'{}' can't be the name of a {} on this host; use only letters, digits and - _ .",
                                   one_line(account), name == "target.user" ? "user" : "group"));
}

Result<void> check_placeholders(const config::Value& command, const std::string&) {
    return check_words(command, {"socket", "release", "shared", "slot", "port", "replica"});
}

Result<void> check_exec(const config::Value& command, const std::string& name) {
    if (command.items().empty()) return command.error(fmt::format("{} is empty; write [PROGRAM, ARGUMENT]", name));
    return check_words(command, {"release", "version", "commit", "previous"});
}

Result<void> check_commands(const config::Value& commands, const std::string& name) {
    for (const auto& command : commands.items()) TRY_VOID(check_placeholders(command, name));
    return {};
}

Result<void> check_shared_paths(const config::Value& shared, const std::string&) {
    for (const auto& path : shared.texts()) {
        const auto normal = sys::Path(path).lexically_normal();
        if (normal.is_absolute() || normal.empty() || normal == "." || *normal.begin() == "..")
            return shared.error(
                fmt::format("shared path '{}' is not inside the release; write a path relative to the release", path));
    }
    return {};
}

Result<void> check_size(const config::Value& size, const std::string& name) {
    if (TRY(parse_size(size.text())) > 0) return {};
    return size.error(fmt::format("{} is 0, which no release fits; write a size such as 4GiB", name));
}

// compose-spec, "name": it becomes part of the names of containers, networks and volumes.
Result<void> check_project(const config::Value& value, const std::string& name) {
    const auto project = value.text();
    constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789_-";
    if (!project.empty() && project.find_first_not_of(allowed) == project.npos && project[0] != '_' &&
        project[0] != '-')
        return {};
    return value.error(fmt::format(
        "{} '{}' is not the name of a project; use small letters, digits, - and _, and begin with a letter or a digit",
        name, one_line(project)));
}

Result<void> check_port(const config::Value& port, const std::string& name) {
    constexpr std::int64_t highest = 65535, for_replicas = 2000;
    if (port.integer(0) <= highest - for_replicas) return {};
    return port.error(fmt::format("{} is {}, but must be at most {}; each replica uses two ports from there on", name,
                                  port.integer(0), highest - for_replicas));
}

// It is part of names of folders and units.
Result<void> check_process(const config::Value& process, const std::string& key) {
    for (const auto& [name, value] : process.entries()) {
        const bool plain = !name.empty() && name.size() <= 32 && name[0] >= 'a' && name[0] <= 'z' &&
                           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == name.npos;
        if (name == "web" && key != "components")
            return value.error("the name web is taken by the process of target.command; choose another name");
        if (!plain)
            return value.error(
                fmt::format("{} '{}' must have only small letters, digits and _, and begin with a letter",
                            key == "components" ? "component" : "process", one_line(name)));
    }
    return {};
}

}
