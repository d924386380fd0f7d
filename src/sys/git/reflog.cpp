#include "sys/git/reflog.h"
#include "base/text.h"
#include "sys/files/files.h"
#include "sys/git/refs.h"
#include "sys/signals.h"
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fmt/format.h>
#include <optional>

namespace fairlead::sys {

namespace {

// "<old> <new> <name> <email> <seconds> <zone>\t<message>"
std::optional<ReflogEntry> parse_reflog_line(std::string_view line) {
    const auto tab = line.find('\t'), blank = line.find(' ');
    if (tab == line.npos || blank == line.npos || blank > tab) return std::nullopt;
    ReflogEntry entry;
    entry.created = line.substr(0, blank).find_first_not_of('0') == line.npos;
    entry.message = line.substr(tab + 1);
    const auto who = line.substr(0, tab);
    const auto after = who.rfind("> ");
    if (after == who.npos) return std::nullopt;
    const auto end = std::from_chars(who.data() + after + 2, who.data() + who.size(), entry.time);
    return end.ec == std::errc() ? std::optional(entry) : std::nullopt;
}

Result<void> read_reflog(const Path& file, std::string_view name, const std::function<void(const ReflogEntry&)>& each) {
    constexpr std::uintmax_t most = 64u << 20;
    const auto text = TRY(read_file(file, most));
    for (std::string_view rest = text; !rest.empty();) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        auto entry = parse_reflog_line(line);
        if (!entry) continue;
        entry->name = name;
        each(*entry);
    }
    return {};
}

}

Result<void> each_reflog_entry(const std::string& git_folder, const std::function<void(const ReflogEntry&)>& each) {
    const auto common = TRY(common_folder(git_folder));
    const Path logs = Path(common) / "logs";
    if (inspect(logs / "HEAD").type == FileType::file) TRY_VOID(read_reflog(logs / "HEAD", "HEAD", each));
    std::error_code failed;
    std::filesystem::recursive_directory_iterator found(logs / "refs", failed), end;
    for (; !failed && found != end; found.increment(failed)) {
        if (stop_requested()) return could_not("interrupted while reading the logs of the references");
        if (!found->is_regular_file(failed)) continue;
        TRY_VOID(read_reflog(found->path(), found->path().lexically_relative(logs).string(), each));
    }
    if (failed && failed != std::errc::no_such_file_or_directory)
        return could_not(fmt::format("{} can't be listed: {}", (logs / "refs").string(), failed.message()));
    return {};
}

}
