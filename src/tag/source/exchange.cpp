#include "tag/source/exchange.h"
#include "base/text.h"
#include "sys/files/files.h"
#include "sys/git/reflog.h"
#include <algorithm>
#include <array>

namespace fairlead::tag {

namespace {

// Options whose value is the next word, where no '=' joins it.
constexpr std::array<std::string_view, 12> with_value = {
    "--depth",  "--deepen",      "--shallow-since", "--shallow-exclude", "--jobs", "-j", "--refmap",
    "--filter", "--upload-pack", "--server-option", "--negotiation-tip", "-o"};

// What is before the word for what it did: ": storing head", ": fast-forward".
std::vector<std::string> words_in(std::string_view message) {
    const auto end = message.rfind(": ");
    std::vector<std::string> words;
    for (auto& word : split(std::string(message.substr(0, end)), ' '))
        if (!word.empty()) words.push_back(std::move(word));
    return words;
}

void take_option(std::string_view word, bool is_pull, FetchWords& fetch) {
    const auto name = word.substr(0, word.find('='));
    fetch.tags |= name == "--tags";
    fetch.no_tags |= name == "--no-tags";
    fetch.limited |= name == "--depth" || name == "--deepen" || name.starts_with("--shallow-");
    if (word.starts_with("--") || word.starts_with("-j") || word.starts_with("-o")) return;
    fetch.tags |= word.find('t') != word.npos; // -t, -ft
    fetch.no_tags |= !is_pull && word.find('n') != word.npos;
}

}

std::optional<FetchWords> parse_fetch(std::string_view reflog_message) {
    if (reflog_message == "initial pull") return FetchWords{false, false, false, {"HEAD"}}; // which says no more
    const auto words = words_in(reflog_message);
    if (words.empty() || (words[0] != "fetch" && words[0] != "pull")) return std::nullopt;
    FetchWords fetch;
    std::vector<std::string> named;
    bool of_several = false;
    for (std::size_t i = 1; i < words.size(); ++i) {
        const auto& word = words[i];
        if (!word.starts_with('-')) {
            named.push_back(word);
            continue;
        }
        take_option(word, words[0] == "pull", fetch);
        of_several |= word == "--all" || word == "--multiple";
        if (std::find(with_value.begin(), with_value.end(), word) != with_value.end()) ++i;
    }
    for (std::size_t i = 1; i < named.size() && !of_several; ++i) { // the first is the remote
        const bool is_tag = named[i] == "tag" && i + 1 < named.size();
        if (is_tag) ++i;
        fetch.refspecs.push_back(is_tag ? "refs/tags/" + named[i] + ":refs/tags/" + named[i] : named[i]);
    }
    return fetch;
}

namespace {

// "branch 'main' of https://…", "tag 'v1' of …", "'1a2b…' of …", or the address alone where HEAD was asked for.
void take_line(const std::vector<std::string>& fields, LastFetch& fetch) {
    constexpr std::string_view tag = "tag '", of = "' of ";
    const auto& id = fields[0];
    const auto& from = fields[2];
    const bool unasked = fields[1] == "not-for-merge";
    fetch.objects[id] |= unasked;
    const auto end = from.rfind(of);
    fetch.url = end == from.npos ? from : from.substr(end + of.size());
    const bool is_tag = from.starts_with(tag) && end != from.npos;
    if (is_tag) fetch.tags.push_back(from.substr(tag.size(), end - tag.size()));
    fetch.followed |= is_tag && unasked;
    fetch.asked_tag |= is_tag && !unasked;
    fetch.unasked |= !is_tag && unasked;
    if (unasked) return;
    fetch.asked.push_back(id);
    fetch.asked_head |= end == from.npos;
}

Result<void> take_fetch_head(const sys::Path& path, const sys::Path& settings, LastFetch& fetch) {
    const auto there = sys::inspect(path);
    if (there.type == sys::FileType::absent) return {};
    fetch.is_told = true;
    fetch.settings_newer |= sys::inspect(settings).modified_ns >= there.modified_ns;
    const auto text = TRY(sys::read_file(path, 64u << 20));
    for (const auto& line : split(text, '\n'))
        if (const auto fields = split(line, '\t'); fields.size() >= 3) take_line(fields, fetch);
    return {};
}

}

Result<Exchanges> exchanges_of(const sys::Repository& git) {
    Exchanges found;
    const auto own = git.git_folder();
    const auto common = TRY(sys::common_folder(own));
    const auto settings = sys::Path(common) / "config";
    TRY_VOID(take_fetch_head(sys::Path(own) / "FETCH_HEAD", settings, found.last));
    if (common != own) TRY_VOID(take_fetch_head(sys::Path(common) / "FETCH_HEAD", settings, found.last));
    std::int64_t newest = 0;
    bool begins_here = false, is_first = true;
    TRY_VOID(sys::each_reflog_entry(own, [&](const sys::ReflogEntry& entry) {
        found.has_logs = true;
        if (entry.message.starts_with("clone: from")) found.began = Exchanges::Began::cloned;
        if (is_first) begins_here = entry.name == "HEAD" && entry.created;
        if (is_first) found.is_own = entry.message.starts_with("commit (initial)");
        if (entry.message.find("FETCH_HEAD") != entry.message.npos) found.is_own = false;
        is_first = false;
        found.pushed |= entry.message == "update by push";
        auto fetch = parse_fetch(entry.message);
        if (!fetch || entry.name == "HEAD") return; // a pull, whose fetch stands with what it moved
        if (entry.created) found.came_later.emplace(entry.name);
        if (entry.time > newest) found.newest.clear();
        newest = std::max(newest, entry.time);
        if (entry.time == newest) found.newest.push_back(*fetch);
        found.fetches.push_back(std::move(*fetch));
    }));
    if (found.began != Exchanges::Began::cloned && begins_here) found.began = Exchanges::Began::here;
    return found;
}

}
