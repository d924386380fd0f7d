#include "sys/data/json.h"
#include "tag/release/changelog.h"
#include "tag/version/next_version.h"
#include <cstdint>

namespace {

using namespace fairlead::tag;

// A history of the messages between NULs, newest first; the first letter of each says what it merges.
std::vector<LogCommit> history(std::string_view text) {
    std::vector<LogCommit> commits;
    const auto id = [](std::size_t number) { return std::string(39, 'a') + static_cast<char>('0' + number); };
    for (std::size_t at = 0; at <= text.size() && commits.size() < 10;) {
        const auto end = std::min(text.find('\0', at), text.size());
        const std::string message(text.substr(at, end - at));
        const auto number = commits.size();
        LogCommit commit{id(number), {id(number + 1)}, message, {}};
        if (!message.empty() && message[0] % 3 == 0) commit.parents.push_back(id(number + 2));
        commit.people = people_of("author " + message.substr(0, 40) + " <a@b> 1 +0000", message, {});
        commit.by_host = message.size() % 2 == 0;
        commits.push_back(std::move(commit));
        at = end + 1;
    }
    return commits;
}

}

// Commit messages: read, weighed, accounted for, and written into a changelog.
extern "C" int fuzz_tag_commits(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    static const CommitTypes types;
    const auto message = parse_message(text);
    if (level_of(types, message, true) == Level::major) __builtin_trap();
    if (message.conventional && (message.type.empty() || message.description.empty())) __builtin_trap();
    const WebLinks links{"https://example.org/a/b", size % 2 == 0 ? Host::github : Host::gitlab};
    Log log;
    log.commits = history(text);
    log.changes = account_for(log.commits, types, links);
    std::size_t accounted = 0;
    for (const auto& change : log.changes) accounted += change.commits.size();
    if (accounted != log.commits.size()) __builtin_trap();
    for (const auto style : {Style::markdown, Style::plain}) {
        const auto written = changelog({"v1", "v1", links, ""}, log, types, style);
        if (style == Style::markdown && written.find('<') != written.npos && written.find('`') == written.npos)
            __builtin_trap(); // only code may hold it
        for (std::size_t at = 0; (at = written.find('\n', at)) != written.npos; ++at) {
            const auto next = written.substr(at + 1, 1);
            if (style == Style::markdown && !next.empty() && next.find_first_of("-#\nLN") == next.npos)
                __builtin_trap();
        }
    }
    (void)account_json(log, links);
    return 0;
}
