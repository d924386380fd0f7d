#include "preflight/file_reader.h"
#include "base/path.h"
#include "base/shell.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/parts/code_lines.h"
#include "sys/encoding.h"
#include "sys/files/files.h"
#include <fmt/format.h>
#include <map>

namespace fairlead::preflight {

namespace {

constexpr auto leads_nowhere = "it is a link to a file that isn't there";
constexpr std::string_view encrypted = "it is encrypted by ";
constexpr std::uint64_t largest_file = 16u << 20; // what is larger is no configuration

// Rules ask for files that may be there; only of one that somebody judges by it is told that it can't be read.
bool is_judged(const std::string& path) {
    const auto kind = kind_of(path);
    return (kind && *kind != FileKind::yaml) || path.ends_with(".dockerignore");
}

// The first line of a merge that nobody finished: git's marks stand in their order at the beginnings of lines. 0: none.
int line_of_conflict(std::string_view text) {
    if (text.find("<<<<<<< ") == text.npos) return 0;
    int number = 0, begun = 0;
    bool parted = false;
    for (const auto& line : split(text, '\n')) {
        ++number;
        if (line.starts_with("<<<<<<< "))
            begun = number, parted = false;
        else if (begun != 0 && (line == "=======" || line == "=======\r"))
            parted = true;
        else if (parted && line.starts_with(">>>>>>> "))
            return begun;
    }
    return 0;
}

// What pip reads.
bool lists_packages(std::string_view path) {
    return file_name(path).starts_with("requirements") && path.ends_with(".txt");
}

// What keeps the file's values from whoever has no key: git-crypt's header, SOPS's and dotenvx's words; empty: nothing.
std::string_view encrypted_by(std::string_view text) {
    constexpr std::string_view git_crypt("\0GITCRYPT\0", 10);
    if (text.starts_with(git_crypt)) return "git-crypt";
    if (text.starts_with("$ANSIBLE_VAULT;")) return "Ansible Vault";
    if (text.find("ENC[AES256_GCM,") != text.npos) return "SOPS";
    if (text.find("DOTENV_PUBLIC_KEY") != text.npos && text.find("encrypted:") != text.npos) return "dotenvx";
    return {};
}

// The file's text; nothing where there is none, or a folder. Error: why what is there is no text that can be judged.
Result<std::optional<std::string>> text_of(const sys::Root& root, const std::string& path) {
    const auto info = TRY(root.look(path));
    if (info.type == sys::FileType::absent) {
        const auto itself = root.inspect(path);
        if (itself.ok() && itself->type == sys::FileType::link) return no(leads_nowhere);
        return std::optional<std::string>();
    }
    if (info.type == sys::FileType::folder) return std::optional<std::string>();
    if (info.type != sys::FileType::file) return no("it is not a regular file");
    if (info.size > largest_file) return no(fmt::format("it is larger than {} MiB", largest_file >> 20));
    auto text = TRY(root.read(path, largest_file));
    // YAML 1.2.2, 5.2: a reader goes by the mark; compose's and kubectl's do.
    if (ends_with_any(path, {".yml", ".yaml"}) && kind_of(path) != FileKind::workflow)
        if (auto converted = sys::from_utf16(text)) text = std::move(*converted);
    if (const auto by = is_judged(path) ? encrypted_by(text) : ""; !by.empty())
        return no(fmt::format("{}{}", encrypted, by));
    if (is_judged(path) && text.find('\0') != std::string::npos)
        return no("it holds NUL bytes: it is binary, or UTF-16");
    if (const int line = line_of_conflict(text);
        line != 0 && (is_judged(path) || is_code(path) || lists_packages(path)))
        return no("a merge is unfinished: git's marks <<<<<<< and >>>>>>> stand in it", {.line = line});
    return std::optional(std::move(text));
}

}

std::function<std::optional<std::string>(const std::string&)> file_reader(const sys::Root& root, const Wanted& wanted,
                                                                          const Project& project) {
    const auto cache = std::make_shared<std::map<std::string, std::optional<std::string>>>();
    if (!wanted.stdin_name.empty()) (*cache)[wanted.stdin_name] = wanted.stdin_text;
    return [root, cache, unread = project.unread](const std::string& path) -> std::optional<std::string> {
        const auto [found, fresh] = cache->try_emplace(path);
        if (!fresh) return found->second;
        auto text = text_of(root, path);
        if (text.ok())
            found->second = std::move(text).value();
        else if (path == "/dev/null") // docker run --env-file /dev/null: none
            return found->second;
        else if (text.error().message.find("outside of the tree") != std::string::npos)
            (*unread)[path] = {
                .why =
                    path.starts_with('/')
                        ? "it is on the host, outside of the project; judge it there: fairlead-preflight --env-file " +
                              shell_word(path)
                        : "it is outside of the project; start in a folder that holds both",
                .is_error = false};
        else if (text.error().place.line != 0)
            (*unread)[path] = {.why = text.error().message,
                               .line = text.error().place.line,
                               .is_error = is_judged(path) || lists_packages(path)};
        else if (is_judged(path))
            // What is set there lies on the machine only: git has the link, and not what it leads to. What is encrypted
            // is for whoever has the key.
            (*unread)[path] = {.why = text.error().message,
                               .is_error = !text.error().message.starts_with(encrypted) &&
                                           (kind_of(path) != FileKind::env || text.error().message != leads_nowhere)};
        return found->second;
    };
}

}
